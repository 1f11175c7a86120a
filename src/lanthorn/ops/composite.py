"""Ops made of ops: what runs where an engine has no function of its own."""

from __future__ import annotations

from typing import Any

from .. import ops

EPSILON = 1e-7  # Keras's: probabilities are kept this far from 0 and 1


# -- activations ---------------------------------------------------------------------------------------------------


def leaky_relu(x, negative_slope=0.2):
    return ops.where(x > 0, x, x * negative_slope)


def hard_sigmoid(x):
    return ops.clip(x / 6 + 0.5, 0.0, 1.0)


def hard_silu(x):
    return x * ops.hard_sigmoid(x)


hard_swish = hard_silu


def hard_tanh(x):
    return ops.clip(x, -1.0, 1.0)


def celu(x, alpha=1.0):
    return ops.maximum(x, 0.0) + alpha * ops.expm1(ops.minimum(x, 0.0) / alpha)


def glu(x, axis=-1):
    a, b = ops.split(x, 2, axis=axis)
    return a * ops.sigmoid(b)


def tanh_shrink(x):
    return x - ops.tanh(x)


def soft_shrink(x, threshold=0.5):
    return x - ops.clip(x, -threshold, threshold)


def hard_shrink(x, threshold=0.5):
    return ops.where(ops.abs(x) > threshold, x, ops.zeros_like(x))


def squareplus(x, b=4):
    return (x + ops.sqrt(x * x + b)) / 2


def threshold(x, threshold, default_value):
    return ops.where(x > threshold, x, ops.full_like(x, default_value))


def sparsemax(x, axis=-1):
    z = ops.moveaxis(x, axis, -1)
    ordered = ops.flip(ops.sort(z), axis=-1)
    sums = ops.cumsum(ordered, axis=-1)
    k = ops.arange(1, x.shape[axis] + 1, dtype=ops.dtype(x), like=x)
    inside = ops.cast(1 + k * ordered > sums, ops.dtype(x))
    count = ops.sum(inside, axis=-1, keepdims=True)
    tau = (ops.sum(ordered * inside, axis=-1, keepdims=True) - 1) / count
    return ops.moveaxis(ops.maximum(z - tau, 0.0), -1, axis)


# -- normalization -------------------------------------------------------------------------------------------------


def norm(x, ord=None, axis=None, keepdims=False):  # noqa: A002
    axes = tuple(range(len(x.shape))) if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
    size = ops.abs(x)
    if ord is None or (ord == "fro" and len(axes) == 2) or (ord == 2 and len(axes) == 1):
        return ops.sqrt(ops.sum(size * size, axis=axes, keepdims=keepdims))
    if len(axes) == 1:
        if ord == float("inf"):
            return ops.max(size, axis=axes, keepdims=keepdims)
        if ord == float("-inf"):
            return ops.min(size, axis=axes, keepdims=keepdims)
        if ord == 0:
            return ops.sum(ops.cast(size != 0, ops.dtype(size)), axis=axes, keepdims=keepdims)
        if ord == 1:
            return ops.sum(size, axis=axes, keepdims=keepdims)
        return ops.power(ops.sum(ops.power(size, ord), axis=axes, keepdims=keepdims), 1.0 / ord)
    if len(axes) != 2:
        raise ValueError(f"ops.norm: ord={ord!r} needs one or two axes, got axis={axis!r} of shape {tuple(x.shape)}.")
    row, column = (a % len(x.shape) for a in axes)
    if ord in (1, -1, float("inf"), float("-inf")):
        summed, kept = (row, column) if ord in (1, -1) else (column, row)
        extreme = ops.max if ord > 0 else ops.min
        result = extreme(ops.sum(size, axis=summed, keepdims=True), axis=kept, keepdims=True)
    elif ord in (2, -2, "nuc"):
        values = ops.svd(ops.moveaxis(x, (row, column), (-2, -1)), compute_uv=False)
        reduce = {2: ops.max, -2: ops.min, "nuc": ops.sum}[ord]
        result = ops.expand_dims(reduce(values, axis=-1), (row, column))
    else:
        raise ValueError(f"ops.norm: ord={ord!r} is no norm of a matrix; expected 'fro', 'nuc', 1, -1, 2, -2 or ±inf.")
    return result if keepdims else ops.squeeze(result, axis=(row, column))


def normalize(x, axis=-1, order=2, epsilon=None):
    epsilon = EPSILON if epsilon is None else epsilon
    if order == 2:
        squares = ops.sum(ops.square(x), axis=axis, keepdims=True)
        return x * ops.rsqrt(ops.maximum(squares, epsilon * epsilon))
    return x / ops.maximum(ops.norm(x, ord=order, axis=axis, keepdims=True), epsilon)


def moments(x, axes, keepdims=False, synchronized=False):
    wide = ops.cast(x, "float32") if ops.dtype(x) in ("float16", "bfloat16") else x
    mean = ops.mean(wide, axis=axes, keepdims=True)
    variance = ops.mean(ops.square(wide - mean), axis=axes, keepdims=keepdims)
    if not keepdims:
        mean = ops.squeeze(mean, axis=tuple(axes) if isinstance(axes, list) else axes)
    return ops.cast(mean, ops.dtype(x)), ops.cast(variance, ops.dtype(x))


