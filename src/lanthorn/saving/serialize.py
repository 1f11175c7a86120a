"""Objects as plain data, in Keras 3's dialect, and back from any Keras dialect."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from ..core.custom_objects import custom_object_scope, find_custom, registered_name
from ..models import Model
from . import library, quirks

MAX_DEPTH = 200  # nested configs; a real model of models has a dozen
_shared: ContextVar[dict[int, Any] | None] = ContextVar("shared objects of the file being read", default=None)
_depth: ContextVar[int] = ContextVar("depth", default=0)


@contextmanager
def reading_file() -> Iterator[None]:
    """Inside, objects that a file marks as one and the same (`shared_object_id`) are made once."""
    token = _shared.set({})
    try:
        yield
    finally:
        _shared.reset(token)


def serialize_keras_object(obj: Any) -> Any:
    """Plain data (what JSON can hold) that tells an object: a layer, a loss, a function, an array, a structure.

    Returns:
        For an object: `{"module", "class_name", "config", "registered_name"}` as Keras 3 writes it, so that
        Keras opens it too where the class is one of its own.

    Raises:
        TypeError: the object has no `get_config`, or is a lambda.

    Example:
        >>> lanthorn.saving.serialize_keras_object(lanthorn.layers.Flatten())["class_name"]
        'Flatten'
    """
    if obj is None or isinstance(obj, (bool, int, float, str)):
        return obj
    if isinstance(obj, (list, tuple)):
        return [serialize_keras_object(item) for item in obj]
    if isinstance(obj, dict):
        return {str(key): serialize_keras_object(value) for key, value in obj.items()}
    plain = _plain(obj)
    if plain is not None:
        return plain
    if inspect.isfunction(obj) or inspect.isbuiltin(obj):
        return _function(obj)
    if inspect.isclass(obj):
        return {"module": None, "class_name": "type", "config": obj.__name__, "registered_name": registered_name(obj)}
    return _object(obj)


def _plain(obj: Any) -> Any:
    if isinstance(obj, np.generic):
        return obj.item()
    if isinstance(obj, np.ndarray):
        if obj.ndim == 0:
            return obj.item()
        return {"class_name": "__numpy__", "config": {"value": obj.tolist(), "dtype": str(obj.dtype)}}
    if isinstance(obj, bytes):
        return {"class_name": "__bytes__", "config": {"value": obj.decode()}}
    if isinstance(obj, slice):
        ends = {name: serialize_keras_object(getattr(obj, name)) for name in ("start", "stop", "step")}
        return {"class_name": "__slice__", "config": ends}
    if obj is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}}
    return None


def _function(obj: Any) -> dict[str, Any]:
    if obj.__name__ == "<lambda>":
        raise TypeError(
            "save: a lambda has no name by which a file could know it. Write a function with `def` and register it: "
            "@lanthorn.saving.register_keras_serializable()."
        )
    name = registered_name(obj) or obj.__name__
    ours = (obj.__module__ or "").startswith("lanthorn.")
    return {"module": "builtins", "class_name": "function", "config": name,
            "registered_name": "function" if ours else name}  # fmt: skip


def _object(obj: Any) -> dict[str, Any]:
    cls = type(obj)
    get_config = getattr(obj, "get_config", None)
    if get_config is None:
        raise TypeError(f"save: cannot write {obj!r} ({cls.__name__}): it has no `get_config()`.")
    config = get_config()
    if not isinstance(config, dict):
        raise TypeError(f"save: {cls.__name__}.get_config() must return a dict, got {type(config).__name__}.")
    home = library.public_home(cls)
    data = {
        "module": home or cls.__module__,
        "class_name": cls.__name__,
        "config": serialize_keras_object(quirks.for_keras(cls.__name__, config) if home else config),
        "registered_name": None if home else registered_name(cls) or cls.__name__,
    }
    if cls.__name__ == "Operation" and cls.__module__ == "lanthorn.core.operation":
        from .operations import operation_config

        return operation_config(obj)[0]
    if home is not None and cls.__name__ == "Model":  # a graph: Keras's class for it has a name of its own
        data |= {"module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional"}
    dtype = data["config"].get("dtype")
    if isinstance(dtype, str) and home in ("keras.layers", "keras") and cls.__name__ != "InputLayer":
        data["config"]["dtype"] = {
            "module": "keras", "class_name": "DTypePolicy", "config": {"name": dtype}, "registered_name": None,
        }  # fmt: skip
    return data


def deserialize_keras_object(
    config: Any, custom_objects: dict[str, Any] | None = None, safe_mode: bool = True, **unused: Any
) -> Any:
    """The object that plain data tells, as Keras 1, 2 or 3 or this library wrote it.

    Args:
        config: what `serialize_keras_object` gave; lists and dicts of such; an object is returned as it is.
        custom_objects: names in the data → your classes and functions.
        safe_mode: accepted as in Keras. Code inside a config is never run, whatever it says.

    Raises:
        ValueError: a class nobody knows, a setting nobody knows, code inside the data.
    """
    if custom_objects:
        with custom_object_scope(custom_objects):
            return deserialize_keras_object(config)
    depth = _depth.get()
    if depth > MAX_DEPTH:
        raise ValueError(f"load: refused, the config is nested more than {MAX_DEPTH} deep.")
    token = _depth.set(depth + 1)
    try:
        return _read(config)
    finally:
        _depth.reset(token)


def _read(config: Any) -> Any:
    if isinstance(config, (list, tuple)):
        return [deserialize_keras_object(item) for item in config]
    if not isinstance(config, dict):
        return config
    if "class_name" not in config or "config" not in config:
        return {key: deserialize_keras_object(value) for key, value in config.items()}
    name, inner = config["class_name"], config["config"]
    if name in _READERS:
        return _READERS[name](inner)
    if name in ("function", "builtin_function"):
        return _read_function(config)
    if name == "type":
        return library.resolve_class({"class_name": inner, "registered_name": config.get("registered_name")})
    shared, number = _shared.get(), config.get("shared_object_id")
    if shared is not None and number in shared:
        return shared[number]
    made = _read_object(config)
    if shared is not None and number is not None:
        shared[number] = made
    return made


def _refuse_code(inner: Any) -> Any:
    raise ValueError(
        "load: refused, the file holds the bytecode of a lambda, and a file must not bring code with it (safe_mode or "
        "not). Write the function with `def`, save the model with that, or pass it by the name of its layer: "
        "custom_objects={'the layer name': function}."
    )


def _read_array(inner: Any) -> np.ndarray:
    dtype = str(inner.get("dtype", "float32"))
    if dtype.strip("<>=|") not in _NUMBERS:
        raise ValueError(f"load: refused, an array of type {dtype!r} in a config.")
    return np.array(inner["value"], dtype=dtype)


_NUMBERS = {f"{kind}{bits}" for kind in ("int", "uint", "float") for bits in (8, 16, 32, 64)} | {"bool"}


def _read_policy(inner: Any) -> str:
    name = str((inner or {}).get("name"))
    if name not in _NUMBERS and name not in ("bfloat16", "mixed_float16", "mixed_bfloat16"):
        raise ValueError(f"load: the file asks for the dtype policy {name!r}, which lanthorn does not have.")
    return name


_READERS = {
    "__numpy__": _read_array,
    "__tensor__": _read_array,
    "__bytes__": lambda inner: str(inner["value"]).encode(),
    "__ellipsis__": lambda inner: Ellipsis,
    "__slice__": lambda inner: slice(*(deserialize_keras_object(inner[k]) for k in ("start", "stop", "step"))),
    "__lambda__": _refuse_code,
    "__tuple__": lambda inner: tuple(deserialize_keras_object(inner.get("value", []))),
    "__typespec__": lambda inner: None,
    "DTypePolicy": _read_policy,
    "FloatDTypePolicy": _read_policy,
    "Policy": _read_policy,
    "TensorShape": lambda inner: tuple(inner.get("items", ())),
}


def _read_function(config: dict[str, Any]) -> Any:
    inner = config["config"]
    name = inner if isinstance(inner, str) else (inner or {}).get("name")
    if not isinstance(name, str):
        raise ValueError(f"load: expected the name of a function, got {inner!r}.")
    for candidate in (config.get("registered_name"), name):
        found = find_custom(candidate) if isinstance(candidate, str) else None
        if found is not None:
            return found
    found = library.find_function(name, config.get("module")) or find_custom(name, loose=True)
    if found is None:
        raise ValueError(f"load: {library.unknown(name)}")
    return found


def _read_object(config: dict[str, Any]) -> Any:
    inner = config["config"] if config["config"] is not None else {}
    name = config["class_name"]
    from . import graph, operations

    if operations.is_operation(config):
        return operations.make_operation(config)
    cls = library.resolve_class(config)
    if not inspect.isclass(cls):
        return cls
    ours = cls.__module__.startswith("lanthorn.")
    if ours and name in library.MODELS:
        return graph.read_model(config)
    if not isinstance(inner, dict):
        raise ValueError(f"load: expected the settings of {name} as a dict, got {type(inner).__name__}.")
    if ours and isinstance(inner.get("vocabulary"), str):
        raise ValueError(
            f"load: refused, {name} asks for a vocabulary from another file, {inner['vocabulary']!r}; a model's file "
            "brings its own. Make the layer yourself and load only the weights."
        )
    if name == "Lambda" and ours:
        inner = _named_lambda(inner)
    graph_inside = isinstance(inner.get("layers"), list) and issubclass(cls, _model_class())
    if not ours and (
        _own_from_config(cls) or graph_inside
    ):  # the user's code takes its config apart itself, as in Keras
        made = cls.from_config(_without_policies(inner))
    else:
        inner = {key: deserialize_keras_object(value) for key, value in inner.items()}
        made = cls.from_config(quirks.adapt(cls, inner)) if ours else _from_settings(cls, inner)
    return made


def _model_class() -> type:
    return Model


def _from_settings(cls: type, inner: dict[str, Any]) -> Any:
    """A user's class whose `__init__` may not take `name`, `trainable` and `dtype`: these are set afterwards."""
    owner = next((c for c in cls.__mro__ if "__init__" in c.__dict__), object)
    takes = inspect.signature(owner.__init__).parameters
    open_ended = owner.__module__.startswith("lanthorn.") or any(p.kind is p.VAR_KEYWORD for p in takes.values())
    later = {} if open_ended else {k: inner.pop(k) for k in ("name", "trainable", "dtype") if k in inner.keys() - takes}
    made = cls.from_config(inner)
    if later.get("name"):
        made.name = later["name"]
    if later.get("trainable") is False:
        made.trainable = False
    return made


def _own_from_config(cls: type) -> bool:
    owner = next(c for c in cls.__mro__ if "from_config" in c.__dict__)
    return not owner.__module__.startswith("lanthorn.")


def _without_policies(inner: dict[str, Any]) -> dict[str, Any]:
    dtype = inner.get("dtype")
    return inner | {"dtype": deserialize_keras_object(dtype)} if isinstance(dtype, dict) else dict(inner)


def _named_lambda(inner: dict[str, Any]) -> dict[str, Any]:
    """A Lambda layer's function by name: registered, one of ours, or passed under the layer's own name."""
    own = find_custom(str(inner.get("name")))
    function = inner.get("function")
    if own is not None:
        function = own
    elif isinstance(function, str):
        function = _read_function({"config": function})
    elif isinstance(function, dict) and function.get("class_name") == "function":
        function = _read_function(function)
    else:
        raise ValueError(
            f"load: refused, the Lambda layer {inner.get('name')!r} holds code, and a file must not bring code with "
            f"it. If you know what it did, pass the function: custom_objects={{{inner.get('name')!r}: function}}."
        )
    keep = {k: v for k, v in inner.items() if k in ("name", "trainable", "dtype", "arguments", "output_shape", "mask")}
    return keep | {"function": function}
