"""Global pooling: one number per channel, over all places."""

from typing import ClassVar

from .. import ops
from ..core.layer import InputSpec, Layer
from .settings import layout


class GlobalPooling(Layer):
    """What all global pooling layers share."""

    whole_numbers = False

    rank: ClassVar[int]

    data_format: str | None = None
    keepdims: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.data_format = layout(self, self.data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        first = 1 if self.data_format == "channels_last" else 2
        self._axes = tuple(range(first, first + self.rank))


class GlobalAveragePooling(GlobalPooling):
    def call(self, inputs):
        return ops.mean(inputs, axis=self._axes, keepdims=self.keepdims)


class GlobalMaxPooling(GlobalPooling):
    def call(self, inputs):
        return ops.max(inputs, axis=self._axes, keepdims=self.keepdims)


class GlobalAveragePooling1D(GlobalPooling):
    """The mean over all steps of a sequence; over those that its mask keeps, where it has one.

    Shapes: (batch, steps, channels) → (batch, channels), or (batch, 1, channels) with `keepdims`.
    """

    rank = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is None:
            return ops.mean(inputs, axis=self._axes, keepdims=self.keepdims)
        mask = ops.expand_dims(ops.cast(mask, "bool"), 2 if self.data_format == "channels_last" else 1)
        total = ops.sum(ops.where(mask, inputs, 0.0), axis=self._axes, keepdims=self.keepdims)
        return total / ops.sum(ops.cast(mask, inputs.dtype), axis=self._axes, keepdims=self.keepdims)

    def compute_mask(self, inputs, mask=None):
        return None


class GlobalAveragePooling2D(GlobalAveragePooling):
    """The mean of each channel over the whole picture.

    Shapes: (batch, height, width, channels) → (batch, channels), or (batch, 1, 1, channels) with `keepdims`.

    Example:
        >>> lanthorn.layers.GlobalAveragePooling2D()(np.ones((1, 8, 8, 3), "float32")).shape
        (1, 3)
    """

    rank = 2


class GlobalAveragePooling3D(GlobalAveragePooling):
    """The mean of each channel over the whole volume.

    Shapes: (batch, depth, height, width, channels) → (batch, channels).
    """

    rank = 3


class GlobalMaxPooling1D(GlobalMaxPooling):
    """The largest number of each channel over all steps of a sequence.

    Shapes: (batch, steps, channels) → (batch, channels).
    """

    rank = 1


class GlobalMaxPooling2D(GlobalMaxPooling):
    """The largest number of each channel over the whole picture.

    Shapes: (batch, height, width, channels) → (batch, channels).
    """

    rank = 2


class GlobalMaxPooling3D(GlobalMaxPooling):
    """The largest number of each channel over the whole volume.

    Shapes: (batch, depth, height, width, channels) → (batch, channels).
    """

    rank = 3
