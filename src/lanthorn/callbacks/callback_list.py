"""CallbackList: several callbacks called as one. A moment that nobody overrides costs nothing."""

from collections.abc import Callable, Iterable
from typing import Any

from .callback import Callback

_SAME_AS = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}


class CallbackList:
    """Callbacks in the order in which they are called.

    Args:
        callbacks: one callback, or several (nested lists too).
        model: told to each of them.
        params: told to each of them.
    """

    def __init__(self, callbacks: Any = None, model: Any = None, params: dict[str, Any] | None = None):
        self.callbacks: list[Any] = list(_flat(callbacks))
        self.params = params or {}
        for callback in self.callbacks:
            if isinstance(callback, type) or not hasattr(callback, "on_epoch_end"):
                raise TypeError(
                    f"callbacks: expected lanthorn.callbacks.Callback objects, got {callback!r}"
                    f"{': make an object of the class, with ()' if isinstance(callback, type) else ''}."
                )
            if model is not None:
                callback.set_model(model)
            callback.set_params(self.params)

    def append(self, callback: Any) -> None:
        self.callbacks.append(callback)

    def hooks(self, name: str) -> list[Callable]:
        """The bound methods of that name that do something."""
        return [getattr(c, name) for c in self.callbacks if _does_something(c, name)]

    def call(self, name: str, *args: Any) -> None:
        """Call that moment of every callback."""
        for hook in self.hooks(name):
            hook(*args)

    def __iter__(self):
        return iter(self.callbacks)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("on_"):
            return lambda *args, **kwargs: [hook(*args, **kwargs) for hook in self.hooks(name)] and None
        raise AttributeError(name)


def _flat(callbacks: Any) -> Iterable[Any]:
    if callbacks is None:
        return
    if isinstance(callbacks, (list, tuple, CallbackList)):
        for item in callbacks:
            yield from _flat(item)
    else:
        yield callbacks


def _does_something(callback: Any, name: str) -> bool:
    """Whether `name` is overridden: in the class, or by an attribute of the object."""
    for alias in (name, _SAME_AS.get(name)):
        if alias is None:
            continue
        if alias in getattr(callback, "__dict__", {}):
            return True
        method = getattr(type(callback), alias, None)
        if method is not None and method is not getattr(Callback, alias, None):
            return True
    return False
