"""F-scores: precision and recall in one number."""

from typing import Any

from .. import ops
from .base import Metric, as_floats

EPSILON = 1e-7


class FBetaScore(Metric):
    """(1 + beta**2) * precision * recall / (beta**2 * precision + recall), by class.

    Args:
        average: None for one score per class, 'macro' for their mean, 'weighted' for their mean weighted by the number
            of labels, 'micro' for one score over all classes together.
        beta: how many times more recall counts than precision.
        threshold: scores above it are positive; None: the largest score of each sample is.

    Raises:
        ValueError: labels or predictions are not (samples, classes).
    """

    average: str | None = None
    beta: float = 1.0
    threshold: float | None = None

    def __post_init__(self):
        if self.average not in (None, "micro", "macro", "weighted"):
            raise ValueError(
                f"{type(self).__name__}: `average` must be 'micro', 'macro', 'weighted' or None, got {self.average!r}."
            )
        if self.beta <= 0.0:
            raise ValueError(f"{type(self).__name__}: `beta` must be more than 0, got {self.beta}.")
        if self.threshold is not None and not 0.0 < self.threshold <= 1.0:
            raise ValueError(
                f"{type(self).__name__}: `threshold` must be more than 0 and at most 1, got {self.threshold}."
            )

    def make_state_for(self, y_true_shape, y_pred_shape):
        if len(y_pred_shape) != 2 or len(y_true_shape) != 2:
            raise ValueError(
                f"{type(self).__name__}: expected labels and predictions of shape (samples, classes), one-hot labels, "
                f"got {y_true_shape} and {y_pred_shape}."
            )
        if not self._own:
            shape = () if self.average == "micro" else (y_pred_shape[-1],)
            self.true_positives, self.false_positives, self.false_negatives, self.intermediate_weights = (
                self.add_variable(shape, name=name)
                for name in ("true_positives", "false_positives", "false_negatives", "intermediate_weights")
            )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch of one-hot (or multi-hot) labels and scores, (samples, classes)."""
        y_true, y_pred = as_floats(y_true, y_pred, self.dtype)
        if self.threshold is None:
            best = ops.max(y_pred, axis=-1, keepdims=True)
            positive = ops.logical_and(y_pred >= best, ops.abs(y_pred) > 1e-9)
        else:
            positive = y_pred > self.threshold
        positive = ops.cast(positive, self.dtype)
        weight = None
        if sample_weight is not None:
            weight = ops.convert_to_tensor(sample_weight, dtype=self.dtype, like=y_pred)
            weight = ops.expand_dims(weight, -1) if len(weight.shape) == 1 else weight
        axis = None if self.average == "micro" else 0
        for variable, values in (
            (self.true_positives, positive * y_true),
            (self.false_positives, positive * (1.0 - y_true)),
            (self.false_negatives, (1.0 - positive) * y_true),
            (self.intermediate_weights, y_true),
        ):
            variable.assign_add(ops.sum(values if weight is None else values * weight, axis=axis))

    def result(self):
        tp = self.true_positives.value
        precision = tp / (tp + self.false_positives.value + EPSILON)
        recall = tp / (tp + self.false_negatives.value + EPSILON)
        square = self.beta**2
        score = (1.0 + square) * precision * recall / (square * precision + recall + EPSILON)
        if self.average == "weighted":
            weights = self.intermediate_weights.value
            return ops.sum(score * weights / (ops.sum(weights) + EPSILON))
        return score if self.average is None else ops.mean(score)

    def _default_name(self):
        return "fbeta_score"


class F1Score(FBetaScore):
    """Harmonic mean of precision and recall. Settings as in `FBetaScore`, beta being 1.

    Example:
        >>> metric = lanthorn.metrics.F1Score(average="macro", threshold=0.5)
        >>> metric.update_state(np.array([[0.0], [1.0], [1.0]]), np.array([[0.9], [0.8], [0.2]]))
        >>> round(float(metric.result()), 4)
        0.5
    """

    average: str | None = None
    threshold: float | None = None
    name: str | None = None
    dtype: Any = None

    def _default_name(self):
        return "f1_score"

    def get_config(self):
        config = super().get_config()
        del config["beta"]
        return config
