"""Reading ahead: a thread fills a short queue with batches while the last one is computed."""

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import Any


class Prefetch:
    """Iterates over `items` in a thread, at most `size` ahead.

    An error in the thread is raised where the batches are used, with its own traceback. `close` ends the thread
    after the item it is reading.
    """

    def __init__(self, items: Iterable, size: int = 10):
        self._items = items
        self._queue: queue.Queue = queue.Queue(max(1, int(size)))
        self._stop = threading.Event()
        self._ended: BaseException | None = None
        self._thread = threading.Thread(target=self._read, name="lanthorn-read", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            for item in self._items:
                if not self._put((item, None)):
                    return
            self._put((None, StopIteration()))
        except BaseException as error:  # raised again in the thread that trains
            self._put((None, error))

    def _put(self, entry: Any) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(entry, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        while self._ended is None:
            try:
                item, self._ended = self._queue.get(timeout=0.5)  # with a timeout Ctrl-C gets through on Windows too
            except queue.Empty:
                continue
            if self._ended is None:
                return item
        if isinstance(self._ended, StopIteration):
            raise StopIteration
        raise self._ended

    def close(self) -> None:
        """Let the thread end."""
        self._stop.set()
