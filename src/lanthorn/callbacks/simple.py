"""Small callbacks: stop on a loss that is no number, and callbacks made of functions."""

import math
from collections.abc import Callable
from typing import Any

from .callback import Callback
from .progress import say


class TerminateOnNaN(Callback):
    """Ends the training, without an error, when the loss is NaN or infinite.

    With it in the list `fit` does not raise on such a loss (see `on_nan` there). The loss is looked at when it is read
    anyway, at most ten times a second, and at the end of each epoch.

    Args:
        raise_error: look at it after every batch, and raise a RuntimeError at once; no callback's `on_train_end` is
            called then.
    """

    def __init__(self, raise_error: bool = False):
        super().__init__()
        self.raise_error = self.every_batch = raise_error

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.raise_error or getattr(logs, "values_read", True):
            self._look(f"Batch {batch + 1}", logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._look(f"Epoch {epoch + 1}", logs)

    def _look(self, where: str, logs: Any) -> None:
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(f"TerminateOnNaN: {where}: the loss is {loss} (NaN or Inf), training ends at once.")
        if not self.model.stop_training:
            say(f"{where}: the loss is {loss}, training ends")
        self.model.stop_training = True


class LambdaCallback(Callback):
    """A callback made of functions, given by the names of the moments.

    Args:
        on_epoch_begin, on_epoch_end: functions of (epoch, logs).
        on_train_begin, on_train_end: functions of (logs).
        on_train_batch_begin, on_train_batch_end (or on_batch_begin, on_batch_end): functions of (batch, logs).
        others: the other moments; what is called otherwise becomes an attribute.

    Example:
        >>> say = lanthorn.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))
    """

    def __init__(
        self, on_epoch_begin: Callable | None = None, on_epoch_end: Callable | None = None,
        on_train_begin: Callable | None = None, on_train_end: Callable | None = None,
        on_train_batch_begin: Callable | None = None, on_train_batch_end: Callable | None = None, **others: Any,
    ):  # fmt: skip
        super().__init__()
        moments = {
            "on_epoch_begin": on_epoch_begin, "on_epoch_end": on_epoch_end, "on_train_begin": on_train_begin,
            "on_train_end": on_train_end, "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end, **others,
        }  # fmt: skip
        for name, function in moments.items():
            if name.startswith("on_") and not hasattr(Callback, name):
                known = ", ".join(sorted(n for n in vars(Callback) if n.startswith("on_")))
                raise TypeError(f"LambdaCallback: there is no moment named {name!r}. There are: {known}.")
            if function is not None:
                setattr(self, name, function)
