"""The callbacks that change the learning rate: by a plan, or when progress stalls."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import engines
from ..core.old_names import takes_old_arguments
from .callback import Callback
from .monitor import MonitorCallback
from .progress import say


def read_rate(model: Any, who: str) -> float:
    """The learning rate that the model's optimizer uses now."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None or not hasattr(optimizer, "learning_rate"):
        raise ValueError(f"{who}: the model's optimizer has no learning rate; compile the model with one that has.")
    return float(np.asarray(_host(optimizer.learning_rate)))


def _host(value: Any) -> Any:
    return value.numpy() if hasattr(value, "assign") else (
        engines.of(value).to_numpy(value) if hasattr(value, "shape") else value
    )  # fmt: skip


class LearningRateScheduler(Callback):
    """Sets the learning rate at the beginning of each epoch.

    Args:
        schedule: a function of (epoch, learning_rate), or of the epoch alone, that returns the learning rate to use.
        verbose: 1 says what it sets.

    Example:
        >>> halve = lanthorn.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch else rate)
        >>> model.fit(x, y, epochs=3, callbacks=[halve])
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0):
        super().__init__()
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        now = read_rate(self.model, "LearningRateScheduler")
        rate = self.schedule(epoch, now) if _takes_two(self.schedule) else self.schedule(epoch)
        try:
            rate = float(np.asarray(_host(rate)))
        except (TypeError, ValueError):
            raise ValueError(f"LearningRateScheduler: `schedule` must return a number, got {rate!r}.") from None
        self.model.optimizer.learning_rate = rate
        if self.verbose:
            say(f"Epoch {epoch + 1}: the learning rate is set to {rate:g}")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if logs is not None:
            logs["learning_rate"] = read_rate(self.model, "LearningRateScheduler")


def _takes_two(schedule: Callable) -> bool:
    import inspect

    try:
        inspect.signature(schedule).bind(0, 0.0)
    except TypeError:
        return False
    except ValueError:  # no signature to be had
        return True
    return True


class ReduceLROnPlateau(MonitorCallback):
    """Lowers the learning rate when the monitored number has not improved for `patience` epochs.

    Args:
        monitor: name in the logs.
        factor: what the rate is multiplied by, below 1.
        patience: epochs without improvement that are waited for.
        verbose: 1 says when it acts.
        mode: "min", "max" or "auto".
        min_delta: a smaller change is no improvement.
        cooldown: epochs after a reduction in which nothing is counted.
        min_lr: the rate is not made smaller than this.

    Example:
        >>> model.fit(x, y, validation_split=0.2, epochs=20,
        ...           callbacks=[lanthorn.callbacks.ReduceLROnPlateau(factor=0.2, patience=3)])
    """

    @takes_old_arguments
    def __init__(
        self, monitor: str = "val_loss", factor: float = 0.1, patience: int = 10, verbose: int = 0, mode: str = "auto",
        min_delta: float = 1e-4, cooldown: int = 0, min_lr: float = 0.0,
    ):  # fmt: skip
        super().__init__(monitor, mode, min_delta=min_delta)
        if factor >= 1:
            raise ValueError(f"ReduceLROnPlateau: `factor` must be below 1, got {factor}.")
        self.factor, self.patience, self.verbose = factor, patience, verbose
        self.cooldown, self.min_lr = cooldown, min_lr
        self.cooldown_counter = self.wait = 0

    def on_train_begin(self, logs: Any = None) -> None:
        self.best, self.cooldown_counter, self.wait = None, 0, 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        rate = read_rate(self.model, "ReduceLROnPlateau")
        if logs is not None:
            logs["learning_rate"] = rate
        value = self.read(logs)
        if value is None:
            return
        if self.cooldown_counter:
            self.cooldown_counter -= 1
            self.wait = 0
        if self.improved(value, self.best):
            self.best, self.wait = value, 0
        elif not self.cooldown_counter:
            self.wait += 1
            if self.wait >= self.patience and rate > np.float32(self.min_lr):
                lower = max(rate * self.factor, self.min_lr)
                self.model.optimizer.learning_rate = lower
                self.cooldown_counter, self.wait = self.cooldown, 0
                if self.verbose:
                    say(f"Epoch {epoch + 1}: the learning rate is lowered to {lower:g}")
