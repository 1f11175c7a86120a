"""ONNX: convolutions and pooling of pictures. They are held channels first from one to the next."""

from ...padding import amounts, per_axis
from .graph import OnnxArray


def _size(s, pad, kernel, stride, dilation=1):
    return None if s is None else (s + pad[0] + pad[1] - (kernel - 1) * dilation - 1) // stride + 1


def _pads(padding, sizes, kernel, strides, dilations):
    """What ONNX is told of padding: numbers, or for unknown sizes its own word for TensorFlow's 'same'."""
    if padding == "same" and None in sizes:
        return {"auto_pad": "SAME_UPPER"}, [(0, 0)] * len(sizes)
    pairs = amounts(padding, sizes, kernel, strides, dilations)
    return {"pads": [a for a, _ in pairs] + [b for _, b in pairs]}, pairs


def _only_pictures(name, x, data_format):
    if x.ndim != 4 or data_format == "channels_first":
        raise NotImplementedError(f"ops.{name}: on ONNX graphs only for pictures (batch, height, width, channels).")


def _conv(x, weight, strides, padding, dilations, groups, bias):
    strides, dilations = per_axis(strides, 2), per_axis(dilations, 2)
    kernel, sizes = weight.shape[2:], x.shape[1:3]
    pads, pairs = _pads(padding, sizes, kernel, strides, dilations)
    inputs = [x.first, x.graph.initializer(weight)] + ([bias.plain] if bias is not None else [])
    name = x.graph.node("Conv", inputs, strides=strides, dilations=dilations, group=groups, kernel_shape=kernel, **pads)
    out = [_size(*row) for row in zip(sizes, pairs, kernel, strides, dilations, strict=True)]
    return OnnxArray(x.graph, (x.shape[0], *out, weight.shape[0]), x.dtype, first=name)


def conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1, bias=None):
    _only_pictures("conv", inputs, data_format)
    groups = inputs.shape[-1] // kernel.shape[2]
    return _conv(inputs, kernel.constant.transpose(3, 2, 0, 1), strides, padding, dilation_rate, groups, bias)


def depthwise_conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1, bias=None):
    _only_pictures("depthwise_conv", inputs, data_format)
    height, width, channels, multiplier = kernel.shape
    weight = kernel.constant.transpose(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)
    return _conv(inputs, weight, strides, padding, dilation_rate, channels, bias)


def separable_conv(
    inputs, depthwise_kernel, pointwise_kernel, strides=1, padding="valid", data_format=None, dilation_rate=1
):
    y = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(y, pointwise_kernel, data_format=data_format)


def _pool(kind, inputs, pool_size, strides, padding, data_format, **attributes):
    _only_pictures(kind, inputs, data_format)
    pool = per_axis(pool_size, 2)
    strides = pool if strides is None else per_axis(strides, 2)
    pads, pairs = _pads(padding, inputs.shape[1:3], pool, strides, (1, 1))
    name = inputs.graph.node(kind, [inputs.first], kernel_shape=pool, strides=strides, **pads, **attributes)
    out = [_size(*row) for row in zip(inputs.shape[1:3], pairs, pool, strides, strict=True)]
    return OnnxArray(inputs.graph, (inputs.shape[0], *out, inputs.shape[3]), inputs.dtype, first=name)


def max_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    return _pool("MaxPool", inputs, pool_size, strides, padding, data_format)


def average_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    return _pool("AveragePool", inputs, pool_size, strides, padding, data_format, count_include_pad=0)
