"""Fingerprints of texts: FarmHash's Fingerprint64 and SipHash-2-4, many texts at once, as TensorFlow has them.

They decide in which bin a text is counted (`Hashing`), so they are the same numbers here as there and stay so: FarmHash
(G. Pike, 2014, `farmhashna::Hash64`), SipHash (J.-P. Aumasson and D. J. Bernstein, 2012). The formulas are written on
columns of 64-bit numbers, one row per text, and texts are taken together by their length.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

_U = np.uint64
K0, K1, K2 = _U(0xC3A5C85C97CB3127), _U(0xB492B66FBE98F273), _U(0x9AE16A3B2F90404F)
CROSS_KEY = 0xDECAFCAFFE  # what TensorFlow begins a hashed crossing with


def farmhash64(texts: Sequence[bytes]) -> np.ndarray:
    """Fingerprint64 of each text, as uint64.

    Example:
        >>> from lanthorn.layers.fingerprints import farmhash64
        >>> farmhash64([b"A"]) % np.uint64(3)  # [1]
    """
    return _by_length(texts, _farmhash)


def siphash64(texts: Sequence[bytes], key: Sequence[int]) -> np.ndarray:
    """SipHash-2-4 of each text under a key of two numbers, as uint64."""
    return _by_length(texts, lambda data: _siphash(data, *(_U(k & 0xFFFFFFFFFFFFFFFF) for k in key)))


def fingerprint_cat64(first: Any, second: Any) -> np.ndarray:
    """One fingerprint of two, in this order: FingerprintCat64 of TensorFlow."""
    factor = _U(0xC6A4A7935BD1E995)
    with np.errstate(over="ignore"):
        result = first ^ factor ^ (_shift_mix(second * factor) * factor)
        return _shift_mix(_shift_mix(result * factor) * factor)


def _by_length(texts: Sequence[bytes], function: Callable) -> np.ndarray:
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    found = np.empty(len(texts), np.uint64)
    for length in np.unique(lengths).tolist():
        rows = np.flatnonzero(lengths == length)
        data = np.frombuffer(b"".join([texts[i] for i in rows.tolist()]), np.uint8).reshape(len(rows), length)
        with np.errstate(over="ignore"):  # arithmetic modulo 2**64 is meant
            found[rows] = function(data)
    return found


def _fetch(data: np.ndarray, at: int, size: int = 8) -> np.ndarray:
    """The bytes from `at` as one little-endian number per row."""
    return np.ascontiguousarray(data[:, at : at + size]).view(f"<u{size}")[:, 0].astype(_U)


def _rotate(x: Any, right: int) -> Any:
    return x >> _U(right) | x << _U(64 - right)


def _shift_mix(x: Any) -> Any:
    return x ^ x >> _U(47)


def _hash16(u: Any, v: Any, factor: Any) -> Any:
    a = _shift_mix((u ^ v) * factor)
    return _shift_mix((v ^ a) * factor) * factor


def _farmhash(data: np.ndarray) -> Any:
    n = data.shape[1]
    if n == 0:
        return K2
    factor = K2 + _U(2 * n)
    if n <= 3:
        first, middle, last = (data[:, i].astype(_U) for i in (0, n // 2, n - 1))
        return _shift_mix((first + (middle << _U(8))) * K2 ^ (_U(n) + (last << _U(2))) * K0) * K2
    if n < 8:
        return _hash16(_U(n) + (_fetch(data, 0, 4) << _U(3)), _fetch(data, n - 4, 4), factor)
    if n <= 16:
        a, b = _fetch(data, 0) + K2, _fetch(data, n - 8)
        return _hash16(_rotate(b, 37) * factor + a, (_rotate(a, 25) + b) * factor, factor)
    if n <= 32:
        a, b = _fetch(data, 0) * K1, _fetch(data, 8)
        c, d = _fetch(data, n - 8) * factor, _fetch(data, n - 16) * K2
        return _hash16(_rotate(a + b, 43) + _rotate(c, 30) + d, a + _rotate(b + K2, 18) + c, factor)
    if n <= 64:
        a, b, c, d = _fetch(data, 0) * K2, _fetch(data, 8), _fetch(data, n - 8) * factor, _fetch(data, n - 16) * K2
        y = _rotate(a + b, 43) + _rotate(c, 30) + d
        z = _hash16(y, a + _rotate(b + K2, 18) + c, factor)
        e, f = _fetch(data, 16) * factor, _fetch(data, 24)
        g, h = (y + _fetch(data, n - 32)) * factor, (z + _fetch(data, n - 24)) * factor
        return _hash16(_rotate(e + f, 43) + _rotate(g, 30) + h, e + _rotate(f + a, 18) + g, factor)
    return _farmhash_long(data)


def _farmhash_long(data: np.ndarray) -> Any:
    """More than 64 bytes: a state of seven numbers, 64 bytes at a time, the last 64 once more."""
    n, seed = data.shape[1], _U(81)
    y = seed * K1 + _U(113)
    z = _shift_mix(y * K2 + _U(113)) * K2
    v, w = (_U(0), _U(0)), (_U(0), _U(0))
    x = seed * K2 + _fetch(data, 0)
    end, last64 = (n - 1) // 64 * 64, n - 64

    def weak(at: int, a: Any, b: Any) -> tuple:  # WeakHashLen32WithSeeds
        p, q, r, s = (_fetch(data, at + i) for i in (0, 8, 16, 24))
        a = a + p
        b, c = _rotate(b + a + s, 21), a
        a = a + q + r
        return a + s, b + _rotate(a, 44) + c

    def mixed(at: int, factor: Any, x: Any, y: Any, z: Any, v: tuple, w: tuple, scale: Any) -> tuple:
        x = _rotate(x + y + v[0] + _fetch(data, at + 8), 37) * factor
        y = _rotate(y + v[1] + _fetch(data, at + 48), 42) * factor
        x = x ^ w[1] * scale
        y = y + v[0] * scale + _fetch(data, at + 40)
        z = _rotate(z + w[0], 33) * factor
        v = weak(at, v[1] * factor, x + w[0])
        w = weak(at + 32, z + w[1], y + _fetch(data, at + 16))
        return z, y, x, v, w  # x and z change places

    for at in range(0, end, 64):
        x, y, z, v, w = mixed(at, K1, x, y, z, v, w, _U(1))
    factor = K1 + ((z & _U(0xFF)) << _U(1))
    w = (w[0] + _U((n - 1) & 63), w[1])
    v = (v[0] + w[0], v[1])
    w = (w[0] + v[0], w[1])
    x, y, z, v, w = mixed(last64, factor, x, y, z, v, w, _U(9))
    return _hash16(_hash16(v[0], w[0], factor) + _shift_mix(y) * K0 + z, _hash16(v[1], w[1], factor) + x, factor)


def _siphash(data: np.ndarray, k0: Any, k1: Any) -> Any:
    rows, n = data.shape
    words = np.zeros((rows, n // 8 * 8 + 8), np.uint8)
    words[:, :n] = data
    words[:, -1] = n & 0xFF
    state = [k0 ^ _U(0x736F6D6570736575), k1 ^ _U(0x646F72616E646F6D), k0 ^ _U(0x6C7967656E657261)]
    state = [np.full(rows, s) for s in (*state, k1 ^ _U(0x7465646279746573))]
    for at in range(0, words.shape[1], 8):
        word = _fetch(words, at)
        state[3] = state[3] ^ word
        state = _sip_round(_sip_round(state))
        state[0] = state[0] ^ word
    state[2] = state[2] ^ _U(0xFF)
    for _ in range(4):
        state = _sip_round(state)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _sip_round(state: list) -> list:
    a, b, c, d = state
    a, c = a + b, c + d
    b, d = _rotate(b, 51) ^ a, _rotate(d, 48) ^ c
    a, c = _rotate(a, 32) + d, c + b
    b, d = _rotate(b, 47) ^ c, _rotate(d, 43) ^ a
    return [a, b, _rotate(c, 32), d]
