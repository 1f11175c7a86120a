"""Single random changes of pictures: what each draws and does.

A transform says what it draws (`draw`) and what that does: a geometric one gives a matrix and a size
(`geometry`), the others change pixels (`paint`). All take and give uint8 RGB of shape (h, w, 3).
"""

import math
from typing import Any

import numpy as np

from ..core.config import Configurable
from . import warp as warping
from .decode import opencv


class Transform(Configurable):
    """Base of all: geometric when it has `geometry`, else it has `paint`."""

    def draw(self, rng: np.random.Generator, height: int, width: int) -> Any:
        """The random choices for one picture of this size."""
        return None

    def paint(self, picture: np.ndarray, drawn: Any) -> np.ndarray:
        """What they do to its pixels; a transform with `geometry` has its warp instead."""
        raise TypeError(f"{type(self).__name__}: a transform needs a method `geometry` or `paint`.")


def _range(who: str, name: str, value: Any, around: float) -> tuple[float, float]:
    """0.2 as (around - 0.2, around + 0.2); a pair as it is."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return (around - value, around + value)
    if isinstance(value, (tuple, list)) and len(value) == 2 and value[0] <= value[1]:
        return (float(value[0]), float(value[1]))
    raise ValueError(f"{who}: `{name}` must be a number or a pair (low, high), got {value!r}.")


def _between(rng: np.random.Generator, ends: tuple[float, float]) -> float:
    """`rng.uniform(*ends)`, the same number in a third of the time."""
    return ends[0] + (ends[1] - ends[0]) * rng.random()


def _size(who: str, value: Any) -> tuple[int, int]:
    pair = (value, value) if isinstance(value, int) else tuple(value)
    if len(pair) != 2 or not all(isinstance(n, (int, np.integer)) and n > 0 for n in pair):
        raise ValueError(f"{who}: `size` must be a number of pixels or (height, width), got {value!r}.")
    return (int(pair[0]), int(pair[1]))


class Affine(Transform):
    """Rotation, shift, shear and zoom about the middle, each drawn evenly from its range.

    `shear` and `rotate` in degrees: 10 means -10 … 10. `zoom`: 0.2 means 0.8 … 1.2 for each axis on its own (below
    1 enlarges, as in ImageDataGenerator). `shift`: fraction of the size, 0.1 or (vertical, horizontal).
    `fill_mode`: 'nearest', 'constant' (with `cval`), 'reflect' or 'wrap' (tiles). Shear is Keras's (see warp.linear).

        >>> Affine(shear=10, zoom=0.2)
        Affine(shear=10.0, zoom=0.2)
    """

    shear: float | tuple = 0
    zoom: float | tuple = 0
    rotate: float | tuple = 0
    shift: float | tuple = 0
    fill_mode: str = "nearest"
    cval: float = 0.0

    def __post_init__(self):
        self._shear = _range("Affine", "shear", self.shear, 0.0)
        self._zoom = _range("Affine", "zoom", self.zoom, 1.0)
        self._rotate = _range("Affine", "rotate", self.rotate, 0.0)
        self._shift = self.shift if isinstance(self.shift, tuple) else (self.shift, self.shift)
        if self._zoom[0] <= 0:
            raise ValueError(f"Affine: `zoom` must stay above 0, got {self.zoom!r}, which reaches {self._zoom[0]}.")
        if self.fill_mode not in warping.FILL_MODES:
            raise ValueError(
                f"Affine: `fill_mode` must be one of {', '.join(warping.FILL_MODES)}, got {self.fill_mode!r}."
            )

    def draw(self, rng, height, width):
        theta = _between(rng, self._rotate)
        ty = _between(rng, (-1, 1)) * self._shift[0] * height
        tx = _between(rng, (-1, 1)) * self._shift[1] * width
        shear = _between(rng, self._shear)
        zx, zy = _between(rng, self._zoom), _between(rng, self._zoom)
        return {"theta": theta, "tx": tx, "ty": ty, "shear": shear, "zx": zx, "zy": zy}

    def geometry(self, drawn, height, width):
        return warping.centred(warping.linear(**drawn), height, width), (height, width)


class Flip(Transform):
    """Mirrored with probability `p`: 'horizontal' (left to right), 'vertical', or 'both', each on its own."""

    mode: str = "horizontal"
    p: float = 0.5

    def __post_init__(self):
        if self.mode not in ("horizontal", "vertical", "both"):
            raise ValueError(f"Flip: `mode` must be 'horizontal', 'vertical' or 'both', got {self.mode!r}.")

    def draw(self, rng, height, width):
        rows, cols = rng.random() < self.p, rng.random() < self.p
        return rows and self.mode != "horizontal", cols and self.mode != "vertical"

    def geometry(self, drawn, height, width):
        rows, cols = drawn
        matrix = np.eye(3)
        if rows:
            matrix[0] = -1, 0, height - 1
        if cols:
            matrix[1] = 0, -1, width - 1
        return matrix, (height, width)


class Resize(Transform):
    """To `size` (height, width); `fit` 'stretch' or 'crop' (keeps the proportions, cuts the longer side, centred).

    With `fit='shorter'` the shorter side gets the length `size` (a number) and the proportions stay.
    """

    size: int | tuple = 224
    fit: str = "stretch"

    def __post_init__(self):
        if self.fit not in ("stretch", "crop", "shorter"):
            raise ValueError(f"Resize: `fit` must be 'stretch', 'crop' or 'shorter', got {self.fit!r}.")
        self._size = _size("Resize", self.size)

    def geometry(self, drawn, height, width):
        h, w = self._size
        if self.fit == "shorter":
            scale = min(height, width) / min(h, w)
            h, w = max(1, round(height / scale)), max(1, round(width / scale))
        sr, sc = height / h, width / w
        if self.fit == "crop":
            sr = sc = min(sr, sc)
        top, left = (height - h * sr) / 2, (width - w * sc) / 2
        return np.array([[sr, 0, top + sr / 2 - 0.5], [0, sc, left + sc / 2 - 0.5], [0, 0, 1.0]]), (h, w)


class RandomCrop(Transform):
    """A window of `size` (height, width) at a random place; a smaller picture is first enlarged so that it fits."""

    size: int | tuple = 224

    def __post_init__(self):
        self._size = _size("RandomCrop", self.size)

    def draw(self, rng, height, width):
        return rng.random(2)

    def geometry(self, drawn, height, width):
        h, w = self._size
        scale = min(1.0, height / h, width / w)
        top, left = drawn * (height - h * scale, width - w * scale)
        if scale == 1:
            top, left = math.floor(top + 0.5), math.floor(left + 0.5)  # whole pixels: nothing is blurred
        half = scale / 2 - 0.5
        return np.array([[scale, 0, top + half], [0, scale, left + half], [0, 0, 1.0]]), (h, w)


class RandomResizedCrop(Transform):
    """A window of random area and proportions, brought to `size` (Szegedy et al. 2014, arXiv:1409.4842).

    `area`: fraction of the picture, drawn evenly; `ratio`: width over height, drawn evenly in its logarithm.
    """

    size: int | tuple = 224
    area: tuple = (0.08, 1.0)
    ratio: tuple = (3 / 4, 4 / 3)

    def __post_init__(self):
        self._size = _size("RandomResizedCrop", self.size)

    def draw(self, rng, height, width):
        return rng.uniform(*self.area), math.exp(rng.uniform(*np.log(self.ratio))), rng.random(), rng.random()

    def geometry(self, drawn, height, width):
        area, ratio, down, along = drawn
        h = min(height, math.sqrt(area * height * width / ratio))
        w = min(width, math.sqrt(area * height * width * ratio))
        sr, sc = h / self._size[0], w / self._size[1]
        top, left = down * (height - h), along * (width - w)
        return np.array([[sr, 0, top + sr / 2 - 0.5], [0, sc, left + sc / 2 - 0.5], [0, 0, 1.0]]), self._size


LUMA = (0.299, 0.587, 0.114)  # how bright red, green and blue are to the eye (ITU-R BT.601)


def _look_up(picture: np.ndarray, table: np.ndarray) -> np.ndarray:
    table, cv2 = np.clip(np.rint(table), 0, 255).astype(np.uint8), opencv()
    return table[picture] if cv2 is None else cv2.LUT(picture, table)


class _ByAFactor(Transform):
    """A change of colours by a factor drawn from 1 - `factor` … 1 + `factor`, or from a pair (low, high)."""

    factor: float | tuple = 0.2

    def __post_init__(self):
        self._factor = _range(type(self).__name__, "factor", self.factor, 1.0)

    def draw(self, rng, height, width):
        return rng.uniform(*self._factor)


class Brightness(_ByAFactor):
    """Every pixel times a factor drawn from 1 - `factor` … 1 + `factor`, or from a pair (low, high)."""

    def paint(self, picture, drawn):
        return _look_up(picture, np.arange(256) * drawn)


class Contrast(_ByAFactor):
    """Every pixel's distance from the picture's mean grey times a factor (1 - `factor` … 1 + `factor`, or a pair)."""

    def paint(self, picture, drawn):
        cv2 = opencv()
        means = picture.mean(axis=(0, 1)) if cv2 is None else np.array(cv2.mean(picture)[:3])
        grey = float(means @ LUMA)
        return _look_up(picture, grey + (np.arange(256) - grey) * drawn)


class Saturation(_ByAFactor):
    """Every pixel's distance from its own grey times a factor (1 - `factor` … 1 + `factor`, or a pair): 0 is grey."""

    def paint(self, picture, drawn):
        mix = (drawn * np.eye(3) + (1 - drawn) * np.array([LUMA] * 3)).astype(np.float32)
        cv2 = opencv()
        if cv2 is not None:
            return cv2.transform(picture, mix)
        return np.clip(np.rint(picture @ mix.T), 0, 255).astype(np.uint8)


KINDS = {c.__name__: c for c in (Affine, Flip, Resize, RandomCrop, RandomResizedCrop, Brightness, Contrast, Saturation)}
SIZED = (Resize, RandomCrop, RandomResizedCrop)
