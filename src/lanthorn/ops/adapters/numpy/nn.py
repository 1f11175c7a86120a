"""NumPy: activations."""

import numpy as np

from .arrays import erf


def relu(x):
    return np.maximum(x, 0)


def relu6(x):
    return np.clip(x, 0, 6)


def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))).astype(x.dtype)


def selu(x):
    return 1.0507009873554805 * elu(x, 1.6732632423543772)


def gelu(x, approximate=True):
    if approximate:
        return 0.5 * x * (1 + np.tanh(0.7978845608028654 * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + erf(x / 2**0.5))


def sigmoid(x):
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small)).astype(x.dtype)


def silu(x):
    return x * sigmoid(x)


swish = silu


def softplus(x):
    return np.logaddexp(x, np.zeros((), x.dtype))


def log_sigmoid(x):
    return -softplus(-x)


def softsign(x):
    return x / (1 + np.abs(x))


def softmax(x, axis=-1):
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def log_softmax(x, axis=-1):
    x = x - np.max(x, axis=axis, keepdims=True)
    return x - np.log(np.sum(np.exp(x), axis=axis, keepdims=True))


def lu_factor(x):
    a, swaps = x.copy(), []
    for i in range(len(a)):  # Gauss with the largest pivot of each column
        pivot = i + int(np.argmax(np.abs(a[i:, i])))
        swaps.append(pivot)
        a[[i, pivot]] = a[[pivot, i]]
        a[i + 1 :, i] /= a[i, i]
        a[i + 1 :, i + 1 :] -= np.outer(a[i + 1 :, i], a[i, i + 1 :])
    return a, np.array(swaps, np.int32)


def logaddexp2(x1, x2):
    return np.logaddexp2(x1, x2)
