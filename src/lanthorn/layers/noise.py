"""Noise in training: from a Gaussian, or the lowest value of a self-normalizing network."""

import math

from .. import ops, random
from ..core.old_names import finder
from .dropout import Dropout, RandomLayer

LOWEST = -1.0507009873554805 * 1.6732632423543772  # of SELU

__getattr__ = finder(__name__)  # names of Keras 1 and 2


class GaussianNoise(RandomLayer):
    """In training, adds numbers drawn with mean 0 and standard deviation `stddev`.

    Example:
        >>> lanthorn.layers.GaussianNoise(0.1)(np.ones((2, 3), "float32"), training=True).shape
        (2, 3)
    """

    stddev: float
    seed: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.stddev < 0:
            raise ValueError(f"GaussianNoise: `stddev` must not be negative, got {self.stddev}.")

    def call(self, inputs, training=False):
        if not training or self.stddev == 0:
            return inputs
        noise = random.normal(ops.shape(inputs), 0.0, self.stddev, seed=self.seed_generator, like=inputs)
        return inputs + noise


class GaussianDropout(RandomLayer):
    """In training, multiplies by numbers with mean 1 and standard deviation sqrt(rate / (1 - rate)).

    The same mean and spread as Dropout of that rate (Srivastava et al. 2014, section 10).

    Example:
        >>> lanthorn.layers.GaussianDropout(0.2)(np.ones((2, 3), "float32"), training=True).shape
        (2, 3)
    """

    rate: float
    seed: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.rate == 1:
            raise ValueError("GaussianDropout: `rate` must be less than 1.")

    def call(self, inputs, training=False):
        if not training or self.rate == 0:
            return inputs
        spread = math.sqrt(self.rate / (1.0 - self.rate))
        return inputs * random.normal(ops.shape(inputs), 1.0, spread, seed=self.seed_generator, like=inputs)


class AlphaDropout(Dropout):
    """In training, each number is -1.758 (where SELU ends on the left) with probability `rate`; mean and spread stay.

    For self-normalizing networks (Klambauer et al. 2017, arXiv:1706.02515, section "new dropout technique").
    `noise_shape` as for Dropout.

    Example:
        >>> lanthorn.layers.AlphaDropout(0.2)(np.ones((2, 3), "float32"), training=True).shape
        (2, 3)
    """

    def call(self, inputs, training=False):
        if not training or self.rate == 0:
            return inputs
        shape = self._noise_shape(inputs) or ops.shape(inputs)
        kept = random.uniform(shape, seed=self.seed_generator, like=inputs) >= self.rate
        if self.rate == 1:
            return ops.zeros_like(inputs)
        factor = ((1 - self.rate) * (1 + self.rate * LOWEST**2)) ** -0.5
        return factor * (ops.where(kept, inputs, LOWEST) - LOWEST * self.rate)
