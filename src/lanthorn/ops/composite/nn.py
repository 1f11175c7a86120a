"""Activations, normalization, losses."""

from __future__ import annotations

from ... import ops
from ...core import settings

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


def normalize(x, axis=-1, order=2, epsilon=None):
    epsilon = settings.epsilon() if epsilon is None else epsilon
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
    y = (x - mean) * ops.rsqrt(variance + (settings.epsilon() if epsilon is None else epsilon))
    y = y if gamma is None else y * _along(gamma, ndim, axes)
    return y if beta is None else y + _along(beta, ndim, axes)


def rms_normalization(x, scale=None, axis=-1, epsilon=None):
    ndim = len(x.shape)
    axes = tuple(sorted(a % ndim for a in ([axis] if isinstance(axis, int) else axis)))
    square = ops.mean(ops.square(x), axis=axes, keepdims=True)
    y = x * ops.rsqrt(square + (settings.epsilon() if epsilon is None else epsilon))
    return y if scale is None else y * _along(scale, ndim, list(axes))


# -- losses --------------------------------------------------------------------------------------------------------


def binary_crossentropy(target, output, from_logits=False):
    if from_logits:
        return ops.maximum(output, 0.0) - output * target + ops.log1p(ops.exp(-ops.abs(output)))
    output = ops.clip(output, settings.epsilon(), 1.0 - settings.epsilon())
    return -(target * ops.log(output) + (1.0 - target) * ops.log(1.0 - output))


def _log_probabilities(output, from_logits, axis):
    if from_logits:
        return ops.log_softmax(output, axis=axis)
    output = output / ops.sum(output, axis=axis, keepdims=True)
    return ops.log(ops.clip(output, settings.epsilon(), 1.0 - settings.epsilon()))


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


def sparse_plus(x):
    return ops.where(x <= -1, ops.zeros_like(x), ops.where(x < 1, ops.square(x + 1) / 4, x))


def sparse_sigmoid(x):
    return ops.clip((x + 1) / 2, 0.0, 1.0)


def psnr(x1, x2, max_val):
    return 20 * ops.log10(ops.full_like(x1, max_val)[(0,) * len(x1.shape)]) - 10 * ops.log10(
        ops.mean(ops.square(x1 - x2))
    )


def dot_product_attention(
    query,
    key,
    value,
    bias=None,
    mask=None,
    scale=None,
    is_causal=False,
    flash_attention=None,
    attn_logits_soft_cap=None,
):
    if key.shape[2] != query.shape[2]:  # several query heads share a key head
        times = query.shape[2] // key.shape[2]
        key, value = ops.repeat(key, times, axis=2), ops.repeat(value, times, axis=2)
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    logits = ops.einsum("btnh,bsnh->bnts", query, key) * scale
    if attn_logits_soft_cap is not None:
        logits = attn_logits_soft_cap * ops.tanh(logits / attn_logits_soft_cap)
    logits = logits if bias is None else logits + bias
    if is_causal:
        causal = ops.cast(ops.tri(query.shape[1], key.shape[1], like=query), "bool")
        mask = causal if mask is None else ops.logical_and(mask, causal)
    if mask is not None:
        lowest = -3e4 if ops.dtype(logits) == "float16" else -2.38e38
        logits = ops.where(mask, logits, ops.full_like(logits, lowest))
    return ops.einsum("bnts,bsnh->btnh", ops.softmax(logits), value)
