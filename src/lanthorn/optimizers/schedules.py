"""Schedules: the learning rate as a function of the step. Written in ops, so that they run inside a compiled step.

>>> rate = lanthorn.optimizers.schedules.CosineDecay(1e-3, decay_steps=10_000, warmup_target=1e-2, warmup_steps=500)
>>> optimizer = lanthorn.optimizers.Adam(rate)
"""

import math
from typing import Any, ClassVar

import numpy as np

from .. import ops
from ..core.config import Configurable, Registry


class LearningRateSchedule(Configurable):
    """Base of the schedules: override `__call__(step)`, step being the number of updates made so far."""

    _own_first: ClassVar[bool] = True

    def __call__(self, step: Any) -> Any:
        raise TypeError(f"{type(self).__name__}: a schedule must define __call__(step).")

    def _check_positive(self, name: str) -> None:
        if getattr(self, name) <= 0:
            raise ValueError(f"{type(self).__name__}: `{name}` must be more than 0, got {getattr(self, name)}.")


def _number(step: Any) -> Any:
    """The step as a float32 scalar: of its engine, or NumPy's for a plain number."""
    return ops.cast(np.asarray(step) if isinstance(step, (int, float)) else step, "float32")


class ExponentialDecay(LearningRateSchedule):
    """initial_learning_rate * decay_rate ** (step / decay_steps); `staircase` rounds the exponent down.

    Example:
        >>> rate = lanthorn.optimizers.schedules.ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)
        >>> round(float(rate(15)), 4)
        0.0354
    """

    initial_learning_rate: float
    decay_steps: int | float
    decay_rate: float
    staircase: bool = False
    name: str = "ExponentialDecay"

    def __post_init__(self):
        self._check_positive("decay_steps")

    def __call__(self, step):
        p = _number(step) / self.decay_steps
        p = ops.floor(p) if self.staircase else p
        return self.initial_learning_rate * ops.exp(p * math.log(self.decay_rate))


class InverseTimeDecay(LearningRateSchedule):
    """initial_learning_rate / (1 + decay_rate * step / decay_steps); `staircase` rounds the fraction down.

    Example:
        >>> rate = lanthorn.optimizers.schedules.InverseTimeDecay(0.1, decay_steps=10, decay_rate=1.0)
        >>> round(float(rate(15)), 4)
        0.04
    """

    initial_learning_rate: float
    decay_steps: int | float
    decay_rate: float
    staircase: bool = False
    name: str = "InverseTimeDecay"

    def __post_init__(self):
        self._check_positive("decay_steps")

    def __call__(self, step):
        p = _number(step) / self.decay_steps
        return self.initial_learning_rate / (1.0 + self.decay_rate * (ops.floor(p) if self.staircase else p))


class PiecewiseConstantDecay(LearningRateSchedule):
    """values[0] up to and at step boundaries[0], values[1] up to boundaries[1], …, values[-1] after the last.

    Example:
        >>> rate = lanthorn.optimizers.schedules.PiecewiseConstantDecay([10, 20], [0.1, 0.01, 0.001])
        >>> round(float(rate(15)), 4)
        0.01
    """

    boundaries: list
    values: list
    name: str = "PiecewiseConstant"

    def __post_init__(self):
        if len(self.boundaries) != len(self.values) - 1:
            raise ValueError(
                f"PiecewiseConstantDecay: expected one boundary less than values, got {len(self.boundaries)} "
                f"boundaries and {len(self.values)} values."
            )

    def __call__(self, step):
        step = _number(step)
        rate = 0.0 * step + self.values[0]
        for boundary, value in zip(self.boundaries, self.values[1:], strict=True):
            rate = ops.where(step > boundary, value, rate)
        return rate


