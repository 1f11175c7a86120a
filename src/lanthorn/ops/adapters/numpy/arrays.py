"""NumPy: elementwise, reductions, shapes and indexing."""

import functools
import math

import numpy as np

from ...dtypes import result_type, standardize
from . import convert, promoted

_erf = np.vectorize(math.erf, otypes=[np.float64])


def stop_gradient(variable):
    return variable


def rsqrt(x):
    return 1 / np.sqrt(x)


def erf(x):
    return _erf(x).astype(x.dtype)


def round_(x, decimals=0):
    return np.round(x if x.dtype.kind in "fc" else x.astype(np.float32), decimals)


def clip(x, x_min, x_max):
    return np.clip(x, x_min, x_max)


def where(condition, x1=None, x2=None):
    if x1 is None and x2 is None:
        return tuple(i.astype(np.int32) for i in np.where(condition))
    if hasattr(x1, "dtype") or hasattr(x2, "dtype"):
        x1, x2 = promoted(x1, x2)
    return np.where(condition, x1, x2)


# -- reductions: whole numbers stay in 32 bits, indices are int32 ---------------------------------------------------


def _axes(axis):
    return tuple(axis) if isinstance(axis, list) else axis


def _kept(x, dtype):
    if dtype is not None:
        return standardize(dtype)
    return np.int32 if x.dtype.name in ("int8", "int16", "int32", "bool") else x.dtype


def sum_(x, axis=None, keepdims=False):
    return np.sum(x, axis=_axes(axis), keepdims=keepdims, dtype=_kept(x, None))


def prod(x, axis=None, keepdims=False, dtype=None):
    return np.prod(x, axis=_axes(axis), keepdims=keepdims, dtype=_kept(x, dtype))


def mean(x, axis=None, keepdims=False):
    return np.mean(x, axis=_axes(axis), keepdims=keepdims)


def max_(x, axis=None, keepdims=False, initial=None):
    y = np.max(x, axis=_axes(axis), keepdims=keepdims)
    return y if initial is None else np.maximum(y, initial)


def min_(x, axis=None, keepdims=False, initial=None):
    y = np.min(x, axis=_axes(axis), keepdims=keepdims)
    return y if initial is None else np.minimum(y, initial)


def argmax(x, axis=None, keepdims=False):
    return np.asarray(np.argmax(x, axis, keepdims=keepdims)).astype(np.int32)


def argmin(x, axis=None, keepdims=False):
    return np.asarray(np.argmin(x, axis, keepdims=keepdims)).astype(np.int32)


def logsumexp(x, axis=None, keepdims=False):
    top = np.max(x, axis=_axes(axis), keepdims=True)
    top = np.where(np.isfinite(top), top, 0).astype(x.dtype)
    y = np.log(np.sum(np.exp(x - top), axis=_axes(axis), keepdims=True)) + top
    return y if keepdims else np.squeeze(y, axis=_axes(axis))


def count_nonzero(x, axis=None):
    return np.asarray(np.count_nonzero(x, axis=axis)).astype(np.int32)


def cumsum(x, axis=None, dtype=None):
    return np.cumsum(x, axis, dtype=_kept(x, dtype))


def cumprod(x, axis=None, dtype=None):
    return np.cumprod(x, axis, dtype=_kept(x, dtype))


def argsort(x, axis=-1):
    return np.argsort(x, axis=axis, kind="stable").astype(np.int32)


def top_k(x, k, sorted=True):  # noqa: A002
    index = np.argsort(-x, axis=-1, kind="stable")[..., :k]
    return np.take_along_axis(x, index, -1), index.astype(np.int32)


def searchsorted(sorted_sequence, values, side="left"):
    return np.searchsorted(sorted_sequence, values, side=side).astype(np.int32)


# -- making, dtypes ------------------------------------------------------------------------------------------------


def zeros(shape, dtype=None, like=None):
    return np.zeros(shape, standardize(dtype))


def ones(shape, dtype=None, like=None):
    return np.ones(shape, standardize(dtype))


