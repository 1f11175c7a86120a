"""A `torch.nn.Module` as a layer."""

from typing import Any

import torch

from ..core.foreign_layer import ForeignLayer
from ..core.layer import Layer
from ..core.naming import snake_case, unique_name
from . import torch_tree


class TorchModuleWrapper(ForeignLayer):
    """A `torch.nn.Module` as a layer: `fit` trains it, `summary` shows it, its weights are saved.

    A module put into a `Sequential` or called on a symbolic tensor becomes one by itself.

    Args:
        module: the module; its `forward` is given the arrays as they are, of any shape that it takes.
        name: made from the module's class if None.
        output_shape: kept for Keras's signature: the shape is found by calling the module.

    Raises:
        TypeError: `module` is no torch module.

    Example:
        >>> import torch
        >>> layer = lanthorn.layers.TorchModuleWrapper(torch.nn.Linear(3, 2))
        >>> layer(torch.ones(5, 3)).shape
        torch.Size([5, 2])
    """

    only_engine = "torch"
    autocast = False  # its arrays are the module's own business

    def __init__(self, module: Any, name: str | None = None, output_shape: Any = None, **kwargs: Any):
        if not isinstance(module, torch.nn.Module):
            raise TypeError(f"TorchModuleWrapper: expected a torch.nn.Module, got {type(module).__name__}.")
        super().__init__(name=name or unique_name(snake_case(type(module).__name__)), **kwargs)
        from . import get

        self._engine, self._view, self.built = get("torch"), module, True  # it is its own torch side
        module.__dict__["_as_layer"] = self
        module.to(self._engine.device)
        if not self._trainable:
            module.requires_grad_(False)

    @property
    def module(self) -> Any:
        """The module."""
        return self._view

    def call(self, *args, training=None, **kwargs):
        torch_tree.only_tensors(self._view, args)
        with torch_tree.mode(self._view, bool(training)):
            return self._view(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(self._view, name)

    def __bool__(self) -> bool:
        return True

    def __len__(self) -> int:
        return len(self._view)

    def __iter__(self):
        return iter(self._view)

    def __getitem__(self, at: Any) -> Any:
        return self._view[at]


def around(module: Any, name: str | None = None) -> TorchModuleWrapper:
    """The layer around a module: made once, and kept by the module."""
    made = module.__dict__.get("_as_layer")
    return TorchModuleWrapper(module, name and name.replace("/", "_")) if made is None else made


def wrap_module(obj: Any) -> Layer | None:
    """A torch module as a layer; None for everything else."""
    if not isinstance(obj, torch.nn.Module):
        return None
    return torch_tree.layer_of(obj)
