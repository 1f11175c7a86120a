"""Random changes of pictures, in the user's order; geometric ones next to each other become one warp."""

import inspect
import math
from typing import Any

import numpy as np

from ..core.config import Configurable
from . import warp as warping
from .draws import generator
from .transforms import KINDS, SIZED, Affine, Transform


class Augment(Configurable):
    """Transforms one after the other, in the order of the list.

        >>> from lanthorn.data import Affine, Augment, Flip
        >>> augment = Augment([Affine(shear=10, zoom=0.2), Flip()])
        >>> augment(np.zeros((40, 60, 3), np.uint8), seed=1, epoch=0, sample=5).shape
        (40, 60, 3)

    Called with a uint8 picture (h, w, 3) and (seed, epoch, sample), which decide every random choice, or with `rng`.
    A function of a picture may stand in the list too: `f(picture) -> picture`, or `f(picture, rng)`.
    """

    transforms: tuple = ()

    def __post_init__(self):
        given = [self.transforms] if isinstance(self.transforms, Transform) else self.transforms
        self.transforms = tuple(_transform(t) for t in given)

    @property
    def sets_size(self) -> bool:
        """Whether a transform in the list decides the size, so that no resizing is needed before it."""
        return any(isinstance(t, SIZED) for t in self.transforms)

    def __call__(self, picture: np.ndarray, rng: np.random.Generator | None = None, *, seed=0, epoch=0, sample=0):
        rng = generator(seed, epoch, sample) if rng is None else rng
        return run(self.transforms, picture, rng)

    def get_config(self):
        return {"transforms": [_plain(t) for t in self.transforms]}


def _transform(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get("class_name") not in KINDS:
            raise ValueError(
                f"Augment: no transform is named {value.get('class_name')!r}. There are: {', '.join(KINDS)}."
            )
        return KINDS[value["class_name"]].from_config(value["config"])
    if isinstance(value, Transform) or callable(value):
        return value
    raise TypeError(f"Augment: expected transforms such as Affine(shear=10) or functions, got {value!r}.")


def _plain(transform: Any) -> dict:
    if not isinstance(transform, Transform):
        raise TypeError(
            f"Augment: the function {transform!r} cannot be written as plain data; write a Transform class."
        )
    return {"class_name": type(transform).__name__, "config": transform.get_config()}


class _Pending:
    """Geometric transforms that wait to be done as one warp."""

    def __init__(self, picture):
        self.picture, self.size, self.matrix = picture, picture.shape[:2], None
        self.border, self.cut = None, False  # (fill_mode, cval) of an Affine in it; whether something was cut off

    def add(self, transform, drawn):
        border = (transform.fill_mode, transform.cval) if isinstance(transform, Affine) else None
        if border and (self.cut or self.border not in (None, border)):
            self.flush()  # what lies beyond its border must be what the user's order says
        matrix, size = transform.geometry(drawn, *self.size)
        self.matrix = matrix if self.matrix is None else self.matrix @ matrix
        self.cut |= isinstance(transform, SIZED) and getattr(transform, "fit", "crop") == "crop"
        self.border, self.size = border or self.border, size

    def flush(self):
        if self.matrix is not None:
            mode, cval = self.border or ("nearest", 0.0)
            self.picture = see_through(self.picture, self.matrix, self.size, mode, cval)
        self.matrix, self.border, self.cut, self.size = None, None, False, self.picture.shape[:2]
        return self.picture


def run(transforms, picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The transforms on one picture, drawing from `rng` in their order."""
    pending = _Pending(picture)
    for transform in transforms:
        if hasattr(transform, "geometry"):
            pending.add(transform, transform.draw(rng, *pending.size))
        elif isinstance(transform, Transform):
            picture = pending.flush()
            pending = _Pending(transform.paint(picture, transform.draw(rng, *picture.shape[:2])))
        else:
            pending = _Pending(_call_function(transform, pending.flush(), rng))
    return pending.flush()


def _call_function(function, picture, rng):
    if not picture.flags.writeable:  # a kept picture, or one that belongs to Pillow: the function may write to its own
        picture = picture.copy()
    wanted = len(inspect.signature(function).parameters)
    out = np.asarray(function(picture, rng) if wanted > 1 else function(picture))
    if out.dtype != np.uint8 or out.ndim != 3 or out.shape[2] != 3:
        name = getattr(function, "__name__", repr(function))
        raise ValueError(
            f"Augment: the function {name} must return uint8 of shape (h, w, 3), got {out.dtype} of shape {out.shape}."
        )
    return out


def see_through(
    picture: np.ndarray, matrix: np.ndarray, size: tuple[int, int], fill_mode: str, cval: float
) -> np.ndarray:
    """One warp of a photo. Where it shrinks by two or more, whole blocks of pixels are averaged first (no aliasing);
    a map that only moves and mirrors whole pixels blurs nothing."""
    factors = [max(1, int(math.hypot(a, b) + 1e-6)) for a, b, _ in matrix.tolist()[:2]]
    if max(factors) > 1:
        from PIL import Image

        small = np.asarray(Image.fromarray(picture).reduce((factors[1], factors[0])))
        shrink = np.diag([1 / factors[0], 1 / factors[1], 1.0])
        shrink[:2, 2] = [(1 / f - 1) / 2 for f in factors]
        picture, matrix = small, shrink @ matrix
    mode = "tile" if fill_mode == "wrap" else fill_mode
    return warping.warp(picture, matrix, size, mode, cval, edge=0.5)
