"""Modules of an engine's own, taken for layers where it is clear what is meant."""

import importlib
from typing import Any

from .weights import is_layer

# (first part of the module, name) of the classes at the root of the modules of each engine
ROOTS = {("torch", "Module"): "torch", ("tensorflow", "Module"): "tensorflow", ("flax", "Module"): "jax"}
_known: dict[type, str | None] = {}  # the engine whose modules are of a type, for the types met so far


def engine_of_module(obj: Any) -> str | None:
    """The engine whose own module `obj` is; None for everything else."""
    kind = type(obj)
    if kind not in _known:
        roots = ((base.__module__.partition(".")[0], base.__name__) for base in kind.__mro__)
        _known[kind] = next((ROOTS[root] for root in roots if root in ROOTS), None)
    return _known[kind]


def as_layer(obj: Any) -> Any:
    """A layer as it is, the layer around a module of an engine's own (a native module's own), or None."""
    function = (getattr(obj, "__module__", None) or "").startswith("jax.")  # jax.nn.relu
    engine = engine_of_module(obj) or ("jax" if function else None)
    if engine is None:
        return obj if is_layer(obj) else None
    return importlib.import_module(f"lanthorn.engines.{engine}_layers").wrap_module(obj)
