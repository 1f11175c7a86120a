"""Boston housing: 506 districts, 13 numbers of each, and the median price in 1,000 dollars (Harrison, Rubinfeld, 1978).

One of the 13 counts people by skin colour. Use it to run an old program, and `california_housing` for a new one.
"""

from .fetching import split_table

_HASH = "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"


def load_data(path: str = "boston_housing.npz", test_split: float = 0.2, seed: int = 113) -> tuple:
    """((x_train, y_train), (x_test, y_test)): float64 of shapes (n, 13), (n,).

    Raises:
        ValueError: `test_split` is not a share below 1.
        OSError: it is not on this machine and could not be fetched.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = lanthorn.datasets.boston_housing.load_data()  # doctest: +SKIP
    """
    return split_table(path, "boston_housing.npz", _HASH, test_split, seed)
