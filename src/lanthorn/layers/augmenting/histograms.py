"""Pictures whose values are spread anew: thresholds, steps, extremes, histograms."""

from typing import Any

import numpy as np

from ... import ops
from .base import Augmentation, per_picture, span
from .colours import Ranged


class RandomPosterization(Ranged):
    """Pictures with fewer bits per channel: so many of 8 as are drawn from `factor` (a number f: from 1 up to f).

    Shapes: (batch, height, width, channels) or (height, width, channels), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomPosterization((1, 1))(np.full((1, 1, 1), 200, "uint8")).item()
        128.0
    """

    bounds = (1, 8)

    factor: Any
    value_range: Any = (0, 255)
    data_format: str | None = None
    seed: int | None = None

    def draw(self, images, generator):
        low, high = self.factor
        (bits,) = self.between(images, generator, (low, max(high, low + 1)))
        return {"shift_factor": 8 - ops.floor(bits)}

    def augment(self, images, transformation, interpolation):
        step = ops.power(2.0, per_picture(ops.cast(transformation["shift_factor"], "float32"), images))
        images = ops.floor(ops.clip(self.to_bytes(images), 0, 255))
        return self.from_bytes(ops.floor(images / step) * step)


class Solarization(Ranged):
    """Values turned upside down from a threshold on, after something was added to all.

    `addition_factor` and `threshold_factor`: pairs of parts of 255, or the higher end.

    Shapes: (batch, height, width, channels) or (height, width, channels), unchanged, as floats.

    Example:
        >>> lanthorn.layers.Solarization()(np.full((1, 1, 1), 200, "uint8")).item()
        55.0
    """

    addition_factor: Any = 0.0
    threshold_factor: Any = 0.0
    value_range: Any = (0, 255)
    seed: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("addition_factor", "threshold_factor"):
            setattr(self, name, span(self, name, getattr(self, name), 0.0, 1.0, start=0))

    def draw(self, images, generator):
        (a, b), (c, d) = self.addition_factor, self.threshold_factor
        additions, thresholds = self.between(images, generator, (a, b * 255), (c, d * 255))
        return {"additions": per_picture(additions), "thresholds": per_picture(thresholds)}

    def augment(self, images, transformation, interpolation):
        dtype = ops.dtype(images)
        out = ops.clip(self.to_bytes(images) + ops.cast(transformation["additions"], dtype), 0, 255)
        return self.from_bytes(ops.where(out < ops.cast(transformation["thresholds"], dtype), out, 255 - out))


class AutoContrast(Ranged):
    """Each channel of each picture stretched from its darkest and brightest pixel to the whole `value_range`.

    It does so outside training too. Shapes: (batch, height, width, channels) or (height, width, channels).

    Example:
        >>> lanthorn.layers.AutoContrast()(np.array([[[1.0], [2.0], [3.0]]], "float32")).reshape(-1).tolist()
        [0.0, 127.5, 255.0]
    """

    value_range: Any = (0, 255)

    def transform_images(self, images, transformation=None, training=True):
        return super().transform_images(images, transformation, True)

    def augment(self, images, transformation, interpolation):
        axes = (self._top, self._top + 1)
        low, high = (end(images, axis=axes, keepdims=True) for end in (ops.min, ops.max))
        flat = high == low
        scale = 255 / ops.where(flat, ops.ones_like(low), high - low)
        return ops.where(flat, images, self.from_bytes(ops.clip((images - low) * scale, 0, 255)))


def _channels_last(layer: Any, images: Any) -> Any:
    return ops.transpose(images, (0, 2, 3, 1)) if layer.data_format == "channels_first" else images


def _back(layer: Any, images: Any) -> Any:
    return ops.transpose(images, (0, 3, 1, 2)) if layer.data_format == "channels_first" else images


def _counted(places: Any, count: Any) -> Any:
    """How often each of `count` whole numbers is among `places`, as floats."""
    flat = ops.reshape(places, (-1, 1))
    return ops.scatter(flat, ops.ones_like(ops.cast(flat[:, 0], "float32")), (count,))