def empty(shape, dtype=None, like=None):
    return np.zeros(shape, standardize(dtype))


def full(shape, fill_value, dtype=None, like=None):
    return np.full(shape, fill_value, standardize(dtype))


def eye(N, M=None, k=0, dtype=None, like=None):  # noqa: N803
    return np.eye(N, M, k, standardize(dtype))


def tri(N, M=None, k=0, dtype=None, like=None):  # noqa: N803
    return np.tri(N, M, k, standardize(dtype))


def arange(start, stop=None, step=None, dtype=None, like=None):
    if dtype is None:
        whole = all(isinstance(v, (int, np.integer)) for v in (start, stop, step) if v is not None)
        dtype = "int32" if whole else "float32"
    start, stop = (0, start) if stop is None else (start, stop)
    return np.arange(start, stop, 1 if step is None else step, dtype=standardize(dtype))


def convert_to_tensor(x, dtype=None, sparse=None, ragged=None, like=None):
    x = convert(x)
    return x if dtype is None else x.astype(standardize(dtype))


def array(x, dtype=None, like=None):
    return convert_to_tensor(x, dtype)


def convert_to_numpy(x):
    return np.asarray(x)


def cast(x, dtype):
    return x.astype(standardize(dtype))


def dtype(x):
    return x.dtype.name


def shape(x):
    return x.shape


def ndim(x):
    return x.ndim


def size(x):
    return x.size


# -- shapes, indexing ----------------------------------------------------------------------------------------------


def expand_dims(x, axis):
    return np.expand_dims(x, tuple(axis) if isinstance(axis, list) else axis)


def pad(x, pad_width, mode="constant", constant_values=None):
    values = {} if constant_values is None else {"constant_values": constant_values}
    return np.pad(x, pad_width, mode, **values)


def _same_dtype(xs):
    xs = [convert(x) for x in xs]
    dtype = functools.reduce(result_type, {x.dtype.name for x in xs})
    return [x.astype(dtype, copy=False) for x in xs]


def concatenate(xs, axis=0):
    return np.concatenate(_same_dtype(xs), axis)


def stack(x, axis=0):
    return np.stack(_same_dtype(x), axis)


def unstack(x, num=None, axis=0):
    return list(np.moveaxis(x, axis, 0))


def split(x, indices_or_sections, axis=0):
    return np.split(x, indices_or_sections, axis)


def meshgrid(*x, indexing="xy"):
    return list(np.meshgrid(*x, indexing=indexing))


def one_hot(x, num_classes, axis=-1, dtype=None, sparse=False):
    y = (x[..., None] == np.arange(num_classes)).astype(standardize(dtype))
    return y if axis in (-1, x.ndim) else np.moveaxis(y, -1, axis)


def take(x, indices, axis=None):
    return np.take(x, indices, axis)


def slice_(inputs, start_indices, shape):
    stops = [None if n == -1 else s + n for s, n in zip(start_indices, shape, strict=True)]
    return inputs[tuple(slice(s, e) for s, e in zip(start_indices, stops, strict=True))]


def slice_update(inputs, start_indices, updates):
    y = inputs.copy()
    y[tuple(slice(s, s + n) for s, n in zip(start_indices, updates.shape, strict=True))] = updates
    return y


def scatter(indices, values, shape):
    return scatter_update(np.zeros(shape, values.dtype), indices, values, "add")


def scatter_update(inputs, indices, updates, reduction=None):
    y, index = inputs.copy(), tuple(np.moveaxis(indices, -1, 0))
    if reduction is None:
        y[index] = updates
    else:
        {"add": np.add, "max": np.maximum, "min": np.minimum, "mul": np.multiply}[reduction].at(y, index, updates)
    return y


def get_item(x, key):
    return x[key]


def view_as_complex(x):
    return (x[..., 0] + 1j * x[..., 1]).astype(np.complex64 if x.dtype == np.float32 else np.complex128)


def view_as_real(x):
    return np.stack([x.real, x.imag], -1)


def view(x, dtype=None):
    return x if dtype is None else np.ascontiguousarray(x).view(dtype)
