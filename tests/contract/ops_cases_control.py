"""Checks of the ops that take functions: each is a function of `ops` and an array maker that asserts what holds."""

import numpy as np

CHECKS = {}


def check(f):
    CHECKS[f.__name__.removeprefix("check_")] = f
    return f


def same(ops, found, want):
    np.testing.assert_allclose(np.asarray(ops.convert_to_numpy(found)), want, rtol=1e-5, atol=1e-6)


@check
def check_cond(ops, array):
    x = array([1.0, 2.0])
    same(ops, ops.cond(ops.sum(x) > 0, lambda: x + 1, lambda: x - 1), [2, 3])
    same(ops, ops.cond(ops.sum(x) < 0, lambda: x + 1, lambda: x - 1), [0, 1])


@check
def check_scan(ops, array):
    x = array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    carry, y = ops.scan(lambda c, v: (c + v, c * v), array([0.0, 1.0]), x)
    same(ops, carry, [9, 13])
    same(ops, y, [[0, 2], [3, 12], [20, 42]])
    carry, y = ops.scan(lambda c, v: (c + v, (c, v * 2)), array([0.0, 1.0]), x, reverse=True)
    same(ops, y[0], [[8, 11], [5, 7], [0, 1]])
    same(ops, y[1], [[2, 4], [6, 8], [10, 12]])
    carry, y = ops.scan(lambda c, _: (c * 2, c), array(1.0), length=4)
    same(ops, carry, 16)
    same(ops, y, [1, 2, 4, 8])
    carry, y = ops.scan(
        lambda c, v: ((c[0] + v["a"], c[1]), v["a"]), (array(0.0), array(1.0)), {"a": array([1.0, 2.0])}
    )
    same(ops, carry[0], 3)


@check
def check_while_loop(ops, array):
    i, total = ops.while_loop(lambda i, t: i < 5, lambda i, t: (i + 1, t + array(2.0)), (array(0.0), array(0.0)))
    same(ops, i, 5)
    same(ops, total, 10)
    same(ops, ops.while_loop(lambda v: v < 100, lambda v: v * 2, array(1.0), maximum_iterations=3), 8)


@check
def check_fori_loop(ops, array):
    same(
        ops, ops.fori_loop(1, 4, lambda i, v: v * ops.cast(i, "float32") if ops.is_tensor(i) else v * i, array(1.0)), 6
    )


@check
def check_map(ops, array):
    same(ops, ops.map(lambda v: v * 2 + 1, array([1.0, 2.0])), [3, 5])


@check
def check_vectorized_map(ops, array):
    same(ops, ops.vectorized_map(lambda v: ops.sum(v * v), array([[1.0, 2.0], [3.0, 4.0]])), [5, 25])


@check
def check_switch(ops, array):
    branches = [lambda v: v + 1, lambda v: v * 10]
    same(ops, ops.switch(array(1, "int32"), branches, array(3.0)), 30)
    same(ops, ops.switch(array(0, "int32"), branches, array(3.0)), 4)
    same(ops, ops.switch(array(7, "int32"), branches, array(3.0)), 30)


@check
def check_associative_scan(ops, array):
    x = array([1.0, 2.0, 3.0, 4.0, 5.0])
    same(ops, ops.associative_scan(lambda a, b: a + b, x), [1, 3, 6, 10, 15])
    same(ops, ops.associative_scan(lambda a, b: a * b, x, reverse=True), [120, 120, 60, 20, 5])


@check
def check_vectorize(ops, array):
    f = ops.vectorize(lambda a, b: a * 2 + b)
    same(ops, f(array([1.0, 2.0]), array([3.0, 4.0])), [5, 8])


@check
def check_custom_gradient(ops, array):
    @ops.custom_gradient
    def f(x):
        return x * x, lambda *a, upstream=None: (upstream if upstream is not None else a[0]) * 10

    same(ops, f(array(3.0)), 9)


@check
def check_jvp(ops, array):
    x, direction = array([1.0, 2.0]), array([0.5, -1.0])
    if isinstance(x, np.ndarray):
        return  # the numpy engine computes no derivatives
    value, along = ops.jvp(lambda v: v * v, (x,), (direction,))
    same(ops, value, [1, 4])
    same(ops, along, [1, -4])
    two = ops.jvp(lambda a, b: (a * b, a), (x, direction), [direction, x], has_aux=True)
    same(ops, two[1], [1.25, 5])
    same(ops, two[2], [1, 2])


def sequence(array, gates, biases):
    """x (2, 5, 3), a state and a carry (2, 4), and the kernels, as NumPy in float64 and as arrays."""
    rng = np.random.default_rng(0)
    shapes = [(2, 5, 3), (2, 4), (2, 4), (3, gates * 4), (4, gates * 4), biases]
    exact = [rng.standard_normal(shape).astype("float32").astype("float64") for shape in shapes]
    return exact, [array(x) for x in exact]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@check
def check_lstm(ops, array):
    (x, h, c, k, u, b), arrays = sequence(array, 4, (16,))
    hs = []
    for t in range(5):
        i, f, g, o = np.split(x[:, t] @ k + h @ u + b, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        hs.append(h)
    for sequences, first in ((True, np.stack(hs, 1)), (False, h)):
        for found, want in zip(ops.lstm(*arrays, sequences=sequences), (first, h, c), strict=True):
            same(ops, found, want)


@check
def check_gru(ops, array):
    (x, h, _, k, u, b), (ax, ah, _, *kernels) = sequence(array, 3, (2, 12))
    hs = []
    for t in range(5):
        (zx, rx, nx), (zh, rh, nh) = (np.split(part, 3, axis=1) for part in (x[:, t] @ k + b[0], h @ u + b[1]))
        z = sigmoid(zx + zh)
        h = z * h + (1 - z) * np.tanh(nx + sigmoid(rx + rh) * nh)
        hs.append(h)
    for sequences, first in ((True, np.stack(hs, 1)), (False, h)):
        for found, want in zip(ops.gru(ax, ah, *kernels, sequences=sequences), (first, h), strict=True):
            same(ops, found, want)
