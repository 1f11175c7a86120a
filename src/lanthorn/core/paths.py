"""Where each layer and variable of a model stands: the names that state_dicts, pytrees and files use."""

from collections.abc import Iterator
from typing import Any

from . import tree
from .layer import Layer
from .operation import Operation


def named_children(layer: Layer) -> Iterator[tuple[str, Layer]]:
    """The layers directly inside, by name: a graph's layers by their own, others by the attribute that holds them.

    Layers with nothing to hold or to hook (inputs, single ops) are left out.
    """
    if layer._view is not None:
        yield from layer.engine.named_children(layer._view)
        return
    found: dict[int, str] = {}
    plan = getattr(layer, "_plan", None)
    chain = list(plan.layers) if plan is not None else list(getattr(layer, "_layers", []))
    for child in chain:
        found[id(child)] = child.name
        if not isinstance(child, Operation) and type(child).__name__ != "InputLayer":
            yield child.name, child
    for key, value in vars(layer).items():
        if key in ("_nodes", "_arguments", "_layers", "_view", "_seats", "_foreign"):
            continue
        several = isinstance(value, (list, tuple, dict))
        items = enumerate(tree.leaves(value)) if several else [(0, value)]
        for i, item in items:
            if isinstance(item, Layer) and id(item) not in found:
                found[id(item)] = key
                yield (f"{key}_{i}" if several else key), item


def named_variables(layer: Layer) -> dict[tuple[str, ...], Any]:
    """Every variable once, by its path: `("block", "conv1", "kernel")`."""
    found: dict[tuple[str, ...], Any] = {}
    seen: set[int] = set()

    def visit(part: Layer, path: tuple[str, ...]) -> None:
        for variable in part._own_variables():
            if id(variable) not in seen:
                seen.add(id(variable))
                found[_free(found, (*path, variable.name))] = variable
        for name, child in named_children(part):
            if id(child) not in seen:
                seen.add(id(child))
                visit(child, (*path, name))

    visit(layer, ())
    return found


def _free(taken: dict, path: tuple[str, ...]) -> tuple[str, ...]:
    """`path`, or with a number at its end if it is taken."""
    number, free = 0, path
    while free in taken:
        number += 1
        free = (*path[:-1], f"{path[-1]}_{number}")
    return free
