"""Metrics that are the mean of a loss function, and others between numbers."""

from typing import Any

from .. import losses, ops
from ..losses.base import same_rank
from ..losses.regression import unit
from .base import Metric, as_floats
from .mean import FunctionMetric, Mean


class MeanSquaredError(FunctionMetric):
    """Mean of (y_true - y_pred)**2.

    Example:
        >>> metric = lanthorn.metrics.MeanSquaredError()
        >>> metric.update_state(np.array([[0.0, 4.0]]), np.array([[0.0, 2.0]]))
        >>> round(float(metric.result()), 4)
        2.0
    """

    function = staticmethod(losses.mean_squared_error)


class MeanAbsoluteError(FunctionMetric):
    """Mean of |y_true - y_pred|.

    Example:
        >>> metric = lanthorn.metrics.MeanAbsoluteError()
        >>> metric.update_state(np.array([[0.0, 4.0]]), np.array([[0.0, 2.0]]))
        >>> round(float(metric.result()), 4)
        1.0
    """

    function = staticmethod(losses.mean_absolute_error)


class MeanAbsolutePercentageError(FunctionMetric):
    """100 * mean of |y_true - y_pred| / |y_true|."""

    function = staticmethod(losses.mean_absolute_percentage_error)


class MeanSquaredLogarithmicError(FunctionMetric):
    """Mean of (log(y_true + 1) - log(y_pred + 1))**2."""

    function = staticmethod(losses.mean_squared_logarithmic_error)


class RootMeanSquaredError(Mean):
    """Root of the mean of (y_true - y_pred)**2.

    Example:
        >>> metric = lanthorn.metrics.RootMeanSquaredError()
        >>> metric.update_state(np.array([[0.0, 4.0]]), np.array([[0.0, 2.0]]))
        >>> round(float(metric.result()), 4)
        1.4142
    """

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_true, y_pred = same_rank(*as_floats(y_true, y_pred, self.dtype))
        Mean.update_state.__wrapped__(self, ops.square(y_pred - y_true), sample_weight)

    def result(self):
        return ops.sqrt(super().result())


def cosine_similarity(y_true: Any, y_pred: Any, axis: Any = -1) -> Any:
    """Cosine of the angle between two vectors along `axis`."""
    y_true, y_pred = same_rank(*as_floats(y_true, y_pred))
    return ops.sum(unit(y_true, axis) * unit(y_pred, axis), axis=axis)


class CosineSimilarity(FunctionMetric):
    """Mean cosine of the angle between labels and predictions along `axis`: 1 for the same direction."""

    function = staticmethod(cosine_similarity)
    name: str | None = None
    dtype: Any = None
    axis: Any = -1

    def get_config(self):
        config = super().get_config()
        if config["axis"] == -1:
            del config["axis"]  # Keras's file has it nowhere
        return config


class LogCoshError(FunctionMetric):
    """Mean of log(cosh(y_pred - y_true))."""

    function = staticmethod(losses.log_cosh)

    def _default_name(self):
        return "logcosh"


class Poisson(FunctionMetric):
    """Mean of y_pred - y_true * log(y_pred)."""

    function = staticmethod(losses.poisson)


class KLDivergence(FunctionMetric):
    """Mean of sum(y_true * log(y_true / y_pred))."""

    function = staticmethod(losses.kl_divergence)


class Hinge(FunctionMetric):
    """Mean of max(1 - y_true * y_pred, 0)."""

    function = staticmethod(losses.hinge)


class SquaredHinge(FunctionMetric):
    """Mean of max(1 - y_true * y_pred, 0)**2."""

    function = staticmethod(losses.squared_hinge)


class CategoricalHinge(FunctionMetric):
    """Mean of max(best wrong score - right score + 1, 0)."""

    function = staticmethod(losses.categorical_hinge)


class BinaryCrossentropy(FunctionMetric):
    """Mean binary cross-entropy. Settings: see `losses.binary_crossentropy`."""

    function = staticmethod(losses.binary_crossentropy)
    name: str | None = None
    dtype: Any = None
    from_logits: bool = False
    label_smoothing: float = 0


