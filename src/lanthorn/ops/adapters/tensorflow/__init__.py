"""TensorFlow: what differs from keras.ops in more than the name."""

import functools

import numpy as np
import tensorflow as tf

from ...dtypes import FLOATS, result_type, result_with_number, standardize
from ..alike import PRODUCTS, alike

TYPES = (tf.Tensor, tf.Variable, type(tf.constant(0)), type(tf.Variable(0)))
SEARCH = (tf, tf.math, tf.nn, tf.linalg, tf.experimental.numpy)
PARTS = ("arrays", "reductions", "shapes", "nn", "convolutions", "control", "fourier", "image")


def wrap(function, row):
    if row.name in PRODUCTS and row.parameters != ("x1", "x2"):
        return alike(function, row, cast_to)
    if row.parameters == ("x1", "x2"):

        @functools.wraps(function)
        def two(x1, x2, *args, **kwargs):
            return function(*promoted(x1, x2, row.floats), *args, **kwargs)

        return two
    if row.floats:

        @functools.wraps(function)
        def with_floats(x, *args, **kwargs):
            if not (x.dtype.is_floating or x.dtype.is_complex):
                x = tf.cast(x, "float32")
            return function(x, *args, **kwargs)

        return with_floats
    return function


def promoted(x1, x2, floats=False):
    """Two tensors (or a tensor and a number) in the dtype that they make together."""
    a, b = getattr(x1, "dtype", None), getattr(x2, "dtype", None)
    if a is not None and a is b and (a.is_floating or not floats):
        return x1, x2
    if a is None or b is None:
        dtype = result_with_number((a if b is None else b).name, x1 if a is None else x2)
    else:
        dtype = result_type(a.name, b.name)
    if floats and dtype not in FLOATS and not dtype.startswith("complex"):
        dtype = "float32"
    return cast_to(x1, dtype), cast_to(x2, dtype)


def cast_to(x, dtype):
    if not hasattr(x, "dtype"):
        return tf.constant(x, dtype)
    return x if x.dtype.name == dtype else tf.cast(x, dtype)


def convert(x, first=None, weak=False):
    """A NumPy array, list or number as a tensor; a number stays weak."""
    if weak or tf.is_tensor(x):
        return x
    if isinstance(x, (list, tuple)) and any(tf.is_tensor(v) for v in x):
        return tf.stack(x)
    given = isinstance(x, (np.ndarray, np.generic))
    x = np.asarray(x)
    if x.dtype == np.float64 and getattr(first, "dtype", None) != tf.float64:
        x = x.astype(np.float32)
    if x.dtype == np.int64 and not given:
        x = x.astype(np.int32)
    return tf.convert_to_tensor(x)


def tf_dtype(dtype):
    return standardize(dtype)
