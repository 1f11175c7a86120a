"""Names: dense, dense_1, dense_2, … made from the class and counted per process; and the scopes before them."""

import re
import threading
from typing import Any

_WORD = re.compile(r"(?<=[^_])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])")

_counts: dict[str, int] = {}


def snake_case(name: str) -> str:
    """`MeanSquaredError` as `mean_squared_error`: the default name of an object of that class."""
    return _WORD.sub("_", name).lower().lstrip("_")


def unique_name(stem: str) -> str:
    """`stem` the first time, then `stem_1`, `stem_2`, …"""
    count = _counts.get(stem, 0)
    _counts[stem] = count + 1
    return f"{stem}_{count}" if count else stem


def clear_names() -> None:
    """Start counting anew (`backend.clear_session`)."""
    _counts.clear()


class _Scopes(threading.local):
    def __init__(self) -> None:
        self.entered: list[name_scope] = []


_scopes = _Scopes()


class name_scope:  # noqa: N801 (Keras's name)
    """Inside, the paths of new variables, and of layers that are built, begin with its name and a slash.

    Args:
        name: without a slash.
        caller: what it is entered for; entered again for the same, with the same name, it changes nothing.
        deduplicate: False: it counts again.
        override_parent: the path to begin with, in place of the scopes around it.

    Raises:
        ValueError: a name with a slash, or one that is no string.

    Example:
        >>> with lanthorn.name_scope("encoder"):
        ...     v = lanthorn.Variable([1.0], name="scale")
        >>> v.path
        'encoder/scale'
    """

    def __init__(self, name: str, caller: Any = None, deduplicate: bool = True, override_parent: str | None = None):
        if not isinstance(name, str) or "/" in name:
            raise ValueError(f"name_scope: `name` must be a string without '/', got {name!r}.")
        self.name, self.caller, self.deduplicate, self.override_parent = name, caller, deduplicate, override_parent
        self._entered: list[bool] = []

    def __enter__(self) -> "name_scope":
        around = _scopes.entered[-1] if _scopes.entered else None
        same = around is not None and around.caller is self.caller is not None and around.name == self.name
        self._entered.append(not (self.deduplicate and same))
        if self._entered[-1]:
            _scopes.entered.append(self)
        return self

    def __exit__(self, *exc: Any) -> None:
        if self._entered.pop():
            _scopes.entered.pop()


def scoped(name: str, caller: Any = None) -> str:
    """A name with the scopes that are entered before it; with that of a layer, `caller`, unless it is among them."""
    parts: list[str] = []
    for scope in _scopes.entered:
        if scope.override_parent is not None:
            parts = [part for part in scope.override_parent.split("/") if part]
        parts.append(scope.name)
    if caller is not None and not any(scope.caller is caller for scope in _scopes.entered):
        parts.append(caller.name)
    return "/".join([*parts, name])