def _along(vector, ndim, axes):
    """`vector` shaped so that it multiplies along these axes of an array with `ndim` axes."""
    if len(vector.shape) == ndim or (len(axes) == 1 and axes[0] == ndim - 1):
        return vector
    shape = [1] * ndim
    sizes = vector.shape if len(vector.shape) == len(axes) else (-1,) * len(axes)
    for axis, size in zip(axes, sizes, strict=True):
        shape[axis] = size
    return ops.reshape(vector, tuple(shape))


def batch_normalization(x, mean, variance, axis, offset=None, scale=None, epsilon=0.001):
    ndim = len(x.shape)
    axes = [axis % ndim]
    factor = ops.rsqrt(variance + epsilon)
    factor = factor if scale is None else factor * scale
    shift = -mean * factor if offset is None else offset - mean * factor
    return x * _along(factor, ndim, axes) + _along(shift, ndim, axes)


def batch_norm_train(x, gamma=None, beta=None, axis=-1, epsilon=0.001):
    ndim = len(x.shape)
    mean, variance = ops.moments(x, tuple(i for i in range(ndim) if i != axis % ndim))
    return ops.batch_normalization(x, mean, variance, axis, beta, gamma, epsilon), mean, variance


def layer_normalization(x, gamma=None, beta=None, axis=-1, epsilon=None):
    ndim = len(x.shape)
    axes = sorted(a % ndim for a in ([axis] if isinstance(axis, int) else axis))
    mean, variance = ops.moments(x, tuple(axes), keepdims=True)
    y = (x - mean) * ops.rsqrt(variance + (EPSILON if epsilon is None else epsilon))
    y = y if gamma is None else y * _along(gamma, ndim, axes)
    return y if beta is None else y + _along(beta, ndim, axes)


def rms_normalization(x, scale=None, axis=-1, epsilon=None):
    ndim = len(x.shape)
    axes = tuple(sorted(a % ndim for a in ([axis] if isinstance(axis, int) else axis)))
    square = ops.mean(ops.square(x), axis=axes, keepdims=True)
    y = x * ops.rsqrt(square + (EPSILON if epsilon is None else epsilon))
    return y if scale is None else y * _along(scale, ndim, list(axes))


# -- losses --------------------------------------------------------------------------------------------------------


def binary_crossentropy(target, output, from_logits=False):
    if from_logits:
        return ops.maximum(output, 0.0) - output * target + ops.log1p(ops.exp(-ops.abs(output)))
    output = ops.clip(output, EPSILON, 1.0 - EPSILON)
    return -(target * ops.log(output) + (1.0 - target) * ops.log(1.0 - output))


def _log_probabilities(output, from_logits, axis):
    if from_logits:
        return ops.log_softmax(output, axis=axis)
    output = output / ops.sum(output, axis=axis, keepdims=True)
    return ops.log(ops.clip(output, EPSILON, 1.0 - EPSILON))


def categorical_crossentropy(target, output, from_logits=False, axis=-1):
    return -ops.sum(target * _log_probabilities(output, from_logits, axis), axis=axis)


def sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1):
    if len(target.shape) == len(output.shape) and target.shape[axis] == 1:
        target = ops.squeeze(target, axis=axis)
    index = ops.expand_dims(ops.cast(target, "int32"), axis)
    if from_logits:
        chosen = ops.take_along_axis(ops.log_softmax(output, axis=axis), index, axis=axis)
    else:
        chosen = ops.take_along_axis(_log_probabilities(output, False, axis), index, axis=axis)
    return -ops.squeeze(chosen, axis=axis)


def in_top_k(targets, predictions, k):
    chosen = ops.take_along_axis(predictions, ops.expand_dims(ops.cast(targets, "int32"), -1), axis=-1)
    return ops.sum(ops.cast(predictions > chosen, "int32"), axis=-1) < k


def multi_hot(inputs, num_classes=None, axis=-1, dtype=None, sparse=False):
    hot = ops.one_hot(inputs, num_classes, axis=axis, dtype=dtype)
    if len(inputs.shape) > 1:  # the places of one sample are merged; a single set has none to merge
        return ops.max(hot, axis=1)
    return ops.max(hot, axis=0)


# -- sums and products ---------------------------------------------------------------------------------------------


def linear(x, kernel, bias=None):
    y = ops.matmul(x, kernel)
    return y if bias is None else y + bias


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


def identity(n, dtype=None, like=None):
    return ops.eye(n, dtype=dtype, like=like)


def separable_conv(
    inputs, depthwise_kernel, pointwise_kernel, strides=1, padding="valid", data_format=None, dilation_rate=1, bias=None
):
    y = ops.depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return ops.conv(y, pointwise_kernel, 1, "valid", data_format, bias=bias)


def linspace(start: Any, stop: Any, num=50, endpoint=True, retstep=False, dtype=None, axis=0, like=None):
    count = num - 1 if endpoint else num
    step = (stop - start) / max(count, 1)
    index = ops.arange(num, dtype="float32", like=like)
    y = start + index * step
    y = y if dtype is None else ops.cast(y, dtype)
    return (y, step) if retstep else y
