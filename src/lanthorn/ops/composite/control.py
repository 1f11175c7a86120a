"""Choices and running results for engines without their own."""

import numpy as np

from ... import ops
from ...core import tree


def switch(index, branches, *operands):
    return branches[max(0, min(int(index), len(branches) - 1))](*operands)


def associative_scan(f, elems, reverse=False, axis=0):
    flip = (lambda x: tree.map(lambda a: ops.flip(a, axis=axis), x)) if reverse else (lambda x: x)
    return flip(_running(f, flip(elems), axis))


def _running(f, elems, axis):
    n = tree.flatten(elems)[0].shape[axis]
    if n < 2:
        return elems

    def part(x, start, stop, step):
        size = x.shape[axis]
        places = range(size)[slice(start, stop, step)]
        return ops.take(x, np.array(places, "int32"), axis=axis)

    def every(start, stop, step):
        return tree.map(lambda x: part(x, start, stop, step), elems)

    # pairs of neighbours are joined, their running results found, and the places between filled in
    pairs = f(every(0, n - n % 2, 2), every(1, None, 2))
    odd = _running(f, pairs, axis)
    left = tree.map(lambda x: part(x, 0, (n - 1) // 2, 1), odd)
    even = f(left, every(2, None, 2)) if n > 2 else None
    if even is None:
        return tree.map(lambda x, o: ops.concatenate([part(x, 0, 1, 1), o], axis=axis), elems, odd)
    even = tree.map(lambda x, e: ops.concatenate([part(x, 0, 1, 1), e], axis=axis), elems, even)
    return tree.map(lambda e, o: _woven(e, o, axis), even, odd)


def _woven(even, odd, axis):
    """even[0], odd[0], even[1], … along an axis."""
    n, m = even.shape[axis], odd.shape[axis]
    order = [i // 2 if i % 2 == 0 else n + i // 2 for i in range(n + m)]
    return ops.take(ops.concatenate([even, odd], axis=axis), np.array(order, "int32"), axis=axis)


def vectorize(pyfunc, *, excluded=None, signature=None):
    if excluded or signature:
        raise ValueError("ops.vectorize: `excluded` and `signature` are known on JAX and NumPy only.")

    def run(*args):
        args = [a if ops.is_tensor(a) else ops.convert_to_tensor(a, like=args[0]) for a in args]
        shape = args[0].shape
        for a in args[1:]:
            shape = (ops.zeros(shape, like=args[0]) + ops.zeros(a.shape, like=args[0])).shape
        flat = [ops.reshape(ops.broadcast_to(a, tuple(shape)), (-1,)) for a in args]
        y = ops.stack([pyfunc(*row) for row in zip(*(ops.unstack(a) for a in flat), strict=True)])
        return ops.reshape(y, tuple(shape))

    return run
