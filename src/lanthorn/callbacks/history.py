"""History: what the epochs brought."""

from typing import Any

from .callback import Callback
from .monitor import Logs


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
        self.history: dict[str, list] = Logs()
        self.epoch: list[int] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.epoch = []
        self.history = Logs()

    def __repr__(self) -> str:
        """How many epochs, and each number in the first and the last of them."""
        count = max([len(self.epoch), *map(len, self.history.values())])
        told = [f"{name} {_ends(values)}" for name, values in self.history.items() if len(values)]
        return f"<History: {'1 epoch' if count == 1 else f'{count} epochs'}{': ' * bool(told)}{', '.join(told)}>"

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


def _ends(values: list) -> str:
    ends = [f"{v:.4g}" if isinstance(v, (int, float)) else str(v) for v in (values[0], values[-1])]
    return ends[0] if len(values) == 1 else " -> ".join(ends)
