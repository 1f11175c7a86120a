"""Dispatch: the type of the first engine array picks the engine's own function.

No global engine is asked, so several engines live in one process. The way of a call is one or two dictionary
look-ups on `type(x)`: no context variable, no exception handling, nothing that `torch.compile(fullgraph=True)`,
`jax.jit` or `tf.function` could stumble over. Whatever is unusual (a Variable first, NumPy next to an engine
array, lists, keywords for arrays, no array at all) goes through `resolve`.
"""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.variable import Variable
from . import composite
from .table import ROWS, Row

# What a type is: the name of an engine; "plain" for what follows an array or is no array; None for what may hold
# arrays. Only `load` adds to it, because torch.compile guards on what is in it; LATE has the types met later.
KINDS: dict[type, str | None] = dict.fromkeys((float, int, bool, str, type(None), slice, type(Ellipsis)), "plain")
KINDS |= {types.FunctionType: "plain", np.ndarray: "numpy", tuple: None, list: None, dict: None}
LATE: dict[type, str] = {}
MISSING = object()

# (first part of the module, name) of the classes at the root of each engine's array types
ROOTS = {
    ("torch", "Tensor"): "torch",
    ("jaxlib", "ArrayImpl"): "jax",
    ("jax", "Tracer"): "jax",
    ("tensorflow", "Tensor"): "tensorflow",
    ("tensorflow", "Variable"): "tensorflow",
    ("numpy", "ndarray"): "numpy",
    ("numpy", "generic"): "numpy",
    ("lanthorn", "SymbolicTensor"): "symbolic",
}


def kind_of_type(t: type) -> str | None:
    """The engine whose arrays are of type `t`, "plain" if they are no arrays, None if they may hold some."""
    found = KINDS.get(t) or LATE.get(t)
    if found is None and t not in KINDS:
        found = "plain"
        for base in t.__mro__:
            root = ROOTS.get((base.__module__.partition(".")[0], base.__name__))
            if root is not None:
                found = root
                break
        LATE[t] = found
    return found


def kind(x: Any) -> str | None:
    """The name of the engine that owns `x` ("symbolic" for a SymbolicTensor); None if it is no array."""
    if type(x) is Variable:
        x = x.value
    found = kind_of_type(type(x))
    return None if found == "plain" else found


# -- one set of native functions per engine, filled when the engine is first seen ---------------------------------

LOADED: dict[str, Any] = {}  # kind -> its adapter module
NATIVES: dict[str, dict[str, Callable]] = {row.name: {} for row in ROWS.values()}


def load(engine: str) -> Any:
    """Look up the native function of every row for one engine. An engine calls it when it is made."""
    if engine not in LOADED:
        adapter = importlib.import_module(f"{__package__}.adapters.{engine}")
        special: dict[str, Callable] = {}
        for part in adapter.PARTS:
            special |= vars(importlib.import_module(f"{adapter.__name__}.{part}"))
        importlib.import_module(f"{adapter.__name__}.random")
        composites: dict[str, Callable] = {}
        for part in composite.PARTS:
            composites |= vars(importlib.import_module(f"{composite.__name__}.{part}"))
        for t in adapter.TYPES:
            KINDS[t] = engine
        for row in ROWS.values():
            found = native(row, engine, adapter, special, composites)
            if found is not None:
                NATIVES[row.name][engine] = found
        LOADED[engine] = adapter
    return LOADED[engine]


def load_present() -> None:
    """Get ready for torch if it is there: `torch.compile` cannot trace the first meeting."""
    if "torch" in sys.modules:
        load("torch")


def native(row: Row, engine: str, adapter: Any, special: dict, composites: dict) -> Callable | None:
    """The function that runs `row`: the adapter's, the one the row names, the engine's of that name, a composite."""
    name = row.name.replace(".", "_")
    found = special.get(name + "_") or special.get(name)
    if found is None and (row.names.get(engine) == "composite" or name != row.name):
        return composite_of(row, adapter, composites)
    if found is None:
        path, _, names = row.names.get(engine, row.name).partition("(")
        for space in adapter.SEARCH:
            found = space
            for part in path.split("."):
                found = getattr(found, part, None)
            if found is not None:
                break
        if found is None:
            return composite_of(row, adapter, composites)
        if names:
            found = by_name(found, row, [n.strip() for n in names.rstrip(")").split(",")])
    return adapter.wrap(found, row)


def composite_of(row: Row, adapter: Any, composites: dict) -> Callable | None:
    """The composite of this name; whole numbers are cast for it where the row says so."""
    found = composites.get(row.name.replace(".", "_"))
    return adapter.wrap(found, row) if found is not None and row.floats and row.arrays == 1 else found


def by_name(function: Callable, row: Row, names: list[str]) -> Callable:
    """`function` called with its own keyword names for the arguments that follow the arrays."""
    rename = dict(zip(row.parameters[row.arrays :], names, strict=False))
    order, count = list(rename), row.arrays
    defaults = {k: v for k, v in row.defaults.items() if k in rename}  # the engine may have others

    def call(*args, **kwargs):
        if len(args) > count:
            kwargs.update(zip(order, args[count:], strict=False))
        settings = {**defaults, **kwargs}
        return function(*args[:count], **{rename[k]: v for k, v in settings.items() if rename[k] != "_"})

    return call


# -- the op functions --------------------------------------------------------------------------------------------