class PolynomialDecay(LearningRateSchedule):
    """From initial_learning_rate to end_learning_rate as (1 - step / decay_steps) ** power.

    `cycle`: past decay_steps the time is stretched to the next multiple of it, otherwise the rate stays at the end.

    Example:
        >>> rate = lanthorn.optimizers.schedules.PolynomialDecay(0.1, decay_steps=20, end_learning_rate=0.0)
        >>> round(float(rate(15)), 4)
        0.025
    """

    initial_learning_rate: float
    decay_steps: int | float
    end_learning_rate: float = 0.0001
    power: float = 1.0
    cycle: bool = False
    name: str = "PolynomialDecay"

    def __post_init__(self):
        self._check_positive("decay_steps")

    def __call__(self, step):
        step = _number(step)
        if self.cycle:
            p = step / (self.decay_steps * ops.maximum(ops.ceil(step / self.decay_steps), 1.0))
        else:
            p = ops.minimum(step / self.decay_steps, 1.0)
        return (self.initial_learning_rate - self.end_learning_rate) * ops.power(1.0 - p, self.power) + (
            self.end_learning_rate
        )


class CosineDecay(LearningRateSchedule):
    """Half a cosine from the initial rate down to `alpha` times it (Loshchilov & Hutter, 2016).

    With `warmup_target` the rate first climbs to that in a straight line over `warmup_steps`, then falls from it.

    Example:
        >>> rate = lanthorn.optimizers.schedules.CosineDecay(0.1, decay_steps=20)
        >>> round(float(rate(15)), 4)
        0.0146
    """

    initial_learning_rate: float
    decay_steps: int | float
    alpha: float = 0.0
    name: str = "CosineDecay"
    warmup_target: float | None = None
    warmup_steps: int | float = 0

    def __post_init__(self):
        self._check_positive("decay_steps")

    def __call__(self, step):
        step = _number(step)
        if self.warmup_target is None:
            return self._fall(step, self.initial_learning_rate)
        start, target = self.initial_learning_rate, self.warmup_target
        climbing = start + (target - start) * step / max(self.warmup_steps, 1)
        return ops.where(step < self.warmup_steps, climbing, self._fall(step - self.warmup_steps, target))

    def _fall(self, step, start):
        done = ops.minimum(step / self.decay_steps, 1.0)
        return start * ((1.0 - self.alpha) * 0.5 * (1.0 + ops.cos(math.pi * done)) + self.alpha)


class CosineDecayRestarts(LearningRateSchedule):
    """Cosine decays one after the other, each `t_mul` times longer and from `m_mul` times the height of the last one.

    (SGDR; Loshchilov & Hutter, 2016.)

    Example:
        >>> rate = lanthorn.optimizers.schedules.CosineDecayRestarts(0.1, first_decay_steps=20)
        >>> round(float(rate(20)), 4)
        0.1
    """

    initial_learning_rate: float
    first_decay_steps: int | float
    t_mul: float = 2.0
    m_mul: float = 1.0
    alpha: float = 0.0
    name: str = "SGDRDecay"

    def __post_init__(self):
        self._check_positive("first_decay_steps")

    def __call__(self, step):
        done, t = _number(step) / self.first_decay_steps, self.t_mul
        if t == 1.0:
            restarts = ops.floor(done)
            done = done - restarts
        else:
            restarts = ops.floor(ops.log(1.0 - done * (1.0 - t)) / float(np.log(np.float32(t))))
            length = ops.exp(restarts * math.log(t))
            done = (done - (1.0 - length) / (1.0 - t)) / length
        height = ops.exp(restarts * math.log(self.m_mul))
        cosine = 0.5 * height * (1.0 + ops.cos(math.pi * done))
        return self.initial_learning_rate * ((1.0 - self.alpha) * cosine + self.alpha)


_registry = Registry(
    "schedule",
    "optimizers.schedules",
    {
        c.__name__: c
        for c in (
            ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay, PolynomialDecay, CosineDecay,
            CosineDecayRestarts,
        )
    },
)  # fmt: skip
get, serialize, deserialize = _registry.get, _registry.serialize, _registry.deserialize
