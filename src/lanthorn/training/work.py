"""What the loop does with a batch: the engine's compiled step, or the `train_step` that the user wrote."""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any

import numpy as np

from ..core import tree
from .objectives import Objectives


class Work:
    """`run` a batch, `read` the logs so far, `reset` them."""

    def batches(self, source: Any, number: int, every: bool) -> Iterable[tuple]:
        """What `run` is called with in an epoch: the source's batches. `every`: somebody wants to see each of them."""
        return source.epoch(number)

    def run(self, x: Any, y: Any, sample_weight: Any) -> int | None:
        """One batch, or several: then it says how many. Does not wait for the device."""
        raise NotImplementedError

    def read(self) -> dict[str, Any]:
        """The logs as plain numbers; waits for the device."""
        raise NotImplementedError

    def reset(self) -> None:
        """Forget the logs."""

    def finish(self) -> None:
        """After the last epoch."""


class StepWork(Work):
    """A step that the engine compiled (see `step.py`)."""

    def __init__(self, run: Callable, objectives: Objectives, engine: Any, optimizer: Any = None, model: Any = None):
        self.run, self.objectives, self.engine = run, objectives, engine  # type: ignore[method-assign]
        self.optimizer, self.model = optimizer, model

    def read(self):
        with self.engine.no_grad():
            return plain(self.objectives.results(), self.engine)

    def reset(self):
        with self.engine.no_grad():
            self.objectives.reset()

    def finish(self):
        if self.optimizer is not None and hasattr(self.optimizer, "finalize_variable_values"):
            self.optimizer.finalize_variable_values(self.model.trainable_variables)


class UserWork(Work):
    """A `train_step` or `test_step` of the user's: called as it is, on arrays of the engine; returns the logs."""

    def __init__(self, step: Callable, model: Any, precision: Any = None):
        self.step, self.model, self.engine = step, model, model.engine
        self.precision = precision or nullcontext()
        if self.engine.replicas(model.variables) > 1:
            raise ValueError(
                f"{model.describe()}: a {step.__name__} of your own runs on one device, and the model was made under a "
                "strategy with several. Write the loop with strategy.run, or leave the step to `fit`."
            )
        self.logs: Any = {}

    def run(self, x, y, sample_weight):
        to_engine = self.engine.array
        parts = [tree.map(to_engine, part) for part in (x, y, sample_weight)]
        with self.precision:
            logs = self.step(pack(*parts))
        if not isinstance(logs, dict):
            raise TypeError(
                f"{self.model.describe()}: {self.step.__name__} must return a dict of numbers such as "
                f"{{'loss': loss}}, got {type(logs).__name__}."
            )
        self.logs = logs

    def read(self):
        return plain(self.logs, self.engine)

    def reset(self):
        self.logs = {}
        self.model.reset_metrics()


def pack(x: Any, y: Any, sample_weight: Any) -> Any:
    """A batch as `train_step(data)` gets it: x, (x, y) or (x, y, sample_weight)."""
    if y is None and sample_weight is None:
        return (x,) if isinstance(x, (list, tuple)) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def unpack(data: Any) -> tuple[Any, Any, Any]:
    """(x, y, sample_weight) of what `pack` made; what is missing is None."""
    if not isinstance(data, (tuple, list)):
        data = (data,)
    return (*data, None, None)[:3]  # type: ignore[return-value]


def plain(logs: dict[str, Any], engine: Any) -> dict[str, Any]:
    """Logs as Python numbers (NumPy arrays where a metric has several values); nested dicts are flattened."""
    found: dict[str, Any] = {}
    for name, value in logs.items():
        if isinstance(value, dict):
            found |= plain(value, engine)
            continue
        if not isinstance(value, (int, float, np.generic, np.ndarray)):
            value = engine.to_numpy(value) if hasattr(value, "shape") else np.asarray(value)
        found[name] = float(np.asarray(value).reshape(())) if np.size(value) == 1 else np.asarray(value)
    return found
