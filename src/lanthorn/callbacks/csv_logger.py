"""CSVLogger: the epochs as lines of a table."""

import csv
import os
from typing import Any

import numpy as np

from .callback import Callback


class CSVLogger(Callback):
    """Writes one line per epoch to a file, at once, so that it can be followed while training runs.

    Args:
        filename: the file; folders are made.
        separator: what stands between the columns.
        append: go on in a file that exists; otherwise it is replaced.

    Example:
        >>> model.fit(x, y, epochs=5, callbacks=[lanthorn.callbacks.CSVLogger("log.csv")])
    """

    def __init__(self, filename: Any, separator: str = ",", append: bool = False):
        super().__init__()
        self.filename, self.sep, self.append = os.fspath(filename), separator, append
        self._file: Any = None
        self._columns: list[str] | None = None

    def on_train_begin(self, logs: Any = None) -> None:
        self.on_train_end()
        folder = os.path.dirname(self.filename)
        if folder:
            os.makedirs(folder, exist_ok=True)
        self._columns = None
        if self.append and os.path.exists(self.filename) and os.path.getsize(self.filename):
            with open(self.filename, newline="", encoding="utf-8") as file:
                self._columns = next(csv.reader(file, delimiter=self.sep), None)
        self._file = open(self.filename, "a" if self.append else "w", newline="", encoding="utf-8")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs = logs or {}
        writer = csv.writer(self._file, delimiter=self.sep)
        if self._columns is None:
            names = sorted(logs)
            if not any(name.startswith("val_") for name in names):  # room for a validation that comes later
                names += [f"val_{name}" for name in names]
            self._columns = ["epoch", *names]
            writer.writerow(self._columns)
        writer.writerow([epoch, *(_cell(logs.get(name, "NA")) for name in self._columns[1:])])
        self._file.flush()

    def on_train_end(self, logs: Any = None) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _cell(value: Any) -> Any:
    if isinstance(value, str) or np.ndim(value) == 0:
        return value
    return "[" + ", ".join(map(str, np.ravel(value))) + "]"
