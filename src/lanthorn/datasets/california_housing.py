"""California housing: 20,640 districts of 1990, 8 numbers of each, and the median price (Pace, Barry, 1997)."""

from .fetching import split_table

_HASH = "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"


def load_data(
    version: str = "large", path: str = "california_housing.npz", test_split: float = 0.2, seed: int = 113
) -> tuple:
    """((x_train, y_train), (x_test, y_test)): float32 of shapes (n, 8), (n,); 600 rows in all if `version` is "small".

    Raises:
        ValueError: another version; `test_split` is not a share below 1.
        OSError: it is not on this machine and could not be fetched.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = lanthorn.datasets.california_housing.load_data()  # doctest: +SKIP
    """
    if version not in ("small", "large"):
        raise ValueError(f"california_housing.load_data: version must be 'small' or 'large', got {version!r}.")
    return split_table(path, "california_housing.npz", _HASH, test_split, seed, 600 if version == "small" else None)
