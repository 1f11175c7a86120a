"""The library's own classes and functions that a model file may name: an allow-list, loaded when asked for."""

import difflib
import inspect
from importlib import import_module
from typing import Any

from ..core.custom_objects import find_custom

KINDS = (
    "layers", "models", "losses", "metrics", "optimizers", "optimizers.schedules", "initializers", "regularizers",
    "constraints", "activations", "random", "distillation", "dtype_policies", "utils.feature_space",
)  # fmt: skip
FUNCTION_KINDS = ("activations", "losses", "metrics", "regularizers", "constraints", "initializers", "layers")
MODELS = ("Model", "Functional", "Sequential")


def _kinds_first(module: str | None, kinds: tuple[str, ...]) -> list[str]:
    """The kinds, the one that `module` ("keras.losses", "keras.src.layers.core.dense") speaks of first."""
    spoken = [k for k in kinds if module and k.split(".")[-1].rstrip("s") in module.replace(".src", "")]
    return spoken + [k for k in kinds if k not in spoken]


def _public(kind: str, name: str) -> Any:
    try:
        module = import_module(f"..{kind}", __package__)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("lanthorn"):
            return None
        raise
    registry = getattr(module, "_registry", None)
    names = getattr(registry, "names", None)
    if names is not None and name in names:
        return names[name]
    listed = getattr(module, "__all__", None)
    if listed is not None and name not in listed:
        return None
    return getattr(module, name, None)


def find_class(name: str, module: str | None = None) -> type | None:
    """The library's class of that name, or None. `module` only says which kind is meant where two share a name."""
    if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
        return None
    for kind in _kinds_first(module, KINDS):
        found = _public(kind, name)
        if inspect.isclass(found) and found.__module__.startswith("lanthorn.") and hasattr(found, "from_config"):
            return found
    return None


def find_function(name: str, module: str | None = None) -> Any:
    """The library's activation, loss, metric or op function of that name, or None."""
    if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
        return None
    for kind in _kinds_first(module, FUNCTION_KINDS):
        found = _public(kind, name)
        if inspect.isfunction(found) and found.__module__.startswith("lanthorn."):
            return found
    return None


def resolve_class(config: dict[str, Any]) -> Any:
    """The class that a config names: the user's own first, then the library's.

    Raises:
        ValueError: nobody knows the name; says how to make it known.
    """
    name, registered = config.get("class_name"), config.get("registered_name")
    if not isinstance(name, str):
        raise ValueError(f"load: expected a class name, got {name!r}.")
    found = find_custom(registered) if isinstance(registered, str) and registered else None
    if found is None:
        found = find_custom(name)
    if found is None:
        found = find_class(name.removeprefix("Custom>"), config.get("module"))
    if found is None:
        found = find_custom(name, loose=True)
    if found is not None:
        return found
    raise ValueError(f"load: {unknown(name, registered)}")


def unknown(name: str, registered: str | None = None) -> str:
    """What to say of a name that nobody knows."""
    known = {
        n for kind in ("layers", "models") for n in getattr(import_module(f"..{kind}", __package__), "__all__", ())
    }
    near = difflib.get_close_matches(name, known, n=2, cutoff=0.75)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    shown = f" (saved as {registered!r})" if registered and registered != name else ""
    return (
        f"the file names {name!r}{shown}, which is not one of lanthorn's classes and was not registered.{hint} "
        f"Pass custom_objects={{{name!r}: {name}}}, or decorate it with "
        "@lanthorn.saving.register_keras_serializable() before loading. A file cannot bring code with it."
    )


def public_home(obj: Any) -> str | None:
    """Keras's public module of a class of ours, as files write it: "keras.layers"; None for others' classes."""
    cls = obj if inspect.isclass(obj) else type(obj)
    if not cls.__module__.startswith("lanthorn.") or cls.__name__.startswith("_"):
        return None
    if cls.__name__ in MODELS:
        return "keras"
    if cls.__module__.startswith("lanthorn.utils.feature"):  # in Keras most of it has no public name
        return "keras.utils" if cls.__name__ == "FeatureSpace" else "keras.src.layers.preprocessing.feature_space"
    for kind in _kinds_first(cls.__module__, KINDS):
        if _public(kind, cls.__name__) is cls:
            return f"keras.{kind}"
    return None
