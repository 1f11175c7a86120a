"""TensorFlow: convolutions and pooling. Channels first is turned to channels last, which is all a CPU has.

For pictures the kernels are called as they are: a layer of 16 filters on one picture of 28x28 takes 55 us so and 80 by
`tf.nn.convolution`, pooling what comes out 23 and by `tf.nn.pool` 256.
"""

import tensorflow as tf

from ...padding import amounts, per_axis, transposed

FIRST = {1: [0, 2, 1], 2: [0, 2, 3, 1], 3: [0, 2, 3, 4, 1]}
BACK = {1: [0, 2, 1], 2: [0, 3, 1, 2], 3: [0, 4, 1, 2, 3]}
FORMAT = {1: "NWC", 2: "NHWC", 3: "NDHWC"}  # the gradient in three dimensions asks for its name


def _last(x, data_format):
    return tf.transpose(x, FIRST[x.shape.rank - 2]) if data_format == "channels_first" else x


def _back(y, bias, data_format):
    y = y if bias is None else tf.raw_ops.BiasAdd(value=y, bias=bias)
    return tf.transpose(y, BACK[y.shape.rank - 2]) if data_format == "channels_first" else y


def _named(x, padding, kernel, strides, dilations):
    """x and 'VALID' or 'SAME'; other paddings are written out."""
    padding = padding.upper() if isinstance(padding, str) else padding
    if padding in ("VALID", "SAME"):
        return x, padding
    pads = amounts(padding, x.shape[1:-1], kernel, strides, dilations)
    return tf.pad(x, [(0, 0), *pads, (0, 0)]), "VALID"


def conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1, bias=None):
    n = kernel.shape.rank - 2
    x = _last(inputs, data_format)
    strides, dilations = per_axis(strides, n), per_axis(dilation_rate, n)
    x, padding = _named(x, padding, kernel.shape[:n], strides, dilations)
    groups = x.shape[-1] // kernel.shape[-2]
    if groups == 1 and n == 2 and dilations == (1, 1):
        y = tf.raw_ops.Conv2D(input=x, filter=kernel, strides=(1, *strides, 1), padding=padding)
    elif groups == 1:
        y = tf.nn.convolution(x, kernel, strides, padding, FORMAT[n], dilations)
    else:  # a CPU has no gradient of a grouped convolution
        parts = zip(tf.split(x, groups, -1), tf.split(kernel, groups, -1), strict=True)
        y = tf.concat([tf.nn.convolution(a, k, strides, padding, FORMAT[n], dilations) for a, k in parts], -1)
    return _back(y, bias, data_format)


def depthwise_conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1, bias=None):
    n = kernel.shape.rank - 2
    x = _last(inputs, data_format)
    strides, dilations = per_axis(strides, n), per_axis(dilation_rate, n)
    x, padding = _named(x, padding, kernel.shape[:n], strides, dilations)
    if n == 1:  # a picture of height 1
        x, kernel = tf.expand_dims(x, 1), tf.expand_dims(kernel, 0)
        strides, dilations = strides * 2, (1, *dilations)
    stride = max(strides)
    y = tf.nn.depthwise_conv2d(x, kernel, (1, stride, stride, 1), padding, dilations=dilations)
    return _back(tf.squeeze(y, 1) if n == 1 else y, bias, data_format)


def conv_transpose(
    inputs, kernel, strides=1, padding="valid", output_padding=None, data_format=None, dilation_rate=1, bias=None
):
    n = kernel.shape.rank - 2
    x = _last(inputs, data_format)
    strides, dilations = per_axis(strides, n), per_axis(dilation_rate, n)
    extra = per_axis(output_padding, n) if output_padding is not None else (None,) * n
    sizes = [m if m is not None else tf.shape(x)[i + 1] for i, m in enumerate(x.shape[1:-1])]
    full = [(m - 1) * s + (k - 1) * d + 1 for m, s, k, d in zip(sizes, strides, kernel.shape, dilations)]  # noqa: B905
    shape = [tf.shape(x)[0], *full, kernel.shape[-2]]
    y = tf.nn.conv_transpose(x, kernel, shape, strides, "VALID", dilations=dilations)
    for i in range(n):
        cut, length = transposed(padding, sizes[i], kernel.shape[i], strides[i], dilations[i], extra[i])
        reach = (kernel.shape[i] - 1) * dilations[i] + 1
        missing = max(cut + length - full[i], 0) if isinstance(full[i], int) else max(strides[i] - reach, 0)
        if missing:
            y = tf.pad(y, [(0, missing if j == i + 1 else 0) for j in range(n + 2)])
        y = y[tuple([slice(None)] * (i + 1) + [slice(cut, cut + length)])]
    return _back(y, bias, data_format)


def _pool(inputs, pool_size, strides, padding, data_format, kind):
    n = inputs.shape.rank - 2
    pool = per_axis(pool_size, n)
    strides = pool if strides is None else per_axis(strides, n)
    x = _last(inputs, data_format)
    if n == 2:
        settings = {"ksize": (1, *pool, 1), "strides": (1, *strides, 1), "padding": padding.upper()}
        y = tf.raw_ops.MaxPool(input=x, **settings) if kind == "MAX" else tf.raw_ops.AvgPool(value=x, **settings)
    else:
        y = tf.nn.pool(x, pool, kind, strides, padding.upper())
    return _back(y, None, data_format)


def max_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    return _pool(inputs, pool_size, strides, padding, data_format, "MAX")


def average_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    return _pool(inputs, pool_size, strides, padding, data_format, "AVG")
