"""Structures: arrays in nested lists, tuples and dicts. A few lines instead of a dependency."""

from collections.abc import Callable, Iterator
from typing import Any


def _is_branch(x: Any) -> bool:
    # a named tuple that is a leaf of ours (Spec) says so by having a dtype
    return isinstance(x, (list, tuple, dict)) and not hasattr(x, "dtype")


def map(fn: Callable, structure: Any, *others: Any) -> Any:  # noqa: A001 (that is its name everywhere)
    """`fn` applied to each leaf; None stays None. Dicts keep their order."""
    if structure is None:
        return None
    if not _is_branch(structure):
        return fn(structure, *others)
    if isinstance(structure, dict):
        return {k: map(fn, v, *(o[k] for o in others)) for k, v in structure.items()}
    items = [map(fn, *parts) for parts in zip(structure, *others, strict=True)]
    if hasattr(structure, "_fields"):
        return type(structure)(*items)
    return items if isinstance(structure, list) else tuple(items)


def leaves(structure: Any) -> Iterator[Any]:
    """The leaves in order; None is no leaf."""
    if structure is None:
        return
    if not _is_branch(structure):
        yield structure
        return
    for item in structure.values() if isinstance(structure, dict) else structure:
        yield from leaves(item)


def flatten(structure: Any) -> list[Any]:
    """The leaves as a list."""
    return list(leaves(structure))


def pack(structure: Any, flat: Any) -> Any:
    """`flat` in the shape of `structure`."""
    items = iter(flat)
    return map(lambda _: next(items), structure)
