"""CIFAR-100: 60,000 pictures of 100 classes in 20 groups, 32 × 32, in colour (Krizhevsky, 2009)."""

from .cifar import batch, unpacked

_HASH = "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"


def load_data(label_mode: str = "fine") -> tuple:
    """((x_train, y_train), (x_test, y_test)), as CIFAR-10's; labels are of 100 classes ("fine") or 20 ("coarse").

    Raises:
        ValueError: another `label_mode`.
        OSError: it is not on this machine and could not be fetched.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = lanthorn.datasets.cifar100.load_data()  # doctest: +SKIP
    """
    if label_mode not in ("fine", "coarse"):
        raise ValueError(f"cifar100.load_data: label_mode must be 'fine' or 'coarse', got {label_mode!r}.")
    folder = unpacked("cifar-100", _HASH)
    train, test = (batch(folder / part, f"{label_mode}_labels") for part in ("train", "test"))
    return train, test
