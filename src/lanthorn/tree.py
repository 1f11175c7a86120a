"""Nested structures as `keras.tree` has them: lists, tuples, named tuples, deques and dicts of anything.

None is a leaf. Dicts are walked in the order of their sorted keys, an OrderedDict in its own.
(The library itself uses `core/tree.py`, which is smaller: None is nothing there, and dicts keep their order.)
"""

import collections
import warnings
from collections.abc import Callable, Iterable
from typing import Any

__all__ = [
    "MAP_TO_NONE", "assert_same_paths", "assert_same_structure", "flatten", "flatten_with_path", "is_nested",
    "lists_to_tuples", "map_shape_structure", "map_structure", "map_structure_up_to", "pack_sequence_as", "traverse",
]  # fmt: skip

_EXACT = (list, tuple, dict, collections.OrderedDict, collections.defaultdict, collections.deque)
_DIFFER = "Structures don't have the same nested structure"


class MAP_TO_NONE:  # noqa: N801 (Keras's name)
    """What a function returns to `traverse` to put None in the place of a part."""


def is_nested(structure: Any) -> bool:
    """Whether it is a list, tuple, named tuple, deque or dict.

    Example:
        >>> lanthorn.tree.is_nested({"a": 1}), lanthorn.tree.is_nested(1)
        (True, False)
    """
    kind = type(structure)
    return kind in _EXACT or isinstance(structure, tuple) and hasattr(kind, "_fields") or _of_tensorflow(kind)


def _of_tensorflow(kind: type) -> bool:
    """What TensorFlow makes of the lists and dicts that are attributes of its modules."""
    return kind.__name__ in ("ListWrapper", "_DictWrapper", "_TupleWrapper")


def _parts(structure: Any) -> list[tuple[Any, Any]]:
    """The (key, part) pairs of a nested structure, in order."""
    if isinstance(structure, dict):
        keys = list(structure) if isinstance(structure, collections.OrderedDict) else sorted(structure)
        return [(key, structure[key]) for key in keys]
    return list(enumerate(structure))


def _rebuilt(structure: Any, parts: dict[Any, Any]) -> Any:
    """A structure of the same kind with other parts."""
    if isinstance(structure, dict):
        found = {key: parts[key] for key in structure}
        if isinstance(structure, collections.defaultdict):
            return collections.defaultdict(structure.default_factory, found)
        return collections.OrderedDict(found) if isinstance(structure, collections.OrderedDict) else found
    items = list(parts.values())
    if isinstance(structure, tuple):
        return type(structure)(*items) if hasattr(structure, "_fields") else tuple(items)
    return collections.deque(items, structure.maxlen) if isinstance(structure, collections.deque) else items


def _kind(structure: Any) -> Any:
    """Two structures match where this is equal: the class and the number of parts, for dicts the keys alone."""
    if isinstance(structure, dict):
        return dict, frozenset(structure)
    return list if isinstance(structure, list) else type(structure), len(structure)


def _check(condition: bool, *structures: Any) -> None:
    if not condition:
        first, *others = structures
        raise ValueError(
            f"{_DIFFER}: expected {type(first).__name__} as in {first!r}, got {', '.join(map(repr, others))}."
        )


def _walk(fn: Callable, structures: tuple, leaf: Callable[[Any], bool], strict: bool = True) -> Any:
    """`fn` of the parts that stand where the first structure has a leaf; `strict`: the others have leaves there too."""
    first, others = structures[0], structures[1:]
    if leaf(first):
        _check(not strict or all(map(leaf, others)), *structures)
        return fn(*structures)
    _check(all(is_nested(s) and _kind(s) == _kind(first) for s in others), *structures)
    return _rebuilt(first, {k: _walk(fn, (v, *(s[k] for s in others)), leaf, strict) for k, v in _parts(first)})


def _is_leaf(x: Any) -> bool:
    return not is_nested(x)


def flatten(structure: Any) -> list[Any]:
    """The leaves, in order.

    Example:
        >>> lanthorn.tree.flatten({"b": [1, (2, 3)], "a": None})
        [None, 1, 2, 3]
    """
    return [item for _, item in flatten_with_path(structure)]


def flatten_with_path(structure: Any) -> list[tuple[tuple, Any]]:
    """Pairs of path and leaf, a path being the indices and keys that lead there.

    Example:
        >>> lanthorn.tree.flatten_with_path([{"a": 42}])
        [((0, 'a'), 42)]
    """
    if not is_nested(structure):
        return [((), structure)]
    return [((key, *path), item) for key, part in _parts(structure) for path, item in flatten_with_path(part)]


def pack_sequence_as(structure: Any, flat_sequence: Iterable[Any]) -> Any:
    """The items in the shape of `structure`, in the order in which `flatten` gives them.

    Raises:
        TypeError: `flat_sequence` is nothing to iterate over.
        ValueError: it has more or fewer items than the structure has leaves.

    Example:
        >>> lanthorn.tree.pack_sequence_as({"b": 0, "a": (0, 0)}, [1, 2, 3])
        {'b': 3, 'a': (1, 2)}
    """
    items = list(flat_sequence)
    wanted = len(flatten(structure))
    if len(items) != wanted:
        raise ValueError(f"pack_sequence_as: the structure has {wanted} leaves, got {len(items)} items for it.")
    rest = iter(items)
    return _walk(lambda _: next(rest), (structure,), _is_leaf)


