"""`PyDataset`, which Keras 2 called `Sequence`: batches by number, from a class of the user's."""

from collections.abc import Iterator
from typing import Any


class PyDataset:
    """Base of a data set of one's own: define `__len__` (number of batches) and `__getitem__(i)` (batch i).

    A batch is `(x, y)` or `(x, y, sample_weight)`. `fit` asks for batches from several threads, so `__getitem__` must
    not depend on which one was asked for before.

    Args:
        workers: threads that make batches.
        use_multiprocessing: accepted as in Keras; threads are used all the same.
        max_queue_size: how many batches are made ahead.

    Example:
        >>> class Halves(lanthorn.utils.PyDataset):
        ...     def __len__(self):
        ...         return 2
        ...     def __getitem__(self, i):
        ...         return x[i::2], y[i::2]
        >>> model.fit(Halves(workers=2))
    """

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10):
        self.workers, self.use_multiprocessing, self.max_queue_size = workers, use_multiprocessing, max_queue_size

    def __getitem__(self, index: int) -> Any:
        raise TypeError(f"{type(self).__name__}: define __getitem__(self, index), which returns batch number `index`.")

    def __len__(self) -> int:
        raise TypeError(f"{type(self).__name__}: define __len__(self), the number of batches in an epoch.")

    @property
    def num_batches(self) -> int | None:
        """Batches in an epoch; None for one without an end."""
        return len(self)

    def on_epoch_begin(self) -> None:
        """Called before each epoch."""

    def on_epoch_end(self) -> None:
        """Called after each epoch."""

    def __iter__(self) -> Iterator[Any]:
        for index in range(len(self)):
            yield self[index]


Sequence = PyDataset
