"""Fashion-MNIST: 70,000 pictures of clothes in ten classes, 28 × 28, grey (Zalando SE; MIT licence)."""

import gzip
import os

import numpy as np

from .fetching import ADDRESS, fetch


def load_data() -> tuple:
    """((x_train, y_train), (x_test, y_test)), as MNIST's.

    The classes: T-shirt/top, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot.

    Raises:
        OSError: it is not on this machine and could not be fetched.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = lanthorn.datasets.fashion_mnist.load_data()  # doctest: +SKIP
    """
    return _part("train"), _part("t10k")


def _part(name: str) -> tuple[np.ndarray, np.ndarray]:
    labels = _numbers(f"{name}-labels-idx1-ubyte.gz", 8)
    return _numbers(f"{name}-images-idx3-ubyte.gz", 16).reshape(len(labels), 28, 28), labels


def _numbers(name: str, header: int) -> np.ndarray:
    """The bytes behind the header of an IDX file."""
    path = fetch(name, ADDRESS + name, None, os.path.join("datasets", "fashion-mnist"))
    with gzip.open(path, "rb") as file:
        return np.frombuffer(file.read(), np.uint8, offset=header).copy()
