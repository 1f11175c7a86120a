"""CallbackList: several callbacks called as one. A moment that nobody overrides costs nothing."""

from collections.abc import Callable, Iterable
from typing import Any

from .callback import Callback
from .history import History
from .progbar_logger import ProgbarLogger

_SAME_AS = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}


class CallbackList(Callback):
    """Callbacks in the order in which they are called; itself a callback, for loops of one's own.

    Args:
        callbacks: one callback, or several (nested lists too).
        add_history: add a `History` where there is none, and leave it on `model.history`.
        add_progbar: add a `ProgbarLogger` where there is none.
        model: told to each of them.
        params: told to each of them; "epochs", "steps" and "verbose" are what `fit` tells.

    Example:
        >>> calls = lanthorn.callbacks.CallbackList([], add_history=True, model=model, epochs=2)
        >>> calls.on_train_begin()
        >>> calls.on_epoch_end(0, {"loss": 0.5})
        >>> model.history.history
        {'loss': [0.5]}
    """

    def __init__(
        self, callbacks: Any = None, add_history: bool = False, add_progbar: bool = False, model: Any = None,
        **params: Any,
    ):  # fmt: skip
        super().__init__()
        self.callbacks: list[Any] = list(_flat(callbacks))
        for callback in self.callbacks:
            if isinstance(callback, type) or not hasattr(callback, "on_epoch_end"):
                raise TypeError(
                    f"callbacks: expected lanthorn.callbacks.Callback objects, got {callback!r}"
                    f"{': make an object of the class, with ()' if isinstance(callback, type) else ''}."
                )
        for wanted, kind in ((add_history, History), (add_progbar, ProgbarLogger)):
            if wanted and not any(isinstance(callback, kind) for callback in self.callbacks):
                self.append(kind())
        if model is not None:
            self.set_model(model)
        self.set_params(params)

    def append(self, callback: Any) -> None:
        self.callbacks.append(callback)

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        for callback in self.callbacks:
            if isinstance(callback, History):
                model.history = callback
            callback.set_model(model)

    def set_params(self, params: dict[str, Any]) -> None:
        super().set_params(params)
        for callback in self.callbacks if params else ():
            callback.set_params(params)

    def hooks(self, name: str) -> list[Callable]:
        """The bound methods of that name that do something."""
        return [getattr(c, name) for c in self.callbacks if _does_something(c, name)]

    def call(self, name: str, *args: Any) -> None:
        """Call that moment of every callback."""
        for hook in self.hooks(name):
            hook(*args)

    def __iter__(self):
        return iter(self.callbacks)


def _moment(name: str) -> Callable:
    def call(self: CallbackList, *args: Any, logs: Any = None) -> None:
        if name != "on_train_interrupted":
            first = args[:1] if "epoch" in name or "batch" in name else ()
            args = *first, _plain(logs if len(args) == len(first) else args[-1])
        self.call(name, *args)

    call.__name__, call.__doc__ = name, getattr(Callback, name).__doc__
    return call


for _name in [name for name in vars(Callback) if name.startswith("on_")]:
    setattr(CallbackList, _name, _moment(_name))


def _plain(logs: Any) -> Any:
    """Logs whose numbers are Python's; those that are read from the device on demand stay as they are."""
    if type(logs) is dict or logs is None:
        return {name: _number(value) for name, value in (logs or {}).items()}
    return logs


def _number(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):  # several numbers, or none
        return value


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
