"""Means over classes: each class counts the same, however many samples it has."""

from typing import Any

from .. import ops
from .base import Metric, ratio


class ClassMean(Metric):
    """Base: a value per sample, averaged within each class, then over the classes that were seen.

    Labels are class numbers, (samples,) or (samples, 1), or one-hot, (samples, classes). Predictions are probabilities,
    (samples, classes), or (samples, 1) for two classes.
    """

    name: str | None = None
    dtype: Any = None

    def value(self, one_hot: Any, probabilities: Any) -> Any:
        """What is averaged: one value per sample, from two arrays of (samples, classes)."""
        raise TypeError(f"{type(self).__name__}: a class mean must define value(one_hot, probabilities).")

    def make_state_for(self, y_true_shape, y_pred_shape):
        if len(y_pred_shape) != 2:
            raise ValueError(
                f"{type(self).__name__}: expected probabilities of shape (samples, classes), got {y_pred_shape}."
            )
        if not self._own:
            shape = (max(2, y_pred_shape[-1]),)
            self.total, self.count = (self.add_variable(shape, name=name) for name in ("total", "count"))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch; `sample_weight` is one weight per sample."""
        y_pred = ops.convert_to_tensor(y_pred, dtype=self.dtype)
        classes = max(2, y_pred.shape[-1])
        if y_pred.shape[-1] == 1:
            y_pred = ops.concatenate([1.0 - y_pred, y_pred], axis=-1)
        y_true = ops.convert_to_tensor(y_true, like=y_pred)
        if len(y_true.shape) == 2 and y_true.shape[-1] == classes:
            one_hot = ops.cast(y_true, self.dtype)
        else:
            one_hot = ops.one_hot(ops.cast(ops.reshape(y_true, (-1,)), "int32"), classes, dtype=self.dtype)
        weights = one_hot
        if sample_weight is not None:
            given = ops.convert_to_tensor(sample_weight, dtype=self.dtype, like=y_pred)
            weights = one_hot * ops.reshape(given, (-1, 1))
        values = ops.reshape(ops.cast(self.value(one_hot, y_pred), self.dtype), (-1, 1))
        self.total.assign_add(ops.sum(weights * values, axis=0))
        self.count.assign_add(ops.sum(weights, axis=0))

    def result(self):
        seen = ops.cast(self.count.value > 0, self.dtype)
        means = ratio(self.total.value, self.count.value)
        return ratio(ops.sum(means * seen), ops.sum(seen))


class BalancedAccuracy(ClassMean):
    """The mean of the accuracies of the classes (Brodersen et al., "The balanced accuracy and its posterior", 2010).

    800 photos of one class and 3 of another: naming them all after the first gives an accuracy of 0.996 and a balanced
    accuracy of 0.5.

    Raises:
        ValueError: predictions are not (samples, classes).

    Example:
        >>> m = BalancedAccuracy()
        >>> m.update_state([0, 0, 0, 1], [[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]])
        >>> float(m.result())
        0.5
    """

    def value(self, one_hot, probabilities):
        return ops.argmax(one_hot, axis=-1) == ops.argmax(probabilities, axis=-1)


class BalancedCrossentropy(ClassMean):
    """The cross-entropy, averaged within each class and then over the classes; of probabilities, not of logits.

    Raises:
        ValueError: predictions are not (samples, classes).

    Example:
        >>> m = BalancedCrossentropy()
        >>> m.update_state([0, 0, 0, 1], [[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.5, 0.5]])
        >>> round(float(m.result()), 4)
        0.3466
    """

    def value(self, one_hot, probabilities):
        return -ops.log(ops.clip(ops.sum(one_hot * probabilities, axis=-1), 1e-7, 1.0))
