"""A step compiled by JAX: one call per batch, or one call for many small batches."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core import tree

SMALL = 1e8  # floating-point operations of a step up to which many go into one call: about 5 ms of one core


class CompiledStep:
    """`pure(state, fixed, x, y, sample_weight, size) -> state`, with the state kept in Variables.

    Args:
        pure: what a step does to the values of `changing`; reads those of `fixed`. `size`: how many samples of a
            padded batch are real, None: all.
        changing, fixed: lists of Variables.
    """

    def __init__(self, pure: Callable, changing: list, fixed: list):
        self.pure = jax.jit(pure, donate_argnums=0)
        self.traces = self.pure._cache_size  # for how many shapes it was compiled
        self.changing, self.fixed = changing, fixed

    def __call__(self, x: Any, y: Any, w: Any, size: int | None = None) -> None:
        """One step."""
        size = None if size is None else np.int32(size)
        self._store(self.pure(*self._values(), batch(x), batch(y), batch(w), size))

    def many(self, x: Any, y: Any, w: Any, size: int | None = None) -> Callable | None:
        """The same for many batches like this one in one compiled call, or None where that gains nothing.

        Calling JAX costs 100 to 200 us, a step of a small MLP 12. A loop inside the compiled function pays once; it
        takes any number of steps, so that it is compiled once too. Not for convolutions: inside a loop XLA runs them
        on one thread of generic code, nine times slower (a CNN's step: 25 ms alone, 227 ms in the loop).

        Returns:
            A function of (x, y, w, sizes, count), each array with a leading axis of batches, of which the first
            `count` are worked on. It returns a function that waits until they are done.
        """
        x, y, w = batch(x), batch(y), batch(w)
        traced = self.pure.trace(*self._values(), x, y, w, None if size is None else np.int32(size))
        if not _same_types(self.changing, traced.out_info) or cost(traced.jaxpr.jaxpr) > SMALL:
            return None

        def steps(state, fixed, x, y, w, sizes, count):
            def one(i, state):
                at = [tree.map(lambda a: jax.lax.dynamic_index_in_dim(a, i, keepdims=False), p) for p in (x, y, w)]
                return self.pure(state, fixed, *at, None if sizes is None else sizes[i])

            return jax.lax.fori_loop(0, count, one, state), count + 0

        looped = jax.jit(steps, donate_argnums=0)

        def run(x, y, w, sizes, count):
            state, done = looped(*self._values(), x, y, w, sizes, np.int32(count))  # arrays made for this call
            self._store(state)
            return done.block_until_ready

        return run

    def _values(self) -> tuple[list, list]:
        return [v.value for v in self.changing], [v.value for v in self.fixed]

    def _store(self, values: list) -> None:
        for variable, value in zip(self.changing, values, strict=True):
            variable.value = value


def batch(structure: Any) -> Any:
    """Arrays as a compiled function takes them."""
    return tree.map(_leaf, structure)


def _leaf(x: Any) -> Any:
    """A small NumPy array goes in as a copy: JAX's own way in takes 16 us, `jnp.asarray` 40.

    A copy, because the call returns before it has read the array, and a generator may fill the same one again.
    """
    if isinstance(x, np.ndarray) and x.nbytes < 1 << 20:
        return x.copy()
    return x if isinstance(x, jax.Array) else jnp.asarray(x)


def _same_types(variables: list, results: Any) -> bool:
    """Whether a step leaves shapes and dtypes as they were: a loop must."""
    return all(v.value.shape == r.shape and v.value.dtype == r.dtype for v, r in zip(variables, results, strict=True))


def cost(jaxpr: Any) -> float:
    """Floating-point operations of the matrix products in a traced function; infinite with convolutions in it."""
    total = 0.0
    for equation in jaxpr.eqns:
        name, settings = equation.primitive.name, equation.params
        if name == "conv_general_dilated":
            return float("inf")
        if name == "dot_general":
            (contracted, _), _ = settings["dimension_numbers"]
            left = equation.invars[0].aval.shape
            total += 2.0 * np.prod(equation.outvars[0].aval.shape) * np.prod([left[axis] for axis in contracted])
        times = settings.get("length", 1) if name == "scan" else 1
        for value in settings.values():
            for inner in value if isinstance(value, (list, tuple)) else [value]:
                inner = getattr(inner, "jaxpr", inner)
                if hasattr(inner, "eqns"):
                    total += times * cost(inner)
    return total
