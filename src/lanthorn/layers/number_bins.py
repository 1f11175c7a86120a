"""The fingerprints of fingerprints.py for whole numbers on a device, in ops: of their digits, and of themselves.

Not every engine has 64-bit numbers (JAX mostly has not), so one is held as four limbs of 16 bits, the lowest first, in
int32, whose products may wrap around without harm.
"""

from collections.abc import Sequence
from typing import Any

from .. import ops
from .fingerprints import CROSS_KEY, K0, K1, K2

Limbs = tuple[Any, Any, Any, Any]
LOW = 0xFFFF


def bins_of_numbers(x: Any, count: int, salt: Sequence[int] | None = None) -> Any:
    """The bin of each whole number: the remainder of FarmHash64 of its digits, or of SipHash under the key `salt`."""
    right, length = _characters(ops.reshape(x, (-1,)))
    found = _modulo(_farmhash(right, length) if salt is None else _siphash(right, length, salt), count)
    return ops.reshape(found, ops.shape(x))


def bins_of_crossings(columns: Sequence[Any], count: int) -> Any:
    """The bin of each combination of whole numbers."""
    result = _constant(CROSS_KEY)
    factor = _constant(0xC6A4A7935BD1E995)
    for x in columns:
        wide = 64 if "64" in str(x.dtype) else 32
        value = tuple(ops.cast(ops.bitwise_and(ops.right_shift(x, min(at, wide - 1)), LOW), "int32") for at in _AT)
        result = _mul(_xor(_xor(result, factor), _mul(_mix(_mul(value, factor)), factor)), factor)
        result = _mix(_mul(_mix(result), factor))
    return _modulo(result, count)


_AT = (0, 16, 32, 48)


# -- arithmetic modulo 2**64 -----------------------------------------------------------------------------------------
def _constant(value: Any) -> Limbs:
    return tuple((int(value) >> at) & LOW for at in _AT)  # pyright: ignore[reportReturnType]


def _and(x: Any, y: Any) -> Any:
    return x & y if type(x) is int else ops.bitwise_and(x, y)


def _shift(x: Any, right: int) -> Any:
    return x >> right if type(x) is int else ops.right_shift(x, right)


def _xor_one(x: Any, y: Any) -> Any:
    return x ^ y if type(x) is int and type(y) is int else ops.bitwise_xor(*((y, x) if type(x) is int else (x, y)))


def _xor(a: Limbs, b: Limbs) -> Limbs:
    return tuple(_xor_one(x, y) for x, y in zip(a, b, strict=True))  # pyright: ignore[reportReturnType]


def _carried(sums: Sequence[Any]) -> Limbs:
    found, carry = [], 0
    for total in sums:
        total = total + carry
        found.append(_and(total, LOW))
        carry = _shift(total, 16)
    return tuple(found)  # pyright: ignore[reportReturnType]


def _add(a: Limbs, *others: Limbs) -> Limbs:
    return _carried([sum(parts[1:], parts[0]) for parts in zip(a, *others, strict=True)])


def _mul(a: Limbs, b: Limbs) -> Limbs:
    sums: list = [0, 0, 0, 0]
    for i in range(4):
        for j in range(4 - i):
            product = a[i] * b[j]
            sums[i + j] = sums[i + j] + _and(product, LOW)
            if i + j < 3:
                sums[i + j + 1] = sums[i + j + 1] + _and(_shift(product, 16), LOW)
    return _carried(sums)


def _rotate(a: Limbs, right: int) -> Limbs:
    limbs, bits = right // 16, right % 16
    turned = [a[(i + limbs) % 4] for i in range(5)]
    if not bits:
        return tuple(turned[:4])  # pyright: ignore[reportReturnType]
    return tuple(
        _shift(low, bits) + _and(high * (1 << (16 - bits)), LOW) for low, high in zip(turned, turned[1:], strict=False)
    )  # pyright: ignore[reportReturnType]


def _mix(a: Limbs) -> Limbs:
    """`a ^ a >> 47`."""
    shifted = (_shift(a[2], 15) + _and(a[3] * 2, LOW), _shift(a[3], 15), 0, 0)
    return _xor(a, shifted)


def _where(condition: Any, a: Limbs, b: Limbs) -> Limbs:
    return tuple(ops.where(condition, x, y) for x, y in zip(a, b, strict=True))  # pyright: ignore[reportReturnType]


def _modulo(a: Limbs, count: int) -> Any:
    """The remainder of an unsigned number, so many bits at a time that int32 holds them."""
    step = min(16, 31 - count.bit_length())
    if step < 1:
        raise ValueError(f"hashing of numbers: at most 2**29 bins are offered, got {count}.")
    rest: Any = 0
    for limb in reversed(a):
        left = 16
        while left:
            bits = min(step, left)
            left -= bits
            rest = (rest * (1 << bits) + _and(_shift(limb, left), (1 << bits) - 1)) % count
    return rest


