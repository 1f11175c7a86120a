"""Losses of overlap between regions, for segmentation, and between groups of embeddings."""

from typing import Any

from .. import ops
from ..core import settings
from .base import FunctionLoss, class_numbers, pair, tensor


def dice(y_true: Any, y_pred: Any, axis: Any = None) -> Any:
    """1 - 2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred)) over `axis` (all axes if None)."""
    y_true, y_pred = pair(y_true, y_pred)
    both = ops.sum(y_true * y_pred, axis=axis)
    return 1.0 - 2.0 * both / (ops.sum(y_true, axis=axis) + ops.sum(y_pred, axis=axis) + settings.epsilon())


def tversky(y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Any = None) -> Any:
    """1 - both / (both + alpha * missed + beta * false alarms) over `axis` (Salehi et al., 2017).

    `alpha` weighs what is in y_true only, `beta` what is in y_pred only.
    """
    y_true, y_pred = pair(y_true, y_pred)
    both = ops.sum(y_true * y_pred, axis=axis)
    missed = ops.sum((1.0 - y_pred) * y_true, axis=axis)
    false = ops.sum(y_pred * (1.0 - y_true), axis=axis)
    return 1.0 - both / (both + missed * alpha + false * beta + settings.epsilon())


def circle(
    y_true: Any, y_pred: Any, ref_labels: Any = None, ref_embeddings: Any = None, remove_diagonal: bool = True,
    gamma: float = 80, margin: float = 0.4,
) -> Any:  # fmt: skip
    """Circle loss (Sun et al., 2020): same-class embeddings together, others apart.

    Args:
        y_true: class numbers, (n,).
        y_pred: embeddings of length 1, (n, d).
        ref_labels, ref_embeddings: what to compare with; the batch itself if None.
        remove_diagonal: leave out each embedding's distance from itself.
    """
    y_pred = tensor(y_pred)
    labels = ops.reshape(class_numbers(y_true, y_pred), (-1, 1))
    others = y_pred if ref_embeddings is None else tensor(ref_embeddings, like=y_pred)
    names = labels if ref_labels is None else ops.reshape(class_numbers(ref_labels, y_pred), (-1, 1))
    same = labels == ops.transpose(names)
    different = ops.logical_not(same)
    if remove_diagonal:
        rows = ops.reshape(ops.cumsum(ops.ones_like(labels[:, 0])), (-1, 1))
        columns = ops.reshape(ops.cumsum(ops.ones_like(names[:, 0])), (1, -1))
        same = ops.logical_and(same, rows != columns)
    distance = ops.maximum(1.0 - ops.matmul(y_pred, ops.transpose(others)), 0.0)
    near = -gamma * ops.maximum(margin + distance, 0.0) * (margin - distance)
    far = gamma * ops.maximum(1.0 + margin - distance, 0.0) * (1.0 - margin - distance)
    least = 0.0 * distance - float("inf")
    return ops.softplus(
        ops.logsumexp(ops.where(same, near, least), axis=1) + ops.logsumexp(ops.where(different, far, least), axis=1)
    )


circle._integer_labels = True
circle._valid = lambda y_true, y_pred, values, **_: values > 0


class Dice(FunctionLoss):
    """1 - Dice coefficient over `axis` (all axes if None).

    Example:
        >>> round(float(lanthorn.losses.Dice()(np.array([[1.0, 1.0]]), np.array([[1.0, 0.0]]))), 4)
        0.3333
    """

    function = staticmethod(dice)
    reduction: str | None = "sum_over_batch_size"
    name: str | None = None
    axis: Any = None


class Tversky(FunctionLoss):
    """1 - Tversky index over `axis`: `alpha` weighs what was missed, `beta` false alarms.

    Example:
        >>> round(float(lanthorn.losses.Tversky(alpha=0.9)(np.array([[1.0, 1.0]]), np.array([[1.0, 0.0]]))), 4)
        0.4737
    """

    function = staticmethod(tversky)
    alpha: float = 0.5
    beta: float = 0.5
    reduction: str | None = "sum_over_batch_size"
    name: str | None = None
    axis: Any = None


class Circle(FunctionLoss):
    """Circle loss of embeddings of length 1 and class numbers (Sun et al., 2020)."""

    function = staticmethod(circle)
    _integer_labels = True
    gamma: float = 80.0
    margin: float = 0.4
    remove_diagonal: bool = True

    def call(self, y_true, y_pred):
        return circle(y_true, y_pred, **self._settings)

    def valid(self, y_true, y_pred, values):
        return values > 0
