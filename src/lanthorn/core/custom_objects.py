"""The user's own classes and functions, by the names under which model files know them.

A file never says where code lies: it gives a name, and the name is looked up here (what the user registered
or passed as `custom_objects`) and then among the library's own classes. Nothing is imported on a file's word.
"""

import inspect
import threading
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import Any

_registered: dict[str, Any] = {}  # name in files -> object, for the whole process
_names: dict[int, tuple[Any, str]] = {}  # id of object -> (object, name); holds the object so that the id stays its own
_scopes = threading.local()


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable:
    """Decorator: make a class or function known to model files as `package>name`.

    Args:
        package: what comes before `>`; keeps two libraries' `Attention` apart.
        name: what comes after it; the object's own name if None.

    Raises:
        ValueError: for a class without `get_config` (nothing could write its settings).

    Example:
        >>> @lanthorn.saving.register_keras_serializable("shop")
        ... class Scale(lanthorn.layers.Layer):
        ...     factor: float = 2.0
    """

    def register(obj):
        known_as = f"{package}>{name or obj.__name__}"
        if inspect.isclass(obj) and not hasattr(obj, "get_config"):
            raise ValueError(
                f"register_keras_serializable: {obj.__name__} has no `get_config()`, so a file could not hold its "
                "settings. Define it, or derive the class from lanthorn's Layer, Loss, Metric, …"
            )
        _registered[known_as] = obj
        _names[id(obj)] = (obj, known_as)
        return obj

    return register


def registered_name(obj: Any) -> str | None:
    """`package>name` of a registered class or function, None for any other object."""
    found = _names.get(id(obj))
    return found[1] if found is not None and found[0] is obj else None


def get_registered_name(obj: Any) -> str:
    """`package>name` of a registered object, the object's own name otherwise (Keras's function)."""
    return registered_name(obj) or obj.__name__


def get_registered_object(
    name: str, custom_objects: Mapping[str, Any] | None = None, module_objects: Mapping[str, Any] | None = None
) -> Any:
    """The object registered under `name`, else the one in either mapping, else None (Keras's function)."""
    found = find_custom(name)
    for objects in (custom_objects, module_objects):
        if found is None and objects:
            found = objects.get(name)
    return found


def get_custom_objects() -> dict[str, Any]:
    """The process-wide dictionary of custom objects; change it to add or remove some.

    Example:
        >>> lanthorn.saving.get_custom_objects()["twice"] = lambda x: x + x
        >>> del lanthorn.saving.get_custom_objects()["twice"]
    """
    return _registered


def _stack() -> list[dict[str, Any]]:
    if not hasattr(_scopes, "stack"):
        _scopes.stack = []
    return _scopes.stack


@contextmanager
def custom_object_scope(custom_objects: Mapping[str, Any] | None = None, *more: Mapping[str, Any]):
    """Within the block, these names mean these objects, for this thread alone.

    Example:
        >>> with lanthorn.saving.custom_object_scope({"twice": lambda x: x + x}):
        ...     layer = lanthorn.layers.Activation("twice")
    """
    merged: dict[str, Any] = {}
    for objects in (custom_objects, *more):
        merged |= dict(objects or {})
    _stack().append(merged)
    try:
        yield
    finally:
        _stack().pop()


CustomObjectScope = custom_object_scope


def find_custom(name: str, loose: bool = False) -> Any:
    """The user's object of that name: the innermost scope first, then the process-wide ones; None if there is none.

    Args:
        name: `Scale` or `shop>Scale`.
        loose: take `shop>Scale` for `Scale` (and the reverse) where exactly one such object is known. Ask so only
            after the library's own names, lest a user's `shop>Dense` stand in for `Dense`.
    """
    places = [*reversed(_stack()), _registered]
    for objects in places:
        if name in objects:
            return objects[name]
    if ">" in name:  # custom_objects={"Scale": …} for a class that was registered when the file was written
        bare = name.rpartition(">")[2]
        return next((objects[bare] for objects in places if bare in objects), None)
    if loose:
        found = {id(v): v for objects in places for k, v in objects.items() if k.rpartition(">")[2] == name}
        if len(found) == 1:
            return next(iter(found.values()))
    return None
