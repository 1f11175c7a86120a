"""Zeros around the borders, and borders cut off."""

from typing import Any, ClassVar

from .. import ops
from ..core.layer import InputSpec, Layer
from .settings import borders, layout


class ZeroPadding(Layer):
    """What all zero padding layers share."""

    rank: ClassVar[int]

    padding: Any = 1
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.padding = borders(self, "padding", self.padding, self.rank)
        self.data_format = layout(self, self.data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs):
        kept = ((0, 0),)
        last = self.data_format == "channels_last"
        return ops.pad(inputs, kept + self.padding + kept if last else kept * 2 + self.padding)


class ZeroPadding1D(ZeroPadding):
    """Zeros before and after a sequence: `padding=1` on both sides, `(1, 2)` one before and two after.

    Shapes: (batch, steps, channels) → (batch, steps + before + after, channels), or channels first.
    """

    rank = 1

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"padding": self.padding[0]}


class ZeroPadding2D(ZeroPadding):
    """Zeros around a picture: `padding=1`, `(1, 2)` (rows, columns) or `((top, bottom), (left, right))`.

    Shapes: (batch, height, width, channels) → (batch, top + height + bottom, left + width + right, channels), or
    channels first.

    Example:
        >>> lanthorn.layers.ZeroPadding2D(((0, 1), (0, 1)))(np.ones((1, 8, 8, 3), "float32")).shape
        (1, 9, 9, 3)
    """

    rank = 2


class ZeroPadding3D(ZeroPadding):
    """Zeros around a volume.

    Shapes: (batch, depth, height, width, channels) → the same with each axis longer, or channels first.
    """

    rank = 3


class Cropping(Layer):
    """What all cropping layers share."""

    rank: ClassVar[int]

    cropping: Any = 1
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.cropping = borders(self, "cropping", self.cropping, self.rank)
        self.data_format = layout(self, self.data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def build(self, input_shape) -> None:
        first = 1 if self.data_format == "channels_last" else 2
        for size, (before, after) in zip(input_shape[first:], self.cropping, strict=False):
            if size is not None and size <= before + after:
                raise ValueError(
                    f"{self.describe()}: expected more than {before + after} along each cropped "
                    f"axis, got an input of shape {tuple(input_shape)}: nothing would be left. Crop less."
                )

    def call(self, inputs):
        cuts = tuple(slice(before, -after if after else None) for before, after in self.cropping)
        whole = (slice(None),)
        return inputs[whole + cuts if self.data_format == "channels_last" else whole * 2 + cuts]


class Cropping1D(Cropping):
    """Steps cut off the start and the end of a sequence.

    Shapes: (batch, steps, channels) → (batch, steps - before - after, channels).
    """

    rank = 1

    def get_config(self) -> dict[str, Any]:
        config = super().get_config() | {"cropping": self.cropping[0]}
        config.pop("data_format")  # Keras knows only sequences of (steps, channels) here
        return config


class Cropping2D(Cropping):
    """Rows and columns cut off a picture: `cropping=1`, `(1, 2)` or `((top, bottom), (left, right))`.

    Shapes: (batch, height, width, channels) → (batch, height - top - bottom, width - left - right, channels).

    Example:
        >>> lanthorn.layers.Cropping2D(((1, 1), (0, 2)))(np.ones((1, 8, 8, 3), "float32")).shape
        (1, 6, 6, 3)
    """

    rank = 2
    cropping: Any = 0


class Cropping3D(Cropping):
    """Borders cut off a volume.

    Shapes: (batch, depth, height, width, channels) → the same with each axis shorter.
    """

    rank = 3
