"""How a layer comes by its weights: built on the first call, for its shapes, on an engine."""

import inspect
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

import numpy as np

from . import autocast, tree
from .errors import check, explain
from .naming import name_scope, scoped
from .symbolic import SymbolicTensor, apply, is_symbolic


class Building:
    """The part of `Layer` that calls `build`, and finds shapes by running `call` without data."""

    acts_unsaid = False  # True: it does its work where nobody has said whether a call trains
    anywhere = False  # True: it has no weights, and what it is called on does not say where its model is

    @property
    def autograph_info__(self) -> dict:
        """Tells tf.data, which asks for it, that there is nothing to convert in what is mapped: it takes seconds."""
        if self.anywhere:
            return {}
        raise AttributeError("autograph_info__")

    def ensure_built(self, args: tuple, kwargs: dict[str, Any], engine: Any) -> None:
        """Make the weights, if that was not done, for what the layer is about to be called with."""
        if self.built:
            return
        from .. import engines

        first = args[0] if args else next(iter(kwargs.values()), None)
        if self._engine is None:
            arrays = () if self.anywhere else tree.leaves(first)
            known = [engines.of(x) for x in arrays if not isinstance(x, (np.ndarray, float, int))]
            self._engine = engine or (known[0] if known else engines.get(None))
        shape = tree.map(_shape_of, first)
        self._adopt_engine()
        check(self, args)
        try:
            self.build(shape, **self._further_shapes(args, kwargs))
        except Exception as error:
            explain(self, error, args, doing="built")
            raise
        self.built = True
        self._adopt_engine()
        if self._initial_weights is not None:
            self.set_weights(self._initial_weights)
            self._initial_weights = None

    def _further_shapes(self, args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
        """What a `build(query_shape, value_shape)` asks for: the shapes of further arguments of `call`, by name."""
        wanted = _shapes_wanted(type(self).build)
        if not wanted:
            return {}
        given = inspect.signature(self.call).bind_partial(*args, **kwargs).arguments
        found = {name: given.get(name.removesuffix("_shape")) for name in wanted}
        return {name: tree.map(_shape_of, x) for name, x in found.items() if x is not None}

    def _adopt_engine(self) -> None:
        """Layers inside that have no engine yet get this one's; random generators get a state on it."""
        for layer in self.flat_layers():
            layer._engine = layer._engine or self._engine
            for value in vars(layer).values():
                if type(value).__name__ == "SeedGenerator":
                    value.build(self._engine)

    @property
    def engine(self) -> Any:
        """The engine its weights live on: chosen when it is built."""
        from .. import engines

        return self._engine or engines.get(None)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The output shape for an input shape (both with the batch axis), found by evaluating `call` on shapes."""
        dtype, engine = autocast.compute_dtype(self) or "float32", self.engine

        def symbol(shape):
            return SymbolicTensor(shape, dtype, engine=engine)

        if isinstance(input_shape, dict):
            x = {k: symbol(s) for k, s in input_shape.items()}
        elif len(input_shape) and isinstance(input_shape[0], (tuple, list)):
            x = [symbol(s) for s in input_shape]
        else:
            x = symbol(input_shape)
        return tree.map(lambda out: out.shape, self.compute_output_spec(x))

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """The symbolic outputs (shape and dtype) for symbolic inputs, found by evaluating `call` on shapes.

        Example:
            >>> lanthorn.layers.Dense(2).compute_output_spec(lanthorn.KerasTensor((None, 3))).shape
            (None, 2)
        """
        nodes = len(self._nodes)
        outputs = apply(self, args, kwargs)
        del self._nodes[nodes:]
        return outputs


@lru_cache(256)  # asked of every layer that is made: a tenth of the time that making a Wick takes on torch
def _shapes_wanted(build: Callable) -> list[str]:
    """The arguments of a `build` after self and the shape of the input that are shapes too."""
    return [name for name in list(inspect.signature(build).parameters)[2:] if name.endswith("_shape")]


def marks_built(build: Callable) -> Callable:
    """A subclass's `build`, which also marks the layer as built and remembers for which shape."""

    @wraps(build)
    def build_and_mark(self, *args, **kwargs):
        with name_scope(self.name, caller=self):
            self.__dict__["_path"] = scoped(self.name).rpartition("/")[0]
            result = build(self, *args, **kwargs)
        self.built = True
        if args:
            self.__dict__["_build_shape"] = args[0]
        return result

    return build_and_mark


def _shape_of(x: Any) -> tuple | None:
    if is_symbolic(x):
        return x.shape
    shape = getattr(x, "shape", None)
    if shape is None:
        shape = np.shape(x)
    return tuple(None if s is None else int(s) for s in shape)
