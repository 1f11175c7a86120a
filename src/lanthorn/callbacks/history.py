"""History: what the epochs brought."""

from typing import Any

from .callback import Callback


class History(Callback):
    """Keeps the logs of every epoch. `fit` returns one, and leaves it on `model.history` even when it was cut short.

    `history.history` is a dict from name to one value per epoch, `history.epoch` the numbers of the epochs.

    Example:
        >>> history = model.fit(x, y, epochs=2)
        >>> len(history.history["loss"])
        2
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list] = {}
        self.epoch: list[int] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.epoch = []
        self.history = {}

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
