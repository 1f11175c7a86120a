"""Chains as `tf.data` has them, without TensorFlow: `dataset.map(f).cache().shuffle(100).batch(32)`.

Elements are arrays of NumPy, or tuples and dicts of them. Nothing is read before somebody asks for it.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from ..core import tree
from .draws import generator


class HostArray(np.ndarray):
    """An array of NumPy that also has `.numpy()`, as programs expect of what such a dataset gives."""

    def numpy(self) -> Any:
        """The array as NumPy's own; of a single entry the number or the text."""
        return np.asarray(self)[()]

    def __getitem__(self, key: Any) -> Any:
        return _host(super().__getitem__(key))

    def __iter__(self) -> Iterator:
        return (self[i] for i in range(len(self)))


def _host(leaf: Any) -> Any:
    """NumPy's arrays, numbers and texts as HostArray; arrays of engines stay."""
    if isinstance(leaf, (bytes, str)):
        one = np.empty((), object)
        one[()] = leaf
        return one.view(HostArray)
    if isinstance(leaf, (np.ndarray, np.generic, int, float)):
        return np.asarray(leaf).view(HostArray)
    return leaf


def _stack(*leaves: Any) -> np.ndarray:
    if isinstance(leaves[0], (bytes, str)):
        return np.array(leaves, object)
    return np.stack([np.asarray(leaf) for leaf in leaves])


def _called(function: Callable, element: Any) -> Any:
    return function(*element) if isinstance(element, tuple) else function(element)


