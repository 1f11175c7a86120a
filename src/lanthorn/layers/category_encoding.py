"""CategoryEncoding: numbers of categories to one-hot rows, sets and counts."""

from typing import Any

from .. import ops
from .encoding import encode, encoded_shape
from .texts import TextLayer, output_mode


class CategoryEncoding(TextLayer):
    """One-hot rows for each number ("one_hot"), or which numbers a sample has ("multi_hot") and how often ("count").

    Args:
        num_tokens: how many categories there are; numbers go from 0 to num_tokens - 1, others count nothing.
        output_mode: "multi_hot", "one_hot" or "count"; for this the call takes `count_weights`, too.
        sparse: sparse rows, on TensorFlow only.

    Shapes: (batch, n) → (batch, num_tokens); "one_hot": (…) → (…, num_tokens), in place of a last axis of size 1.

    Raises:
        ValueError: no `num_tokens`, or `count_weights` where nothing is counted.

    Example:
        >>> layer = lanthorn.layers.CategoryEncoding(num_tokens=4, output_mode="one_hot")
        >>> layer(np.array([3, 1]))  # [[0, 0, 0, 1], [0, 1, 0, 0]]
    """

    reads_texts = False

    num_tokens: Any = None
    output_mode: str = "multi_hot"
    sparse: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            self.output_mode = output_mode(self, self.output_mode, ("count", "one_hot", "multi_hot"))
        except ValueError as error:
            raise ValueError(f"{error} (Unknown arg for output_mode: {self.output_mode})") from None
        if self.num_tokens is None:
            raise ValueError(
                "CategoryEncoding: num_tokens must be set to use this layer; use IntegerLookup where it is not known."
            )
        if self.num_tokens < 1:
            raise ValueError(f"CategoryEncoding: `num_tokens` must be >= 1, got {self.num_tokens}.")

    def call(self, inputs, count_weights=None):
        if count_weights is not None and self.output_mode != "count":
            raise ValueError(
                f"{self.describe()}: `count_weights` is not used when `output_mode` is {self.output_mode!r}; leave it "
                "out, or set output_mode='count'."
            )
        inputs = ops.cast(inputs, "int32") if "float" in str(inputs.dtype) else inputs
        found = encode(inputs, self.output_mode, self.num_tokens, self.compute_dtype, count_weights)
        return self._packed(found)

    def compute_output_shape(self, input_shape: Any) -> tuple:
        return encoded_shape(input_shape, self.output_mode, self.num_tokens)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config.pop("sparse")  # Keras does not write it
        return config
