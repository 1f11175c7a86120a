"""Rematerialization: what is inside a layer's call is computed again for its gradient, instead of being kept.

It takes less memory and more time. The layers that are made while a `RematScope` is entered do so in training.
"""

import math
import threading
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from . import tree
from .functional_call import swapped
from .symbolic import SymbolicTensor

_MODES = ("full", "activations", "larger_than", "list_of_layers", None)


class _Scopes(threading.local):
    def __init__(self) -> None:
        self.entered: list[RematScope] = []


_scopes = _Scopes()


class RematScope:
    """Layers that are made inside compute again, for their gradients, what they would have kept.

    Args:
        mode: "full": all layers; "activations": only what their `activation` keeps; "larger_than": layers with more
            output values in a batch than `output_size_threshold`; "list_of_layers": those named; None: none.
        output_size_threshold: see `mode`.
        layer_names: see `mode`.

    Raises:
        ValueError: another mode.

    Example:
        >>> with lanthorn.RematScope("full"):
        ...     layer = lanthorn.layers.Dense(3, "gelu")
    """

    def __init__(
        self, mode: str | None = "full", output_size_threshold: int = 1024, layer_names: Iterable[str] | None = None
    ):
        if mode not in _MODES:
            raise ValueError(f"RematScope: `mode` must be one of {', '.join(map(repr, _MODES))}, got {mode!r}.")
        self.mode, self.output_size_threshold = mode, output_size_threshold
        self.layer_names = list(layer_names or ())

    def __enter__(self) -> "RematScope":
        _scopes.entered.append(self)
        return self

    def __exit__(self, *exc: Any) -> None:
        _scopes.entered.pop()


def applied(layer: Any) -> None:
    """Asked of every layer that is made: inside a scope its `call` is replaced."""
    if _scopes.entered and _scopes.entered[-1].mode is not None:
        layer.__dict__["call"] = _Rematerialized(layer, _scopes.entered[-1])


class _Rematerialized:
    """The `call` of a layer that was made inside a scope."""

    def __init__(self, layer: Any, scope: RematScope):
        self.layer, self.scope = layer, scope
        self._sizes: dict[tuple, int] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        layer, scope, call = self.layer, self.scope, partial(type(self.layer).call, self.layer)
        if layer.engine.abstract or not all(part.built for part in layer.flat_layers()):  # weights are made outside
            return call(*args, **kwargs)
        if scope.mode == "activations":
            return self._with_activation(call, args, kwargs)
        chosen = scope.mode == "full" or layer.name in scope.layer_names
        if scope.mode == "larger_than":
            chosen = self._size(args, kwargs) > scope.output_size_threshold
        return _again(layer, call, args, kwargs) if chosen else call(*args, **kwargs)

    def _with_activation(self, call: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
        activation = getattr(self.layer, "activation", None)
        if activation is None:
            return call(*args, **kwargs)
        self.layer.__dict__["activation"] = self.layer.engine.remat(activation)
        try:
            return call(*args, **kwargs)
        finally:
            self.layer.__dict__["activation"] = activation

    def _size(self, args: tuple, kwargs: dict[str, Any]) -> int:
        """How many values the layer gives for inputs of these shapes."""

        def symbol(x):
            return SymbolicTensor(x.shape, x.dtype, engine=self.layer.engine) if hasattr(x, "shape") else x

        shapes = tuple(tuple(x.shape) for x in tree.leaves((args, kwargs)) if hasattr(x, "shape"))
        if shapes not in self._sizes:
            outputs = self.layer.compute_output_spec(*tree.map(symbol, args), **tree.map(symbol, kwargs))
            self._sizes[shapes] = sum(math.prod(n or 1 for n in x.shape) for x in tree.leaves(outputs))
        return self._sizes[shapes]


def _again(layer: Any, call: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
    """`call`, twice where a gradient is taken: both times with the statistics and random states of the first."""
    engine, structure, moving, copies = layer.engine, [], [], []
    for v in layer.variables:
        (moving if v.is_statistic else copies if not engine.is_storage(v.value) else []).append(v)
    before = [engine.swappable(v.value, v.dtype) for v in moving]

    def pure(*arrays):  # what gradients are taken of is an argument, or a weight where the engine keeps it
        values = iter(arrays[len(copies) :])
        args_, kwargs_ = tree.map(lambda x: next(values) if _is_float(x) else x, (args, kwargs))
        fresh = [engine.swappable(x, v.dtype) for v, x in zip(moving, before, strict=True)]
        with swapped(moving + copies, [*fresh, *arrays[: len(copies)]]):
            outputs = call(*args_, **kwargs_)
            structure[:] = [outputs]
            return (*tree.leaves(outputs), *(v.value for v in moving))

    given = [v.value for v in copies] + [x for x in tree.leaves((args, kwargs)) if _is_float(x)]
    found = engine.remat(pure)(*given)
    count = len(found) - len(moving)
    for variable, value in zip(moving, found[count:], strict=True):
        variable.assign(value)
    return tree.pack(structure[0], found[:count])


def _is_float(x: Any) -> bool:
    return hasattr(x, "shape") and "float" in str(x.dtype)
