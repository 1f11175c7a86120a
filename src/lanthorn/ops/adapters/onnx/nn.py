"""ONNX: activations and normalization."""

from .arrays import add, clip, multiply, sigmoid, tanh, unary
from .graph import OnnxArray

relu, softplus = unary("Relu"), unary("Softplus")


def relu6(x):
    return clip(x, 0.0, 6.0)


def leaky_relu(x, negative_slope=0.2):
    return unary("LeakyRelu", alpha=float(negative_slope))(x)


def elu(x, alpha=1.0):
    return unary("Elu", alpha=float(alpha))(x)


selu = unary("Selu", alpha=1.6732632423543772, gamma=1.0507009873554805)


def silu(x):
    return multiply(x, sigmoid(x))


swish = silu
hard_sigmoid = unary("HardSigmoid", alpha=1 / 6, beta=0.5)


def hard_silu(x):
    return multiply(x, hard_sigmoid(x))


hard_swish = hard_silu


def gelu(x, approximate=True):
    from .arrays import erf

    if approximate:
        inner = multiply(0.7978845608028654, add(x, multiply(0.044715, multiply(x, multiply(x, x)))))
        return multiply(multiply(0.5, x), add(1.0, tanh(inner)))
    return multiply(multiply(0.5, x), add(1.0, erf(multiply(x, 0.5**0.5))))


def _along(kind):
    def run(x, axis=-1):
        return OnnxArray(x.graph, x.shape, x.dtype, plain=x.graph.node(kind, [x.plain], axis=axis % x.ndim))

    return run


softmax, log_softmax = _along("Softmax"), _along("LogSoftmax")


def batch_normalization(x, mean, variance, axis, offset=None, scale=None, epsilon=0.001):
    import numpy as np

    graph, size = x.graph, mean.shape[0]
    scale = graph.constant(np.ones(size, "float32")) if scale is None else scale
    offset = graph.constant(np.zeros(size, "float32")) if offset is None else offset
    if x.ndim == 4 and axis % 4 == 3:
        names = [v.plain for v in (scale, offset, mean, variance)]
        name = graph.node("BatchNormalization", [x.first, *names], epsilon=float(epsilon))
        return OnnxArray(graph, x.shape, x.dtype, first=name)
    factor = scale.constant / np.sqrt(variance.constant + epsilon)
    rest = offset.constant - mean.constant * factor
    places = [-1 if i == axis % x.ndim else 1 for i in range(x.ndim)]
    return add(multiply(x, graph.constant(factor.reshape(places))), graph.constant(rest.reshape(places)))
