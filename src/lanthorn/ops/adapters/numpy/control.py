"""NumPy: loops and choices are Python's own."""

import numpy as np


def _slices(xs, i):
    if isinstance(xs, np.ndarray):
        return xs[i]
    if isinstance(xs, dict):
        return {k: _slices(v, i) for k, v in xs.items()}
    return xs if xs is None else type(xs)(_slices(x, i) for x in xs)


def _stacked(ys):
    first = ys[0]
    if isinstance(first, (np.ndarray, np.generic, float, int)):
        return np.stack(ys)
    if isinstance(first, dict):
        return {k: _stacked([y[k] for y in ys]) for k in first}
    return first if first is None else type(first)(_stacked(list(column)) for column in zip(*ys, strict=True))


def _length(xs):
    while not isinstance(xs, np.ndarray):
        xs = next(iter(xs.values() if isinstance(xs, dict) else xs))
    return xs.shape[0]


def cond(pred, true_fn, false_fn):
    return true_fn() if pred else false_fn()


def scan(f, init, xs=None, length=None, reverse=False, unroll=1):
    n = length if xs is None else _length(xs)
    carry, ys = init, [None] * n
    for i in range(n - 1, -1, -1) if reverse else range(n):
        carry, ys[i] = f(carry, None if xs is None else _slices(xs, i))
    return carry, _stacked(ys)


def while_loop(cond, body, loop_vars, maximum_iterations=None):
    several = isinstance(loop_vars, (list, tuple))
    values, count = tuple(loop_vars) if several else (loop_vars,), 0
    while (maximum_iterations is None or count < maximum_iterations) and cond(*values):
        values = body(*values)
        values = tuple(values) if isinstance(values, (list, tuple)) else (values,)
        count += 1
    return values if several else values[0]


def fori_loop(lower, upper, body_fun, init_val):
    value = init_val
    for i in range(int(lower), int(upper)):
        value = body_fun(i, value)
    return value


def map_(f, xs):
    return _stacked([f(_slices(xs, i)) for i in range(_length(xs))])


vectorized_map = map_


def custom_gradient(f):
    return lambda *args: f(*args)[0]