class Equalization(Ranged):
    """In training, values spread so that all are about as frequent, channel by channel, over the whole batch.

    Shapes: (batch, height, width, channels) or (height, width, channels), unchanged, as floats.

    Example:
        >>> lanthorn.layers.Equalization()(np.array([[[7], [8], [8]]], "uint8")).reshape(-1).tolist()
        [0.0, 255.0, 255.0]
    """

    mixes_samples = True

    value_range: Any = (0, 255)
    bins: int = 256
    data_format: str | None = None

    def augment(self, images, transformation, interpolation):
        bins, x = self.bins, _channels_last(self, self.to_bytes(images))
        channels = x.shape[-1]
        first = ops.arange(channels, dtype="int32", like=x) * bins
        places = ops.clip(ops.cast(x * (bins - 1) / 255, "int32"), 0, bins - 1) + first
        counts = ops.reshape(_counted(places, channels * bins), (channels, bins))
        sums = ops.cumsum(counts, axis=1)
        least = ops.min(ops.where(counts > 0, sums, sums[:, -1:]), axis=1, keepdims=True)  # of the first that is there
        rest = sums[:, -1:] - least
        table = (sums - least) * 255 / ops.where(rest == 0, ops.ones_like(rest), rest)
        table = ops.clip(ops.round(table), 0, 255)
        found = ops.cast(ops.take(ops.reshape(table, (-1,)), places), ops.dtype(x))
        only = ops.sum(ops.cast(counts > 0, "int32"), axis=1) <= 1
        return self.from_bytes(_back(self, ops.where(only, x, found)))


class ContrastLimitedAdaptiveHistogramEqualization(Augmentation):
    """Contrast evened out tile by tile (CLAHE; Zuiderveld 1994), outside training too.

    Each of `tile_grid_size` (rows, columns) tiles is equalized, no value counting more than `clip_limit` times its even
    share; between the middles of tiles the results are interpolated.

    Shapes: (batch, height, width, channels) or (height, width, channels); shape and dtype stay.

    Example:
        >>> layer = lanthorn.layers.ContrastLimitedAdaptiveHistogramEqualization(tile_grid_size=(2, 2))
        >>> layer(np.ones((1, 8, 8, 3), "float32")).shape
        (1, 8, 8, 3)
    """

    value_range: Any = (0, 255)
    clip_limit: float = 4.0
    tile_grid_size: Any = (8, 8)
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.tile_grid_size = tuple(self.tile_grid_size)

    def transform_images(self, images, transformation=None, training=True):
        single = len(images.shape) == 3
        x = _channels_last(self, ops.expand_dims(images, 0) if single else images)
        low, high = self.value_range
        x = _back(self, self._equalized((ops.cast(x, "float32") - low) * (255 / (high - low))))
        x = ops.cast(x * ((high - low) / 255) + low, ops.dtype(images))
        return ops.squeeze(x, 0) if single else x

    def _equalized(self, x):
        batch, (height, width, channels), (rows, columns) = ops.shape(x)[0], x.shape[1:], self.tile_grid_size
        tall, wide = -(-height // rows), -(-width // columns)
        pads = ((0, 0), (0, tall * rows - height), (0, wide * columns - width), (0, 0))
        x = ops.pad(x, pads, mode="symmetric") if pads[1][1] or pads[2][1] else x
        values = ops.cast(ops.clip(x, 0, 255), "int32")
        size, area = rows * columns * channels, tall * wide
        # the number of each pixel's histogram: of its picture, tile and channel
        tile = (np.arange(tall * rows) // tall)[:, None, None] * columns + (np.arange(wide * columns) // wide)[:, None]
        own = ops.convert_to_tensor((tile * channels + np.arange(channels)).astype("int32"), like=x)
        first = ops.reshape(ops.arange(batch, dtype="int32", like=x) * size, (-1, 1, 1, 1))
        counts = ops.reshape(_counted((first + own) * 256 + values, batch * size * 256), (-1, 256))
        if self.clip_limit > 0:
            kept = ops.minimum(counts, self.clip_limit * area / 256)
            counts = kept + ops.sum(counts - kept, axis=-1, keepdims=True) / 256
        sums = ops.cumsum(counts, axis=-1)
        least = sums[:, :1]
        rest = area - least
        table = ops.clip((sums - least) * 255 / ops.where(rest == 0, ops.ones_like(rest), rest), 0, 255)
        table = ops.reshape(table, (-1,))
        total: Any = 0.0
        for row, down in _neighbours(tall, rows):
            for column, across in _neighbours(wide, columns):
                tile = (row[:, None] * columns + column)[..., None] * channels + np.arange(channels)
                tile = ops.convert_to_tensor(tile.astype("int32"), like=x)
                weight = ops.convert_to_tensor((down[:, None] * across)[..., None].astype("float32"), like=x)
                total = total + ops.take(table, (first + tile) * 256 + values) * weight
        return total[:, :height, :width]


def _neighbours(size: int, count: int) -> list:
    """For each pixel along an axis of `count` tiles: the tiles before and after it, and how much each counts."""
    place = (np.arange(size * count) - size / 2) / size
    low = np.floor(place)
    return [
        (np.clip(tile, 0, count - 1).astype(int), share)
        for tile, share in ((low, 1 - (place - low)), (low + 1, place - low))
    ]
