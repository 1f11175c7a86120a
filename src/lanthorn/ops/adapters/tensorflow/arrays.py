"""TensorFlow: elementwise, reductions, shapes and indexing."""

import builtins

import numpy as np
import tensorflow as tf

from . import cast_to, convert, promoted, tf_dtype

tnp = tf.experimental.numpy


def stop_gradient(variable):
    return tf.stop_gradient(variable)


def trunc(x):
    return tf.where(x < 0, tf.math.ceil(x), tf.floor(x)) if x.dtype.is_floating else tf.identity(x)


def exp2(x):
    return tf.pow(tf.constant(2, x.dtype), x)


def log2(x):
    return tf.math.log(x) * tf.constant(1.4426950408889634, x.dtype)


def log10(x):
    return tf.math.log(x) * tf.constant(0.4342944819032518, x.dtype)


def round_(x, decimals=0):
    x = x if x.dtype.is_floating else tf.cast(x, "float32")
    if decimals == 0:
        return tf.round(x)
    factor = tf.constant(10.0**decimals, x.dtype)
    return tf.round(x * factor) / factor


def abs_(x):
    return x if x.dtype == tf.bool else tf.abs(x)


def _floats_only(function, otherwise):
    def run(x):
        return function(x) if x.dtype.is_floating else tf.fill(tf.shape(x), otherwise)

    return run


isnan = _floats_only(tf.math.is_nan, False)
isinf = _floats_only(tf.math.is_inf, False)
isfinite = _floats_only(tf.math.is_finite, True)


def clip(x, x_min, x_max):
    if x_min is not None:
        x = tf.maximum(*promoted(x, x_min))
    return x if x_max is None else tf.minimum(*promoted(x, x_max))


def _logical(function):
    def run(x1, x2):
        return function(tf.cast(x1, "bool"), tf.cast(x2, "bool"))

    return run


logical_and, logical_or = _logical(tf.logical_and), _logical(tf.logical_or)
logical_xor = _logical(tf.math.logical_xor)


def logical_not(x):
    return tf.logical_not(tf.cast(x, "bool"))


def where(condition, x1=None, x2=None):
    condition = tf.cast(condition, "bool")
    if x1 is None and x2 is None:
        return tuple(tf.unstack(tf.cast(tf.where(condition), "int32"), axis=1))
    if not (hasattr(x1, "dtype") or hasattr(x2, "dtype")):
        x1 = tf.constant(x1)
    return tf.where(condition, *promoted(x1, x2))


# -- reductions ----------------------------------------------------------------------------------------------------


def sum_(x, axis=None, keepdims=False):
    if x.dtype in (tf.bool, tf.int8, tf.int16):
        x = tf.cast(x, "int32")
    return tf.reduce_sum(x, axis, keepdims)


def prod(x, axis=None, keepdims=False, dtype=None):
    if dtype is not None or x.dtype in (tf.bool, tf.int8, tf.int16):
        x = tf.cast(x, "int32" if dtype is None else tf_dtype(dtype))
    return tf.reduce_prod(x, axis, keepdims)


def max_(x, axis=None, keepdims=False, initial=None):
    y = tf.reduce_max(x, axis, keepdims)
    return y if initial is None else tf.maximum(y, tf.cast(initial, y.dtype))


def min_(x, axis=None, keepdims=False, initial=None):
    y = tf.reduce_min(x, axis, keepdims)
    return y if initial is None else tf.minimum(y, tf.cast(initial, y.dtype))


def all_(x, axis=None, keepdims=False):
    return tf.reduce_all(tf.cast(x, "bool"), axis, keepdims)


def any_(x, axis=None, keepdims=False):
    return tf.reduce_any(tf.cast(x, "bool"), axis, keepdims)


def _index(function):
    def run(x, axis=None, keepdims=False):
        rank = x.shape.rank
        x = tf.cast(x, "int32") if x.dtype == tf.bool else x
        y = function(tf.reshape(x, [-1]), 0, "int32") if axis is None else function(x, axis, "int32")
        if not keepdims:
            return y
        return tf.reshape(y, [1] * rank) if axis is None else tf.expand_dims(y, axis)

    return run


argmax, argmin = _index(tf.argmax), _index(tf.argmin)


def count_nonzero(x, axis=None):
    return tf.math.count_nonzero(x, axis, dtype="int32")


def _cumulative(function):
    def run(x, axis=None, dtype=None):
        if dtype is not None or x.dtype in (tf.bool, tf.int8, tf.int16):
            x = tf.cast(x, "int32" if dtype is None else tf_dtype(dtype))
        return function(tf.reshape(x, [-1]), 0) if axis is None else function(x, axis)

    return run


cumsum, cumprod = _cumulative(tf.cumsum), _cumulative(tf.math.cumprod)


def sort(x, axis=-1):
    return tf.sort(tf.reshape(x, [-1]), 0) if axis is None else tf.sort(x, axis)


def argsort(x, axis=-1):
    return tf.argsort(tf.reshape(x, [-1]), 0, stable=True) if axis is None else tf.argsort(x, axis, stable=True)


