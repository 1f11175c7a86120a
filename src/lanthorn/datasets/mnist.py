"""MNIST: 70,000 written digits, 28 × 28, grey (LeCun, Cortes, Burges; CC BY-SA 3.0)."""

from .fetching import ADDRESS, arrays, fetch

_HASH = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"


def load_data(path: str = "mnist.npz") -> tuple:
    """((x_train, y_train), (x_test, y_test)): uint8 of shapes (60000, 28, 28), (60000,), (10000, 28, 28), (10000,).

    Raises:
        OSError: it is not on this machine and could not be fetched.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = lanthorn.datasets.mnist.load_data()  # doctest: +SKIP
    """
    found = arrays(fetch(path, f"{ADDRESS}mnist.npz", _HASH))
    return (found["x_train"], found["y_train"]), (found["x_test"], found["y_test"])
