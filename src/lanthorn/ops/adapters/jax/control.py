"""JAX: loops and choices."""

import jax
from jax import lax


def cond(pred, true_fn, false_fn):
    return lax.cond(pred, true_fn, false_fn)


def scan(f, init, xs=None, length=None, reverse=False, unroll=1):
    return lax.scan(f, init, xs, length, reverse=reverse, unroll=unroll)


def while_loop(cond, body, loop_vars, maximum_iterations=None):
    several = isinstance(loop_vars, (list, tuple))
    start = tuple(loop_vars) if several else (loop_vars,)

    def more(state):
        count, values = state
        go = cond(*values)
        return go if maximum_iterations is None else go & (count < maximum_iterations)

    def step(state):
        count, values = state
        values = body(*values)
        return count + 1, tuple(values) if isinstance(values, (list, tuple)) else (values,)

    values = lax.while_loop(more, step, (0, start))[1]
    return values if several else values[0]


def fori_loop(lower, upper, body_fun, init_val):
    return lax.fori_loop(lower, upper, body_fun, init_val)


def map_(f, xs):
    return lax.map(f, xs)


def vectorized_map(function, elements):
    return jax.vmap(function)(elements)


def custom_gradient(f):
    def run(*args):
        value, gradient = f(*args)

        def backward(upstream):
            return gradient(upstream)

        return value, backward

    return jax.custom_gradient(run)


def jvp(fun, primals, tangents, has_aux=False):
    return jax.jvp(fun, tuple(primals), tuple(tangents), has_aux=has_aux)
