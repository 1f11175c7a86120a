"""Initializers whose variance follows from the weight's shape: VarianceScaling and its named settings."""

from typing import Any

import numpy as np

from .random import Random, normal, truncated_normal, uniform

# Standard deviation of a standard normal cut off at two: what is left must be divided by it to get stddev 1.
TRUNCATED_STDDEV = 0.87962566103423978


def compute_fans(shape: tuple, input_axes: Any = None, output_axes: Any = None) -> tuple[int, int]:
    """How many values go into and come out of one unit of a weight of this shape (kernels: ..., in, out)."""
    shape = tuple(shape)
    if input_axes is not None and output_axes is not None:
        return int(np.prod([shape[a] for a in input_axes])), int(np.prod([shape[a] for a in output_axes]))
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    field = int(np.prod(shape[:-2]))
    return shape[-2] * field, shape[-1] * field


class _Scaled(Random):
    """Values whose variance is scale / fan, fan being what goes in, comes out, or the mean of both."""

    scale, mode, distribution = 1.0, "fan_in", "truncated_normal"
    input_axes = output_axes = None

    def draw(self, rng, shape, kind):
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, fan)
        if self.distribution == "uniform":
            limit = (3.0 * variance) ** 0.5
            return uniform(rng, shape, kind, -limit, limit)
        if self.distribution == "untruncated_normal":
            return normal(rng, shape, kind, 0.0, variance**0.5)
        return truncated_normal(rng, shape, kind, 0.0, variance**0.5 / TRUNCATED_STDDEV)


class VarianceScaling(_Scaled):
    """Values of variance scale / fan, so that signals keep their size from layer to layer.

    Args:
        scale: positive.
        mode: 'fan_in', 'fan_out' or 'fan_avg'.
        distribution: 'truncated_normal' ('normal' is its old name), 'untruncated_normal' or 'uniform'.
        seed: an int for the same values at each call.
        input_axes, output_axes: the axes that count as in and out, where a kernel is not (..., in, out).

    Example:
        >>> kernel = VarianceScaling(2.0, "fan_out", seed=0)((3, 3, 16, 32))  # stddev about sqrt(2 / (9 * 32))
    """

    scale: float = 1.0
    mode: str = "fan_in"
    distribution: str = "truncated_normal"
    seed: Any = None
    input_axes: Any = None
    output_axes: Any = None

    def __post_init__(self):
        if self.distribution == "normal":
            self.distribution = "truncated_normal"
        if self.scale <= 0:
            raise ValueError(f"VarianceScaling: `scale` must be positive, got {self.scale}.")
        for name, known in (
            ("mode", ("fan_in", "fan_out", "fan_avg")),
            ("distribution", ("truncated_normal", "untruncated_normal", "uniform")),
        ):
            if getattr(self, name) not in known:
                raise ValueError(f"VarianceScaling: `{name}` must be one of {known}, got {getattr(self, name)!r}.")


class _Seeded(_Scaled):
    seed: Any = None
    input_axes: Any = None
    output_axes: Any = None


class GlorotUniform(_Seeded):
    """Uniform in ±sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio, 2010).

    Example:
        >>> lanthorn.initializers.GlorotUniform(seed=0)((3, 4)).shape
        (3, 4)
    """

    mode, distribution = "fan_avg", "uniform"


class GlorotNormal(_Seeded):
    """Truncated normal of stddev sqrt(2 / (fan_in + fan_out)) (Glorot & Bengio, 2010).

    Example:
        >>> lanthorn.initializers.GlorotNormal(seed=0)((3, 4)).shape
        (3, 4)
    """

    mode = "fan_avg"


class HeUniform(_Seeded):
    """Uniform in ±sqrt(6 / fan_in) (He et al., 2015).

    Example:
        >>> lanthorn.initializers.HeUniform(seed=0)((3, 4)).shape
        (3, 4)
    """

    scale, distribution = 2.0, "uniform"


class HeNormal(_Seeded):
    """Truncated normal of stddev sqrt(2 / fan_in) (He et al., 2015).

    Example:
        >>> lanthorn.initializers.HeNormal(seed=0)((3, 4)).shape
        (3, 4)
    """

    scale = 2.0


class LecunUniform(_Seeded):
    """Uniform in ±sqrt(3 / fan_in) (LeCun et al., 1998).

    Example:
        >>> lanthorn.initializers.LecunUniform(seed=0)((3, 4)).shape
        (3, 4)
    """

    distribution = "uniform"


class LecunNormal(_Seeded):
    """Truncated normal of stddev sqrt(1 / fan_in) (LeCun et al., 1998).

    Example:
        >>> lanthorn.initializers.LecunNormal(seed=0)((3, 4)).shape
        (3, 4)
    """
