"""Labels that are class numbers: told to be in range before they are sent to the device."""

from typing import Any

import numpy as np


def check_labels(y_true: Any, num_classes: int, who: str = "labels", ignore_class: int | None = None) -> None:
    """See that every label is a class number from 0 to num_classes - 1.

    On the device a wrong label makes no error but a wrong number, or a crash without a name; here nothing waits.

    Args:
        y_true: NumPy array of class numbers, whole numbers or floats of whole value.
        num_classes: size of the model's last axis.
        who: where the labels come from, for the message.
        ignore_class: a label that is allowed though out of range.

    Raises:
        ValueError: names a wrong value, where it is, the range, and what to do.

    Example:
        >>> check_labels(np.array([0, 1, 2]), num_classes=2)
        Traceback (most recent call last):
        ValueError: labels: expected class numbers from 0 to 1 (the model has 2 outputs), got 2 (sample 2; ...
    """
    y = np.asarray(y_true)
    if y.size == 0:
        return
    if ignore_class is not None:
        y = np.where(y == ignore_class, y.dtype.type(0), y)
    low, high = y.min(), y.max()
    if low >= 0 and high < num_classes and (y.dtype.kind in "iub" or (y == np.floor(y)).all()):
        return  # NaN fails the comparisons
    wrong = ~((y >= 0) & (y < num_classes))
    if y.dtype.kind == "f":
        wrong |= y != np.floor(y)
    first = np.argwhere(wrong)[0]
    value = y[tuple(first)]
    outside = high >= num_classes
    advice = f"give the last layer {int(high) + 1} units, or number" if outside and np.isfinite(high) else "Number"
    raise ValueError(
        f"{who}: expected class numbers from 0 to {num_classes - 1} (the model has {num_classes} outputs), got {value} "
        f"(sample {first[0] if len(first) else 0}; {int(wrong.sum())} of {y.size} labels are out of range). "
        f"{advice[0].upper() + advice[1:]} the classes from 0."
    )
