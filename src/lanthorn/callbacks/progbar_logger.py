"""ProgbarLogger: the progress bar of `fit`, `evaluate` and `predict` as a callback."""

from collections.abc import Iterable
from typing import Any

from .callback import Callback
from .progress import Progbar, choose_verbose, say


class ProgbarLogger(Callback):
    """Shows the progress: a bar on a terminal and in a notebook, a line per epoch in a log. `fit` adds one by itself.

    `params["verbose"]` decides, see `fit`. The numbers are read from the device only when the line is drawn,
    at most ten times a second.

    Args:
        left_out: logs that are not shown, nor those of the validation of the same name.
    """

    every_batch = False

    def __init__(self, left_out: Iterable[str] = ()) -> None:
        super().__init__()
        self.left_out = {*left_out, *(f"val_{name}" for name in left_out)}
        self.bar: Progbar | None = None
        self.verbose = 1
        self._training = False

    def set_params(self, params: dict[str, Any]) -> None:
        super().set_params(params)
        self.verbose = choose_verbose(params.get("verbose", "auto"))

    def _begin(self) -> None:
        self.bar = Progbar(self.params.get("steps"), self.verbose)

    def _after_batch(self, batch: int, logs: Any) -> None:
        bar = self.bar
        if bar is None:
            return
        bar.step(batch + 1)
        if bar.due() and (bar.target is None or batch + 1 < bar.target):  # the last one is drawn with the final numbers
            bar.update(batch + 1, logs, finalize=False)

    def _finish(self, logs: Any) -> None:
        if self.bar is not None:
            if self.bar.target is None:
                self.bar.target = self.params["steps"] = self.bar.current or None
            logs = {k: v for k, v in (logs or {}).items() if k not in self.left_out} if self.left_out else logs
            self.bar.update(self.bar.current, logs, finalize=True)
            self.bar = None

    def on_train_begin(self, logs: Any = None) -> None:
        self._training = True

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self.verbose:
            say(f"Epoch {epoch + 1}/{self.params.get('epochs', '?')}")
        self._begin()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._after_batch(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._finish(logs)

    def on_train_interrupted(self, epoch: int, batch: int) -> None:
        if self.bar is not None:
            self.bar.interrupt()
            self.bar = None

    def on_train_end(self, logs: Any = None) -> None:
        self._training = False
        if self.bar is not None:  # the epoch did not end
            self.bar.interrupt()
            self.bar = None

    def on_test_begin(self, logs: Any = None) -> None:
        if not self._training:
            self._begin()

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        if not self._training:
            self._after_batch(batch, logs)

    def on_test_end(self, logs: Any = None) -> None:
        if not self._training:
            self._finish(logs)

    def on_predict_begin(self, logs: Any = None) -> None:
        self._begin()

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        self._after_batch(batch, None)

    def on_predict_end(self, logs: Any = None) -> None:
        self._finish(None)
