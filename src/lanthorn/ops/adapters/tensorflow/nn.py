"""TensorFlow: products and activations."""

import tensorflow as tf

from . import promoted
from .shapes import same_dtype


def matmul(x1, x2):
    x1, x2 = promoted(x1, x2)
    a, b = x1.shape.rank, x2.shape.rank
    if (a == 1 and b == 1) or (a > 2 and b == 2):
        return tf.tensordot(x1, x2, 1)
    if b == 1:
        return tf.linalg.matvec(x1, x2)
    if a == 1:
        return tf.linalg.matvec(x2, x1, transpose_a=True)
    return tf.matmul(x1, x2)


def linear(x, kernel, bias=None):
    """`x @ kernel + bias`. On one sample the checks of the public functions take longer than the products.

    A MLP of two Dense layers: 124 us by these two ops, 595 by `tf.matmul` and `+`.
    """
    if x.shape.rank != 2 or x.dtype != kernel.dtype or bias is not None and x.dtype != bias.dtype:
        y = matmul(x, kernel)
        return y if bias is None else tf.add(*promoted(y, bias))
    y = tf.raw_ops.MatMul(a=x, b=kernel)
    return y if bias is None else tf.raw_ops.BiasAdd(value=y, bias=bias)


def einsum(subscripts, *operands, **kwargs):
    operands = same_dtype(operands)
    if operands[0].dtype != tf.bfloat16:
        return tf.einsum(subscripts, *operands)
    # in float32: on processors with AMX, the kernel of TensorFlow 2.21 gives wrong sums of bfloat16
    return tf.cast(tf.einsum(subscripts, *(tf.cast(x, tf.float32) for x in operands)), tf.bfloat16)


def relu(x):
    return tf.raw_ops.Relu(features=x)  # `tf.nn.relu` wraps it in 15 us of checks


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


def cholesky(x, upper=False):
    y = tf.linalg.cholesky(x)
    return tf.linalg.matrix_transpose(y) if upper else y


def solve(a, b):
    vector = b.shape.rank == a.shape.rank - 1
    x = tf.linalg.solve(a, b[..., None] if vector else b)
    return x[..., 0] if vector else x


def solve_triangular(a, b, lower=False):
    vector = b.shape.rank == a.shape.rank - 1
    x = tf.linalg.triangular_solve(a, b[..., None] if vector else b, lower=lower)
    return x[..., 0] if vector else x


def svd(x, full_matrices=True, compute_uv=True):
    if not compute_uv:
        return tf.linalg.svd(x, compute_uv=False)
    s, u, v = tf.linalg.svd(x, full_matrices=full_matrices)
    return u, s, tf.linalg.adjoint(v)


def lu_factor(x):
    matrix, order = tf.linalg.lu(x)
    return matrix, _exchanges(order)


def _exchanges(order):
    """LAPACK's row exchanges from a permutation: step i swaps row i with the row that belongs there."""
    n = order.shape[-1]
    rows, swaps = tf.range(n), []
    for i in range(n):
        at = tf.argmax(tf.cast(rows == order[i], "int32"), output_type=tf.int32)
        swaps.append(at)
        rows = tf.tensor_scatter_nd_update(rows, [[i], [at]], [rows[at], rows[i]])
    return tf.stack(swaps)
