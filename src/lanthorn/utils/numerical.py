"""Labels as matrices, arrays at unit length."""

from typing import Any

import numpy as np

from .. import ops


def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """Class numbers as rows with a single 1.

    Args:
        x: whole numbers from 0, of any shape (a last axis of 1 is dropped); NumPy, lists or an engine's array.
        num_classes: length of the rows; the largest number plus one when None.

    Returns:
        float32, the shape of `x` with a last axis of `num_classes`; the kind of array that came.

    Raises:
        ValueError: a number is negative or not under `num_classes`, or is not whole.

    Example:
        >>> to_categorical([0, 2])
        array([[1., 0., 0.],
               [0., 0., 1.]], dtype=float32)
    """
    if hasattr(x, "shape") and not isinstance(x, np.ndarray) and not hasattr(x, "iloc"):
        if num_classes is not None:
            return ops.one_hot(_drop_last(x, ops.squeeze), num_classes)
        numbers = ops.convert_to_numpy(x)
        classes = _classes(numbers, None)
        return ops.one_hot(_drop_last(x, ops.squeeze), classes)
    numbers = _drop_last(np.asarray(x), np.squeeze)
    classes = _classes(numbers, num_classes)
    result = np.zeros((numbers.size, classes), "float32")
    result[np.arange(numbers.size), numbers.reshape(-1).astype(np.int64)] = 1
    return result.reshape(*numbers.shape, classes)


def _drop_last(x: Any, squeeze: Any) -> Any:
    return squeeze(x, axis=-1) if len(x.shape) > 1 and x.shape[-1] == 1 else x


def _classes(numbers: np.ndarray, num_classes: int | None) -> int:
    """The number of classes, after checking that the class numbers are under it."""
    if numbers.dtype.kind not in "biu" and (numbers.dtype.kind != "f" or np.any(numbers != np.floor(numbers))):
        raise ValueError(f"to_categorical: class numbers must be whole, got {numbers.dtype} {numbers.reshape(-1)[:5]}.")
    low, high = (int(numbers.min()), int(numbers.max())) if numbers.size else (0, -1)
    classes = high + 1 if num_classes is None else int(num_classes)
    if low < 0 or high >= classes:
        raise ValueError(
            f"to_categorical: class numbers must be from 0 to {classes - 1} (num_classes={num_classes}), got numbers "
            f"from {low} to {high}."
        )
    return classes


def normalize(x: Any, axis: int = -1, order: int = 2) -> Any:
    """`x` divided by its length along `axis`: the L`order` norm. What is all zero stays so.

    Example:
        >>> normalize([[3.0, 4.0]])
        array([[0.6, 0.8]])
    """
    if hasattr(x, "shape") and not isinstance(x, np.ndarray) and not hasattr(x, "iloc"):
        return ops.normalize(x, axis=axis, order=order)
    x = np.asarray(x)
    length = np.linalg.norm(x, order, axis, keepdims=True)
    return x / np.where(length == 0, 1, length)
