"""Pictures brighter or darker, with more or less contrast and colour."""

from typing import Any

from ... import ops
from .base import Augmentation, per_picture, span, value_range


class RandomContrast(Augmentation):
    """Every pixel's distance from its channel's mean times a number from 1 - lower to 1 + upper.

    `factor` is (lower, upper), or upper alone: 0.2 draws from 1 to 1.2.

    Shapes: (batch, height, width, channels) or (height, width, channels), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomContrast(0.2, seed=1)(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    factor: Any
    value_range: Any = (0, 255)
    seed: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.factor = span(self, "factor", self.factor, 0, 1)

    def draw(self, images, generator):
        (factor,) = self.between(images, generator, (1 - self.factor[0], 1 + self.factor[1]))
        return {"contrast_factor": per_picture(factor)}

    def augment(self, images, transformation, interpolation):
        mean = ops.mean(images, axis=(self._top, self._top + 1), keepdims=True)
        out = (images - mean) * ops.cast(transformation["contrast_factor"], ops.dtype(images)) + mean
        return ops.clip(out, *self.value_range)


class Ranged(Augmentation):
    """Base of those whose `value_range` is put in order."""

    bounds = (-1.0, 1.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.value_range = value_range(self)
        if hasattr(self, "factor"):
            self.factor = span(self, "factor", self.factor, *self.bounds)

    def draw(self, images, generator):
        (factor,) = self.between(images, generator, self.factor)
        return {"factor": factor}

    def to_bytes(self, images: Any) -> Any:
        """From `value_range` to 0 … 255."""
        low, high = self.value_range
        return images if (low, high) == (0, 255) else (images - low) / (high - low) * 255

    def from_bytes(self, images: Any) -> Any:
        low, high = self.value_range
        return images if (low, high) == (0, 255) else images / 255 * (high - low) + low


class RandomBrightness(Ranged):
    """The same number added to all pixels of a picture: `factor` times the width of `value_range`.

    Shapes: (batch, height, width, channels) or (height, width, channels), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomBrightness((0.5, 0.5), value_range=(0, 1))(np.zeros((1, 1, 1), "float32")).item()
        0.5
    """

    factor: Any
    value_range: Any = (0, 255)
    seed: int | None = None

    def draw(self, images, generator):
        (factor,) = self.between(images, generator, self.factor)
        return {"rgb_delta": per_picture(factor * (self.value_range[1] - self.value_range[0]))}

    def augment(self, images, transformation, interpolation):
        return ops.clip(images + ops.cast(transformation["rgb_delta"], ops.dtype(images)), *self.value_range)

    def _set_factor(self, factor):
        self.factor = span(self, "factor", factor)


class RandomColorDegeneration(Ranged):
    """Pictures on their way to grey: 0 leaves them, 1 makes them grey, a negative `factor` makes colours stronger.

    Shapes: (batch, height, width, 3) or (height, width, 3), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomColorDegeneration(0.5, seed=1)(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    factor: Any
    value_range: Any = (0, 255)
    data_format: str | None = None
    seed: int | None = None

    def augment(self, images, transformation, interpolation):
        grey = ops.image.rgb_to_grayscale(images, data_format=self.data_format)
        out = images + per_picture(transformation["factor"], images) * (grey - images)
        return ops.clip(out, *self.value_range)

    def compute_output_shape(self, input_shape):
        channels = input_shape[self._channels]
        if len(input_shape) not in (3, 4) or channels not in (3, None):
            raise ValueError(
                f"RandomColorDegeneration: Input images must have 3 channels (rank 3 or 4), got shape {input_shape}."
            )
        return input_shape


class RandomSharpness(Ranged):
    """Pictures blurred (`factor` below 0.5) or sharpened (above): 0.5 leaves them.

    Shapes: (batch, height, width, channels) or (height, width, channels), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomSharpness(0.5, seed=1)(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    bounds = (0.0, 1.0)

    factor: Any
    value_range: Any = (0, 255)
    data_format: str | None = None
    seed: int | None = None

    def augment(self, images, transformation, interpolation):
        # the mean of nine pixels, the middle one five times: (box of nines + 4 times the middle) / 13
        pads = [(0, 0)] * 4
        top = 4 + self._top
        pads[top] = pads[top + 1] = (1, 1)
        smooth = ops.pad(images, pads)
        for axis in (top, top + 1):
            key = [slice(None)] * 4
            parts = []
            for first in range(3):
                key[axis] = slice(first, -2 + first or None)
                parts.append(smooth[tuple(key)])
            smooth = parts[0] + parts[1] + parts[2]
        smooth = (smooth + 4 * images) / 13
        share = 1 - 2 * per_picture(transformation["factor"], images)
        return ops.clip(images + share * (smooth - images), *self.value_range)


class RandomHue(Augmentation):
    """Colours turned on their circle, by up to `factor` half turns, either way.

    Shapes: (batch, height, width, 3) or (height, width, 3), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomHue(0.2, seed=1)(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    factor: Any
    value_range: Any = (0, 255)
    data_format: str | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.factor = span(self, "factor", self.factor, 0, 1)

    def draw(self, images, generator):
        throw, factor = self.between(images, generator, (0, 1), self.factor)
        return {"factor": ops.where(throw > 0.5, -factor, factor) * 0.5}

    def augment(self, images, transformation, interpolation):
        low, high = self.value_range
        images = ops.image.rgb_to_hsv((images - low) / (high - low), data_format=self.data_format)
        hue, rest = _first(images, self._channels)
        hue = ops.mod(hue + per_picture(transformation["factor"], images), 1.0)
        images = ops.concatenate([hue, *rest], axis=self._channels)
        return ops.clip(ops.image.hsv_to_rgb(images, data_format=self.data_format), 0, 1) * (high - low) + low


class RandomSaturation(Ranged):
    """Saturation times f / (1 - f), f drawn from `factor`: 0 is grey, 0.5 leaves a picture, 1 is as strong as may be.

    Shapes: (batch, height, width, 3) or (height, width, 3), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomSaturation((0.2, 0.8), seed=1)(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    factor: Any
    value_range: Any = (0, 255)
    data_format: str | None = None
    seed: int | None = None

    def draw(self, images, generator):
        (factor,) = self.between(images, generator, self.factor)
        return {"factor": factor / (1 - factor + 1e-7)}

    def augment(self, images, transformation, interpolation):
        images = ops.image.rgb_to_hsv(images, data_format=self.data_format)
        hue, (saturation, value) = _first(images, self._channels)
        saturation = saturation * per_picture(transformation["factor"], images)
        saturation = ops.clip(saturation, self.value_range[0], min(self.value_range[1], 1))  # 1 is all there is
        return ops.image.hsv_to_rgb(
            ops.concatenate([hue, saturation, value], axis=self._channels), data_format=self.data_format
        )


def _first(images, axis):
    first, *rest = ops.split(images, 3, axis=axis)
    return first, rest
