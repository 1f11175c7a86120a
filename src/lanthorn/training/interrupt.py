"""Ctrl-C between two steps, never inside one: a step that is half done would leave the model half changed."""

import signal
import threading
from collections.abc import Callable
from typing import Any


class Guard:
    """While it is entered, Ctrl-C during a step (`busy`) is noted in `asked`; elsewhere it is raised at once.

    A second Ctrl-C is raised at once everywhere. Outside the main thread, or where the program handles Ctrl-C in
    its own way, nothing is changed.
    """

    def __init__(self) -> None:
        self.busy = self.asked = False
        self._before: Any = None

    def __enter__(self) -> "Guard":
        if threading.current_thread() is threading.main_thread():
            if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
                self._before = signal.signal(signal.SIGINT, self._handle)
        return self

    def _handle(self, number: int, frame: Any) -> None:
        if self.busy and not self.asked:
            self.asked = True
        else:
            raise KeyboardInterrupt

    def whole(self, call: Callable[[], Any]) -> Any:
        """What `call()` gives; Ctrl-C waits until it has come back. An engine may not survive an exception inside."""
        self.busy = True
        try:
            result = call()
        finally:
            self.busy = False
        if self.asked:
            raise KeyboardInterrupt
        return result

    def restore(self) -> None:
        """Give Ctrl-C back."""
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None

    def __exit__(self, *exc: Any) -> None:
        self.restore()
