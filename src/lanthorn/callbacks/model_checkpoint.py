"""ModelCheckpoint: save the model while it trains."""

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from .monitor import MonitorCallback, other_name
from .progress import say


class ModelCheckpoint(MonitorCallback):
    """Saves the model, or its weights, after each epoch or every so many batches.

    A file is written whole or not at all.

    Args:
        filepath: where to; may hold fields: "model-{epoch:02d}-{val_loss:.2f}.keras". `epoch` counts from 1.
            Folders are made.
        monitor, mode: the number that tells the best model, and whether it should be small or large.
        verbose: 1 says what it does.
        save_best_only: save only when the number is better than ever before.
        save_weights_only: save the weights alone.
        save_freq: "epoch", or a number of batches.
        initial_value_threshold: the value to beat at first.

    When Ctrl-C ends the training, the model is saved as it is then, unless `save_best_only` is set: the best one
    is in its file already.

    Example:
        >>> best = lanthorn.callbacks.ModelCheckpoint("best.keras", monitor="val_accuracy", save_best_only=True)
        >>> model.fit(x, y, validation_split=0.2, epochs=10, callbacks=[best])
    """

    def __init__(
        self, filepath: Any, monitor: str = "val_loss", verbose: int = 0, save_best_only: bool = False,
        save_weights_only: bool = False, mode: str = "auto", save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None, period: int = 1,
    ):  # fmt: skip
        super().__init__(monitor, mode, baseline=initial_value_threshold)
        if save_freq != "epoch" and (not isinstance(save_freq, int) or save_freq < 1):
            raise ValueError(f"ModelCheckpoint: `save_freq` must be 'epoch' or a number of batches, got {save_freq!r}.")
        self.filepath = os.fspath(filepath)
        self.verbose, self.save_best_only = verbose, save_best_only
        self.save_weights_only, self.save_freq, self.period = save_weights_only, save_freq, period
        self._epoch = self._batches = 0
        self._logs: dict[str, Any] = {}

    def on_train_begin(self, logs: Any = None) -> None:
        self._batches, self._logs = 0, {}

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.save_freq == "epoch":
            return
        self._batches += 1
        if self._batches % int(self.save_freq) == 0:
            self._save_if_better(self._epoch, batch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._logs = dict(logs or {})
        if self.save_freq == "epoch" and (epoch + 1) % self.period == 0:
            self._save_if_better(epoch, None, self._logs)

    def on_train_interrupted(self, epoch: int, batch: int) -> None:
        if not self.save_best_only:
            path = self._path(epoch, batch - 1, self._logs, interrupted=True)
            self._save(path)
            say(f"ModelCheckpoint: the model as it is now was saved to {path}")

    # -- saving ----------------------------------------------------------------------------------------------------
    def _save_if_better(self, epoch: int, batch: int | None, logs: Any) -> None:
        if self.save_best_only:
            value = self.read(logs)
            if value is not None:
                if not self.improved(value, self.best):
                    self._tell(f"Epoch {epoch + 1}: {self.monitor} is {value:.5f}, no better than {self.best:.5f}")
                    return
                before = "" if self.best is None else f", better than {self.best:.5f}"
                self._tell(f"Epoch {epoch + 1}: {self.monitor} is {value:.5f}{before}")
                self.best = value
        path = self._path(epoch, batch, logs)
        self._save(path)
        self._tell(f"Epoch {epoch + 1}: saved to {path}")

    def _save(self, path: str) -> None:
        if os.path.isdir(path):
            raise IsADirectoryError(f"ModelCheckpoint: {path!r} is a folder; `filepath` must name a file.")
        if os.path.dirname(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
        (self.model.save_weights if self.save_weights_only else self.model.save)(path, overwrite=True)

    def _path(self, epoch: int, batch: int | None, logs: Mapping[str, Any], interrupted: bool = False) -> str:
        fields = {name: _number(value) for name, value in (logs or {}).items()}
        fields["epoch"] = epoch + 1
        if batch is not None:
            fields["batch"] = batch + 1
        try:
            return self.filepath.format_map(_Fields(fields))
        except KeyError as missing:
            if interrupted:
                folder, name = os.path.split(self.filepath)
                ending = ".weights.h5" if name.endswith(".weights.h5") else os.path.splitext(name)[1]
                return os.path.join(folder, f"interrupted-epoch-{epoch + 1}{ending}")
            raise KeyError(
                f"ModelCheckpoint: `filepath` {self.filepath!r} names {missing}, which the logs do not hold. "
                f"They hold: {', '.join(sorted(fields))}."
            ) from None

    def _tell(self, text: str) -> None:
        if self.verbose:
            say(text)


class _Fields(dict):
    def __missing__(self, name: str) -> Any:
        found = other_name(name, self)
        if found is None:
            raise KeyError(name)
        return self[found]


def _number(value: Any) -> Any:
    return float(value) if np.size(value) == 1 else value
