"""Resizing along one axis, as a product with a small matrix: the same on every engine, gradient included."""

import functools
from typing import Any

import numpy as np

from .. import ops


def _triangle(d):
    return np.maximum(0.0, 1.0 - np.abs(d))


def _cubic(d):
    """Keys 1981, with a = -1/2."""
    d = np.abs(d)
    near = (1.5 * d - 2.5) * d * d + 1.0
    far = ((-0.5 * d + 2.5) * d - 4.0) * d + 2.0
    return np.where(d < 1, near, np.where(d < 2, far, 0.0))


def _lanczos(lobes: int):
    return lambda d: np.where(np.abs(d) < lobes, np.sinc(d) * np.sinc(d / lobes), 0.0)


KERNELS = {"bilinear": _triangle, "bicubic": _cubic, "lanczos3": _lanczos(3), "lanczos5": _lanczos(5)}
METHODS = ("nearest", *KERNELS)


@functools.lru_cache(maxsize=256)
def matrix(before: int, after: int, method: str, antialias: bool) -> np.ndarray:
    """The weights (before, after) of each old place in each new one; pixel centres are at halves.

    Weights that would fall outside are left out and the others scaled up to 1.
    """
    step = before / after
    centers = (np.arange(after) + 0.5) * step
    if method == "nearest":
        return np.eye(before, dtype=np.float32)[:, np.minimum(np.floor(centers).astype(int), before - 1)]
    width = max(step, 1.0) if antialias else 1.0
    weights = KERNELS[method]((np.arange(before)[:, None] + 0.5 - centers[None, :]) / width)
    total = weights.sum(axis=0, keepdims=True)
    return (weights / np.where(np.abs(total) > 1e-6, total, 1.0)).astype(np.float32)


def resize_axis(x: Any, axis: int, after: int, method: str, antialias: bool = False) -> Any:
    """`x` with `after` places along `axis`, whose length must be known."""
    before, rank = x.shape[axis], len(x.shape)
    if before is None:
        raise ValueError(f"resizing needs to know the length of axis {axis}, got an input of shape {tuple(x.shape)}.")
    if before == after:
        return x
    if method == "nearest" and after % before == 0:
        return ops.repeat(x, after // before, axis=axis)
    weights = matrix(int(before), int(after), method, antialias)
    letters = "abcdefgh"[:rank]
    new = letters.replace(letters[axis], "z")
    weights = ops.convert_to_tensor(weights, dtype=ops.dtype(x), like=x)
    return ops.einsum(f"{letters},{letters[axis]}z->{new}", x, weights)
