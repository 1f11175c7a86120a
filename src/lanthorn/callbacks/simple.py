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
    """

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is not None and not math.isfinite(loss):
            say(f"Epoch {epoch + 1}: the loss is {loss}, training ends")
            self.model.stop_training = True


class LambdaCallback(Callback):
    """A callback made of functions, given by the names of the moments.

    Args:
        on_epoch_begin, on_epoch_end: functions of (epoch, logs).
        on_train_begin, on_train_end: functions of (logs).
        on_train_batch_begin, on_train_batch_end (or on_batch_begin, on_batch_end): functions of (batch, logs).

    Example:
        >>> say = lanthorn.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))
    """

    def __init__(self, **moments: Callable | None):
        super().__init__()
        for name, function in moments.items():
            if not name.startswith("on_") or not hasattr(Callback, name):
                known = ", ".join(sorted(n for n in vars(Callback) if n.startswith("on_")))
                raise TypeError(f"LambdaCallback: there is no moment named {name!r}. There are: {known}.")
            if function is not None:
                setattr(self, name, function)
