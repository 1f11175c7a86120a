"""What a tree of torch modules holds, in Lanthorn's terms: Variables, and layers around torch's own modules."""

from contextlib import contextmanager

import torch

from ..core.context import context
from ..core.symbolic import SymbolicTensor
from ..core.variable import Variable
from ..core.weights import is_layer

_plainly = torch.nn.Module.__call__
_set, _add = torch.nn.Module.__setattr__, torch.nn.Module.add_module


def is_ours(module) -> bool:
    """Whether a module is the torch side of a layer."""
    return hasattr(type(module), "_called")


def layer_of(module, name=None):
    """The layer of a module: the one it is a side of, or one around it, made once (of this name)."""
    from .torch_layers import around

    return module._layer if is_ours(module) else around(module, name)


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


def present(module, layer):
    """The layer that is called where `layer` was put inside a layer of this module; None where it was removed."""
    if layer._view is None:
        return layer
    try:
        found = layer.present(module)
    except AttributeError:
        return None
    return None if found is None else layer_of(found, layer.name)


def present_children(module, held):
    """The layers that are called inside the layer of this module, which holds `held`: in their order, then what was
    added. A chain is what its module says, in that order.
    """
    inside = [layer for _, layer in named_children(module)]
    if is_ours(module) and isinstance(module, torch.nn.Sequential):
        listed = [layer for layer in held if layer._view is None] + inside
    else:
        found = [present(module, layer) for layer in held]
        listed = [layer for layer in found if layer is not None] + inside
    return iter({id(layer): layer for layer in listed}.values())


def named_children(module):
    """The layers of the modules inside, by their names here."""
    return [(name, layer_of(part, name)) for name, part in module._modules.items() if part is not None]


def told(module) -> bool:
    """Whether somebody said `train()` or `eval()` to a module, or Lanthorn says it now: else the Keras way is False."""
    return not is_ours(module) or module.said or context.training is not None


def call(module, args: tuple, kwargs: dict):
    """Call what stands in a layer's place; `training`, where Lanthorn says it, is for it and everything inside."""
    if is_ours(module):
        return module(*args, **kwargs)
    only_tensors(module, args)
    training = kwargs.pop("training", None)
    kwargs.pop("mask", None)
    training = context.training if training is None else training
    if training is None:
        return module(*args, **kwargs)
    before, context.training = context.training, training
    try:
        with mode(module, training):
            return module(*_in_its_dtype(module, args), **kwargs)
    finally:
        context.training = before


def _in_its_dtype(module, args: tuple) -> tuple:
    """Floats as the floats that a module's weights are: a layer before it may compute in another dtype."""
    wanted = next((p.dtype for p in module.parameters() if p.is_floating_point()), None)
    if wanted is None:
        return args
    return tuple(x.to(wanted) if torch.is_tensor(x) and x.is_floating_point() else x for x in args)


def only_tensors(module, args: tuple) -> None:
    """Raise a TypeError where a module of torch is given arrays of another engine."""
    for x in args:
        if hasattr(x, "shape") and not isinstance(x, torch.Tensor):
            raise TypeError(
                f"{type(module).__name__}: a module of torch works on torch's tensors only, got {type(x).__name__}; "
                "make the model with engine='torch', or use a layer of lanthorn in its place."
            )


def _call_or_draw(self, *args, **kwargs):
    """A module called on symbolic tensors is a layer called on them; all else is torch's own way."""
    for x in args:
        if type(x) is SymbolicTensor:
            return layer_of(self)(*args, **kwargs)
    return _plainly(self, *args, **kwargs)


def _set_or_hold(self, name, value):
    """`self.backbone = model` in a user's module holds the model's module: else its weights would be nobody's."""
    _set(self, name, _side_of(value) if is_layer(value) and not is_ours(self) and name[:1] != "_" else value)


def _add_or_hold(self, name, module):
    _add(self, name, _side_of(module) if is_layer(module) else module)


def _side_of(layer):
    """The module of a layer that a user's module is to hold."""
    if layer.built and layer.engine.name == "torch":
        return layer.engine.native(layer)
    why = f"lives on {layer.engine.name}" if layer.built else "has no weights yet: build it, or call it once"
    raise ValueError(f"{layer.describe()}: a torch module cannot hold it, because it {why}.")


def meet_layers() -> None:
    """Let torch's modules meet layers: `torch.nn.Linear(4, 2)(x)` draws one where x is symbolic, and a user's module
    that is given a layer holds its module. torch has no hooks for either, so three methods of its Module are led
    through here, as torch.fx does with `__call__` while it traces.
    """
    torch.nn.Module.__call__ = _call_or_draw  # type: ignore[method-assign]
    torch.nn.Module.__setattr__ = _set_or_hold  # type: ignore[method-assign]
    torch.nn.Module.add_module = _add_or_hold  # type: ignore[method-assign]


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
