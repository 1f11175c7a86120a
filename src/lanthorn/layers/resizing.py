"""Pictures larger, smaller, cut and padded: UpSampling, Resizing, CenterCrop."""

from typing import Any, ClassVar

from .. import ops
from ..core.layer import InputSpec, Layer
from .interpolation import METHODS, resize_axis
from .settings import choice, layout, sizes


class UpSampling(Layer):
    """What all upsampling layers share: each place `size` times over."""

    whole_numbers = False

    rank: ClassVar[int]

    size: Any = 2
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.size = sizes(self, "size", self.size, self.rank)
        self.data_format = layout(self, self.data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self._first = 1 if self.data_format == "channels_last" else 2

    def call(self, inputs):
        for axis, times in enumerate(self.size, start=self._first):
            inputs = ops.repeat(inputs, times, axis=axis) if times > 1 else inputs
        return inputs


class UpSampling1D(UpSampling):
    """Each step of a sequence `size` times over.

    Shapes: (batch, steps, features) → (batch, steps · size, features).
    """

    rank = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        self.size = self.size[0]

    def call(self, inputs):
        return ops.repeat(inputs, self.size, axis=1)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config.pop("data_format")  # Keras knows only sequences of (steps, features) here
        return config


class UpSampling2D(UpSampling):
    """A picture `size` times as large, by repeating ("nearest") or by interpolation.

    Shapes: (batch, height, width, channels) → (batch, height · size[0], width · size[1], channels).

    Example:
        >>> lanthorn.layers.UpSampling2D(2, interpolation="bilinear")(np.ones((1, 4, 4, 3), "float32")).shape
        (1, 8, 8, 3)
    """

    rank = 2
    interpolation: str = "nearest"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.interpolation = choice(self, "interpolation", self.interpolation, METHODS)

    def call(self, inputs):
        if self.interpolation == "nearest":
            return super().call(inputs)
        for axis, times in enumerate(self.size, start=self._first):
            inputs = resize_axis(inputs, axis, inputs.shape[axis] * times, self.interpolation)
        return inputs


class UpSampling3D(UpSampling):
    """Each place of a volume `size` times over along each axis.

    Shapes: (batch, depth, height, width, channels) → the same with each axis `size` times as long.
    """

    rank = 3


class Resizing(Layer):
    """Pictures of any size to (`height`, `width`).

    Stretched, unless `crop_to_aspect_ratio` cuts the middle out first or `pad_to_aspect_ratio` adds a border of
    `fill_value` first. `antialias` averages over what a smaller picture leaves out.

    Shapes: (batch, h, w, channels) or (h, w, channels) → the same with `height` and `width`, as floats.

    Example:
        >>> lanthorn.layers.Resizing(4, 4)(np.ones((1, 9, 7, 3), "float32")).shape
        (1, 4, 4, 3)
    """

    wide = True
    anywhere = True

    height: int
    width: int
    interpolation: str = "bilinear"
    crop_to_aspect_ratio: bool = False
    pad_to_aspect_ratio: bool = False
    fill_mode: str = "constant"
    fill_value: float = 0.0
    antialias: bool = False
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.interpolation = choice(self, "interpolation", self.interpolation, METHODS)
        self.fill_mode = choice(self, "fill_mode", self.fill_mode, ("constant",))
        self.data_format = layout(self, self.data_format)
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            raise ValueError("Resizing: set one of `crop_to_aspect_ratio` and `pad_to_aspect_ratio`, not both.")

    def call(self, inputs):
        inputs = ops.cast(inputs, self.dtype)
        rank = len(inputs.shape)
        top = rank - 3 if self.data_format == "channels_last" else rank - 2
        h, w = inputs.shape[top], inputs.shape[top + 1]
        fit_h, fit_w = int(float(w * self.height) / self.width), int(float(h * self.width) / self.height)
        if self.crop_to_aspect_ratio:
            inputs = cut(inputs, top, max(min(h, fit_h), 1), max(min(w, fit_w), 1))
        elif self.pad_to_aspect_ratio:
            above, left = (max(h, fit_h) - h) // 2, (max(w, fit_w) - w) // 2
            pads = [(0, 0)] * rank
            pads[top], pads[top + 1] = (above, above), (left, left)
            inputs = ops.pad(inputs, pads, constant_values=self.fill_value)
        inputs = resize_axis(inputs, top, self.height, self.interpolation, self.antialias)
        return resize_axis(inputs, top + 1, self.width, self.interpolation, self.antialias)


class CenterCrop(Layer):
    """The middle of a picture, `height` by `width`; a smaller picture is cut to that shape and enlarged.

    Shapes: (batch, h, w, channels) or (h, w, channels) → the same with `height` and `width`.

    Example:
        >>> lanthorn.layers.CenterCrop(4, 4)(np.ones((1, 9, 7, 3), "float32")).shape
        (1, 4, 4, 3)
    """

    wide = True
    anywhere = True

    height: int
    width: int
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.data_format = layout(self, self.data_format)
        self._resize = Resizing(
            self.height, self.width, crop_to_aspect_ratio=True, data_format=self.data_format, name="resizing"
        )

    def call(self, inputs):
        inputs = ops.cast(inputs, self.dtype)
        top = len(inputs.shape) - (3 if self.data_format == "channels_last" else 2)
        h, w = inputs.shape[top], inputs.shape[top + 1]
        if h < self.height or w < self.width:
            return self._resize.call(inputs)
        return cut(inputs, top, self.height, self.width)


def cut(x: Any, top: int, height: int, width: int) -> Any:
    """The middle of pictures whose rows are along axis `top` and columns along the next."""
    first = (x.shape[top] - height) // 2
    left = (x.shape[top + 1] - width) // 2
    return x[(slice(None),) * top + (slice(first, first + height), slice(left, left + width))]
