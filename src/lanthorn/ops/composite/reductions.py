"""Reductions and what counts and sorts."""

import math

import numpy as np

from ... import ops
from ..dtypes import FLOATS


def ptp(x, axis=None, keepdims=False):
    return ops.max(x, axis=axis, keepdims=keepdims) - ops.min(x, axis=axis, keepdims=keepdims)


def average(x, axis=None, weights=None):
    if weights is None:
        return ops.mean(x, axis=axis)
    if len(weights.shape) != len(x.shape):
        shape = [1] * len(x.shape)
        shape[axis] = -1
        weights = ops.reshape(weights, shape)
    total = ops.sum(ops.broadcast_to(weights, x.shape), axis=axis)
    return ops.sum(x * weights, axis=axis) / total


def _axes(x, axis):
    ndim = len(x.shape)
    return tuple(range(ndim)) if axis is None else tuple(a % ndim for a in ((axis,) if isinstance(axis, int) else axis))


# -- without NaN ---------------------------------------------------------------------------------------------------


def _filled(x, value):
    return x if ops.dtype(x) not in FLOATS else ops.where(ops.isnan(x), ops.full_like(x, value), x)


def nansum(x, axis=None, keepdims=False):
    return ops.sum(_filled(x, 0), axis=axis, keepdims=keepdims)


def nanprod(x, axis=None, keepdims=False):
    return ops.prod(_filled(x, 1), axis=axis, keepdims=keepdims)


def nancumsum(x, axis=None, dtype=None):
    return ops.cumsum(_filled(x, 0), axis=axis, dtype=dtype)


def nancumprod(x, axis=None, dtype=None):
    return ops.cumprod(_filled(x, 1), axis=axis, dtype=dtype)


def _count(x, axis, keepdims):
    return ops.sum(ops.cast(ops.logical_not(ops.isnan(x)), ops.dtype(x)), axis=axis, keepdims=keepdims)


def nanmean(x, axis=None, keepdims=False):
    if ops.dtype(x) not in FLOATS:
        return ops.mean(x, axis=axis, keepdims=keepdims)
    return nansum(x, axis, keepdims) / _count(x, axis, keepdims)


def nanvar(x, axis=None, keepdims=False):
    if ops.dtype(x) not in FLOATS:
        return ops.var(x, axis=axis, keepdims=keepdims)
    squares = ops.square(x - nanmean(x, axis, True))
    return nansum(squares, axis, keepdims) / _count(x, axis, keepdims)


def nanstd(x, axis=None, keepdims=False):
    return ops.sqrt(nanvar(x, axis, keepdims))


def _all_nan(x, y, axis, keepdims, otherwise):
    return ops.where(ops.all(ops.isnan(x), axis=axis, keepdims=keepdims), ops.full_like(y, otherwise), y)


def nanmax(x, axis=None, keepdims=False):
    if ops.dtype(x) not in FLOATS:
        return ops.max(x, axis=axis, keepdims=keepdims)
    return _all_nan(x, ops.max(_filled(x, -math.inf), axis=axis, keepdims=keepdims), axis, keepdims, math.nan)


def nanmin(x, axis=None, keepdims=False):
    if ops.dtype(x) not in FLOATS:
        return ops.min(x, axis=axis, keepdims=keepdims)
    return _all_nan(x, ops.min(_filled(x, math.inf), axis=axis, keepdims=keepdims), axis, keepdims, math.nan)


def nanargmax(x, axis=None, keepdims=False):
    y = ops.argmax(_filled(x, -math.inf), axis=axis, keepdims=keepdims)
    return y if ops.dtype(x) not in FLOATS else _all_nan(x, y, axis, keepdims, -1)


def nanargmin(x, axis=None, keepdims=False):
    y = ops.argmin(_filled(x, math.inf), axis=axis, keepdims=keepdims)
    return y if ops.dtype(x) not in FLOATS else _all_nan(x, y, axis, keepdims, -1)


# -- order ---------------------------------------------------------------------------------------------------------


def _ordered(x, axis):
    """x sorted over `axis`, merged to one last axis; NaN comes last."""
    axes = _axes(x, axis)
    kept = [a for a in range(len(x.shape)) if a not in axes]
    y = ops.transpose(x, (*kept, *axes))
    return ops.sort(ops.reshape(y, (*(x.shape[a] for a in kept), -1)), axis=-1)


