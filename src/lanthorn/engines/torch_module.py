"""A model as a `torch.nn.Module`: the same Parameters under their layers' names, real buffers, hooks that fire.

Each layer that holds something becomes a module. Once a layer has its module, every call of it goes through that
module (`Layer.__call__`), whoever makes it, so that hooks fire at every level. A module called the way of torch
takes `training` from its own flag, so that `model.train()`, `model.eval()` and `model.bn.eval()` do what they say;
called by Lanthorn with `training=...`, that holds for everything inside.
"""

import torch

from ..core.layer import _context
from ..core.paths import named_children


class LayerModule(torch.nn.Module):
    """The torch side of one layer."""

    def __init__(self, layer, seen: set[int]):
        super().__init__()
        self._layer = layer
        for variable in layer._own_variables():
            if id(variable) in seen or variable.is_seed:
                continue
            seen.add(id(variable))
            name = self._free_name(variable.name)
            if isinstance(variable.value, torch.nn.Parameter):
                self.register_parameter(name, variable.value)
            else:
                self.register_buffer(name, variable.value)
        for name, child in named_children(layer):
            if id(child) not in seen:  # a shared layer is listed once, so that state_dict has its weights once
                seen.add(id(child))
                if child._view is None:
                    child._view = LayerModule(child, seen)
                self.add_module(self._free_name(name), child._view)
        self._bind()

    def _free_name(self, name: str) -> str:
        name = name.replace(".", "_")
        while hasattr(self, name):
            name += "_"
        return name

    def _bind(self) -> None:
        """Remember which Variable each entry is, so that `.to(...)` and loading can hand it new storage."""
        own = {id(v.value): v for v in self._layer._own_variables()}
        entries = {**self._parameters, **self._buffers}
        self._entries = {name: own[id(value)] for name, value in entries.items() if id(value) in own}

    def _apply(self, fn, recurse=True):
        # torch may replace parameters and buffers here (.double(), .to(device)): the Variables follow
        super()._apply(fn, recurse)
        self._follow()
        before = self._layer.dtype
        after = str(fn(torch.empty(0, dtype=getattr(torch, before))).dtype).removeprefix("torch.")
        if after != before:  # .double(), .bfloat16(): that is what it computes in from now on
            self._layer._policy, self._layer._casts = after, None
        return self

    def _follow(self) -> None:
        for name, variable in self._entries.items():
            value = self._parameters.get(name)
            variable.value = value if value is not None else self._buffers[name]
            variable.dtype = str(variable.value.dtype).removeprefix("torch.")

    def forward(self, *args, training=None, **kwargs):
        layer = self._layer
        if training is None and _context.training is not None:
            training = _context.training
        if training is None:
            return layer.call_natively(self.training, *args, **kwargs)
        return layer.invoke(*args, training=training, **kwargs)

    def extra_repr(self) -> str:
        return "" if self._modules else repr(self._layer).partition("(")[2][:-1]

    def _get_name(self) -> str:
        return type(self._layer).__name__


def view(model) -> LayerModule:
    """The module of a built model: made once, then the same."""
    if model._view is None:
        model._view = LayerModule(model, set())
    return model._view
