"""EarlyStopping: end the training when it no longer helps."""

from typing import Any

from .monitor import MonitorCallback
from .progress import say


class EarlyStopping(MonitorCallback):
    """Stops when the monitored number has not improved for `patience` epochs.

    Args:
        monitor: name in the logs.
        min_delta: a smaller change is no improvement.
        patience: epochs without improvement that are waited for.
        verbose: 1 says when it acts.
        mode: "min", "max" or "auto".
        baseline: the number must beat this value for the waiting to begin anew.
        restore_best_weights: give the model the weights of its best epoch at the end, also when all epochs were run
            and when training was interrupted.
        start_from_epoch: epochs before this one are not looked at.

    Example:
        >>> model.fit(x, y, epochs=100, validation_split=0.2,
        ...           callbacks=[lanthorn.callbacks.EarlyStopping(patience=3, restore_best_weights=True)])
    """

    def __init__(
        self, monitor: str = "val_loss", min_delta: float = 0, patience: int = 0, verbose: int = 0, mode: str = "auto",
        baseline: float | None = None, restore_best_weights: bool = False, start_from_epoch: int = 0,
    ):  # fmt: skip
        super().__init__(monitor, mode, min_delta=min_delta)
        self.patience, self.verbose, self.baseline = patience, verbose, baseline
        self.restore_best_weights, self.start_from_epoch = restore_best_weights, start_from_epoch
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best_weights: list | None = None

    def on_train_begin(self, logs: Any = None) -> None:
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best = self.best_weights = None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        value = self.read(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self.improved(value, self.best):
            self.best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self.improved(value, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Any = None) -> None:
        if self.stopped_epoch and self.verbose:
            say(f"Epoch {self.stopped_epoch + 1}: stopped early")
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose:
                say(f"The weights of the best epoch, {self.best_epoch + 1}, are put back")
            self.model.set_weights(self.best_weights)
