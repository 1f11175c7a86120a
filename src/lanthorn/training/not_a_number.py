"""A loss that is NaN or infinite: seen early, and said with what can be done."""

import math
import warnings
from typing import Any

import numpy as np

from ..core import tree
from .fixed_shapes import Group


class NonFiniteLoss(FloatingPointError):
    """The loss became NaN or infinite while `fit` ran."""


class Watch:
    """Looks at the loss whenever the logs are read.

    Args:
        on_nan: "raise" NonFiniteLoss, "stop" the training with a warning, or "ignore".
    """

    def __init__(self, model: Any, on_nan: str):
        if on_nan not in ("raise", "stop", "ignore"):
            raise ValueError(f"fit: `on_nan` must be 'raise', 'stop' or 'ignore', got {on_nan!r}.")
        self.model, self.on_nan = model, on_nan
        self.epoch, self.current, self.steps = 0, None, None

    def begin(self, epoch: int, current: Any, steps: int | None) -> None:
        """A new epoch begins."""
        self.epoch, self.current, self.steps = epoch, current, steps

    def look(self, logs: dict[str, Any]) -> None:
        """Act if the loss in `logs` is not finite."""
        loss = logs.get("loss")
        if self.on_nan == "ignore" or loss is None or np.ndim(loss) or math.isfinite(loss):
            return
        text = self._explain(loss)
        if self.on_nan == "raise":
            raise NonFiniteLoss(text + " fit(..., on_nan='stop') ends without this error, 'ignore' goes on.")
        if not self.model.stop_training:
            warnings.warn(text, stacklevel=5)
            self.model.stop_training = True

    def _explain(self, loss: float) -> str:
        done = self.current.done if self.current else 0
        where = f"epoch {self.epoch + 1}, seen after {done} of {self.steps or '?'} steps"
        return (
            f"{self.model.describe()}: the loss is {loss} ({where}). {self._cause()} "
            "The model keeps its weights as they are now, model.history the epochs before."
        )

    def _cause(self) -> str:
        batch = self.current.batch if self.current else None
        count = batch.count if isinstance(batch, Group) else None  # behind the real batches is unset memory
        for what, part in zip(("inputs", "labels", "sample weights"), batch or (), strict=False):
            for array in tree.leaves(part):
                array = array if count is None else array[:count]
                if isinstance(array, np.ndarray) and array.dtype.kind == "f":
                    bad = int(array.size - np.isfinite(array).sum())
                    if bad:
                        return (
                            f"The {what} of this batch hold {bad} values that are NaN or infinite: clean the data "
                            "(numpy.isfinite finds them)."
                        )
        rate = ""
        try:
            rate = f" (now {float(np.asarray(self.model.optimizer.learning_rate)):g})"
        except (AttributeError, TypeError, ValueError, RuntimeError):  # a schedule, or no rate at all
            pass
        return (
            f"The data of this batch are finite: lower the learning rate{rate}, clip the gradients (clipnorm=1.0 in "
            "the optimizer), scale the inputs, and see that the loss fits the last layer (from_logits, log of 0)."
        )
