"""Hinge losses: right by a margin of 1 costs nothing. Labels are -1 and 1; 0 and 1 are taken as those."""

from typing import Any

from .. import ops
from .base import FunctionLoss, pair


def signs(y_true: Any) -> Any:
    """Labels 0 and 1 as -1 and 1; if there is any other label, all stay as they are."""
    binary = ops.all(ops.logical_or(y_true == 0, y_true == 1))
    return ops.where(binary, 2.0 * y_true - 1.0, y_true)


def hinge(y_true: Any, y_pred: Any) -> Any:
    """mean(max(1 - y_true * y_pred, 0)) over the last axis."""
    y_true, y_pred = pair(y_true, y_pred)
    return ops.mean(ops.maximum(1.0 - signs(y_true) * y_pred, 0.0), axis=-1)


def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """mean(max(1 - y_true * y_pred, 0)**2) over the last axis."""
    y_true, y_pred = pair(y_true, y_pred)
    return ops.mean(ops.square(ops.maximum(1.0 - signs(y_true) * y_pred, 0.0)), axis=-1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """max(best wrong score - right score + 1, 0), labels one-hot over the last axis."""
    y_true, y_pred = pair(y_true, y_pred)
    right = ops.sum(y_true * y_pred, axis=-1)
    wrong = ops.max((1.0 - y_true) * y_pred, axis=-1)
    return ops.maximum(wrong - right + 1.0, 0.0)


class Hinge(FunctionLoss):
    """mean(max(1 - y_true * y_pred, 0)).

    Example:
        >>> round(float(lanthorn.losses.Hinge()(np.array([[-1.0, 1.0]]), np.array([[0.5, 0.5]]))), 4)
        1.0
    """

    function = staticmethod(hinge)


class SquaredHinge(FunctionLoss):
    """mean(max(1 - y_true * y_pred, 0)**2).

    Example:
        >>> round(float(lanthorn.losses.SquaredHinge()(np.array([[-1.0, 1.0]]), np.array([[0.5, 0.5]]))), 4)
        1.25
    """

    function = staticmethod(squared_hinge)


class CategoricalHinge(FunctionLoss):
    """max(best wrong score - right score + 1, 0), labels one-hot.

    Example:
        >>> round(float(lanthorn.losses.CategoricalHinge()(np.array([[0.0, 1.0]]), np.array([[0.4, 0.6]]))), 4)
        0.8
    """

    function = staticmethod(categorical_hinge)
