"""What a network expects of a picture, as data: it is stored with the weights and applied wherever they go."""

import functools
from typing import Any

import numpy as np

from ..core.config import Configurable
from .decode import read_picture
from .resize import FITS, check_interpolation, resize

# (reversed colours?, offset, scale) with out = (pixel - offset) / scale, pixel in 0 … 255 and channels in output order.
# 'tf', 'torch' and 'caffe' are the three habits of keras.applications; mean and deviation are ImageNet's.
SCALES: dict[str, tuple[bool, tuple, tuple]] = {
    "tf": (False, (127.5, 127.5, 127.5), (127.5, 127.5, 127.5)),
    "torch": (False, (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)),
    "caffe": (True, (103.939, 116.779, 123.68), (1.0, 1.0, 1.0)),
    "0-1": (False, (0.0, 0.0, 0.0), (255.0, 255.0, 255.0)),
    "none": (False, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
}


@functools.cache
def _slope_and_shift(scale: str, columns: int) -> tuple[Any, Any]:
    """`scale` as x * slope - shift for a row of pixels: numbers, rows where the channels differ, None for nothing."""
    _, offset, divisor = SCALES[scale]
    slope = np.float32(1) / np.array(divisor, np.float32)
    shift = (np.array(offset) / np.array(divisor)).astype(np.float32)
    rows = [row[0] if len(set(row.tolist())) == 1 else np.tile(row, columns) for row in (slope, shift)]
    return rows[0] if any(d != 1 for d in divisor) else None, rows[1] if any(offset) else None


def scale_pixels(x: np.ndarray, scale: str, out: np.ndarray | None = None) -> np.ndarray:
    """Pixels 0 … 255, RGB, channels last (..., 3) as the float32 that a network wants (see SCALES)."""
    if scale not in SCALES:
        raise ValueError(f"scale: expected one of {', '.join(map(repr, SCALES))}, got {scale!r}.")
    if x.shape[-1] != 3:
        raise ValueError(f"scale_pixels: expected RGB pixels with the channels last, got the shape {x.shape}.")
    out = np.empty(x.shape, np.float32) if out is None else out
    # One long row per line of pixels: NumPy's loops are fast along long axes and slow along an axis of 3.
    row = (*x.shape[:-2], x.shape[-2] * 3) if x.ndim > 1 else x.shape
    slope, shift = _slope_and_shift(scale, row[-1] // 3)
    if SCALES[scale][0]:
        x = np.ascontiguousarray(x[..., ::-1])
    target = out.reshape(row)
    # To float first, then in place: NumPy converts in one go faster than while it multiplies (33 against 39 µs).
    np.copyto(target, x.reshape(row))
    if slope is not None:
        np.multiply(target, slope, out=target)
    if shift is not None:
        np.subtract(target, shift, out=target)
    return out


class Preprocessing(Configurable):
    """Size, fit, interpolation and scale of the pictures a network was trained with.

    Called with a path, bytes, a PIL image or a uint8 array it gives float32 of shape (height, width, 3).
    `size` is (height, width) in pixels; `fit` is 'stretch', 'crop' or 'pad'; `scale` is 'tf' (-1 … 1),
    'torch' (ImageNet mean and deviation, RGB), 'caffe' (BGR minus the mean), '0-1' or 'none' (0 … 255).
    `crop_fraction` cuts closer with fit='crop' (0.875: resize to 256, crop 224).

        >>> Preprocessing(size=(32, 32), scale="tf")(np.zeros((50, 40, 3), np.uint8)).shape
        (32, 32, 3)
    """

    size: Any = (224, 224)
    fit: str = "stretch"
    interpolation: str = "bilinear"
    scale: str = "none"
    crop_fraction: float = 1.0

    def __post_init__(self):
        size = (self.size,) * 2 if isinstance(self.size, int) else tuple(self.size)
        if len(size) != 2 or not all(isinstance(n, (int, np.integer)) and n > 0 for n in size):
            raise ValueError(f"Preprocessing: `size` must be (height, width) in pixels, got {self.size!r}.")
        self.size = (int(size[0]), int(size[1]))
        check_interpolation(self.interpolation)
        if self.fit not in FITS:
            raise ValueError(f"Preprocessing: `fit` must be one of {', '.join(FITS)}, got {self.fit!r}.")
        if self.scale not in SCALES:
            raise ValueError(f"Preprocessing: `scale` must be one of {', '.join(SCALES)}, got {self.scale!r}.")
        if not 0 < self.crop_fraction <= 1:
            raise ValueError(
                f"Preprocessing: `crop_fraction` must be over 0 and at most 1, got {self.crop_fraction!r}."
            )

    @property
    def at_least(self) -> tuple[int, int]:
        """The size (height, width) that a decoded picture should not fall below."""
        return (round(self.size[0] / self.crop_fraction), round(self.size[1] / self.crop_fraction))

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of what comes out."""
        return (*self.size, 3)

    def read(self, source: Any) -> np.ndarray:
        """The picture decoded and at `size`, still uint8 RGB."""
        return self.resize(read_picture(source, at_least=self.at_least))

    def resize(self, picture: np.ndarray) -> np.ndarray:
        """A uint8 RGB picture at `size`."""
        return resize(picture, self.size, self.fit, self.interpolation, self.crop_fraction)

    def scale_pixels(self, pixels: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """RGB pixels 0 … 255 (one picture or a batch) as scaled float32."""
        return scale_pixels(pixels, self.scale, out)

    def pixels(self, x: np.ndarray) -> np.ndarray:
        """Back again: scaled float32 as uint8 RGB, to be looked at."""
        flipped, offset, divisor = SCALES[self.scale]
        x = np.asarray(x, np.float32) * np.array(divisor, np.float32) + np.array(offset, np.float32)
        x = np.clip(np.rint(x), 0, 255).astype(np.uint8)
        return np.ascontiguousarray(x[..., ::-1]) if flipped else x

    def __call__(self, source: Any) -> np.ndarray:
        return self.scale_pixels(self.read(source))

    def batch(self, sources) -> np.ndarray:
        """Several pictures as one float32 array (n, height, width, 3)."""
        pixels = [self.read(source) for source in sources]
        return self.scale_pixels(np.stack(pixels) if pixels else np.empty((0, *self.shape), np.uint8))

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"size": list(self.size)}

    def to_config(self) -> dict[str, Any]:
        """Plain data (JSON) that `Preprocessing.from_config` reads."""
        return self.get_config()
