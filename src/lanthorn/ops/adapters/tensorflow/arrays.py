"""TensorFlow: elementwise, making tensors and their dtypes."""

import numpy as np
import tensorflow as tf

from . import convert, promoted, tf_dtype


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


def nan_to_num(x, nan=0.0, posinf=None, neginf=None):
    if not x.dtype.is_floating:
        return x
    limits = (x.dtype.max if posinf is None else posinf), (x.dtype.min if neginf is None else neginf)
    for bad, value in zip((tf.math.is_nan(x), x == np.inf, x == -np.inf), (nan, *limits), strict=True):
        x = tf.where(bad, tf.constant(value, x.dtype), x)
    return x


def view_as_complex(x):
    return tf.complex(x[..., 0], x[..., 1])


def view_as_real(x):
    return tf.stack([tf.math.real(x), tf.math.imag(x)], -1)


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
