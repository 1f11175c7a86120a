"""Work for an engine that compiles anew for every shape: few shapes, and many small steps in one call."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ..core import tree
from . import arrays, padding
from .sources import Arrays, Source
from .work import StepWork

SPAN = 0.03  # seconds that one call shall take: Ctrl-C, the progress bar and `stop_training` wait for its end
MOST = 1024  # steps in a call, and
MOST_BYTES = 4 << 20  # bytes of data for a call


class Group(NamedTuple):
    """Several batches as one: arrays with an axis of batches in front, of which the first `count` are real."""

    x: Any
    y: Any
    sample_weight: Any
    sizes: np.ndarray | None
    count: int


class FixedShapesWork(StepWork):
    """As StepWork. Short batches are padded, if `padded` (see `padding.py`); small steps are done many at a time."""

    def __init__(self, run: Any, *args: Any, padded: bool, **kwargs: Any):
        super().__init__(run, *args, **kwargs)
        self.step, self.padded = run, padded
        self.run = self._run  # type: ignore[method-assign]
        self.size: int | None = None  # of the batches of this epoch
        self.loops: dict[tuple, Callable | None] = {}  # functions of many batches, by the shapes of one
        self.pace = Pace()

    def reset(self):
        super().reset()
        self.size = None

    def batches(self, source: Source, number: int, every: bool) -> Iterable[tuple]:
        if not isinstance(source, Arrays):
            return source.epoch(number)
        self.size = source.batch_size
        loop = None if every or source.steps == 1 else self._loop(source)
        if loop is None:
            return source.epoch(number)
        self.loop = loop
        self.pace.begin()
        return groups(source, number, self.pace, self.padded)

    def _run(self, x: Any, y: Any, w: Any, sizes: Any = None, count: int = 0) -> int | None:
        if count:
            self.pace.note(count, self.loop(x, y, w, sizes, count))
            return count
        if not self.padded:
            return self.step(x, y, w)
        size = padding.size_of(x)
        if self.size is None or size > self.size:
            self.size = size
        if size < self.size:
            x, y, w = (padding.pad(part, self.size) for part in (x, y, w))
        return self.step(x, y, w, size)

    def _loop(self, source: Arrays) -> Callable | None:
        """The step as a function of many batches of this source; None where a batch at a time is as good."""
        flat = tree.flatten(source.parts)
        if source.batch_size > source.size or not all(type(array) is np.ndarray for array in flat):
            return None
        key = (source.batch_size, *((array.shape[1:], array.dtype) for array in flat), source.parts[2] is None)
        if key not in self.loops:
            first = [arrays.take(part, slice(0, source.batch_size)) for part in source.parts]
            self.loops[key] = self.step.many(*first, source.batch_size if self.padded else None)
        return self.loops[key]


class Pace:
    """How many steps go into a call: as many as take SPAN.

    The device is given one call while it works on the one before, never more: so it has always something to do, Ctrl-C
    comes through soon, and the time between two waits is that of a call.
    """

    def __init__(self) -> None:
        self.steps = 8  # may be much where a step is slow for other reasons than matrix products; grows fourfold
        self.begin()

    def begin(self) -> None:
        """A new epoch: what came between is not to be counted."""
        self.running: tuple[int, Callable] | None = None
        self.since = 0.0

    def note(self, steps: int, wait: Callable) -> None:
        """A call of so many steps was handed over; `wait` returns when it is done."""
        if self.running is not None:
            before, done = self.running
            done()
            now = time.perf_counter()
            self.steps = int(min(max(SPAN * before / max(now - self.since, 1e-6), 1), 4 * self.steps, MOST))
            self.since = now
        else:
            self.since = time.perf_counter()
        self.running = steps, wait


def groups(source: Arrays, number: int, pace: Pace, padded: bool) -> Iterator[tuple]:
    """The batches of an epoch, in their order, as Groups; a short batch that may not be padded comes as it is."""
    size = source.batch_size
    bytes_of_one = sum(array[:1].nbytes for array in tree.leaves(source.parts)) * size
    most = max(1, min(MOST, MOST_BYTES // max(bytes_of_one, 1)))
    order, starts = source.order(number)
    begin = 0
    while begin < len(starts):
        end = begin
        while end < min(begin + min(pace.steps, most), len(starts)) and (padded or starts[end] + size <= source.size):
            end += 1
        if end == begin:  # short, and not to be padded
            rows = order[starts[begin] : starts[begin] + size]
            yield tuple(arrays.take(part, rows) for part in source.parts)
            begin += 1
            continue
        chosen = np.asarray(starts[begin:end])
        rows = chosen[:, None] + np.arange(size)
        sizes = None
        if padded:
            sizes = np.zeros(most, "int32")
            sizes[: end - begin] = np.minimum(source.size - chosen, size)
            rows = np.where(rows < source.size, rows, chosen[:, None])  # copies of the first sample, see padding.py
        rows = order[rows.ravel()]
        x, y, w = (_stacked(part, rows, size, most) for part in source.parts)
        yield Group(x, y, w, sizes, end - begin)
        begin = end


def _stacked(structure: Any, rows: np.ndarray, size: int, most: int) -> Any:
    """The rows as `most` batches (one shape, whatever their number: it is compiled once); the rest is left unset."""

    def one(array):
        stacked = np.empty((most * size, *array.shape[1:]), array.dtype)
        np.take(array, rows, axis=0, out=stacked[: len(rows)], mode="clip")
        return stacked.reshape(most, size, *array.shape[1:])

    return tree.map(one, structure)
