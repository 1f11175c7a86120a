"""What a tree of torch modules holds, in Lanthorn's terms: Variables, and layers around modules that are torch's own."""

from contextlib import contextmanager

import torch

from ..core.layer import _context
from ..core.variable import Variable


def is_ours(module) -> bool:
    """Whether a module is the torch side of a layer."""
    return hasattr(type(module), "_called")


def module_of(layer):
    """The module that a layer has already: its torch side, or the torch module it is made of."""
    return layer._view if layer._view is not None else getattr(layer, "torch_module", None)


def layer_of(module):
    """The layer of a module: the one it is a side of, or one around it, made once."""
    from .torch_layers import around

    return module._layer if is_ours(module) else around(module)


def entries(module):
    """The Variables of a module's own parameters and buffers, as they are now."""
    from . import get

    known = module.__dict__.setdefault("_entries", {})
    passing = module._non_persistent_buffers_set
    found = [(name, value, True) for name, value in module._parameters.items() if value is not None]
    found += [(n, value, False) for n, value in module._buffers.items() if value is not None and n not in passing]
    for name, value, trains in found:
        if name not in known:
            owner = layer_of(module)
            known[name] = Variable.around(
                value, get("torch"), home=module, key=name, name=name, path=f"{owner.name}/{name}", trainable=trains
            )
        yield known[name]


def present_children(module, held):
    """The layers that are called inside the layer of this module, which holds `held`.

    Those without a module of their own stay; for the others, what stands in their place now; then what was added.
    """
    seen: set[int] = set()
    places = {id(present): present for present in module._modules.values() if present is not None}
    ours = is_ours(module)
    if not (ours and isinstance(module, torch.nn.Sequential)):
        for layer in held:
            if layer._view is None:
                yield layer
                continue
            try:
                present = layer.present(module)
            except AttributeError:  # it was removed
                continue
            if present is not None and id(present) not in seen:
                seen.add(id(present))
                yield layer_of(present)
    else:
        yield from (layer for layer in held if layer._view is None)
    for present in places.values():
        if id(present) not in seen:
            seen.add(id(present))
            yield layer_of(present)


def call(module, args: tuple, kwargs: dict):
    """Call what stands in a layer's place; `training`, where Lanthorn says it, is for it and everything inside."""
    if is_ours(module):
        return module(*args, **kwargs)
    training = kwargs.pop("training", None)
    kwargs.pop("mask", None)
    training = _context.training if training is None else training
    if training is None:
        return module(*args, **kwargs)
    before, _context.training = _context.training, training
    try:
        with mode(module, training):
            return module(*args, **kwargs)
    finally:
        _context.training = before


@contextmanager
def mode(module, training: bool):
    """Inside, all of a module trains or does not; outside it does as before."""
    others = [part for part in module.modules() if part.training is not training]
    for part in others:
        part.training = training
    try:
        yield
    finally:
        for part in others:
            part.training = not training