def top_k(x, k, sorted=True):  # noqa: A002
    values, indices = tf.math.top_k(x, k, sorted)
    return values, indices


def searchsorted(sorted_sequence, values, side="left"):
    sorted_sequence, values = promoted(sorted_sequence, values)
    flat = tf.reshape(values, [-1])
    return tf.reshape(tf.searchsorted(sorted_sequence, flat, side), tf.shape(values))


# -- making, dtypes ------------------------------------------------------------------------------------------------


def zeros(shape, dtype=None, like=None):
    return tf.zeros(shape, tf_dtype(dtype))


def ones(shape, dtype=None, like=None):
    return tf.ones(shape, tf_dtype(dtype))


empty = zeros


def full(shape, fill_value, dtype=None, like=None):
    return tf.fill(shape, tf.cast(fill_value, tf_dtype(dtype)))


def tri(N, M=None, k=0, dtype=None, like=None):  # noqa: N803
    return tf.constant(np.tri(N, M, k), tf_dtype(dtype))


def eye(N, M=None, k=0, dtype=None, like=None):  # noqa: N803
    return tf.eye(N, M, dtype=tf_dtype(dtype)) if k == 0 else tf.constant(np.eye(N, M, k), tf_dtype(dtype))


def arange(start, stop=None, step=None, dtype=None, like=None):
    if stop is None:
        start, stop = 0, start
    step = 1 if step is None else step
    if dtype is None:
        whole = all(
            isinstance(v, (int, np.integer)) or (hasattr(v, "dtype") and v.dtype.is_integer)
            for v in (start, stop, step)
        )  # noqa: E501
        dtype = "int32" if whole else "float32"
    return tf.range(*(tf.cast(v, tf_dtype(dtype)) for v in (start, stop, step)))


def zeros_like(x, dtype=None):
    return tf.zeros_like(x, dtype=None if dtype is None else tf_dtype(dtype))


def ones_like(x, dtype=None):
    return tf.ones_like(x, dtype=None if dtype is None else tf_dtype(dtype))


empty_like = zeros_like


def full_like(x, fill_value, dtype=None):
    return tf.fill(tf.shape(x), tf.cast(fill_value, x.dtype if dtype is None else tf_dtype(dtype)))


def convert_to_tensor(x, dtype=None, sparse=None, ragged=None, like=None):
    x = convert(x)
    return tf.convert_to_tensor(x) if dtype is None else tf.cast(x, tf_dtype(dtype))


def array(x, dtype=None, like=None):
    return convert_to_tensor(x, dtype)


def convert_to_numpy(x):
    return np.asarray(x)


def cast(x, dtype):
    return tf.cast(x, tf_dtype(dtype))


def dtype(x):
    return x.dtype.name


def shape(x):
    """Known sizes as ints, the others as scalar tensors."""
    known = x.shape.as_list() if x.shape.rank is not None else None
    if known is None:
        return tf.shape(x)
    if None not in known:
        return tuple(known)
    sizes = tf.shape(x)
    return tuple(sizes[i] if n is None else n for i, n in enumerate(known))


def ndim(x):
    return x.shape.rank


def size(x):
    n = x.shape.num_elements()
    return tf.size(x) if n is None else n


# -- shapes, indexing ----------------------------------------------------------------------------------------------


def expand_dims(x, axis):
    if isinstance(axis, int):
        return tf.expand_dims(x, axis)
    for a in builtins.sorted(a % (x.shape.rank + len(axis)) for a in axis):
        x = tf.expand_dims(x, a)
    return x


def squeeze(x, axis=None):
    if axis is None and None in x.shape:
        axis = [i for i, n in enumerate(x.shape) if n == 1]
        return tf.squeeze(x, axis) if axis else x
    return tf.squeeze(x, axis)


def ravel(x):
    return tf.reshape(x, [-1])


def flip(x, axis=None):
    axis = range(x.shape.rank) if axis is None else [axis] if isinstance(axis, int) else axis
    return tf.reverse(x, list(axis))


def repeat(x, repeats, axis=None):
    y = tf.repeat(x, repeats, axis)
    if axis is not None and isinstance(repeats, int):
        known = x.shape.as_list()
        known[axis] = None if known[axis] is None else known[axis] * repeats
        y = tf.ensure_shape(y, known)
    return y


def pad(x, pad_width, mode="constant", constant_values=None):
    if isinstance(pad_width, int):
        pad_width = [(pad_width, pad_width)] * x.shape.rank
    elif isinstance(pad_width[0], int):
        pad_width = [tuple(pad_width)] * x.shape.rank
    elif len(pad_width) == 1:
        pad_width = [tuple(pad_width[0])] * x.shape.rank
    return tf.pad(x, pad_width, mode, 0 if constant_values is None else constant_values)


def diag(x, k=0):
    return tf.linalg.diag(x, k=k) if x.shape.rank == 1 else tnp.diag(x, k)


def tril(x, k=0):
    return tnp.tril(x, k)


def triu(x, k=0):
    return tnp.triu(x, k)


def diagonal(x, offset=0, axis1=0, axis2=1):
    return tnp.diagonal(x, offset, axis1, axis2)


def concatenate(xs, axis=0):
    return tf.concat(same_dtype(xs), axis)


