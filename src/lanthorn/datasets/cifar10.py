"""CIFAR-10: 60,000 pictures of ten classes, 32 × 32, in colour (Krizhevsky, 2009)."""

import numpy as np

from .cifar import batch, unpacked

_HASH = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"


def load_data() -> tuple:
    """((x_train, y_train), (x_test, y_test)): uint8 of shapes (50000, 32, 32, 3), (50000, 1), (10000, …), (10000, 1).

    The classes: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck.

    Raises:
        OSError: it is not on this machine and could not be fetched.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = lanthorn.datasets.cifar10.load_data()  # doctest: +SKIP
    """
    folder = unpacked("cifar-10", _HASH)
    parts = [batch(folder / f"data_batch_{i}", "labels") for i in range(1, 6)]
    x_train, y_train = (np.concatenate(part) for part in zip(*parts))
    x_test, y_test = batch(folder / "test_batch", "labels")
    return (x_train, y_train.astype("uint8")), (x_test, y_test.astype("uint8"))