def _quantile(x, q, axis, method, keepdims, last):
    """Quantiles of `_ordered` x, whose largest index per row is `last` (an int or an array with a last axis of 1)."""
    y = _ordered(_filled(x, math.inf) if last else x, axis)
    q = ops.convert_to_tensor(q, dtype=ops.dtype(x), like=x)
    flat = ops.reshape(q, (-1,))
    place = flat * (last(y) if last else y.shape[-1] - 1)
    if len(place.shape) == 1:
        place = ops.broadcast_to(place, (*y.shape[:-1], place.shape[0]))
    low, high = ops.floor(place), ops.ceil(place)
    share = {
        "linear": lambda: place - low,
        "lower": lambda: ops.zeros_like(place),
        "higher": lambda: ops.ones_like(place),
        "midpoint": lambda: ops.full_like(place, 0.5),
        "nearest": lambda: ops.cast(ops.round(place) > low, ops.dtype(place)),
    }[method]()
    a = ops.take_along_axis(y, ops.cast(low, "int32"), axis=-1)
    b = ops.take_along_axis(y, ops.cast(high, "int32"), axis=-1)
    found = a + (b - a) * share
    if last:  # nothing but NaN
        found = ops.where(place < 0, ops.full_like(found, math.nan), found)
    found = ops.moveaxis(found, -1, 0)
    if keepdims:
        axes = _axes(x, axis)
        sizes = [1 if a in axes else n for a, n in enumerate(x.shape)]
        found = ops.reshape(found, (found.shape[0], *sizes))
    return found[0] if len(q.shape) == 0 else found


def quantile(x, q, axis=None, method="linear", keepdims=False):
    x = x if ops.dtype(x) in FLOATS else ops.cast(x, "float32")
    return _quantile(x, q, axis, method, keepdims, None)


def nanquantile(x, q, axis=None, method="linear", keepdims=False):
    x = x if ops.dtype(x) in FLOATS else ops.cast(x, "float32")

    def last(y):
        return ops.sum(ops.cast(y < math.inf, ops.dtype(y)), axis=-1, keepdims=True) - 1

    return _quantile(x, q, axis, method, keepdims, last)


def percentile(x, q, axis=None, method="linear", keepdims=False):
    return ops.quantile(x, ops.convert_to_tensor(q, dtype="float32", like=x) / 100, axis, method, keepdims)


def nanpercentile(x, q, axis=None, method="linear", keepdims=False):
    return ops.nanquantile(x, ops.convert_to_tensor(q, dtype="float32", like=x) / 100, axis, method, keepdims)


def median(x, axis=None, keepdims=False):
    return ops.quantile(x, 0.5, axis=axis, keepdims=keepdims)


def nanmedian(x, axis=None, keepdims=False):
    return ops.nanquantile(x, 0.5, axis=axis, keepdims=keepdims)


def argpartition(x, kth, axis=-1):
    return ops.argsort(x, axis=axis)  # in order is more than asked for


def digitize(x, bins):
    return ops.searchsorted(bins, x, side="right")


def isin(x1, x2, assume_unique=False, invert=False):
    found = ops.any(ops.equal(ops.expand_dims(x1, -1), ops.reshape(x2, (-1,))), axis=-1)
    return ops.logical_not(found) if invert else found


def nonzero(x):
    return ops.where(x != 0)


# -- sums ----------------------------------------------------------------------------------------------------------


def diff(a, n=1, axis=-1):
    for _ in range(n):
        size = a.shape[axis]
        start, stop = ops.take(a, range(1, size), axis=axis), ops.take(a, range(size - 1), axis=axis)
        a = ops.not_equal(start, stop) if ops.dtype(a) == "bool" else start - stop
    return a


def trapezoid(y, x=None, dx=1.0, axis=-1):
    y = ops.moveaxis(y if ops.dtype(y) in FLOATS else ops.cast(y, "float32"), axis, -1)
    if x is not None:
        dx = ops.diff(x, axis=-1 if len(x.shape) == 1 else axis)
        dx = dx if len(x.shape) == 1 else ops.moveaxis(dx, axis, -1)
    return ops.sum((y[..., 1:] + y[..., :-1]) / 2 * dx, axis=-1)