class CategoricalCrossentropy(FunctionMetric):
    """Mean cross-entropy with one-hot labels. Settings: see `losses.categorical_crossentropy`."""

    function = staticmethod(losses.categorical_crossentropy)
    name: str | None = None
    dtype: Any = None
    from_logits: bool = False
    label_smoothing: float = 0
    axis: int = -1


class SparseCategoricalCrossentropy(FunctionMetric):
    """Mean cross-entropy with class numbers. Settings: see `losses.sparse_categorical_crossentropy`."""

    function = staticmethod(losses.sparse_categorical_crossentropy)
    name: str | None = None
    dtype: Any = None
    from_logits: bool = False
    ignore_class: int | None = None
    axis: int = -1


class R2Score(Metric):
    """1 - mean squared error / variance of the labels: 1 is perfect, 0 no better than the labels' mean.

    Args:
        class_aggregation: 'uniform_average' or 'variance_weighted_average' over the outputs, or None for each output.
        num_regressors: number of inputs, for the adjusted score; 0 for the plain one.

    Raises:
        ValueError: labels or predictions are not (samples, outputs).

    Example:
        >>> metric = lanthorn.metrics.R2Score()
        >>> metric.update_state(np.array([[1.0], [2.0], [3.0]]), np.array([[1.0], [2.0], [2.0]]))
        >>> round(float(metric.result()), 4)
        0.5
    """

    class_aggregation: str | None = "uniform_average"
    num_regressors: int = 0

    def __post_init__(self):
        if self.class_aggregation not in (None, "uniform_average", "variance_weighted_average"):
            raise ValueError(
                "R2Score: `class_aggregation` must be 'uniform_average', 'variance_weighted_average' or None, "
                f"got {self.class_aggregation!r}."
            )
        if self.num_regressors < 0:
            raise ValueError(f"R2Score: `num_regressors` must be 0 or more, got {self.num_regressors}.")

    def make_state(self):
        self.num_samples = self.add_variable(name="num_samples")

    def make_state_for(self, y_true_shape, y_pred_shape):
        if len(y_pred_shape) != 2 or len(y_true_shape) != 2:
            raise ValueError(
                f"R2Score: expected labels and predictions of shape (samples, outputs), got {y_true_shape} and "
                f"{y_pred_shape}."
            )
        if len(self._own) == 1:
            self.squared_sum, self.sum, self.total_mse, self.count = (
                self.add_variable((y_pred_shape[-1],), name=name)
                for name in ("squared_sum", "sum", "residual", "count")
            )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_true, y_pred = as_floats(y_true, y_pred, self.dtype)
        weight = ops.ones_like(y_true)
        if sample_weight is not None:
            given = ops.convert_to_tensor(sample_weight, dtype=self.dtype, like=y_pred)
            weight = weight * (ops.expand_dims(given, -1) if len(given.shape) == 1 else given)
        self.sum.assign_add(ops.sum(y_true * weight, axis=0))
        self.squared_sum.assign_add(ops.sum(y_true * y_true * weight, axis=0))
        self.total_mse.assign_add(ops.sum(ops.square(y_true - y_pred) * weight, axis=0))
        self.count.assign_add(ops.sum(weight, axis=0))
        self.num_samples.assign_add(ops.sum(ops.ones_like(y_true)))

    def result(self):
        total = self.squared_sum.value - ops.square(self.sum.value) / self.count.value
        score = 1.0 - self.total_mse.value / total
        score = ops.where(ops.isinf(score), 0.0, score)
        if self.class_aggregation == "uniform_average":
            score = ops.mean(score)
        elif self.class_aggregation == "variance_weighted_average":
            score = ops.sum(total * score) / ops.sum(total)
        if self.num_regressors:
            n, p = self.num_samples.value, float(self.num_regressors)
            enough = n - p > 1.0
            adjusted = 1.0 - (1.0 - score) * (n - 1.0) / ops.where(enough, n - p - 1.0, 1.0)
            score = ops.where(enough, adjusted, score)
        return score
