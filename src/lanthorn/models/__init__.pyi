# Written by tools/make_stubs.py: names that are loaded when they are used. Do not edit.

from typing import Any

from ..saving.api import clone_model as clone_model
from ..saving.api import load_model as load_model
from ..saving.api import model_from_config as model_from_config
from ..saving.api import model_from_json as model_from_json
from ..saving.api import save_model as save_model
from .input_layer import Input as Input
from .input_layer import InputLayer as InputLayer
from .model import Model as Functional
from .model import Model as Model
from .sequential import Sequential as Sequential


__all__ = [
    "Functional",
    "Input",
    "InputLayer",
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_config",
    "model_from_json",
    "save_model",
]
