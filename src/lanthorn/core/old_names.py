"""Where names and arguments of Keras 1 and 2 come in. What they are stands in `lanthorn.old`, loaded on first use."""

import functools
import importlib
import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def _old(part: str) -> Any:
    return importlib.import_module(f"lanthorn.old.{part}")


def find(module: str, name: str) -> Any:
    """What Keras 1 or 2 had under `name` in the module of ours that is called `module`; else an AttributeError."""
    return _old("names").find(module, name)


def finder(module: str) -> Callable[[str], Any]:
    """A `__getattr__` for a module without other names that are made when asked for."""
    return functools.partial(find, module)


def settings(cls: type, fields: Iterable[str], kwargs: dict[str, Any]) -> dict[str, Any]:
    """`kwargs` of a layer with today's names; those that no Keras ever had stay as they are."""
    return kwargs if kwargs.keys() <= set(fields) else _old("arguments").settings(cls, set(fields), kwargs)


def say(text: str) -> None:
    """Warn once where the program stands that does something the old way."""
    _old("said").say(text)


def takes_old_arguments(method: F) -> F:
    """A method of a model that understands the arguments which it had in Keras 1."""
    known = frozenset(inspect.signature(method).parameters)

    @functools.wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not kwargs.keys() <= known:
            args, kwargs = _old("arguments").of_a_method(method, args, kwargs)
        return method(*args, **kwargs)

    return call  # pyright: ignore[reportReturnType]