# -- the digits, and the hashes of at most 20 characters ---------------------------------------------------------
def _characters(x: Any) -> tuple[Any, Any]:
    """The characters of each number along a last axis, the last one first and 0 where there are none, and how many."""
    negative, digits, some = ops.less(x, 0), [], []
    rest = ops.where(negative, x, -x)  # below zero there is room for every number
    for i in range(19 if "64" in str(x.dtype) else 10):
        some.append(ops.not_equal(rest, 0) if i else ops.full_like(negative, True))
        digit = (10 - rest % 10) % 10
        digits.append(ops.cast(digit, "int32"))
        rest = ops.floor_divide(rest + digit, 10)
    length = sum(ops.cast(there, "int32") for there in some[1:]) + 1
    some.append(negative)
    minus = [ops.logical_and(negative, ops.equal(length, i)) for i in range(len(some))]
    found = [ops.where(there, 48 + digit, 0) for there, digit in zip(some[:-1], digits, strict=True)]
    found = [ops.where(at, 45, c) for at, c in zip(minus, [*found, ops.zeros_like(found[0])], strict=True)]
    return ops.stack(found, axis=-1), length + ops.cast(negative, "int32")


def _from_left(right: Any, length: Any, count: int) -> list:
    """The first `count` characters, 0 behind the last."""
    places = ops.expand_dims(length, -1) - 1 - ops.arange(count, dtype="int32")
    found = ops.take_along_axis(right, ops.maximum(places, 0), axis=-1)
    found = ops.where(ops.greater_equal(places, 0), found, 0)
    return [found[..., i] for i in range(count)]


def _number(characters: Sequence[Any]) -> Limbs:
    """Eight characters (or four) as one little-endian number."""
    pairs = [characters[i] + characters[i + 1] * 256 for i in range(0, len(characters), 2)]
    return tuple(pairs + [0] * (4 - len(pairs)))  # pyright: ignore[reportReturnType]


def _hash16(u: Limbs, v: Limbs, factor: Limbs) -> Limbs:
    a = _mix(_mul(_xor(u, v), factor))
    return _mul(_mix(_mul(_xor(v, a), factor)), factor)


def _farmhash(right: Any, length: Any) -> Limbs:
    k0, k1, k2 = map(_constant, (K0, K1, K2))
    many = right.shape[-1]
    last = [right[..., i] for i in range(many)]
    left = _from_left(right, length, 16 if many > 16 else 8)
    n: Limbs = (length, 0, 0, 0)
    factor = _add(k2, n, n)
    middle = ops.take_along_axis(right, ops.expand_dims(length - 1 - ops.floor_divide(length, 2), -1), axis=-1)[..., 0]
    y, z = _carried([left[0] + middle * 256, 0, 0, 0]), _carried([length + last[0] * 4, 0, 0, 0])
    found = _mul(_mix(_xor(_mul(y, k2), _mul(z, k0))), k2)  # up to 3
    first4 = _number(left[:4])
    first4 = _add(n, _add(first4, first4, first4, first4), _add(first4, first4, first4, first4))
    found = _where(length >= 4, _hash16(first4, _number(last[3::-1]), factor), found)
    a, b = _add(_number(left[:8]), k2), _number(last[7::-1])
    to16 = _hash16(_add(_mul(_rotate(b, 37), factor), a), _mul(_add(_rotate(a, 25), b), factor), factor)
    found = _where(length >= 8, to16, found)
    if many > 16:
        a, b = _mul(_number(left[:8]), k1), _number(left[8:])
        c, d = _mul(_number(last[7::-1]), factor), _mul(_number(last[15:7:-1]), k2)
        u = _add(_rotate(_add(a, b), 43), _rotate(c, 30), d)
        v = _add(a, _rotate(_add(b, k2), 18), c)
        found = _where(length > 16, _hash16(u, v, factor), found)
    return found


def _siphash(right: Any, length: Any, key: Sequence[int]) -> Limbs:
    k0, k1 = map(_constant, key)
    start = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
    state = [_xor(k, _constant(s)) for k, s in zip((k0, k1, k0, k1), start, strict=True)]
    blocks = right.shape[-1] // 8 + 1
    left = _from_left(right, length, 8 * blocks)
    whole = ops.floor_divide(length, 8)  # the block after these has what is left, and the length
    for i in range(blocks):
        word = list(_number(left[8 * i : 8 * i + 8]))
        word[3] = word[3] + ops.where(ops.equal(whole, i), length * 256, 0)
        new = _sip_rounds([*state[:3], _xor(state[3], tuple(word))], 2)  # pyright: ignore[reportArgumentType]
        new[0] = _xor(new[0], tuple(word))  # pyright: ignore[reportArgumentType]
        state = [_where(whole >= i, a, b) for a, b in zip(new, state, strict=True)] if i else new
    state[2] = _xor(state[2], _constant(0xFF))
    a, b, c, d = _sip_rounds(state, 4)
    return _xor(_xor(a, b), _xor(c, d))


def _sip_rounds(state: Sequence[Limbs], times: int) -> list:
    a, b, c, d = state
    for _ in range(times):
        a, c = _add(a, b), _add(c, d)
        b, d = _xor(_rotate(b, 51), a), _xor(_rotate(d, 48), c)
        a, c = _add(_rotate(a, 32), d), _add(c, b)
        b, d = _xor(_rotate(b, 47), c), _xor(_rotate(d, 43), a)
        c = _rotate(c, 32)
    return [a, b, c, d]
