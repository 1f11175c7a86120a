"""The learning rate of an optimizer, a number that can be set at any time or a schedule, and its step counter."""

from typing import Any

import numpy as np

from .. import ops
from ..core.variable import Variable
from . import schedules
from .state import State


class LearningRate(State):
    """The learning rate and the steps counted so far."""

    decay: float

    def _read_rate(self, rate: Any) -> Any:
        if isinstance(rate, dict):
            rate = schedules.deserialize(rate)
        if isinstance(rate, schedules.LearningRateSchedule) or (callable(rate) and not hasattr(rate, "__array__")):
            return rate
        try:
            number = float(rate)  # pyright: ignore[reportArgumentType]
        except (TypeError, ValueError):
            raise TypeError(
                f"{type(self).__name__}: `learning_rate` must be a number, a schedule or a function without arguments, "
                f"got {rate!r} ({type(rate).__name__})."
            ) from None
        engine: Any = self._iterations.engine
        return Variable(np.float32(number), trainable=False, name="learning_rate", engine=engine)

    @property
    def learning_rate(self) -> Any:
        """The learning rate: a Variable, or what the schedule gives for this step. Setting it needs no new compile."""
        if isinstance(self._learning_rate, Variable):
            return self._learning_rate
        if isinstance(self._learning_rate, schedules.LearningRateSchedule):
            self._sync()
            return self._learning_rate(self._iterations)
        return self._learning_rate()

    @learning_rate.setter
    def learning_rate(self, rate: Any) -> None:
        if isinstance(self._learning_rate, Variable) and not callable(rate):
            self._learning_rate.assign(np.float32(rate))
        elif isinstance(self._learning_rate, schedules.LearningRateSchedule) and not callable(rate):
            raise TypeError(
                f"{type(self).__name__} '{self.name}': the learning rate follows a schedule and cannot be "
                "set to a number. Make the optimizer with a number if you want to set it."
            )
        else:
            self._learning_rate = self._read_rate(rate)

    lr = learning_rate

    def current_rate(self) -> Any:
        """The learning rate of this step as the engine's scalar, the time-based `decay` applied."""
        rate = self.learning_rate
        rate = rate.value if type(rate) is Variable else rate
        if self.decay:
            self._sync()
            rate = rate / (1.0 + self.decay * ops.cast(self._iterations, "float32"))
        return rate

    @property
    def iterations(self) -> Variable:
        """How many updates were made: a Variable."""
        self._sync()
        self._step = None  # whoever holds the Variable may change it: it is the truth again
        if self.gradient_accumulation_steps:
            return ops.floor_divide(self._iterations, self.gradient_accumulation_steps)
        return self._iterations

    def _sync(self) -> None:
        """Write the Python counter to the Variable."""
        if self._step is not None:
            self._iterations.assign(np.int32(self._step))

    def _rate_config(self) -> Any:
        rate = self._learning_rate
        if isinstance(rate, Variable):
            return float(str(np.float32(rate.numpy())))  # 0.001, not 0.0010000000474974513
        if isinstance(rate, schedules.LearningRateSchedule):
            return schedules.serialize(rate)
        return getattr(rate, "__name__", str(rate))