def make(row: Row) -> Callable:
    """The public function of one row."""
    natives = NATIVES[row.name]

    def one(x=MISSING, /, *args, **kwargs):
        run = natives.get(KINDS.get(type(x)))
        if run is None:
            return resolve(op, row, natives, (x, *args), kwargs)
        return run(x, *args, **kwargs)

    def two(x1=MISSING, x2=MISSING, /, *args, **kwargs):
        if type(x2) is Variable:
            x2 = x2.value
        engine = KINDS.get(type(x1))
        run = natives.get(engine)
        second = KINDS.get(type(x2))
        if run is None or (second != engine and second != "plain"):
            return resolve(op, row, natives, (x1, x2, *args), kwargs)
        return run(x1, x2, *args, **kwargs)

    def many(*args, **kwargs):
        engine = KINDS.get(type(args[0])) if args else None
        run = natives.get(engine)
        if run is None or engine == "numpy":
            return resolve(op, row, natives, args, kwargs)
        values = []
        for a, is_array in zip(args, places, strict=False):
            t = type(a)
            if t is Variable:
                a = a.value
                t = type(a)
            found = KINDS.get(t)
            if found != engine and found != "plain" and (is_array or (t is not tuple and t is not list)):
                return resolve(op, row, natives, args, kwargs)
            values.append(a)
        for name, a in kwargs.items():
            t = type(a)
            if t is Variable:
                kwargs[name] = a = a.value
                t = type(a)
            found = KINDS.get(t)
            if found != engine and found != "plain" and (name in row.array_names or (t is not tuple and t is not list)):
                return resolve(op, row, natives, args, kwargs)
        return run(*values, **kwargs)

    def nested(*args, **kwargs):
        return resolve(op, row, natives, args, kwargs)

    places = [name in row.array_names for name in row.parameters]
    if row.simple:
        op = one if row.arrays == 1 else two
    else:
        op = nested if row.nested else many
    op.__name__, op.__qualname__ = row.name.rpartition(".")[2], row.name
    op.__module__ = __package__
    op.__doc__ = row.doc
    op.__signature__ = row.signature
    op.autograph_info__ = {}  # tf.function: nothing in here to convert
    return op


def resolve(op: Callable, row: Row, natives: dict[str, Callable], args: tuple, kwargs: dict) -> Any:
    """Find the engine among all arguments, make the others follow it, and call its function."""
    args = [a for a in args if a is not MISSING]
    if kwargs and len(args) < row.arrays:  # arrays given by keyword take their places
        for name in row.parameters[len(args) : row.arrays]:
            if name not in kwargs:
                break
            args.append(kwargs.pop(name))
    first = find(args)
    if not row.numpy_decides and isinstance(first, (np.ndarray, np.generic)):
        first = None
    if first is None and kwargs:
        first = find(kwargs.values())
    engine = default_engine() if first is None else KINDS.get(type(first)) or kind_of_type(type(first))
    if engine == "symbolic":
        from ..core.symbolic import apply_op

        return apply_op(op, tuple(args), kwargs)
    if engine not in LOADED:
        load(engine)
    run = natives.get(engine)
    if run is None:
        raise NotImplementedError(f"ops.{row.name}: not available on the engine '{engine}'.")
    convert = LOADED[engine].convert
    if row.simple:
        for i in range(min(row.arrays, len(args))):
            a = args[i].value if type(args[i]) is Variable else args[i]
            found = KINDS.get(type(a))
            if found != engine or engine == "numpy":
                a = convert(a, first, found == "plain" and first is not None)
            args[i] = a
        return run(*args, **kwargs)
    parameters = row.parameters
    for i, a in enumerate(args):
        args[i] = plain(a, engine, first, convert, i < len(parameters) and parameters[i] in row.array_names)
    for name, a in kwargs.items():
        kwargs[name] = plain(a, engine, first, convert, name in row.array_names)
    return run(*args, **kwargs)


def find(values) -> Any:
    """The first engine array among `values` (a NumPy array only if there is no other), or None.

    A symbolic tensor goes before all: with one among its arguments an op is a node of a graph.
    """
    numpy_array = array = None
    for a in values:
        t = type(a)
        if t is Variable:
            a = a.value
            t = type(a)
        if t is list or t is tuple:
            a = find(a)
        elif t is dict:
            a = find(a.values())
        if a is None:
            continue
        found = KINDS.get(type(a)) or kind_of_type(type(a))
        if found == "numpy":
            numpy_array = a if numpy_array is None else numpy_array
        elif found == "symbolic":
            return a
        elif found is not None and found != "plain" and array is None:
            array = a
    return numpy_array if array is None else array


def plain(a: Any, engine: str, first: Any, convert: Callable, is_array: bool) -> Any:
    """`a` without Variables; NumPy arrays in it, and lists where an array belongs, become arrays of the engine."""
    t = type(a)
    if t is Variable:
        return a.value
    if t is list or t is tuple:
        return convert(a, first, False) if is_array else t([plain(b, engine, first, convert, False) for b in a])
    if t is dict:
        return {k: plain(b, engine, first, convert, False) for k, b in a.items()}
    if engine != "numpy" and kind_of_type(t) == "numpy":
        return convert(a, first, False)
    return a


def is_tensor(x: Any) -> bool:
    """Whether x is an array of an engine (a Variable is one)."""
    return kind(x) not in (None, "symbolic")


def default_engine() -> str:
    from .. import engines

    return engines.get(None).name


def listed(names: str) -> dict[str, Callable]:
    """The functions of `lanthorn.ops` of these names, as far as they are there: what its name spaces hold."""
    ops = vars(sys.modules[__package__])
    return {name: ops[name] for name in names.split() if name in ops}


def functions(space: str = "") -> dict[str, Callable]:
    """The ops of a name space ("" for `lanthorn.ops` itself), by name."""
    rows = (row for row in ROWS.values() if row.name.rpartition(".")[0] == space)
    return {row.name.rpartition(".")[2]: make(row) for row in rows}
