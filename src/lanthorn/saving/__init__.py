"""Reading and writing models: `.keras`, HDF5, JSON, weights. Loads nothing until a name is asked for."""

from importlib import import_module
from typing import Any

_WHERE = {
    ".core.custom_objects": (
        "CustomObjectScope custom_object_scope get_custom_objects get_registered_name get_registered_object "
        "register_keras_serializable"
    ),
    "file_editor": "KerasFileEditor",
    "serialize": "serialize_keras_object deserialize_keras_object",
    "api": (
        "save_model load_model save_weights load_weights model_to_json to_json "
        "model_from_json model_from_config clone_model"
    ),
}
_NAMES = {name: module for module, names in _WHERE.items() for name in names.split()}
__all__ = sorted(_NAMES)


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'lanthorn.saving' has no attribute {name!r}")
    return getattr(import_module(f".{_NAMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return __all__
