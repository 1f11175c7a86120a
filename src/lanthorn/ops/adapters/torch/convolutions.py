"""torch: convolutions and pooling.

Channels last is a view: the kernels are laid out in memory by the engine so that permuted they are torch's own
channels_last, and nothing is copied. Symmetric padding goes to the native argument; asymmetric is padded first.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F

from ...padding import amounts, per_axis, transposed
from . import sent

CONV = {1: torch.conv1d, 2: torch.conv2d, 3: torch.conv3d}
CONV_TRANSPOSE = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
MAX_POOL = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
AVERAGE_POOL = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}
TO_FIRST = {1: (0, 2, 1), 2: (0, 3, 1, 2), 3: (0, 4, 1, 2, 3)}
TO_LAST = {1: (0, 2, 1), 2: (0, 2, 3, 1), 3: (0, 2, 3, 4, 1)}
TO_WEIGHT = {1: (2, 1, 0), 2: (3, 2, 0, 1), 3: (4, 3, 0, 1, 2)}
TO_DEPTHWISE = {1: (1, 2, 0), 2: (2, 3, 0, 1), 3: (3, 4, 0, 1, 2)}


def _padded(x, padding, kernel, strides, dilations, value=0.0):
    """x (channels first) and what is left for the native padding argument."""
    if padding == "valid":
        return x, 0
    pads = amounts(padding, x.shape[2:], kernel, strides, dilations)
    if all(a == b for a, b in pads):
        return x, tuple(a for a, _ in pads)
    return F.pad(x, [p for pair in reversed(pads) for p in pair], value=value), 0


def _run(x, weight, strides, padding, data_format, dilations, groups, bias):
    n = x.ndim - 2
    last = data_format != "channels_first"
    x = x.permute(TO_FIRST[n]) if last else x
    if padding == "valid":
        rest = 0
    else:
        strides, dilations = per_axis(strides, n), per_axis(dilations, n)
        x, rest = _padded(x, padding, weight.shape[2:], strides, dilations)
    groups = x.shape[1] // weight.shape[1] if groups is None else groups
    y = CONV[n](x, weight, bias, strides, rest, dilations, groups)
    return y.permute(TO_LAST[n]) if last else y


def conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1, bias=None):
    weight = kernel.permute(TO_WEIGHT[kernel.ndim - 2])
    return _run(inputs, weight, strides, padding, data_format, dilation_rate, None, bias)


def depthwise_conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1, bias=None):
    *sizes, channels, multiplier = kernel.shape
    weight = kernel.permute(TO_DEPTHWISE[len(sizes)]).reshape(channels * multiplier, 1, *sizes)
    return _run(inputs, weight, strides, padding, data_format, dilation_rate, channels, bias)


def conv_transpose(
    inputs, kernel, strides=1, padding="valid", output_padding=None, data_format=None, dilation_rate=1, bias=None
):
    n = inputs.ndim - 2
    last = data_format != "channels_first"
    x = inputs.permute(TO_FIRST[n]) if last else inputs
    strides, dilations = per_axis(strides, n), per_axis(dilation_rate, n)
    extra = per_axis(output_padding, n) if output_padding is not None else (None,) * n
    y = CONV_TRANSPOSE[n](x, kernel.permute(TO_WEIGHT[n]), None, strides, dilation=dilations)
    for i in range(n):
        cut, length = transposed(padding, x.shape[2 + i], kernel.shape[i], strides[i], dilations[i], extra[i])
        missing = cut + length - y.shape[2 + i]
        if missing > 0:
            y = F.pad(y, [0, 0] * (n - 1 - i) + [0, missing])
        y = y.narrow(2 + i, cut, length)
    if bias is not None:
        y = y + bias.reshape(-1, *[1] * n)
    return y.permute(TO_LAST[n]) if last else y


def max_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    n = inputs.ndim - 2
    pool = per_axis(pool_size, n)
    strides = pool if strides is None else per_axis(strides, n)
    last = data_format != "channels_first"
    x = inputs.permute(TO_FIRST[n]) if last else inputs
    lowest = -math.inf if x.is_floating_point() else torch.iinfo(x.dtype).min
    x, rest = _padded(x, padding, pool, strides, (1,) * n, lowest)
    y = MAX_POOL[n](x, pool, strides, rest)
    return y.permute(TO_LAST[n]) if last else y


def average_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    n = inputs.ndim - 2
    pool = per_axis(pool_size, n)
    strides = pool if strides is None else per_axis(strides, n)
    last = data_format != "channels_first"
    x = inputs.permute(TO_FIRST[n]) if last else inputs
    sizes = x.shape[2:]
    x, rest = _padded(x, padding, pool, strides, (1,) * n)
    y = AVERAGE_POOL[n](x, pool, strides, rest, count_include_pad=False)
    if padding == "same" and rest == 0:  # padded here: the mean is over what was there before
        for i, (before, after) in enumerate(amounts(padding, sizes, pool, strides, (1,) * n)):
            there = np.pad(np.ones(sizes[i]), (before, after))
            counts = [there[j : j + pool[i]].sum() for j in range(0, len(there) - pool[i] + 1, strides[i])]
            share = sent(torch.from_numpy(pool[i] / np.array(counts)), y.device, y.dtype)
            y = y * share.reshape(-1, *[1] * (n - 1 - i))
    return y.permute(TO_LAST[n]) if last else y
