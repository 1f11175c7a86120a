"""NumPy: convolutions and pooling over sliding windows; made to be read and checked against, not to be fast."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ...padding import amounts, per_axis, transposed


def _last(x, data_format):
    return np.moveaxis(x, 1, -1) if data_format == "channels_first" else x


def _back(y, data_format):
    return np.moveaxis(y, -1, 1) if data_format == "channels_first" else y


def _windows(x, sizes, strides, padding, dilations, value=0):
    """(batch, *out, channels, *sizes) from channels-last x."""
    n = len(sizes)
    pads = amounts(padding, x.shape[1:-1], sizes, strides, dilations)
    x = np.pad(x, [(0, 0), *pads, (0, 0)], constant_values=value)
    reach = [(k - 1) * d + 1 for k, d in zip(sizes, dilations, strict=True)]
    windows = sliding_window_view(x, reach, tuple(range(1, n + 1)))
    index = (slice(None), *(slice(None, None, s) for s in strides), slice(None))
    return windows[index + tuple(slice(None, None, d) for d in dilations)]


def conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1, bias=None):
    n = kernel.ndim - 2
    x = _last(inputs, data_format)
    windows = _windows(x, kernel.shape[:n], per_axis(strides, n), padding, per_axis(dilation_rate, n))
    groups = x.shape[-1] // kernel.shape[-2]
    axes = [*range(n + 1, 2 * n + 2)], [n, *range(n)]
    parts = zip(np.split(windows, groups, n + 1), np.split(kernel, groups, -1), strict=True)
    y = np.concatenate([np.tensordot(w, k, axes) for w, k in parts], -1)
    return _back(y if bias is None else y + bias, data_format)


def depthwise_conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1, bias=None):
    *sizes, channels, multiplier = kernel.shape
    n = len(sizes)
    x = _last(inputs, data_format)
    windows = _windows(x, sizes, per_axis(strides, n), padding, per_axis(dilation_rate, n))
    # one product of all channels per element of the kernel: MobileNetV2 takes a quarter of what `conv` in groups does
    y = sum(windows[(..., *place)][..., None] * kernel[place] for place in np.ndindex(*sizes))
    y = y.reshape(*y.shape[:-2], channels * multiplier)
    return _back(y if bias is None else y + bias, data_format)


def conv_transpose(
    inputs, kernel, strides=1, padding="valid", output_padding=None, data_format=None, dilation_rate=1, bias=None
):
    n = kernel.ndim - 2
    x = _last(inputs, data_format)
    strides, dilations = per_axis(strides, n), per_axis(dilation_rate, n)
    extra = per_axis(output_padding, n) if output_padding is not None else (None,) * n
    plan = [transposed(padding, *row) for row in zip(x.shape[1:-1], kernel.shape, strides, dilations, extra)]  # noqa: B905
    room = [
        max(c + m, (s - 1) * t + (k - 1) * d + 1)
        for (c, m), s, t, k, d in zip(plan, x.shape[1:], strides, kernel.shape, dilations)
    ]  # noqa: B905, E501
    y = np.zeros((x.shape[0], *room, kernel.shape[-2]), x.dtype)
    for place in np.ndindex(*kernel.shape[:n]):  # every element of the kernel adds one strided copy of the input
        at = [slice(p * d, p * d + s * t, t) for p, d, s, t in zip(place, dilations, x.shape[1:], strides)]  # noqa: B905
        at = [slice(a.start, a.start + (s - 1) * a.step + 1, a.step) for a, s in zip(at, x.shape[1:])]  # noqa: B905
        y[(slice(None), *at)] += x @ kernel[place].T
    y = y[(slice(None), *(slice(cut, cut + length) for cut, length in plan))]
    return _back(y if bias is None else y + bias, data_format)


def _pool(inputs, pool_size, strides, padding, data_format, value, reduce):
    n = inputs.ndim - 2
    pool = per_axis(pool_size, n)
    strides = pool if strides is None else per_axis(strides, n)
    windows = _windows(_last(inputs, data_format), pool, strides, padding, (1,) * n, value)
    return _back(reduce(windows, tuple(range(n + 2, 2 * n + 2))), data_format)


def max_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    lowest = -np.inf if inputs.dtype.kind == "f" else np.iinfo(inputs.dtype).min
    return _pool(inputs, pool_size, strides, padding, data_format, lowest, np.max)


def average_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    return _pool(inputs, pool_size, strides, padding, data_format, np.nan, np.nanmean)
