"""Embedding: a table of vectors, looked up by number."""

from .. import ops
from ..constraints import ConstraintLike
from ..core.layer import Layer
from ..initializers import InitializerLike
from ..regularizers import RegularizerLike
from .settings import add_weight


class Embedding(Layer):
    """The vector of each whole number: row `i` of a table for input `i`.

    With `mask_zero=True` the number 0 is padding: the output carries a mask that is False there, and 0 is no word
    (`input_dim` counts it, though). A first table can be given as `weights=[table]`.

    Args:
        input_dim: rows of the table; inputs are from 0 to input_dim - 1.
        output_dim: length of each vector.

    Shapes: (batch, …) whole numbers → (batch, …, output_dim). Weights: embeddings (input_dim, output_dim).

    Example:
        >>> lanthorn.layers.Embedding(10, 4)(np.array([[1, 2, 3]])).shape
        (1, 3, 4)
    """

    wide = True  # the table is not cast, only the rows that are looked up

    input_dim: int
    output_dim: int
    embeddings_initializer: InitializerLike = "uniform"
    embeddings_regularizer: RegularizerLike = None
    embeddings_constraint: ConstraintLike = None
    mask_zero: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.input_dim < 1 or self.output_dim < 1:
            raise ValueError(
                f"Embedding: `input_dim` and `output_dim` must be at least 1, got {self.input_dim} and "
                f"{self.output_dim}."
            )
        self.supports_masking = self.mask_zero

    def build(self, input_shape=None) -> None:
        self.embeddings = add_weight(self, "embeddings", (self.input_dim, self.output_dim))

    def call(self, inputs):
        if not str(inputs.dtype).rpartition(".")[2].startswith(("int", "uint")):
            inputs = ops.cast(inputs, "int32")
        return ops.take(self.embeddings, inputs, axis=0)

    def compute_mask(self, inputs, mask=None):
        return ops.not_equal(inputs, 0) if self.mask_zero else None

    def makes_mask(self, masked_inputs: bool) -> bool:
        return self.mask_zero
