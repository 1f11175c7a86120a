"""Digits: 1,797 written digits, 8 × 8, grey, which come with scikit-learn (Alpaydin, Kaynak; CC BY 4.0)."""

import numpy as np


def load_data(test_split: float = 0.2, seed: int = 113) -> tuple:
    """((x_train, y_train), (x_test, y_test)): uint8 of shapes (n, 8, 8), from 0 to 16, and (n,). Needs no network.

    Raises:
        ImportError: scikit-learn is not installed.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = lanthorn.datasets.digits.load_data()  # doctest: +SKIP
    """
    if not 0 <= test_split < 1:
        raise ValueError(f"digits.load_data: test_split must be at least 0 and below 1, got {test_split}.")
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise ImportError("datasets.digits comes with scikit-learn: pip install scikit-learn.") from error
    found = load_digits()
    order = np.random.default_rng(seed).permutation(len(found.target))
    x, y = found.images.astype("uint8")[order], found.target.astype("uint8")[order]
    cut = int(len(x) * (1 - test_split))
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])
