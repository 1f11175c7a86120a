"""Losses between numbers: how far the predictions are from the labels.

The functions take arrays of one shape (..., d) and give one value per sample, (...).
"""

import math
from typing import Any

from .. import ops
from ..core import settings
from .base import FunctionLoss, aligned, pair


def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """mean((y_true - y_pred)**2) over the last axis."""
    y_true, y_pred = aligned(y_true, y_pred)
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """mean(|y_true - y_pred|) over the last axis."""
    y_true, y_pred = aligned(y_true, y_pred)
    return ops.mean(ops.abs(y_true - y_pred), axis=-1)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """100 * mean(|y_true - y_pred| / |y_true|) over the last axis."""
    y_true, y_pred = aligned(y_true, y_pred)
    return 100.0 * ops.mean(ops.abs((y_true - y_pred) / ops.maximum(ops.abs(y_true), settings.epsilon())), axis=-1)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """mean((log(y_true + 1) - log(y_pred + 1))**2) over the last axis; negative numbers count as 0."""
    y_true, y_pred = aligned(y_true, y_pred)
    y_true, y_pred = (ops.log(ops.maximum(y, settings.epsilon()) + 1.0) for y in (y_true, y_pred))
    difference = y_pred - y_true
    return ops.mean(ops.square(difference), axis=-1)


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """Half the squared error up to `delta`, growing linearly beyond (Huber, 1964); mean over the last axis."""
    y_true, y_pred = aligned(y_true, y_pred)
    error = ops.abs(y_pred - y_true)
    return ops.mean(ops.where(error <= delta, 0.5 * ops.square(error), delta * error - 0.5 * delta**2), axis=-1)


def log_cosh(y_true: Any, y_pred: Any) -> Any:
    """mean(log(cosh(y_pred - y_true))) over the last axis: x**2 / 2 for small errors, |x| - log(2) for large."""
    y_true, y_pred = aligned(y_true, y_pred)
    error = y_pred - y_true
    return ops.mean(error + ops.softplus(-2.0 * error) - math.log(2.0), axis=-1)


def poisson(y_true: Any, y_pred: Any) -> Any:
    """mean(y_pred - y_true * log(y_pred)) over the last axis: counts y_true at the rate y_pred."""
    y_true, y_pred = pair(y_true, y_pred)
    return ops.mean(y_pred - y_true * ops.log(y_pred + settings.epsilon()), axis=-1)


def cosine_similarity(y_true: Any, y_pred: Any, axis: Any = -1) -> Any:
    """Minus the cosine of the angle between the two vectors along `axis`: -1 for the same direction."""
    y_true, y_pred = aligned(y_true, y_pred)
    return -ops.sum(unit(y_true, axis) * unit(y_pred, axis), axis=axis)


def unit(x: Any, axis: Any = -1) -> Any:
    """x divided by its length along `axis`; a vector of zeros stays as it is."""
    return x * ops.rsqrt(ops.maximum(ops.sum(ops.square(x), axis=axis, keepdims=True), settings.epsilon() ** 2))


class MeanSquaredError(FunctionLoss):
    """mean((y_true - y_pred)**2).

    Example:
        >>> loss = lanthorn.losses.MeanSquaredError()
        >>> round(float(loss(np.array([[0.0, 2.0]]), np.array([[0.0, 1.0]]))), 4)
        0.5
    """

    function = staticmethod(mean_squared_error)


class MeanAbsoluteError(FunctionLoss):
    """mean(|y_true - y_pred|).

    Example:
        >>> loss = lanthorn.losses.MeanAbsoluteError()
        >>> round(float(loss(np.array([[0.0, 2.0]]), np.array([[0.0, 1.0]]))), 4)
        0.5
    """

    function = staticmethod(mean_absolute_error)


class MeanAbsolutePercentageError(FunctionLoss):
    """100 * mean(|y_true - y_pred| / |y_true|).

    Example:
        >>> loss = lanthorn.losses.MeanAbsolutePercentageError()
        >>> round(float(loss(np.array([[4.0, 2.0]]), np.array([[4.0, 1.0]]))), 4)
        25.0
    """

    function = staticmethod(mean_absolute_percentage_error)


class MeanSquaredLogarithmicError(FunctionLoss):
    """mean((log(y_true + 1) - log(y_pred + 1))**2).

    Example:
        >>> loss = lanthorn.losses.MeanSquaredLogarithmicError()
        >>> round(float(loss(np.array([[0.0, 3.0]]), np.array([[0.0, 1.0]]))), 4)
        0.2402
    """

    function = staticmethod(mean_squared_logarithmic_error)


class Huber(FunctionLoss):
    """Half the squared error up to `delta`, linear beyond (Huber, 1964).

    Example:
        >>> loss = lanthorn.losses.Huber()
        >>> round(float(loss(np.array([[0.0, 3.0]]), np.array([[0.0, 1.0]]))), 4)
        0.75
    """

    function = staticmethod(huber)
    delta: float = 1.0

    def _default_name(self):
        return "huber_loss"


class LogCosh(FunctionLoss):
    """mean(log(cosh(y_pred - y_true))).

    Example:
        >>> loss = lanthorn.losses.LogCosh()
        >>> round(float(loss(np.array([[0.0, 3.0]]), np.array([[0.0, 1.0]]))), 4)
        0.6625
    """

    function = staticmethod(log_cosh)


class Poisson(FunctionLoss):
    """mean(y_pred - y_true * log(y_pred)).

    Example:
        >>> loss = lanthorn.losses.Poisson()
        >>> round(float(loss(np.array([[2.0]]), np.array([[1.0]]))), 4)
        1.0
    """

    function = staticmethod(poisson)


class CosineSimilarity(FunctionLoss):
    """Minus the cosine of the angle between labels and predictions along `axis`.

    Example:
        >>> loss = lanthorn.losses.CosineSimilarity()
        >>> round(float(loss(np.array([[3.0, 4.0]]), np.array([[1.0, 0.0]]))), 4)
        -0.6
    """

    function = staticmethod(cosine_similarity)
    axis: Any = -1
