"""torch: reductions, cumulative sums, sorting."""

import torch

from . import torch_dtype
from .arrays import cast

INT_TO_INT32 = {torch.int8, torch.int16, torch.int32, torch.bool}


def axes_of(axis, ndim):
    if axis is None:
        return tuple(range(ndim))
    axis = (axis,) if isinstance(axis, int) else axis
    return tuple(a % ndim for a in axis)


def sum_(x, axis=None, keepdims=False):
    if x.dtype in INT_TO_INT32:
        return torch.sum(x, axis, keepdims, dtype=torch.int32)
    return torch.sum(x, axis, keepdims) if axis != () else x


def mean(x, axis=None, keepdims=False):
    return torch.mean(x, axis, keepdims)


def prod(x, axis=None, keepdims=False, dtype=None):
    if dtype is not None:
        x = cast(x, dtype)
    elif x.dtype in INT_TO_INT32:
        x = x.int()
    for a in sorted(axes_of(axis, x.ndim), reverse=True):
        x = torch.prod(x, a, keepdims, dtype=x.dtype)
    return x


def max_(x, axis=None, keepdims=False, initial=None):
    y = torch.amax(x, axes_of(axis, x.ndim), keepdims)
    return y if initial is None else torch.clamp(y, min=initial)


def min_(x, axis=None, keepdims=False, initial=None):
    y = torch.amin(x, axes_of(axis, x.ndim), keepdims)
    return y if initial is None else torch.clamp(y, max=initial)


def var(x, axis=None, keepdims=False):
    return torch.var(x, axis, correction=0, keepdim=keepdims)


def std(x, axis=None, keepdims=False):
    return torch.std(x, axis, correction=0, keepdim=keepdims)


def moments(x, axes, keepdims=False, synchronized=False):
    if x.dtype is torch.float16 or x.dtype is torch.bfloat16:
        variance, mean = torch.var_mean(x.float(), axes, correction=0, keepdim=keepdims)
        return mean.to(x.dtype), variance.to(x.dtype)
    variance, mean = torch.var_mean(x, axes, correction=0, keepdim=keepdims)
    return mean, variance


def all_(x, axis=None, keepdims=False):
    return torch.all(x != 0, axis, keepdims) if x.dtype is not torch.bool else torch.all(x, axis, keepdims)


def any_(x, axis=None, keepdims=False):
    return torch.any(x != 0, axis, keepdims) if x.dtype is not torch.bool else torch.any(x, axis, keepdims)


def argmax(x, axis=None, keepdims=False):
    return torch.argmax(x.int() if x.dtype is torch.bool else x, axis, keepdims).int()


def argmin(x, axis=None, keepdims=False):
    return torch.argmin(x.int() if x.dtype is torch.bool else x, axis, keepdims).int()


def logsumexp(x, axis=None, keepdims=False):
    return torch.logsumexp(x, axes_of(axis, x.ndim), keepdims)


def count_nonzero(x, axis=None):
    return torch.count_nonzero(x, axis).int()


def _cumulative(function):
    def run(x, axis=None, dtype=None):
        if dtype is None and x.dtype in INT_TO_INT32:
            dtype = torch.int32
        if axis is None:
            x, axis = x.flatten(), 0
        return function(x, axis, dtype=None if dtype is None else torch_dtype(dtype))

    return run


cumsum, cumprod = _cumulative(torch.cumsum), _cumulative(torch.cumprod)


def sort(x, axis=-1):
    return torch.sort(x.flatten() if axis is None else x, dim=-1 if axis is None else axis, stable=True).values


def argsort(x, axis=-1):
    return torch.sort(x.flatten() if axis is None else x, dim=-1 if axis is None else axis, stable=True).indices.int()


def top_k(x, k, sorted=True):  # noqa: A002
    values, indices = torch.topk(x, k, sorted=sorted)
    return values, indices.int()


def searchsorted(sorted_sequence, values, side="left"):
    return torch.searchsorted(sorted_sequence.contiguous(), values.contiguous(), side=side, out_int32=True)
