"""The engines: what a model's arrays live on. One file each; nothing outside this folder and `ops` names one."""

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from ..core.symbolic import is_symbolic
from .base import Engine

NAMES = ("torch", "jax", "tensorflow", "numpy")  # in the order in which a default is looked for
_loaded: dict[str, Engine] = {}
_default: str | None = None


def installed() -> list[str]:
    """Names of the engines that can be used here; nothing is imported to find out."""
    return [name for name in NAMES if _is_there(name)]


def _is_there(name: str) -> bool:
    spec = importlib.util.find_spec(name)
    return spec is not None and not getattr(spec.loader, "stands_in", False)  # see `lanthorn/run.py`


def chosen_name() -> str | None:
    """The engine that somebody asked for, by `set_engine` or else LANTHORN_ENGINE; None if nobody did."""
    return _default or os.environ.get("LANTHORN_ENGINE") or None


def default_name() -> str:
    """The default engine: `set_engine`, then LANTHORN_ENGINE, then KERAS_BACKEND, which scripts for Keras 3 set, then
    the first installed of torch, jax, tensorflow.
    """
    if name := chosen_name():
        return name
    have, keras = installed(), os.environ.get("KERAS_BACKEND")
    return keras if keras in have else have[0]  # numpy is always there


def loaded_default() -> Engine | None:
    """The default engine, if it is in use already."""
    return _loaded.get(default_name())


def set_engine(name: str | None) -> None:
    """Choose the engine of everything made from now on; models made before keep theirs.

    Args:
        name: "torch", "jax", "tensorflow" or "numpy"; None goes back to the default.

    Raises:
        ValueError: there is no such engine.
        ImportError: it is not installed; the message says how to install it.

    Example:
        >>> lanthorn.set_engine("torch")
        >>> lanthorn.engines.get_engine()
        'torch'
    """
    global _default
    _default = get(name).name if name else None


def get_engine() -> str:
    """Name of the engine that new models get."""
    return default_name()


def device(device_name: str) -> Any:
    """A context in which arrays and weights of the default engine are made on a device.

    Args:
        device_name: "cpu", "gpu", or "gpu:1" for the second.

    Example:
        >>> with lanthorn.device("cpu"):
        ...     v = lanthorn.Variable([1.0])
    """
    return get(None).on_device(device_name)


def get(name: str | Engine | None = None) -> Engine:
    """The engine of that name, loaded on first use. Raises ValueError / ImportError with what to do."""
    if isinstance(name, Engine):
        return name
    name = name or default_name()
    engine = _loaded.get(name)
    return engine if engine is not None else _load(name)


def _load(name: str) -> Engine:
    if name == "tf":
        name = "tensorflow"
    if name not in NAMES:
        raise ValueError(f"engine: there is no engine {name!r}; choose one of {', '.join(NAMES)}.")
    if not _is_there(name):
        have = ", ".join(installed())
        raise ImportError(
            f"engine {name!r} is not installed (installed here: {have}). "
            f"Install it with: pip install 'lanthorn[{name}]', or choose another with lanthorn.set_engine(...)."
        )
    from ..core.seeds import explicit_seed
    from ..ops import dispatch

    engine = _loaded[name] = importlib.import_module(f".{name}", __name__).ENGINE
    dispatch.load(name)
    seed = explicit_seed()
    if seed is not None:
        engine.seed(seed)
    return engine


def made_under() -> Any:
    """The strategy of an engine in use that is entered here, or None: what a model remembers of where it was made."""
    if default_name() in sys.modules:  # imported, so that it may be in use without us
        get(None)
    return next((found for engine in _loaded.values() if (found := engine.made_under()) is not None), None)


def of(array: Any) -> Engine:
    """The engine that an array, tensor or Variable belongs to; the default engine for anything else."""
    from ..ops.dispatch import kind

    name = kind(array)
    if name in NAMES:
        return get(name)
    return getattr(array, "engine", None) or get(None)


def texts_of(x: Any, numbers: bool = False) -> Any:
    """The module that works on an engine's own strings, if `x` is a tensor of them (or a ragged or sparse one).

    `numbers`: numbers on that engine, too.
    """
    if type(x).__module__.partition(".")[0] != "tensorflow":
        return None
    found = get("tensorflow").texts
    return found if numbers or found.takes(x) else None


def loaded() -> list[str]:
    """Names of the engines that this process has in use."""
    return [name for name in _loaded if name in sys.modules]


def remat(f: Callable) -> Callable:
    """`f`, a function of arrays, computed again where its gradient is taken instead of keeping what is inside it.

    Args:
        f: written in ops; it gives an array or several.

    Returns:
        A function of the same arguments.

    Example:
        >>> lanthorn.remat(lambda x: lanthorn.ops.gelu(x))(np.zeros((1, 2), "float32")).shape
        (1, 2)
    """

    @wraps(f)
    def rematerialized(*args: Any, **kwargs: Any) -> Any:
        arrays = [x for x in args if hasattr(x, "shape")]
        if not arrays or any(map(is_symbolic, arrays)):
            return f(*args, **kwargs)
        return of(arrays[0]).remat(partial(f, **kwargs))(*args)

    return rematerialized


class SymbolicScope:
    """Inside, only shapes and dtypes count: what is assigned to a variable of the default engine is not stored.

    Example:
        >>> v = lanthorn.Variable([1.0])
        >>> with lanthorn.SymbolicScope():
        ...     v.assign([2.0])
        >>> v.numpy()
        array([1.], dtype=float32)
    """

    def __enter__(self) -> "SymbolicScope":
        self._abstract = get(None).abstractly()
        self._abstract.__enter__()
        return self

    def __exit__(self, *exc: Any) -> None:
        self._abstract.__exit__(*exc)
