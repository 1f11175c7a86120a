"""Models: Sequential, functional and subclassed."""

from typing import Any

from ..core.old_names import find
from .input_layer import Input, InputLayer
from .model import Model
from .sequential import Sequential

Functional = Model  # a functional model is a Model with a graph

# Keras has these here as well; they live in lanthorn.saving, which is loaded when one is asked for.
_FROM_SAVING = ("clone_model", "load_model", "model_from_config", "model_from_json", "save_model")

__all__ = ["Functional", "Input", "InputLayer", "Model", "Sequential", *_FROM_SAVING]


def __getattr__(name: str) -> Any:
    if name in _FROM_SAVING:
        from .. import saving

        return getattr(saving, name)
    return find(__name__, name)


def __dir__() -> list[str]:
    return __all__
