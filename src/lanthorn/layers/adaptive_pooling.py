"""Adaptive pooling: as many windows as the output has places, whatever the size of the input."""

from typing import Any, ClassVar

from .. import ops
from ..core.layer import InputSpec, Layer
from .settings import layout, sizes


class AdaptivePooling(Layer):
    """What all adaptive pooling layers share: place i of n sees elements floor(i s / n) to ceil((i + 1) s / n)."""

    whole_numbers = False

    rank: ClassVar[int]

    output_size: Any
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.output_size = sizes(self, "output_size", self.output_size, self.rank)
        self.data_format = layout(self, self.data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)


class AdaptiveAveragePooling(AdaptivePooling):
    def call(self, inputs):
        return ops.adaptive_average_pool(inputs, self.output_size, self.data_format)


class AdaptiveMaxPooling(AdaptivePooling):
    def call(self, inputs):
        return ops.adaptive_max_pool(inputs, self.output_size, self.data_format)


class AdaptiveAveragePooling1D(AdaptiveAveragePooling):
    """The mean of each of `output_size` windows along a sequence.

    Shapes: (batch, steps, channels) → (batch, output_size, channels), or channels first.

    Example:
        >>> lanthorn.layers.AdaptiveAveragePooling1D(2)(np.ones((1, 7, 3), "float32")).shape
        (1, 2, 3)
    """

    rank = 1


class AdaptiveAveragePooling2D(AdaptiveAveragePooling):
    """The mean of each of `output_size` (a number, or rows and columns) windows of a picture.

    Shapes: (batch, height, width, channels) → (batch, *output_size, channels), or channels first.

    Example:
        >>> lanthorn.layers.AdaptiveAveragePooling2D((2, 3))(np.ones((1, 9, 8, 3), "float32")).shape
        (1, 2, 3, 3)
    """

    rank = 2


class AdaptiveAveragePooling3D(AdaptiveAveragePooling):
    """The mean of each of `output_size` windows of a volume.

    Shapes: (batch, depth, height, width, channels) → (batch, *output_size, channels), or channels first.
    """

    rank = 3


class AdaptiveMaxPooling1D(AdaptiveMaxPooling):
    """The largest number of each of `output_size` windows along a sequence.

    Shapes: (batch, steps, channels) → (batch, output_size, channels), or channels first.
    """

    rank = 1


class AdaptiveMaxPooling2D(AdaptiveMaxPooling):
    """The largest number of each of `output_size` windows of a picture.

    Shapes: (batch, height, width, channels) → (batch, *output_size, channels), or channels first.
    """

    rank = 2


class AdaptiveMaxPooling3D(AdaptiveMaxPooling):
    """The largest number of each of `output_size` windows of a volume.

    Shapes: (batch, depth, height, width, channels) → (batch, *output_size, channels), or channels first.
    """

    rank = 3
