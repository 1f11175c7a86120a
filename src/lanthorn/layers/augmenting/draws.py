"""Random numbers that are the same on every engine: a hash of (seed, count, sample, number of the draw).

All is int32, which wraps alike everywhere. The mixing is the 32-bit integer hash "lowbias32" (Chris Wellons,
Prospecting for Hash Functions, 2018, in the public domain).
"""

import math
from typing import Any

import numpy as np

from ... import ops
from ...ops.dispatch import kind


def _shifted(x: Any, bits: int) -> Any:
    """x >> bits with zeros from above: engines' own shift of an int32 keeps its sign."""
    return ops.bitwise_and(ops.right_shift(x, bits), (1 << (32 - bits)) - 1)


def _mixed(x: Any) -> Any:
    x = ops.multiply(ops.bitwise_xor(x, _shifted(x, 16)), 0x7FEB352D)
    x = ops.multiply(ops.bitwise_xor(x, _shifted(x, 15)), 0x846CA68B - 2**32)
    return ops.bitwise_xor(x, _shifted(x, 16))


def bits(generator: Any, batch: Any, count: int, like: Any) -> Any:
    """int32 of shape (batch, count): no two calls of a generator give the same."""
    pair = generator.count(kind(like) or "numpy")
    start = _mixed(ops.add(_mixed(pair[:1]), pair[1:]))
    rows = _mixed(ops.add(start, ops.arange(batch, dtype="int32", like=like)))
    numbers = ops.arange(1, count + 1, dtype="int32", like=like)
    return _mixed(ops.bitwise_xor(ops.expand_dims(rows, 1), ops.expand_dims(numbers, 0)))


def uniform(generator: Any, batch: Any, count: int, like: Any) -> Any:
    """Numbers from 0 up to, without, 1, of shape (batch, count)."""
    return ops.multiply(ops.cast(_shifted(bits(generator, batch, count, like), 8), "float32"), 2.0**-24)


def normal(generator: Any, batch: Any, count: int, like: Any) -> Any:
    """Normal numbers of shape (batch, count) (Box and Muller 1958)."""
    u = uniform(generator, batch, 2 * count, like)
    far = ops.sqrt(-2 * ops.log(1 - u[:, :count]))
    return far * ops.cos(2 * math.pi * u[:, count:])


def permutation(generator: Any, batch: Any, like: Any) -> Any:
    """The numbers of the samples in random order."""
    return ops.argsort(bits(generator, batch, 1, like)[:, 0])


def log_gamma(generator: Any, batch: Any, alpha: Any, like: Any, tries: int = 8) -> Any:
    """Logarithms of gamma distributed numbers, one per sample (Marsaglia and Tsang 2000).

    The first of several tries that is accepted: 19 of 20 are, so none of 8 in some 10^10. In logarithms, because an
    alpha near 0 gives numbers below the smallest float.
    """
    u = uniform(generator, batch, 3 * tries + 1, like)
    d = alpha + 2 / 3  # of alpha + 1, brought down to alpha by the last uniform number
    x = ops.sqrt(-2 * ops.log(1 - u[:, :tries])) * ops.cos(2 * math.pi * u[:, tries : 2 * tries])
    v = ops.maximum(1 + x / ops.sqrt(9 * d + 0 * x), 1e-6)
    cubed = v * v * v
    accepted = ops.log(1 - u[:, 2 * tries : 3 * tries]) < 0.5 * x * x + d * (1 - cubed + 3 * ops.log(v))
    first = ops.argmax(ops.cast(accepted, "int32"), axis=1)
    found = ops.take_along_axis(cubed, ops.expand_dims(first, 1), axis=1)[:, 0]
    return ops.log(found) + ops.log(d + 0 * found) + ops.log(1 - u[:, -1]) / alpha


def beta(generator: Any, batch: Any, alpha: Any, like: Any) -> Any:
    """Beta distributed numbers of equal parameters, one per sample."""
    return ops.sigmoid(log_gamma(generator, batch, alpha, like) - log_gamma(generator, batch, alpha, like))


def constant(values: Any, like: Any) -> Any:
    return ops.convert_to_tensor(np.asarray(values, "float32"), like=like)
