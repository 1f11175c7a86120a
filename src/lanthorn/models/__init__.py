"""Models: Sequential, functional and subclassed."""

from .input_layer import Input, InputLayer
from .model import Model
from .sequential import Sequential

Functional = Model  # a functional model is a Model with a graph

__all__ = ["Functional", "Input", "InputLayer", "Model", "Sequential"]
