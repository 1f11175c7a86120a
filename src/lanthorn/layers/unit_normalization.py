"""UnitNormalization: vectors of length 1."""

from typing import Any

from .. import ops
from ..core.layer import Layer


class UnitNormalization(Layer):
    """Each vector along `axis` divided by its length (a length below 1e-12 counts as that).

    Shapes: any, unchanged.

    Example:
        >>> lanthorn.layers.UnitNormalization()(np.array([[3.0, 4.0]], "float32"))  # [[0.6, 0.8]]
    """

    whole_numbers = False

    axis: Any = -1

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True
        self.axis = self.axis if isinstance(self.axis, int) else list(self.axis)

    def call(self, inputs):
        axis = self.axis if isinstance(self.axis, int) else tuple(self.axis)
        squares = ops.sum(ops.square(inputs), axis=axis, keepdims=True)
        return inputs * ops.rsqrt(ops.maximum(squares, 1e-24))
