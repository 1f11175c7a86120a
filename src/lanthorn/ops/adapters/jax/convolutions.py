"""JAX: convolutions and pooling through `jax.lax`."""

import math

import jax.numpy as jnp
import numpy as np
from jax import lax

from ...padding import amounts, per_axis, transposed

SPACE = "WHD"


def _names(n, data_format):
    space = {1: "W", 2: "HW", 3: "DHW"}[n]
    data = f"NC{space}" if data_format == "channels_first" else f"N{space}C"
    return data, space


def _run(x, kernel, strides, padding, data_format, dilations, groups):
    n = x.ndim - 2
    data, space = _names(n, data_format)
    strides, dilations = per_axis(strides, n), per_axis(dilations, n)
    sizes = x.shape[2:] if data_format == "channels_first" else x.shape[1:-1]
    pads = amounts(padding, sizes, kernel.shape[:n], strides, dilations)
    return lax.conv_general_dilated(
        x, kernel, strides, pads, None, dilations, (data, space + "IO", data), feature_group_count=groups
    )


def _add(y, bias, data_format):
    if bias is None:
        return y
    return y + (bias.reshape(-1, *[1] * (y.ndim - 2)) if data_format == "channels_first" else bias)


def conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1, bias=None):
    channels = inputs.shape[1 if data_format == "channels_first" else -1]
    y = _run(inputs, kernel, strides, padding, data_format, dilation_rate, channels // kernel.shape[-2])
    return _add(y, bias, data_format)


def depthwise_conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1, bias=None):
    *sizes, channels, multiplier = kernel.shape
    kernel = kernel.reshape(*sizes, 1, channels * multiplier)
    return _add(_run(inputs, kernel, strides, padding, data_format, dilation_rate, channels), bias, data_format)


def conv_transpose(
    inputs, kernel, strides=1, padding="valid", output_padding=None, data_format=None, dilation_rate=1, bias=None
):
    n = inputs.ndim - 2
    data, space = _names(n, data_format)
    strides, dilations = per_axis(strides, n), per_axis(dilation_rate, n)
    extra = per_axis(output_padding, n) if output_padding is not None else (None,) * n
    sizes = inputs.shape[2:] if data_format == "channels_first" else inputs.shape[1:-1]
    pads = []
    for i in range(n):
        reach = (kernel.shape[i] - 1) * dilations[i] + 1
        cut, length = transposed(padding, sizes[i], kernel.shape[i], strides[i], dilations[i], extra[i])
        before = reach - 1 - cut
        pads.append((before, length - (sizes[i] - 1) * strides[i] - 1 - before + reach - 1))
    flipped = jnp.flip(kernel, tuple(range(n)))
    y = lax.conv_general_dilated(inputs, flipped, (1,) * n, pads, strides, dilations, (data, space + "OI", data))
    return _add(y, bias, data_format)


def _window(inputs, pool_size, strides, padding, data_format):
    n = inputs.ndim - 2
    pool = per_axis(pool_size, n)
    strides = pool if strides is None else per_axis(strides, n)
    first = data_format == "channels_first"
    sizes = inputs.shape[2:] if first else inputs.shape[1:-1]
    pads = amounts(padding, sizes, pool, strides, (1,) * n)

    def whole(values, rest):
        return (rest, rest, *values) if first else (rest, *values, rest)

    return whole(pool, 1), whole(strides, 1), whole(pads, (0, 0))


def max_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    pool, strides, pads = _window(inputs, pool_size, strides, padding, data_format)
    floating = jnp.issubdtype(inputs.dtype, jnp.floating)
    lowest = -math.inf if floating else int(jnp.iinfo(inputs.dtype).min)
    return lax.reduce_window(inputs, np.array(lowest, inputs.dtype), lax.max, pool, strides, pads)


def average_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    pool, strides, pads = _window(inputs, pool_size, strides, padding, data_format)
    total = lax.reduce_window(inputs, np.array(0, inputs.dtype), lax.add, pool, strides, pads)
    if all(p == (0, 0) for p in pads):
        return total / math.prod(pool)
    there = jnp.ones([s if p != 1 else 1 for s, p in zip(inputs.shape, pool, strict=True)], inputs.dtype)
    return total / lax.reduce_window(there, np.array(0, inputs.dtype), lax.add, pool, strides, pads)
