"""Pooling to a given size, and windows as columns: by multiplication with small constant matrices or by index."""

import math

import numpy as np

from ... import ops
from ..padding import per_axis


def _bounds(size, count):
    """Start and end of each of `count` windows that cover `size` elements."""
    return [(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]


def _each_axis(inputs, output_size, data_format, reduce):
    n = len(inputs.shape) - 2
    first = 2 if data_format == "channels_first" else 1
    for i, count in enumerate(per_axis(output_size, n)):
        axis = first + i
        parts = []
        for start, stop in _bounds(inputs.shape[axis], count):
            key = [slice(None)] * axis + [slice(start, stop)]
            parts.append(reduce(inputs[tuple(key)], axis=axis, keepdims=True))
        inputs = ops.concatenate(parts, axis=axis)
    return inputs


def adaptive_average_pool(inputs, output_size, data_format=None):
    return _each_axis(inputs, output_size, data_format, ops.mean)


def adaptive_max_pool(inputs, output_size, data_format=None):
    return _each_axis(inputs, output_size, data_format, ops.max)


def _rows(sizes, kernel, dilation, padding, stride):
    """Index of every element of every window in the flat padded picture: (kernel elements, windows)."""
    high, wide = (s + 2 * p for s, p in zip(sizes, padding, strict=True))
    places = []
    for s, k, d, t in zip((high, wide), kernel, dilation, stride, strict=True):
        windows = (s - (k - 1) * d - 1) // t + 1
        places.append(np.arange(k)[:, None] * d + np.arange(windows) * t)
    index = places[0][:, None, :, None] * wide + places[1][None, :, None, :]
    return index.reshape(kernel[0] * kernel[1], -1).astype("int32"), high, wide


def unfold(x, kernel_size, dilation=1, padding=0, stride=1):
    kernel, dilation, padding, stride = (per_axis(v, 2) for v in (kernel_size, dilation, padding, stride))
    index, _, _ = _rows(x.shape[2:], kernel, dilation, padding, stride)
    x = ops.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    x = ops.reshape(x, (-1, x.shape[1], math.prod(x.shape[2:])))
    x = ops.take(x, index, axis=2)  # (batch, channels, kernel elements, windows)
    return ops.reshape(x, (-1, x.shape[1] * index.shape[0], index.shape[1]))


def fold(x, output_size, kernel_size, dilation=1, padding=0, stride=1):
    sizes = per_axis(output_size, 2)
    kernel, dilation, padding, stride = (per_axis(v, 2) for v in (kernel_size, dilation, padding, stride))
    index, high, wide = _rows(sizes, kernel, dilation, padding, stride)
    batch = x.shape[0]
    x = ops.reshape(x, (batch, -1, index.size))
    values = ops.transpose(x, (2, 0, 1))
    y = ops.zeros((high * wide, *values.shape[1:]), dtype=ops.dtype(x), like=x)
    y = ops.scatter_update(y, index.reshape(-1, 1), values, reduction="add")
    y = ops.reshape(ops.transpose(y, (1, 2, 0)), (batch, values.shape[2], high, wide))
    return y[:, :, padding[0] : padding[0] + sizes[0], padding[1] : padding[1] + sizes[1]]
