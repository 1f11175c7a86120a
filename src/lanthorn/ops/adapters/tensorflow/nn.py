"""TensorFlow: products and activations."""

import tensorflow as tf

from . import promoted
from .arrays import same_dtype


def matmul(x1, x2):
    x1, x2 = promoted(x1, x2)
    a, b = x1.shape.rank, x2.shape.rank
    if a == b or (a > 2 and b == 2):
        return tf.tensordot(x1, x2, 1) if b == 2 < a else tf.matmul(x1, x2)
    if a == 1 and b == 1:
        return tf.tensordot(x1, x2, 1)
    if b == 1:
        return tf.linalg.matvec(x1, x2)
    if a == 1:
        return tf.linalg.matvec(x2, x1, transpose_a=True)
    return tf.matmul(x1, x2)


def einsum(subscripts, *operands, **kwargs):
    return tf.einsum(subscripts, *same_dtype(operands))


def leaky_relu(x, negative_slope=0.2):
    return tf.nn.leaky_relu(x, negative_slope)


def elu(x, alpha=1.0):
    y = tf.nn.elu(x)
    return y if alpha == 1 else tf.where(x > 0, y, alpha * y)


def gelu(x, approximate=True):
    return tf.nn.gelu(x, approximate)


def silu(x):
    return tf.nn.silu(x)


swish = silu


def threshold(x, threshold, default_value):
    return tf.where(x > threshold, x, tf.cast(default_value, x.dtype))
