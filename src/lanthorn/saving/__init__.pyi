# Written by tools/make_stubs.py: names that are loaded when they are used. Do not edit.

from typing import Any

from ..core.custom_objects import custom_object_scope as CustomObjectScope
from ..core.custom_objects import custom_object_scope as custom_object_scope
from ..core.custom_objects import get_custom_objects as get_custom_objects
from ..core.custom_objects import get_registered_name as get_registered_name
from ..core.custom_objects import get_registered_object as get_registered_object
from ..core.custom_objects import register_keras_serializable as register_keras_serializable
from .api import clone_model as clone_model
from .api import load_model as load_model
from .api import load_weights as load_weights
from .api import model_from_config as model_from_config
from .api import model_from_json as model_from_json
from .api import save_model as save_model
from .api import save_weights as save_weights
from .api import to_json as model_to_json
from .api import to_json as to_json
from .file_editor import KerasFileEditor as KerasFileEditor
from .serialize import deserialize_keras_object as deserialize_keras_object
from .serialize import serialize_keras_object as serialize_keras_object


__all__ = [
    "CustomObjectScope",
    "KerasFileEditor",
    "clone_model",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "model_from_config",
    "model_from_json",
    "model_to_json",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
    "to_json",
]
