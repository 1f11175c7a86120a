"""Loops and choices of the engines that run as they go (torch, NumPy): Python's own."""

from ...core import tree


def cond(pred, true_fn, false_fn):
    return true_fn() if pred else false_fn()


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


def over_slices(stack):
    """`scan` and `map` for an engine that puts arrays together with `stack`."""

    def slices(xs, i):
        return tree.map(lambda x: x[i], xs)

    def stacked(ys):
        if not ys:
            return None
        columns = zip(*map(tree.flatten, ys))
        return tree.pack(ys[0], (stack(list(column)) for column in columns))

    def length_of(xs):
        return next(tree.leaves(xs)).shape[0]

    def scan(f, init, xs=None, length=None, reverse=False, unroll=1):
        n = length if xs is None else length_of(xs)
        carry, ys = init, [None] * n
        for i in range(n - 1, -1, -1) if reverse else range(n):
            carry, ys[i] = f(carry, slices(xs, i))
        return carry, stacked(ys)

    def map_(f, xs):
        return stacked([f(slices(xs, i)) for i in range(length_of(xs))])

    return scan, map_
