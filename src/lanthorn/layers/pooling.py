"""Pooling: the largest or the mean number of each window."""

from typing import Any, ClassVar

from .. import ops
from ..core.layer import InputSpec, Layer
from ..core.old_names import finder
from .settings import choice, layout, sizes

__getattr__ = finder(__name__)  # names of Keras 1 and 2


class Pooling(Layer):
    """What all pooling layers share. `strides=None` puts windows next to each other."""

    whole_numbers = False

    rank: ClassVar[int]

    pool_size: Any = 2
    strides: Any = None
    padding: str = "valid"
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.pool_size = sizes(self, "pool_size", self.pool_size, self.rank)
        self.strides = self.pool_size if self.strides is None else sizes(self, "strides", self.strides, self.rank)
        self.padding = choice(self, "padding", self.padding, ("valid", "same"))
        self.data_format = layout(self, self.data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)


class MaxPooling(Pooling):
    def call(self, inputs):
        return ops.max_pool(inputs, self.pool_size, self.strides, self.padding, self.data_format)


class AveragePooling(Pooling):
    def call(self, inputs):
        return ops.average_pool(inputs, self.pool_size, self.strides, self.padding, self.data_format)


class MaxPooling1D(MaxPooling):
    """The largest number of each window along a sequence.

    Shapes: (batch, steps, channels) → (batch, new_steps, channels), or channels first.
    """

    rank = 1


class MaxPooling2D(MaxPooling):
    """The largest number of each window of a picture, channel by channel.

    Shapes: (batch, height, width, channels) → (batch, new_height, new_width, channels), or channels first.
    The new size is (size - pool) // stride + 1 for "valid", ceil(size / stride) for "same".

    Example:
        >>> lanthorn.layers.MaxPooling2D((2, 2))(np.ones((1, 8, 8, 3), "float32")).shape
        (1, 4, 4, 3)
    """

    rank = 2


class MaxPooling3D(MaxPooling):
    """The largest number of each window of a volume.

    Shapes: (batch, depth, height, width, channels) → (batch, …, channels), or channels first.
    """

    rank = 3


class AveragePooling1D(AveragePooling):
    """The mean of each window along a sequence. With "same" the padding does not count.

    Shapes: (batch, steps, channels) → (batch, new_steps, channels), or channels first.
    """

    rank = 1


class AveragePooling2D(AveragePooling):
    """The mean of each window of a picture, channel by channel. With "same" the padding does not count.

    Shapes: (batch, height, width, channels) → (batch, new_height, new_width, channels), or channels first.

    Example:
        >>> lanthorn.layers.AveragePooling2D(2)(np.ones((1, 8, 8, 3), "float32")).shape
        (1, 4, 4, 3)
    """

    rank = 2


class AveragePooling3D(AveragePooling):
    """The mean of each window of a volume. With "same" the padding does not count.

    Shapes: (batch, depth, height, width, channels) → (batch, …, channels), or channels first.
    """

    rank = 3
