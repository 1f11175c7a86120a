"""Functions of one or two numbers."""

import math

from ... import ops


def fabs(x):
    return ops.abs(x)


def cbrt(x):
    return ops.sign(x) * ops.power(ops.abs(x), 1 / 3)


def deg2rad(x):
    return x * (math.pi / 180)


def rad2deg(x):
    return x * (180 / math.pi)


def sinc(x):
    safe = ops.where(x == 0, ops.ones_like(x), x) * math.pi
    return ops.where(x == 0, ops.ones_like(x), ops.sin(safe) / safe)


def erfc(x):
    return 1 - ops.erf(x)


def isposinf(x):
    return x == math.inf


def isneginf(x):
    return x == -math.inf


def signbit(x):
    if ops.dtype(x) == "bool" or ops.dtype(x).startswith("uint"):
        return ops.zeros_like(x, dtype="bool")
    if "int" in ops.dtype(x):
        return x < 0
    return ops.logical_or(x < 0, ops.logical_and(x == 0, 1 / x < 0))


def isreal(x):
    return ops.ones_like(x, dtype="bool") if not ops.dtype(x).startswith("complex") else ops.imag(x) == 0


def real(x):
    return x


def imag(x):
    return ops.zeros_like(x)


def conj(x):
    return x


conjugate = conj


def angle(x):
    return ops.where(x < 0, ops.full_like(x, math.pi), ops.zeros_like(x))


def fmax(x1, x2):
    return ops.where(ops.logical_or(ops.isnan(x2), x1 >= x2), x1, x2)


def fmin(x1, x2):
    return ops.where(ops.logical_or(ops.isnan(x2), x1 <= x2), x1, x2)


def hypot(x1, x2):
    return ops.sqrt(ops.square(x1) + ops.square(x2))


def heaviside(x1, x2):
    return ops.where(x1 == 0, x2, ops.cast(x1 > 0, ops.dtype(x1)))


def logaddexp(x1, x2):
    top = ops.maximum(x1, x2)
    return ops.where(x1 == x2, x1 + math.log(2), top + ops.log1p(ops.exp(-ops.abs(x1 - x2))))


def logaddexp2(x1, x2):
    return ops.logaddexp(x1 * math.log(2), x2 * math.log(2)) / math.log(2)


def divide_no_nan(x1, x2):
    none = ops.equal(x2, 0)
    quotient = ops.divide(x1, ops.where(none, ops.ones_like(x2), x2))
    return ops.where(none, ops.zeros_like(quotient), quotient)


def ldexp(x1, x2):
    x1 = x1 if "float" in ops.dtype(x1) else ops.cast(x1, "float32")
    return x1 * ops.power(ops.full_like(x1, 2.0), ops.cast(x2, ops.dtype(x1)))


def gcd(x1, x2):
    return ops.while_loop(
        lambda a, b: ops.any(b != 0),
        lambda a, b: (
            ops.where(b != 0, b, a),
            ops.where(b != 0, ops.mod(a, ops.where(b != 0, b, ops.ones_like(b))), b),
        ),
        tuple(ops.abs(v) for v in (x1 + ops.zeros_like(x2), x2 + ops.zeros_like(x1))),
    )[0]


def lcm(x1, x2):
    divisor = ops.gcd(x1, x2)
    product = ops.abs(x1 * x2)
    return ops.where(divisor == 0, ops.zeros_like(product), ops.floor_divide(product, ops.maximum(divisor, 1)))


def isclose(x1, x2, rtol=1e-5, atol=1e-8, equal_nan=False):
    near = ops.logical_and(ops.abs(x1 - x2) <= atol + rtol * ops.abs(x2), ops.isfinite(x2))
    near = ops.logical_or(near, ops.equal(x1, x2))
    return ops.logical_or(near, ops.logical_and(ops.isnan(x1), ops.isnan(x2))) if equal_nan else near


def allclose(x1, x2, rtol=1e-5, atol=1e-8, equal_nan=False):
    return ops.all(ops.isclose(x1, x2, rtol, atol, equal_nan))


def saturate_cast(x, dtype):
    from ..dtypes import standardize

    dtype = standardize(dtype)
    if dtype == "bool" or "int" not in dtype:
        return ops.cast(x, dtype)
    bits = int(dtype.strip("uint"))
    low, high = (0, 2**bits - 1) if dtype.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    if "float" in ops.dtype(x) and bits >= 24:  # the largest float32 that the type still holds
        high = float(
            2 ** (bits - (0 if dtype.startswith("u") else 1)) - 2 ** (bits - 25 + (1 if dtype.startswith("u") else 0))
        )
    elif "int" in ops.dtype(x):
        own = int(ops.dtype(x).strip("uint"))
        unsigned = ops.dtype(x).startswith("u")
        low = max(low, 0 if unsigned else -(2 ** (own - 1)))
        high = min(high, 2**own - 1 if unsigned else 2 ** (own - 1) - 1)
    return ops.cast(ops.clip(x, low, high), dtype)


def erfinv(x):
    # Winitzki's approximation, then Newton's steps: the derivative of erf is known
    log = ops.log1p(-x * x)
    a = 2 / (math.pi * 0.147) + log / 2
    y = ops.sign(x) * ops.sqrt(ops.sqrt(a * a - log / 0.147) - a)
    for _ in range(3):
        y = y - (ops.erf(y) - x) * ops.exp(y * y) * (math.sqrt(math.pi) / 2)
    return y


def polar(abs_, angle):
    return ops.view_as_complex(ops.stack([abs_ * ops.cos(angle), abs_ * ops.sin(angle)], axis=-1))
