"""Initializers that draw: normal, uniform and truncated values, and orthogonal matrices."""

from typing import Any

import numpy as np

from .base import Initializer, numpy_dtype


class Random(Initializer):
    """Base of those that draw: subclasses say `draw(rng, shape)` in float32 or float64."""

    def __call__(self, shape: tuple, dtype: Any = None, rng: np.random.Generator | None = None) -> np.ndarray:
        seed = getattr(self, "seed", None)
        if seed is not None:
            rng = np.random.default_rng(int(seed.next()[0]) if hasattr(seed, "next") else seed)
        elif rng is None:  # follows np.random.seed
            rng = np.random.default_rng(np.random.randint(2**31, size=2))
        dtype = numpy_dtype(dtype)
        kind = np.float64 if dtype == np.float64 else np.float32
        return np.asarray(self.draw(rng, tuple(shape), kind), dtype)

    def draw(self, rng: np.random.Generator, shape: tuple, kind: Any) -> np.ndarray:
        raise NotImplementedError(f"{type(self).__name__}: a random initializer must define draw(rng, shape, kind).")


def uniform(rng, shape, kind, low, high) -> np.ndarray:
    return (rng.random(shape, dtype=kind) * kind(high - low) + kind(low)).astype(kind)


def normal(rng, shape, kind, mean, stddev) -> np.ndarray:
    return (rng.standard_normal(shape, dtype=kind) * kind(stddev) + kind(mean)).astype(kind)


def truncated_normal(rng, shape, kind, mean, stddev) -> np.ndarray:
    """Normal values, those beyond two standard deviations drawn again."""
    values = rng.standard_normal(int(np.prod(shape)), dtype=kind)
    outside = np.flatnonzero(np.abs(values) > 2.0)
    while outside.size:
        values[outside] = rng.standard_normal(outside.size, dtype=kind)
        outside = outside[np.abs(values[outside]) > 2.0]
    return (values * kind(stddev) + kind(mean)).reshape(shape)


class RandomNormal(Random):
    """Normal values of this mean and standard deviation.

    Example:
        >>> lanthorn.initializers.RandomNormal(seed=0)((3, 4)).shape
        (3, 4)
    """

    mean: float = 0.0
    stddev: float = 0.05
    seed: Any = None

    def draw(self, rng, shape, kind):
        return normal(rng, shape, kind, self.mean, self.stddev)


class TruncatedNormal(Random):
    """Normal values, those more than two `stddev` from the mean drawn again.

    Example:
        >>> lanthorn.initializers.TruncatedNormal(seed=0)((3, 4)).shape
        (3, 4)
    """

    mean: float = 0.0
    stddev: float = 0.05
    seed: Any = None

    def draw(self, rng, shape, kind):
        return truncated_normal(rng, shape, kind, self.mean, self.stddev)


class RandomUniform(Random):
    """Values from [minval, maxval), all equally likely.

    Example:
        >>> lanthorn.initializers.RandomUniform(seed=0)((3, 4)).shape
        (3, 4)
    """

    minval: float = -0.05
    maxval: float = 0.05
    seed: Any = None

    def draw(self, rng, shape, kind):
        return uniform(rng, shape, kind, self.minval, self.maxval)


class Orthogonal(Random):
    """`gain` times a matrix with orthonormal rows or columns, whichever are fewer (Saxe et al., 2014).

    A shape of more than two axes is seen as (product of the leading ones, last one). Raises ValueError below two axes.

    Example:
        >>> lanthorn.initializers.Orthogonal(seed=0)((3, 4)).shape
        (3, 4)
    """

    gain: float = 1.0
    seed: Any = None

    def draw(self, rng, shape, kind):
        if len(shape) < 2:
            raise ValueError(f"Orthogonal: expected a shape of two or more axes, got {shape}.")
        rows, columns = int(np.prod(shape[:-1])), shape[-1]
        tall = rng.standard_normal((max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(tall)
        q = q * np.sign(np.diag(r))  # without it QR favours some rotations
        return (self.gain * (q.T if rows < columns else q)).reshape(shape).astype(kind)