class Chain:
    """What can follow each other. A subclass has `epoch_batches(epoch)`, and `__len__` where that is known."""

    epoch = 0
    batched = True
    ragged = False  # the middle sizes differ from element to element
    class_names: Any = None

    def epoch_batches(self, epoch: int, start_batch: int = 0) -> Iterator:
        """The elements of an epoch."""
        raise NotImplementedError

    def __iter__(self) -> Iterator:
        epoch = self.epoch
        self.epoch += 1
        return (tree.map(_host, element) for element in self.epoch_batches(epoch))

    def __len__(self) -> int:
        return _unknown()

    def __bool__(self) -> bool:
        return True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise AttributeError(
            f"{type(self).__name__} has no {name!r}. With TensorFlow, `.tf()` gives the same as a tf.data.Dataset."
        )

    def _then(self, step: Callable[[int], Iterable], length: Callable[[], int], batched: bool = True) -> "Pipeline":
        return Pipeline(step, length, batched and self.batched)

    def map(self, map_func: Callable, num_parallel_calls: Any = None, deterministic: Any = None, name: Any = None):
        """`map_func` of each element; of a tuple, of its parts."""
        return self._then(lambda e: (_called(map_func, x) for x in self.epoch_batches(e)), lambda: len(self))

    def filter(self, predicate: Callable, name: Any = None):
        """The elements of which `predicate` is true."""
        return self._then(lambda e: (x for x in self.epoch_batches(e) if _called(predicate, x)), _unknown)

    def take(self, count: int, name: Any = None):
        """The first `count` elements; all if it is -1."""
        stop = None if count < 0 else count

        def length():
            if stop is None:
                return len(self)
            return stop if self.cardinality() == -1 else min(len(self), stop)

        return self._then(lambda e: itertools.islice(self.epoch_batches(e), stop), length)

    def skip(self, count: int, name: Any = None):
        """All but the first `count` elements."""
        return self._then(
            lambda e: itertools.islice(self.epoch_batches(e), count, None), lambda: max(0, len(self) - count)
        )

    def shard(self, num_shards: int, index: int, name: Any = None):
        """Every `num_shards`-th element, from `index` on."""
        return self._then(
            lambda e: itertools.islice(self.epoch_batches(e), index, None, num_shards),
            lambda: len(range(index, len(self), num_shards)),
        )

    def repeat(self, count: int | None = None, name: Any = None):
        """All elements `count` times, each time in the order of another epoch; endlessly if it is None or -1."""
        if count is None or count < 0:
            endless = lambda e: (x for k in itertools.count(e) for x in self.epoch_batches(k))  # noqa: E731
            return self._then(endless, _endless)
        times = lambda e: (x for k in range(count) for x in self.epoch_batches(e * count + k))  # noqa: E731
        return self._then(times, lambda: len(self) * count)

    def concatenate(self, dataset: Any, name: Any = None):
        """The elements of this one, then those of `dataset`."""
        return self._then(
            lambda e: itertools.chain(self.epoch_batches(e), dataset.epoch_batches(e)), lambda: len(self) + len(dataset)
        )

    def enumerate(self, start: int = 0, name: Any = None):
        """Pairs of a number and an element."""
        return self._then(lambda e: enumerate(self.epoch_batches(e), start), lambda: len(self), batched=False)

    def batch(self, batch_size: int, drop_remainder: bool = False, num_parallel_calls: Any = None,
              deterministic: Any = None, name: Any = None):  # fmt: skip
        """Elements put together, `batch_size` at a time."""

        def step(epoch):
            elements = iter(self.epoch_batches(epoch))
            while some := list(itertools.islice(elements, batch_size)):
                if len(some) == batch_size or not drop_remainder:
                    yield tree.map(_stack, *some)

        made = self._then(step, lambda: len(self) // batch_size if drop_remainder else -(-len(self) // batch_size))
        made.batched = True
        return made

    def unbatch(self, name: Any = None):
        """The samples of each batch, one by one."""

        def step(epoch):
            for element in self.epoch_batches(epoch):
                element = tree.map(np.asarray, element)
                for i in range(len(tree.flatten(element)[0])):
                    yield tree.map(lambda leaf, i=i: leaf[i], element)

        return self._then(step, _unknown, batched=False)

    def shuffle(self, buffer_size: int, seed: int | None = None, reshuffle_each_iteration: bool = True,
                name: Any = None):  # fmt: skip
        """Each element is drawn from the next `buffer_size`; in another order each epoch."""
        seed = int(np.random.randint(2**31)) if seed is None else seed

        def step(epoch):
            rng, waiting = generator(seed, epoch if reshuffle_each_iteration else 0), []
            for element in self.epoch_batches(epoch):
                waiting.append(element)
                if len(waiting) >= max(1, buffer_size):
                    yield _drawn(waiting, rng)
            while waiting:
                yield _drawn(waiting, rng)

        return self._then(step, lambda: len(self))

    def cache(self, filename: str = "", name: Any = None):
        """What the first whole epoch gave is kept in memory, and given again."""
        kept: list[list] = []

        def step(epoch):
            if kept:
                yield from kept[0]
                return
            seen = []
            for element in self.epoch_batches(epoch):
                seen.append(element)
                yield element
            kept[:] = [seen]

        return self._then(step, lambda: len(self))

    def prefetch(self, buffer_size: Any = None, name: Any = None):
        """The same: `fit` reads ahead by itself."""
        return self

    def with_options(self, options: Any, name: Any = None):
        """The same: TensorFlow's options have no meaning here."""
        return self

    def apply(self, transformation_func: Callable) -> Any:
        """`transformation_func` of this dataset."""
        return transformation_func(self)

    def cardinality(self) -> int:
        """How many elements an epoch has, -1 for endlessly many, -2 if it is not known (as in TensorFlow)."""
        try:
            return len(self)
        except TypeError as error:
            return -1 if isinstance(error, _Endless) else -2

    def as_numpy_iterator(self) -> Iterator:
        """The elements of an epoch, as NumPy's own arrays."""
        return (tree.map(np.asarray, element) for element in iter(self))

    def tf(self) -> Any:
        """A tf.data.Dataset that gives the same.

        Raises:
            ImportError: TensorFlow is not installed.
        """
        from ..engines.tensorflow_data import dataset

        return dataset(self)


def _unknown() -> int:
    raise TypeError("How many elements there are is not known before they are read.")


class _Endless(TypeError):
    """The length of what has no end."""


def _endless() -> int:
    raise _Endless("This dataset has no end: give steps_per_epoch, or take(…).")


def _drawn(waiting: list, rng: np.random.Generator) -> Any:
    place = int(rng.integers(len(waiting)))
    waiting[place], waiting[-1] = waiting[-1], waiting[place]
    return waiting.pop()


class Pipeline(Chain):
    """A step of a chain: `step(epoch)` gives its elements."""

    def __init__(self, step: Callable[[int], Iterable], length: Callable[[], int] = _unknown, batched: bool = True):
        self._step, self._length, self.batched = step, length, batched

    def epoch_batches(self, epoch: int, start_batch: int = 0) -> Iterator:
        return itertools.islice(self._step(epoch), start_batch, None)

    def __len__(self) -> int:
        return self._length()


class Samples(Chain):
    """Elements made by number: `make(numbers)` gives a batch, in a new order each epoch if `shuffle`."""

    def __init__(self, count: int, make: Callable, batch_size: int | None, shuffle: bool, seed: int):
        self.count, self.make, self.batch_size, self.shuffled, self.seed = count, make, batch_size, shuffle, seed
        self.batched = batch_size is not None

    def __len__(self) -> int:
        return -(-self.count // (self.batch_size or 1))

    def epoch_batches(self, epoch: int, start_batch: int = 0) -> Iterator:
        numbers = np.arange(self.count)
        if self.shuffled:
            numbers = generator(self.seed, epoch).permutation(self.count)
        size = self.batch_size or 1
        for start in range(start_batch * size, self.count, size):
            batch = self.make(numbers[start : start + size])
            yield batch if self.batch_size else tree.map(lambda part: part[0], batch)