def corrcoef(x):
    x = ops.reshape(x, (1, -1)) if len(x.shape) == 1 else x
    x = x - ops.mean(x, axis=1, keepdims=True)
    products = ops.matmul(x, ops.transpose(x))
    scale = ops.sqrt(ops.diagonal(products))
    y = products / ops.expand_dims(scale, 0) / ops.expand_dims(scale, 1)
    return y[0, 0] if y.shape == (1, 1) else y


def trace(x, offset=0, axis1=0, axis2=1):
    return ops.sum(ops.diagonal(x, offset=offset, axis1=axis1, axis2=axis2), axis=-1)


def bincount(x, weights=None, minlength=0, sparse=False):
    size = max(int(ops.max(x)) + 1 if x.shape[-1] else 0, minlength)
    hot = ops.one_hot(x, size, dtype="int32" if weights is None else ops.dtype(weights))
    return ops.sum(hot if weights is None else hot * ops.expand_dims(weights, -1), axis=-2)


def histogram(x, bins=10, range=None):  # noqa: A002
    x = ops.reshape(x if ops.dtype(x) in FLOATS else ops.cast(x, "float32"), (-1,))
    low, high = (ops.min(x), ops.max(x)) if range is None else (float(range[0]), float(range[1]))
    edges = ops.linspace(low, high, bins + 1, like=x)
    inside = ops.logical_and(x >= low, x <= high)
    place = ops.clip(ops.searchsorted(edges, x, side="right") - 1, 0, bins - 1)
    hot = ops.one_hot(ops.where(inside, place, ops.full_like(place, -1)), bins, dtype="int32")
    return ops.sum(hot, axis=0), edges


# -- segments ------------------------------------------------------------------------------------------------------


def _segments(data, ids, count, reduction, start):
    count = int(ops.max(ids)) + 1 if count is None else count
    base = ops.full((count, *data.shape[1:]), start, dtype=ops.dtype(data), like=data)
    return ops.scatter_update(base, ops.expand_dims(ids, -1), data, reduction=reduction)


def _extreme(data, sign):
    if ops.dtype(data) in FLOATS:
        return sign * math.inf
    bits = int(ops.dtype(data).strip("uint"))
    return 2 ** (bits - 1) - 1 if sign > 0 else -(2 ** (bits - 1))


def segment_sum(data, segment_ids, num_segments=None, sorted=False):  # noqa: A002
    return _segments(data, segment_ids, num_segments, "add", 0)


def segment_prod(data, segment_ids, num_segments=None, sorted=False):  # noqa: A002
    return _segments(data, segment_ids, num_segments, "mul", 1)


def segment_max(data, segment_ids, num_segments=None, sorted=False):  # noqa: A002
    return _segments(data, segment_ids, num_segments, "max", _extreme(data, -1))


def segment_min(data, segment_ids, num_segments=None, sorted=False):  # noqa: A002
    return _segments(data, segment_ids, num_segments, "min", _extreme(data, 1))


def unique(
    x, sorted=True, return_index=False, return_inverse=False, return_counts=False, axis=None, size=None, fill_value=None
):  # noqa: A002
    """By way of NumPy: how many there are depends on the values, so that nothing could be compiled anyway."""
    found = np.unique(
        np.asarray(ops.convert_to_numpy(x)), return_index=True, return_inverse=True, return_counts=True, axis=axis
    )
    values, index, inverse, counts = found
    if axis is None:
        inverse = inverse.reshape(x.shape)
    if size is not None:
        along, n = axis or 0, counts.shape[0]
        if n < size:
            fill = values.min() if fill_value is None else fill_value
            pads = [(0, size - n if a == along else 0) for a in range(values.ndim)]
            values = np.pad(values, pads, constant_values=fill)
        values = np.take(values, range(size), axis=along)
        index, counts = (np.pad(v, (0, max(size - n, 0)))[:size] for v in (index, counts))
    parts = [index] * return_index + [inverse] * return_inverse + [counts] * return_counts
    parts = [ops.convert_to_tensor(p.astype("int32"), like=x) for p in parts]
    values = ops.convert_to_tensor(values, like=x)
    return (values, *parts) if parts else values
