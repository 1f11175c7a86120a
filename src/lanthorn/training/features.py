"""Sources of features: what a frozen prefix makes of the batches of another source.

Where the inputs are the same in every epoch the features are computed once and kept, in memory up to a budget and in
a memory-mapped file beyond it. Where they are not (augmented pictures) they are computed as the batches come, unless
`augment_views` says how many views of each picture are enough: then each view is computed once and used again.
"""

import copy
import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np

from .source import Around, Mapped, Source, Stepped, Weighted
from .sources import Arrays
from .unpacking import unpack

BUDGET = 2**31  # bytes of features that are kept in memory


class Store:
    """A table of features, one row per sample: in memory, or beyond the budget in a file that goes with the process."""

    def __init__(self, rows: int, shape: tuple[int, ...], budget: int = BUDGET):
        size = rows * int(np.prod(shape)) * 4
        self.known = np.zeros(rows, bool)
        if size <= budget:
            self.table = np.empty((rows, *shape), np.float32)
        else:
            self.file = tempfile.NamedTemporaryFile(prefix="lanthorn-features-")  # noqa: SIM115 (open as long as we are)
            self.table = np.memmap(self.file, np.float32, "w+", shape=(rows, *shape))

    def put(self, numbers: np.ndarray, features: np.ndarray) -> None:
        self.table[numbers] = features
        self.known[numbers] = True


class Replayed(Around):
    """Features of the first pass, given again: for data that is the same in every pass (validation)."""

    def __init__(self, source: Source, run: Callable[[Any], np.ndarray]):
        super().__init__(source)
        self.run = run
        self.kept: list[tuple] | None = None

    def epoch(self, number):
        if self.kept is not None:
            yield from self.kept
            return
        kept = []
        for x, y, w in self.source.epoch(number):
            kept.append((self.run(x), y, w))
            yield kept[-1]
        self.kept = kept


class Looked(Source):
    """Features of a picture data set, by the numbers of its pictures, computed once per view of each picture.

    Args:
        views: how many augmented views of each picture are computed; epoch `e` uses view `e % views`.
    """

    def __init__(self, dataset: Any, engine: Any, run: Callable[[Any], np.ndarray], shape: tuple, views: int = 1):
        self.dataset, self.engine, self.run, self.views = dataset, engine, run, views
        self.stores: dict[int, Store] = {}
        self.shape, self.steps = shape, len(dataset)

    def epoch(self, number):
        view = number % self.views
        store = self.stores.get(view)
        if store is None:
            yield from self._first(view)
            return
        order = self.dataset.order(number)
        order = order[store.known[order]]  # pictures that could not be read are not there
        for start in range(0, len(order), self.dataset.batch_size):
            numbers = order[start : start + self.dataset.batch_size]
            yield unpack((store.table[numbers], self.dataset.targets(numbers)), self.engine)

    def _first(self, view: int):
        store = Store(self.dataset.samples, self.shape, BUDGET // self.views)
        for x, y, numbers in self.dataset.epoch_batches(view, with_numbers=True):
            features = self.run(x)
            store.put(numbers, features)
            yield unpack((features, y), self.engine)
        self.stores[view] = store


def of_arrays(source: Arrays, run: Callable[[Any], np.ndarray]) -> Arrays:
    """The same source with features in the place of its inputs: computed now, shuffled as before."""
    x, y, w = source.parts
    store = Store(source.size, run(x[:1]).shape[1:])
    for start in range(0, source.size, 32):
        store.put(np.arange(start, min(start + 32, source.size)), run(x[start : start + 32]))
    features = copy.copy(source)
    features.parts = (store.table, y, w)
    return features


def _is_streamed(source: Source) -> bool:
    while isinstance(source, Weighted):
        source = source.source
    return isinstance(source, Mapped)


def features_of(
    data: Any,
    source: Source,
    run: Callable[[Any], np.ndarray],
    shape: tuple,
    engine: Any,
    *,
    again: bool,
    views: int | None,
) -> Source:
    """The source of features for what the user passed as `data`, which is read as `source`.

    Args:
        again: whether the source is read in the same order every time (validation).
        views: `augment_views` of fit.
    """
    if isinstance(source, (Stepped, Weighted)):  # what they do is done to features as well
        inner = features_of(data, source.source, run, shape, engine, again=again, views=views)
        if isinstance(source, Stepped) and _is_streamed(inner):
            return Mapped(source, run)  # what a generator gave ahead of the cut would be lost
        return source.around(inner)
    if type(source) is Arrays:
        return of_arrays(source, run)
    if hasattr(data, "epoch_batches") and hasattr(data, "repeats") and getattr(data, "label_mode", None) is not None:
        if data.repeats or views:
            return Looked(data, engine, run, shape, 1 if data.repeats else int(views or 1))
    elif again and getattr(data, "repeats", False):
        return Replayed(source, run)
    return Mapped(source, run)
