"""What `fit` accepts, as one thing: a source that gives the batches (x, y, sample_weight) of an epoch."""

import itertools
import warnings
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..core import seeds, settings
from . import arrays
from .prefetch import Prefetch
from .source import Checked as Checked
from .source import Mapped, Source, Stepped, Weighted
from .unpacking import unpack

ACCEPTED = (
    "arrays (NumPy, pandas, lists or dicts of them, the engine's own), a generator of (x, y) batches, "
    "an object with __len__ and __getitem__ that gives batches, a torch DataLoader, a tf.data.Dataset, "
    "or a lanthorn.data.Dataset"
)


class Arrays(Source):
    """Arrays in memory, shuffled anew in each epoch by (seed, epoch); the last, short batch is kept."""

    def __init__(self, x, y, sample_weight, batch_size, steps, shuffle, engine, who="fit", texts=False):
        rest = {"y": y, "sample_weight": sample_weight}
        parts = {"x": arrays.prepare(x, "x", engine, who, texts)}
        parts |= {name: arrays.prepare(part, name, engine, who) for name, part in rest.items() if part is not None}
        self.size = arrays.length(parts)
        self.parts = tuple(parts.get(name) for name in ("x", "y", "sample_weight"))
        if batch_size is None:
            batch_size = -(-self.size // steps) if steps else 32
        if int(batch_size) < 1:
            raise ValueError(f"{who}: `batch_size` must be at least 1, got {batch_size}.")
        self.batch_size, self.shuffle = int(batch_size), shuffle
        self.steps = -(-self.size // self.batch_size)
        self.seed = seeds.draw_seed() if shuffle else 0

    def _order(self, number: int) -> tuple[np.ndarray | None, Any]:
        """The order of the samples (None: as they are) and where in it the batches begin."""
        starts = range(0, self.size, self.batch_size)
        if not self.shuffle:
            return None, starts
        rng = np.random.default_rng([self.seed, number])
        if isinstance(self.shuffle, str) and self.shuffle == "batch":  # whole batches, for data read from disk
            return None, rng.permutation(starts).tolist()
        return rng.permutation(self.size), starts

    def order(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """The positions of the samples in this epoch, and where among them the batches begin."""
        order, starts = self._order(number)
        return np.arange(self.size) if order is None else order, np.asarray(starts)

    def epoch(self, number):
        x, y, w = self.parts
        order, starts = self._order(number)
        plain = isinstance(x, np.ndarray) and isinstance(y, np.ndarray) and w is None
        for start in starts:
            where = slice(start, start + self.batch_size)
            if order is None:
                yield arrays.take(x, where), arrays.take(y, where), arrays.take(w, where)
            elif plain:
                yield x.take(order[where], axis=0), y.take(order[where], axis=0), None
            else:
                where = order[where]
                yield arrays.take(x, where), arrays.take(y, where), arrays.take(w, where)


class Indexed(Source):
    """An object with `__len__` and `__getitem__` (Keras's Sequence): batches read ahead by threads, in order.

    An object that shuffles by itself (it has an attribute `shuffle`) keeps its order.
    """

    def __init__(self, sequence, shuffle, engine, workers=1, max_queue_size=10):
        self.sequence, self.engine = sequence, engine
        self.shuffle = shuffle and not hasattr(sequence, "shuffle")
        self.seed = seeds.draw_seed() if self.shuffle else 0
        self.workers, self.ahead = max(1, int(workers or 1)), max(1, int(max_queue_size))
        self.pool: Any = None
        self.steps = len(sequence)
        if not self.steps:
            raise ValueError(f"fit: {type(sequence).__name__} gives no batches: its length is 0.")

    def epoch(self, number):
        from concurrent.futures import ThreadPoolExecutor

        self.steps = len(self.sequence)
        order = range(self.steps)
        if self.shuffle:
            order = np.random.default_rng([self.seed, number]).permutation(self.steps).tolist()
        self.pool = self.pool or ThreadPoolExecutor(self.workers, thread_name_prefix="lanthorn-read")
        waiting: deque = deque()
        try:
            for index in order:
                waiting.append(self.pool.submit(self.sequence.__getitem__, index))
                if len(waiting) > self.ahead:
                    yield unpack(waiting.popleft().result(), self.engine)
            while waiting:
                yield unpack(waiting.popleft().result(), self.engine)
        finally:
            for future in waiting:
                future.cancel()
        if hasattr(self.sequence, "on_epoch_end"):
            self.sequence.on_epoch_end()

    def close(self):
        if self.pool is not None:
            self.pool.shutdown(wait=False, cancel_futures=True)
            self.pool = None


class Repeatable(Source):
    """Anything that can be iterated anew for each epoch: a DataLoader, a tf.data.Dataset, a list of batches."""

    def __init__(self, iterate: Callable[[int], Iterable], steps: int | None, engine: Any):
        self.iterate, self.steps, self.engine = iterate, steps, engine

    def epoch(self, number):
        for batch in self.iterate(number):
            yield unpack(batch, self.engine)


class Once(Source):
    """A Python generator: it goes on from epoch to epoch, read ahead by a thread, until it is used up."""

    def __init__(self, generator, engine, limit=None, max_queue_size=10):
        self.generator, self.engine, self.limit, self.size = generator, engine, limit, max_queue_size
        self.reader: Prefetch | None = None

    def epoch(self, number):
        if self.reader is None:
            items = self.generator if self.limit is None else itertools.islice(self.generator, self.limit)
            self.reader = Prefetch(items, self.size)
        for batch in self.reader:
            yield unpack(batch, self.engine)

    def close(self):
        if self.reader is not None:
            self.reader.close()


def make(
    x: Any, y: Any = None, sample_weight: Any = None, *, engine: Any, batch_size: int | None = None,
    steps: int | None = None, shuffle: Any = False, class_weight: dict | None = None, epochs: int = 1,
    workers: int = 1, max_queue_size: int = 10, who: str = "fit", texts: Callable[[Any], Any] | None = None,
) -> Source:  # fmt: skip
    """The source for what the user passed as `x`, `y` and `sample_weight`.

    `texts`: x may hold texts, and this is done to each batch of them.
    """
    if class_weight is not None and sample_weight is not None:
        raise ValueError(f"{who}: give either `class_weight` or `sample_weight`, not both.")
    if x is None:
        raise ValueError(f"{who}: there is no data: `x` is None. Pass {ACCEPTED}.")
    if not hasattr(x, "epoch_batches") and (arrays.is_arrays(x) or y is not None and isinstance(x, (list, tuple))):
        if class_weight is not None:
            y = arrays.prepare(y, "y", engine)
            sample_weight, class_weight = arrays.class_weights(y, class_weight), None
        source: Source = Arrays(
            x, y, sample_weight, batch_size, steps, shuffle, engine, who, texts is not None or engine.texts is not None
        )
    else:
        for name, value in (("y", y), ("sample_weight", sample_weight), ("batch_size", batch_size)):
            if value is not None:
                raise ValueError(
                    f"{who}: `{name}` was given, but x is a {type(x).__name__}, whose batches bring their own. "
                    f"Leave `{name}` out."
                )
        limit = steps * epochs if steps else None
        source = _from_batches(x, shuffle, engine, limit, workers, max_queue_size, who)
    if texts is not None:
        source = Mapped(source, texts)
    if class_weight is not None:
        source = Weighted(source, class_weight)
    if steps is not None and steps != source.steps:
        source = Stepped(source, steps)
    most = settings.limited(source.steps, "max_steps_per_epoch")
    return source if most == source.steps else Stepped(source, most)


def _from_batches(x, shuffle, engine, limit, workers, max_queue_size, who) -> Source:
    if hasattr(x, "epoch_batches"):
        return Repeatable(x.epoch_batches, _length(x), engine)
    if hasattr(x, "__getitem__") and hasattr(x, "__len__") and not isinstance(x, (list, tuple, dict, str)):
        if not (hasattr(x, "batch_sampler") or hasattr(x, "element_spec")):
            return Indexed(x, shuffle, engine, workers, max_queue_size)
    if hasattr(x, "__next__"):
        return Once(x, engine, limit, max_queue_size)
    if hasattr(x, "__iter__") and not isinstance(x, (str, bytes, dict)):
        return Repeatable(lambda epoch: x, _length(x), engine)
    photos = (
        " Photos are named by a model that knows how they are prepared: set model.preprocessing." * arrays.are_photos(x)
    )
    raise TypeError(f"{who}: cannot read data from a {type(x).__name__}. Pass {ACCEPTED}.{photos}")


def _length(x: Any) -> int | None:
    try:
        return len(x)
    except TypeError:  # no length, or an endless or unknown one
        return None


def warn_ran_out(who: str, wanted: int, epoch: int, given: int) -> None:
    """The data ended before the training did."""
    warnings.warn(
        f"{who}: the data ran out in epoch {epoch + 1}, after {given} of {wanted} batches; training ends here. "
        "A generator is read once: give one that goes on for steps_per_epoch * epochs batches, or an object "
        "that can be iterated anew (with __len__ and __getitem__).",
        stacklevel=4,
    )
