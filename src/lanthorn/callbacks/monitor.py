"""What the callbacks that watch one number share: finding it in the logs, telling better from worse."""

import warnings
from collections.abc import Mapping
from typing import Any

from ..core.old_names import say
from .callback import Callback

_UP = ("acc", "auc", "precision", "recall", "f1", "fbeta", "iou", "r2", "similarity", "specificity", "sensitivity")
_DOWN = ("loss", "error", "mse", "mae", "mape", "msle", "crossentropy", "hinge", "divergence", "perplexity")
_OTHER_NAMES = (("accuracy", "acc"), ("acc", "accuracy"), ("learning_rate", "lr"), ("lr", "learning_rate"))


def other_name(name: str, logs: Mapping[str, Any]) -> str | None:
    """The name under which `logs` holds what was called `name` before Keras 2.3, or since."""
    for old, new in _OTHER_NAMES:
        for end in (f"_{old}", old):
            if name == end or name.endswith(end) and end.startswith("_"):
                candidate = name.removesuffix(old) + new
                if candidate in logs:
                    return candidate
    return None


class Logs(dict):
    """Numbers by name; what programs from before Keras 2.3 call `acc` and `lr` is found, with a warning."""

    def __missing__(self, name: str) -> Any:
        found = other_name(name, self)
        if found is None:
            raise KeyError(name)
        say(f"the logs have no {name!r} any more: it is {found!r} today.")
        return self[found]

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self or other_name(name, self) else default


class MonitorCallback(Callback):
    """Base of the callbacks that follow one entry of the logs.

    Args:
        monitor: its name, such as "val_loss". "val_acc" is understood where the logs hold "val_accuracy".
        mode: "min": smaller is better, "max": larger, "auto": told from the metric or its name.
        baseline: the value that counts as the best one so far.
        min_delta: a change smaller than this is none.
    """

    def __init__(
        self, monitor: str = "val_loss", mode: str = "auto", baseline: float | None = None, min_delta: float = 0
    ):
        super().__init__()
        if mode not in ("auto", "min", "max"):
            warnings.warn(
                f"{type(self).__name__}: `mode` must be 'auto', 'min' or 'max', got {mode!r}; fallback to auto mode.",
                stacklevel=3,
            )
            mode = "auto"
        self.monitor, self.mode = monitor, mode
        self.best, self.min_delta = baseline, abs(min_delta)
        self._sign: int | None = None
        self._hinted: set[str] = set()

    def read(self, logs: Mapping[str, Any] | None) -> float | None:
        """The monitored number, None (and a warning that lists what there is) if the logs lack it."""
        logs = logs or {}
        if self.monitor in logs:
            return float(logs[self.monitor])
        found = other_name(self.monitor, logs)
        if found is not None:
            self._hint(
                f"{type(self).__name__}: the logs call '{self.monitor}' by the name '{found}'; reading that one."
            )
            return float(logs[found])
        hint = " Pass validation_data or validation_split to fit." if self.monitor.startswith("val_") else ""
        self._hint(
            f"{type(self).__name__}: watches '{self.monitor}', which the logs do not hold. "
            f"They hold: {', '.join(sorted(logs)) or 'nothing'}.{hint}"
        )
        return None

    def _hint(self, text: str) -> None:
        if text not in self._hinted:
            self._hinted.add(text)
            warnings.warn(text, stacklevel=4)

    def improved(self, value: float, than: float | None) -> bool:
        """Whether `value` is better than `than` by more than `min_delta`."""
        if than is None:
            return value == value  # anything but NaN
        return self.sign * (value - than) > self.min_delta

    @property
    def sign(self) -> int:
        """+1 if larger is better, -1 if smaller is."""
        if self._sign is None:
            self._sign = {"max": 1, "min": -1}.get(self.mode) or self._told()
        return self._sign

    def _told(self) -> int:
        name = self.monitor.removeprefix("val_")
        if name == "loss" or name.endswith("_loss"):
            return -1
        for metric in getattr(self.model, "metrics", None) or []:
            direction = getattr(metric, "_direction", None)
            if direction and (metric.name == name or name.endswith(f"_{metric.name}")):
                return 1 if direction == "up" else -1
        lowered = name.lower()
        if any(part in lowered for part in _DOWN):
            return -1
        if any(part in lowered for part in _UP):
            return 1
        raise ValueError(
            f"{type(self).__name__}: cannot tell whether a larger '{self.monitor}' is better or worse. "
            "Pass mode='max' or mode='min'."
        )
