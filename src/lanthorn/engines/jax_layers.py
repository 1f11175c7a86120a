"""Layers that hold what is JAX's own: a pure function with its parameters, a Flax module."""

import inspect
import sys
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .. import engines
from ..core import seeds, tree
from ..core.foreign_layer import ForeignLayer
from ..random import SeedGenerator
from .jax_pytrees import VariableTree

__all__ = ["JaxLayer", "wrap_module"]

ARGUMENTS = ("params", "state", "rng", "inputs", "training")


class JaxLayer(ForeignLayer):
    """A pure function of JAX's, and the parameters that training changes, as a layer.

    Args:
        call_fn: takes, by these names and in any order: `inputs`; `params`, if it has any; `state`, if it has one,
            and then it returns (outputs, new state); `rng`, a key in training and None else; `training`, a bool.
        init_fn: makes params, or (params, state), from `rng`, `inputs` (zeros) and, if it asks, `training`.
        params: the parameters as a pytree, instead of `init_fn`.
        state: the state as a pytree.
        seed: of the keys that `call_fn` gets.

    Raises:
        TypeError: a function with other arguments, or neither `init_fn` nor `params`.
        ValueError: on another engine than JAX.

    Example:
        >>> params = {"w": np.ones((2, 3), "float32")}
        >>> layer = lanthorn.layers.JaxLayer(lambda params, inputs: inputs @ params["w"], params=params)
        >>> layer(np.ones((1, 2), "float32")).shape
        (1, 3)
    """

    only_engine = "jax"

    def __init__(
        self, call_fn: Callable, init_fn: Callable | None = None, params: Any = None, state: Any = None,
        seed: int | None = None, **kwargs: Any,
    ):  # fmt: skip
        super().__init__(**kwargs)
        self.call_fn, self.init_fn = call_fn, init_fn
        self._wants = self._arguments_of(call_fn, "call_fn", ARGUMENTS)
        self._init_wants = self._arguments_of(init_fn, "init_fn", ("rng", "inputs", "training")) if init_fn else []
        self._params = self._state = self._example = None
        if "rng" in self._wants:
            self.seed_generator = SeedGenerator(seed)
        if params is not None or state is not None:
            self._hold(params, state)
        elif init_fn is None and {"params", "state"} & set(self._wants):
            raise TypeError(
                f"{self.describe()}: `call_fn` takes params or state: pass them, or `init_fn` to make them."
            )

    def _arguments_of(self, fn: Callable, what: str, known: tuple) -> list[str]:
        names = list(inspect.signature(fn).parameters)
        wrong = [name for name in names if name not in known]
        if wrong or "inputs" not in names:
            raise TypeError(
                f"{self.describe()}: `{what}` must take `inputs`, and may take {', '.join(known)}; "
                f"it takes ({', '.join(names)})."
            )
        return names

    def _hold(self, params: Any, state: Any) -> None:
        """Make Variables of the arrays in two pytrees."""
        self._engine = engines.get("jax")
        self._params = VariableTree(self, params, trainable=True)
        self._state = VariableTree(self, state, trainable=False)
        self.built = True
        self._adopt_engine()

    @property
    def params(self) -> Any:
        """The pytree of what training changes, with a Variable for each array."""
        return self._params and self._params.handles()

    @property
    def state(self) -> Any:
        """The pytree of the rest, with a Variable for each array."""
        return self._state and self._state.handles()

    def ensure_built(self, args, kwargs, engine):
        self._example = args[0] if args else next(iter(kwargs.values()), None)
        try:
            super().ensure_built(args, kwargs, engine)
        finally:
            self._example = None

    def build(self, input_shape: Any) -> None:
        if self.init_fn is None:
            return
        known = self._example if self._example is not None else _symbols(input_shape, self.compute_dtype)
        with engines.get("jax").outside():
            given = {"rng": self.init_rng(), "inputs": tree.map(_zeros, known), "training": True}
            made = self.init_fn(*(given[name] for name in self._init_wants))
        self._hold(*(made if "state" in self._wants else (made, None)))

    def init_rng(self) -> Any:
        """What `init_fn` gets as `rng`."""
        return jax.random.PRNGKey(seeds.draw_seed())

    def call_rng(self, training: bool) -> Any:
        """What `call_fn` gets as `rng`."""
        return self.seed_generator.next("jax") if training else None

    def call(self, inputs, training=None):
        given = {"inputs": inputs, "training": bool(training)}
        if self._params is not None:
            given |= {"params": self._params.values(), "state": self._state.values()}
        if "rng" in self._wants:
            given["rng"] = self.call_rng(bool(training))
        result = self.call_fn(*(given.get(name) for name in self._wants))
        if "state" not in self._wants:
            return result
        outputs, state = result
        self._state.store(state)
        return outputs


def _symbols(shape: Any, dtype: str) -> Any:
    """What an input of this shape, or a structure of shapes, is like."""
    if isinstance(shape, dict):
        return {name: _symbols(part, dtype) for name, part in shape.items()}
    if isinstance(shape, (list, tuple)) and shape and isinstance(shape[0], (list, tuple, dict)):
        return [_symbols(part, dtype) for part in shape]
    return engines.base.Spec(tuple(shape), dtype)


def _zeros(like: Any) -> jax.Array:
    """Zeros in place of an input: one sample; sizes that are not known are those that shapes are tried with."""
    shape, dtype = (like.shape, like.dtype) if hasattr(like, "shape") else (np.shape(like), np.asarray(like).dtype)
    other = engines.get("jax").trial_sizes[0]
    sizes = [s if s is not None else other if axis else 1 for axis, s in enumerate(shape)]
    return jnp.zeros(sizes, jax.dtypes.canonicalize_dtype(dtype))


def wrap_module(obj: Any) -> ForeignLayer | None:
    """A layer around a Flax module (linen or nnx) or a function of JAX's own such as `jax.nn.relu`; else None."""
    for name in ("flax.linen", "flax.nnx"):
        if name in sys.modules and isinstance(obj, sys.modules[name].Module):
            from .flax_layers import FlaxLayer

            return FlaxLayer(obj)
    if inspect.isroutine(obj) or type(obj).__module__.startswith("jax"):
        if callable(obj) and (getattr(obj, "__module__", None) or "").startswith("jax."):
            return JaxLayer(lambda inputs: obj(inputs), name=getattr(obj, "__name__", None))
    return None