def stack(x, axis=0):
    return tf.stack(same_dtype(x), axis)


def same_dtype(xs):
    """A list of tensors and numbers in the dtype that they make together."""
    import functools

    from ...dtypes import result_type

    names = {x.dtype.name for x in xs if hasattr(x, "dtype")}
    if len(names) == 1 and all(hasattr(x, "dtype") for x in xs):
        return xs
    dtype = functools.reduce(result_type, names) if names else "float32"
    return [cast_to(x, dtype) for x in xs]


def unstack(x, num=None, axis=0):
    return tf.unstack(x, num, axis)


def split(x, indices_or_sections, axis=0):
    if isinstance(indices_or_sections, int):
        return tf.split(x, indices_or_sections, axis)
    n = x.shape[axis]
    cuts = [0, *(i if i >= 0 else n + i for i in map(int, indices_or_sections))]
    cuts = [min(c, n) for c in cuts] + [n] if n is not None else [*cuts, None]
    sizes = [-1 if b is None else max(b - a, 0) for a, b in zip(cuts[:-1], cuts[1:], strict=True)]
    return tf.split(x, sizes, axis)


def meshgrid(*x, indexing="xy"):
    return tf.meshgrid(*x, indexing=indexing)


def take(x, indices, axis=None):
    if axis is None:
        x, axis = tf.reshape(x, [-1]), 0
    indices = tf.convert_to_tensor(indices)
    n = tf.cast(tf.shape(x)[axis], indices.dtype)
    return tf.gather(x, tf.where(indices < 0, indices + n, indices), axis=axis)


def take_along_axis(x, indices, axis=None):
    if axis is None:
        x, indices, axis = tf.reshape(x, [-1]), tf.reshape(indices, [-1]), 0
    axis %= x.shape.rank
    last = x.shape.rank - 1
    order = [*range(axis), *range(axis + 1, last + 1), axis]
    back = [*range(axis), last, *range(axis, last)]
    if axis != last:
        x, indices = tf.transpose(x, order), tf.transpose(indices, order)
    rows = tf.broadcast_dynamic_shape(tf.shape(x)[:-1], tf.shape(indices)[:-1])
    x = tf.broadcast_to(x, tf.concat([rows, tf.shape(x)[-1:]], 0))
    shape = [n if n != 1 else m for n, m in zip(indices.shape[:-1], x.shape[:-1], strict=True)] + [indices.shape[-1]]
    indices = tf.broadcast_to(indices, tf.concat([rows, tf.shape(indices)[-1:]], 0))
    indices = tf.where(indices < 0, indices + tf.cast(tf.shape(x)[-1], indices.dtype), indices)
    y = tf.ensure_shape(tf.gather(x, indices, batch_dims=last, axis=-1), shape)
    return y if axis == last else tf.transpose(y, back)


def one_hot(x, num_classes, axis=-1, dtype=None, sparse=False):
    x = x if x.dtype.is_integer else tf.cast(x, "int32")
    x = x if x.dtype in (tf.int32, tf.int64, tf.uint8) else tf.cast(x, "int32")
    return tf.one_hot(x, num_classes, axis=axis, dtype=tf_dtype(dtype))


def slice_(inputs, start_indices, shape):
    return tf.slice(inputs, start_indices, shape)


def slice_update(inputs, start_indices, updates):
    starts = list(start_indices) if isinstance(start_indices, (list, tuple)) else tf.unstack(start_indices)
    spaces = [tf.range(tf.shape(updates)[i]) + s for i, s in enumerate(starts)]
    index = tf.stack(tf.meshgrid(*spaces, indexing="ij"), -1)
    return tf.tensor_scatter_nd_update(inputs, index, tf.cast(updates, inputs.dtype))


def scatter(indices, values, shape):
    return tf.scatter_nd(indices, values, tf.cast(shape, indices.dtype))


def scatter_update(inputs, indices, updates, reduction=None):
    if reduction == "mul":  # the exponent of a sum of logarithms would lose the sign: one place after the other
        rows, values = tf.unstack(indices), tf.unstack(updates)
        for row, value in zip(rows, values, strict=True):
            inputs = tf.tensor_scatter_nd_update(inputs, row[None], tf.gather_nd(inputs, row[None]) * value[None])
        return inputs
    name = {None: "update"}.get(reduction, reduction)
    return getattr(tf, f"tensor_scatter_nd_{name}")(inputs, indices, tf.cast(updates, inputs.dtype))


def get_item(x, key):
    return x[key]


def view_as_complex(x):
    return tf.complex(x[..., 0], x[..., 1])


def view_as_real(x):
    return tf.stack([tf.math.real(x), tf.math.imag(x)], -1)


def nan_to_num(x, nan=0.0, posinf=None, neginf=None):
    if not x.dtype.is_floating:
        return x
    limits = (x.dtype.max if posinf is None else posinf), (x.dtype.min if neginf is None else neginf)
    for bad, value in zip((tf.math.is_nan(x), x == np.inf, x == -np.inf), (nan, *limits), strict=True):
        x = tf.where(bad, tf.constant(value, x.dtype), x)
    return x
