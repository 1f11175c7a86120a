"""How far two series go together: the coefficients of Pearson and of Lin."""

from typing import Any

from .. import ops
from ..losses.base import aligned
from .mean import FunctionMetric


def _moments(y_true: Any, y_pred: Any, axis: Any) -> tuple[Any, ...]:
    """Means, deviations from them, and mean squares of those."""
    y_true, y_pred = aligned(y_true, y_pred)
    means = [ops.mean(y, axis=axis, keepdims=True) for y in (y_true, y_pred)]
    a, b = y_true - means[0], y_pred - means[1]
    return *means, a, b, *(ops.mean(ops.square(d), axis=axis, keepdims=True) for d in (a, b))


def pearson_correlation(y_true: Any, y_pred: Any, axis: Any = -1) -> Any:
    """Covariance over the product of the standard deviations, along `axis`: from -1 to 1.

    Example:
        >>> round(float(lanthorn.metrics.pearson_correlation([0.0, 1.0, 2.0], [1.0, 3.0, 5.0])), 4)
        1.0
    """
    _, _, a, b, of_true, of_pred = _moments(y_true, y_pred, axis)
    return ops.mean((a / ops.sqrt(of_true)) * (b / ops.sqrt(of_pred)), axis=axis)


def concordance_correlation(y_true: Any, y_pred: Any, axis: Any = -1) -> Any:
    """Twice the covariance over the sum of both variances and of the squared difference of the means (Lin, 1989).

    Example:
        >>> round(float(lanthorn.metrics.concordance_correlation([0.0, 1.0, 2.0], [1.0, 2.0, 3.0])), 4)
        0.5714
    """
    mean_true, mean_pred, a, b, of_true, of_pred = _moments(y_true, y_pred, axis)
    whole = of_true + of_pred + ops.square(mean_true - mean_pred)
    return ops.mean(2.0 * a * b / (whole + 1e-7), axis=axis)


class PearsonCorrelation(FunctionMetric):
    """Mean of Pearson's coefficient along `axis`: 1 where predictions rise and fall with the labels.

    Example:
        >>> metric = lanthorn.metrics.PearsonCorrelation()
        >>> metric.update_state([[0.0, 1.0, 0.5], [1.0, 1.0, 0.2]], [[0.1, 0.9, 0.5], [1.0, 0.9, 0.2]])
        >>> round(float(metric.result()), 4)
        0.9967
    """

    function = staticmethod(pearson_correlation)

    name: str | None = None
    dtype: Any = None
    axis: Any = -1


class ConcordanceCorrelation(FunctionMetric):
    """Mean of Lin's coefficient along `axis`: 1 where predictions are the labels.

    Example:
        >>> metric = lanthorn.metrics.ConcordanceCorrelation()
        >>> metric.update_state([[0.0, 1.0, 0.5], [1.0, 1.0, 0.2]], [[0.1, 0.9, 0.5], [1.0, 0.9, 0.2]])
        >>> round(float(metric.result()), 4)
        0.9816
    """

    function = staticmethod(concordance_correlation)

    name: str | None = None
    dtype: Any = None
    axis: Any = -1
