"""Masking: steps to leave out."""

from .. import ops
from ..core.layer import Layer


class Masking(Layer):
    """Masks out the steps of a sequence whose numbers are all `mask_value`, and sets them to 0.

    Layers after it that know masks (LSTM, GlobalAveragePooling1D, …) leave those steps out.

    Shapes: (batch, steps, features), unchanged; the mask is (batch, steps).

    Example:
        >>> x = np.ones((1, 3, 2), "float32")
        >>> x[:, 2] = 0
        >>> lanthorn.layers.LSTM(4)(lanthorn.layers.Masking()(x)).shape
        (1, 4)
    """

    mask_value: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True

    def call(self, inputs):
        used = ops.any(ops.not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        return ops.where(used, inputs, 0.0)

    def compute_mask(self, inputs, mask=None):
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1)

    def makes_mask(self, masked_inputs: bool) -> bool:
        return True
