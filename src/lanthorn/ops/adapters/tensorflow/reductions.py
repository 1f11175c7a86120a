"""TensorFlow: reductions, cumulative sums, sorting."""

import tensorflow as tf

from . import promoted, tf_dtype


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
