"""Mixed precision: a layer that computes in another dtype than its weights are stored in.

While such a layer's `call` runs, its inputs and weights are in its compute dtype: each weight's `value` is a copy in
that dtype, made once per call, and gradients go through the copying back to the weight. What is assigned to a weight
goes to the weight itself. A model under the policy float32 comes here only where it is given other floats.
"""

import threading
from collections.abc import Iterable
from typing import Any

from . import dtypes, tree
from .masking import get_mask, set_mask


class Override:
    """While it is entered, layers whose policy is float32 compute in `dtype`, apart from `exempt` ones.

    Args:
        dtype: a floating dtype; "float32" takes layers of every policy back to it.
    """

    def __init__(self, dtype: str, exempt: Iterable = ()):
        self.dtype = dtype
        self.exempt = {id(part) for layer in exempt for part in layer.flat_layers()}
        self.variables: dict[int, tuple] = {}  # by layer, as `_variables` finds them
        self._before: list = []

    def of(self, layer: Any) -> str:
        """What the layer computes in."""
        own = dtypes.compute_dtype(layer._policy)
        if own == "float32" and id(layer) not in self.exempt or own in dtypes.FLOATS and self.dtype == "float32":
            return self.dtype
        return own

    def __enter__(self) -> None:
        self._before.append(_scope.override)
        _scope.override = self

    def __exit__(self, *exc: Any) -> None:
        _scope.override = self._before.pop()


class _Scope(threading.local):
    override: Override | None = None


_scope = _Scope()


def override() -> Override | None:
    """The one that is entered, if one is."""
    return _scope.override


def compute_dtype(layer: Any) -> str:
    """What the layer computes in: what its policy says, or an override."""
    entered = _scope.override
    if layer._view is not None and entered is None and layer._policy in dtypes.FLOATS:
        return _of_its_weights(layer)
    found = dtypes.compute_dtype(layer._policy) if entered is None else entered.of(layer)
    # an engine that only runs forward is there to measure by: NumPy, which has no bfloat16
    return found if found not in dtypes.HALVES or layer.engine.differentiable else "float32"


def _of_its_weights(layer: Any) -> str:
    """What a layer with a torch module computes in: what its weights are now, as torch does; "" is whatever comes."""
    found = (v.dtype for v in layer._own_variables())
    return next((dtype for dtype in found if dtype in dtypes.FLOATS), "")


def is_plain(layer: Any, args: tuple) -> bool:
    """Whether `layer.call(*args)` does as it stands, with nothing to cast."""
    if layer._policy != "float32" or _scope.override is not None:
        return False
    odd = _ODD if layer.whole_numbers else _ODD_FOR_FLOATS
    for x in args:
        dtype = getattr(x, "dtype", None)
        if dtype is None and type(x) in (list, tuple):
            if any(kind_of(part) in odd for part in tree.leaves(x)):
                return False
            continue
        names = _names.get(type(dtype), _NOTHING)
        if (names[dtype] if dtype in names else kind_of(x)) in odd:
            return False
    return True


def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
    """`layer.call` with inputs and weights in its compute dtype.

    Whole numbers and booleans too, in the first argument, where the layer computes with floats.
    A layer with `autocast = False` takes inputs and weights as they are. A `wide` one computes in float32 what it is
    given in a half, and its outputs are in the compute dtype; where the engine's kernel does so by itself
    (`reads_halves`), it is given the half as it is.
    """
    dtype = compute_dtype(layer)
    wide = layer.wide and dtype in dtypes.HALVES
    entered: list = []
    if dtype in dtypes.FLOATS and layer.autocast:
        args, kwargs = _cast((args, kwargs), "float32" if wide and not layer.reads_halves else dtype)
    if args and not layer.whole_numbers:
        args = (_cast(args[0], dtype or "float32", whole=True), *args[1:])
    try:
        for variable in _halves(layer) if wide else _variables(layer, dtype):
            _enter(variable, "float32" if wide else dtype)
            entered.append(variable)
        outputs = layer.call(*args, **kwargs)
    finally:
        for variable in entered:
            _leave(variable)
    return _cast(outputs, dtype) if wide else outputs


