"""`split_dataset`: one dataset as two."""

import random
from typing import Any

import numpy as np

from ..core import tree
from .pipeline import Chain, Samples, _stack


def split_dataset(
    dataset: Any, left_size: float | None = None, right_size: float | None = None, shuffle: bool = False,
    seed: int | None = None, preferred_backend: str | None = None,
) -> tuple[Any, Any]:  # fmt: skip
    """(left, right): the first and the last samples, in batches if the dataset has some. All of it is read.

    Args:
        dataset: an array, a list or tuple of arrays, a dataset of ours, a tf.data.Dataset, or anything with
            `__len__` and `__getitem__` that gives samples.
        left_size, right_size: numbers of samples, or shares; what is left out is the rest.
        shuffle, seed: samples are mixed before.
        preferred_backend: "tensorflow" gives tf.data.Datasets, as for a tf.data.Dataset; else batches of NumPy.

    Raises:
        ValueError: sizes that leave nothing on a side, or are more than there is.
        TypeError: another kind of dataset.

    Example:
        >>> left, right = split_dataset(np.arange(10), left_size=0.8)
        >>> len(left), [int(x) for x in right]
        (8, [8, 9])
    """
    samples, batch_size = _samples(dataset)
    if not samples:
        raise ValueError("split_dataset: the dataset is empty.")
    if shuffle:
        random.Random(seed).shuffle(samples)
    left, right = _sizes(left_size, right_size, len(samples))
    as_tf = preferred_backend == "tensorflow" or hasattr(dataset, "element_spec")
    halves = [_half(part, batch_size) for part in (samples[:left], samples[-right:])]
    return (halves[0].tf(), halves[1].tf()) if as_tf else (halves[0], halves[1])


def _samples(dataset: Any) -> tuple[list, int | None]:
    """The samples one by one, and how many a batch had."""
    if isinstance(dataset, np.ndarray):
        return list(dataset), None
    if isinstance(dataset, (list, tuple)):
        return list(zip(*dataset, strict=True)), None
    if isinstance(dataset, Chain):
        batches = dataset.epoch_batches(0)
        if not dataset.batched:
            return list(batches), None
        return list(dataset.unbatch().epoch_batches(0)), getattr(dataset, "batch_size", None) or _length(next(batches))
    if hasattr(dataset, "element_spec"):
        batch_size = getattr(dataset, "_batch_size", None)
        whole = dataset if batch_size is None else dataset.unbatch()
        return list(whole.as_numpy_iterator()), None if batch_size is None else int(batch_size)
    if hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__"):
        return [tree.map(np.asarray, dataset[i]) for i in range(len(dataset))], None
    raise TypeError(
        f"split_dataset: expected arrays or a dataset, got a {type(dataset).__name__}. Make arrays of it first."
    )


def _length(element: Any) -> int:
    return len(tree.flatten(element)[0])


def _half(samples: list, batch_size: int | None) -> Samples:
    whole = tree.map(_stack, *samples)
    return Samples(len(samples), lambda numbers: tree.map(lambda a: a[numbers], whole), batch_size, False, 0)


def _sizes(left: float | None, right: float | None, total: int) -> tuple[int, int]:
    sizes: list[int | None] = []
    for name, size in (("left_size", left), ("right_size", right)):
        if size is not None and type(size) not in (int, float):
            raise TypeError(f"split_dataset: `{name}` must be an integer, a share or None, got {size!r}.")
        if size is not None and not 0 < size < (total if type(size) is int else 1):
            raise ValueError(
                f"split_dataset: `{name}` must be a positive integer smaller than {total}, or a share between 0 and 1, "
                f"got {size}."
            )
        sizes.append(round(size * total) if type(size) is float else size)  # type: ignore[arg-type]
    first, last = sizes
    if first is None and last is None:
        raise ValueError("split_dataset: At least one of the `left_size` or `right_size` must be specified.")
    first = total - last if first is None and last is not None else first
    last = total - first if last is None and first is not None else last
    assert first is not None and last is not None
    if first <= 0 or last <= 0 or first + last > total:
        raise ValueError(f"split_dataset: {first} and {last} samples cannot be taken from {total}.")
    return first, last