def map_structure(func: Callable, *structures: Any, none_is_leaf: bool = True) -> Any:
    """A structure of the same shape with `func` of the leaves; of several structures, of the leaves at each place.

    Args:
        func: a function of one leaf per structure.
        structures: of one shape.
        none_is_leaf: False: None stays None, and `func` does not see it.

    Raises:
        TypeError: `func` is no function.
        ValueError: there is no structure, or their shapes differ.

    Example:
        >>> lanthorn.tree.map_structure(lambda a, b: a + b, {"x": [1, 2]}, {"x": [10, 20]})
        {'x': [11, 22]}
    """
    return _walk(_checked(func, structures, none_is_leaf), structures, _is_leaf)


def map_structure_up_to(shallow_structure: Any, func: Callable, *structures: Any) -> Any:
    """`func` of what the structures hold where `shallow_structure` has leaves, be it nested or not.

    Example:
        >>> lanthorn.tree.map_structure_up_to([None, None], len, [[1, 1], [2, 2, 2]])
        [2, 3]
    """
    called = _checked(func, structures)
    return _walk(lambda _, *parts: called(*parts), (shallow_structure, *structures), _is_leaf, strict=False)


def _checked(func: Callable, structures: tuple, none_is_leaf: bool = True) -> Callable:
    if not callable(func):
        raise TypeError(f"tree: `func` must be a function, got {func!r}.")
    if not structures:
        raise ValueError("tree: there must be at least one structure.")
    return func if none_is_leaf else lambda *leaves: None if leaves[0] is None else func(*leaves)


def assert_same_structure(a: Any, b: Any, check_types: Any = None) -> None:
    """ValueError unless both are nested in the same way, level by level of the same class; dicts by their keys.

    Example:
        >>> lanthorn.tree.assert_same_structure([(0, 1)], [(2, 3)])
    """
    if check_types is not None:
        warnings.warn(
            "assert_same_structure: `check_types` has no effect any more, as in Keras; assert_same_paths is the check "
            "for which lists, tuples and deques are the same.",
            DeprecationWarning,
            stacklevel=2,
        )
    _walk(lambda *_: None, (a, b), _is_leaf)


def assert_same_paths(a: Any, b: Any) -> None:
    """ValueError unless both have leaves at the same paths, whatever the kinds of their sequences.

    Example:
        >>> lanthorn.tree.assert_same_paths([0, 1], (2, 3))
    """
    ours, theirs = ({path for path, _ in flatten_with_path(s)} for s in (a, b))
    if ours != theirs:
        raise ValueError(
            f"`a` and `b` don't have the same paths: only `a` has {sorted(ours - theirs, key=str)}, "
            f"only `b` has {sorted(theirs - ours, key=str)}."
        )


def traverse(func: Callable, structure: Any, top_down: bool = True) -> Any:
    """`func` of each part and leaf; what it returns, unless it is None, takes that one's place.

    Args:
        func: returns None to leave a part as it is (and, top-down, to go on into it), or `MAP_TO_NONE` for a None.
        structure: any.
        top_down: True: a part is seen before what is in it; False: after it, with its own parts replaced.

    Raises:
        TypeError: `func` is no function.

    Example:
        >>> lanthorn.tree.traverse(lambda x: tuple(x) if isinstance(x, list) else None, [[1], 2], top_down=False)
        ((1,), 2)
    """
    _checked(func, (structure,))

    def within(part):
        if not is_nested(part):
            return part
        return _rebuilt(part, {key: traverse(func, item, top_down) for key, item in _parts(part)})

    part = structure if top_down else within(structure)
    found = func(part)
    if found is None:
        return within(part) if top_down else part
    return None if found is MAP_TO_NONE else found


def lists_to_tuples(structure: Any) -> Any:
    """The structure with tuples for its lists.

    Example:
        >>> lanthorn.tree.lists_to_tuples([1, [2, {"a": [3]}]])
        (1, (2, {'a': (3,)}))
    """
    return traverse(lambda x: tuple(x) if isinstance(x, list) else None, structure, top_down=False)


def map_shape_structure(func: Callable, structure: Any) -> Any:
    """`func` of the shapes in a structure: lists and tuples of whole numbers and None are leaves.

    Example:
        >>> lanthorn.tree.map_shape_structure(lambda shape: shape[1:], {"x": (None, 3), "y": (2, 4)})
        {'x': (3,), 'y': (4,)}
    """

    def is_shape(x):
        return isinstance(x, (list, tuple)) and all(isinstance(size, (int, type(None))) for size in x)

    return _walk(_checked(func, (structure,)), (structure,), lambda x: is_shape(x) or not is_nested(x))