def assign(variable: Any, value: Any, add: bool = False) -> None:
    """Store a value in a weight, or add it to one, whose copy is in use, and renew the copy."""
    from .. import ops

    dtype = kind_of(variable.value)
    variable.restore(variable.master)
    (variable.engine.assign_add if add else variable.engine.assign)(variable, value)
    variable.master = variable.put(ops.cast(variable.value, dtype))


def widened(structure: Any) -> Any:
    """The structure with halves in float32: what losses are made of."""
    if any(kind_of(x) in dtypes.HALVES for x in tree.leaves(structure)):
        return _cast(structure, "float32")
    return structure


def _enter(variable: Any, dtype: str) -> None:
    from .. import ops

    if not variable.users:  # else a layer around this one, or another thread, has made the copy
        variable.master = variable.put(ops.cast(variable.value, dtype))
    variable.users += 1


def _leave(variable: Any) -> None:
    variable.users -= 1
    if not variable.users:
        variable.restore(variable.master)
        variable.master = None


def _halves(layer: Any) -> list:
    """The weights of a wide layer that are stored in a half: it reads them in float32, as its inputs."""
    if layer.reads_halves or dtypes.variable_dtype(layer._policy) == "float32" and layer._view is None:
        return []
    return [v for v in layer._declared_variables() if v.dtype in dtypes.HALVES and v.autocast]


def _variables(layer: Any, dtype: str) -> tuple:
    """The weights that the layer reads in another dtype than they have: its own, and those of parts that cast alike.

    So a recurrent layer's weights are copied once for a sequence, not once for a step. A model leaves it to its layers.
    """
    entered = _scope.override
    kept = layer._casts if entered is None else entered.variables.get(id(layer))
    if kept is not None and layer._view is None:  # a module's entries may be others by now
        return kept
    parts = [layer] if hasattr(layer, "_plan") else layer.flat_layers()
    found = tuple(
        {
            id(v): v
            for part in parts
            if part.autocast and not part.wide and compute_dtype(part) == dtype
            for v in part._declared_variables()  # what its `call` reads: a module may compute one from its entries
            if v.autocast and v.dtype in dtypes.FLOATS and v.dtype != dtype
        }.values()
    )
    if layer.built and entered is None:
        layer._casts = found
    elif layer.built:
        entered.variables[id(layer)] = found
    return found


def _cast(structure: Any, dtype: str, whole: bool = False) -> Any:
    """The floating arrays of a structure in this dtype, with their masks; `whole`: those of whole numbers instead."""
    from .. import ops

    def one(x):
        found = kind_of(x)
        if found is None or found == dtype or (found == WHOLE) is not whole:
            return x
        made, mask = ops.cast(x, dtype), get_mask(x)
        if mask is not None:
            set_mask(made, mask)
        return made

    return tree.map(one, structure)


def kind_of(x: Any) -> str | None:
    """The dtype of an array of floats, by name; "whole" for whole numbers and booleans; None for everything else."""
    dtype = getattr(x, "dtype", None)
    names = _names.setdefault(type(dtype), {})
    if dtype not in names:
        from ..ops.dtypes import standardize

        name = standardize(dtype)
        names[dtype] = name if name in dtypes.FLOATS else WHOLE if name.startswith(("int", "uint", "bool")) else None
    return names[dtype]


# by the kind of dtype first: torch's compiler cannot look into a table that has TensorFlow's among its keys
_names: dict[type, dict[Any, str | None]] = {type(None): {None: None}}
_NOTHING: dict = {}
WHOLE = "whole"
_ODD = frozenset(dtypes.HALVES)  # what a float32 layer is not called on as it stands
_ODD_FOR_FLOATS = _ODD | {WHOLE}
