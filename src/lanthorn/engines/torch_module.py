"""A model as a `torch.nn.Module`, and the module as the one place where its weights and children live.

Each layer that holds something becomes a module. From then on the layer's Variables keep no values of their own: they
read the module's entries. Calls of the layer go to what stands in its module's place, so that hooks fire, and so that
an entry or a child that was assigned, swapped, computed, wrapped, sharded or replaced is what the next call uses,
whoever makes it. What a layer consists of, for `fit`, `summary` and files, is read there too (`torch_tree.py`).

A module called the way of torch takes `training` from its own flag, so that `model.train()`, `model.eval()` and
`model.bn.eval()` do what they say; called by Lanthorn with `training=...`, that holds for everything inside.
"""

import inspect
import re
from functools import lru_cache

import torch

from ..core import tree
from ..core.context import context, forget_losses
from ..core.flatten import is_graph
from ..core.operation import Operation
from ..core.paths import named_children
from .torch_tree import call

NOT_INPUTS = ("training", "mask")


class LayerModule(torch.nn.Module):
    """The torch side of one layer. Its class is one of its own (see `_class_for`), whose `forward` names the inputs."""

    names: tuple[str, ...] = ()
    said = False  # whether somebody said `train()` or `eval()`

    def __init__(self, layer, seen: set[int]):
        super().__init__()
        self._layer = layer
        self._entries = {}  # the Variable of each entry, by its name here
        for variable in layer._declared_variables():
            if id(variable) in seen or variable.is_seed or variable.home is not None:
                continue
            seen.add(id(variable))
            name, value = self._free_name(variable.name), variable.value
            if isinstance(value, torch.nn.Parameter):
                self.register_parameter(name, value)
            else:
                self.register_buffer(name, value)
            self._entries[name] = variable
            variable.move_into(self, name)
        for name, child in named_children(layer):
            if id(child) not in seen:  # a shared layer is listed once, so that state_dict has its weights once
                seen.add(id(child))
                module = child._view if child._view is not None else make(child, seen)
                name = self._free_name(name)
                self.add_module(name, module)
                child._view, child._seats = module, (*child._seats, (self, name))

        self._is_code = bool(self._modules) and not is_graph(layer)  # it calls its layers in Python

    def _free_name(self, name: str) -> str:
        name = name.replace(".", "_")
        while hasattr(self, name):
            name += "_"
        return name

    def _apply(self, fn, recurse=True):
        super()._apply(fn, recurse)
        before = self._layer.dtype
        after = str(fn(torch.empty(0, dtype=getattr(torch, before))).dtype).removeprefix("torch.")
        if after != before:  # .double(), .bfloat16(): that is what it computes in from now on
            self._layer._policy, self._layer._casts = after, None
        return self

    def _called(self, args, training, kwargs):
        """`forward` of every layer."""
        if kwargs or len(args) != 1:
            args = self._inputs(args, kwargs)
        if training is None:
            training = context.training
        if training is None:
            if context.noted and not context.natively and not self._layer._seats:
                forget_losses(self._layer)
            if self._is_code:  # what it calls inside goes by the modules' own flags too
                return self._natively(args, kwargs)
            return self._layer.call_natively(self.training, *args, **kwargs)
        return self._layer.invoke(*args, training=training, **kwargs)

    def _natively(self, args, kwargs):
        before, context.natively = context.natively, True
        try:
            return self._layer.call_natively(self.training, *args, **kwargs)
        finally:
            context.natively = before

    def train(self, mode=True):
        self.said = True
        return super().train(mode)

    def _inputs(self, args, kwargs):
        """The inputs in their order, where they came by name; those of a graph as the structure that it takes."""
        args = [*args, *(kwargs.pop(name) for name in self.names[len(args) :] if name in kwargs)]
        if len(args) > 1 and is_graph(self._layer):
            return (tree.pack(self._layer.plan.inputs, args),)
        return args

    def run(self, plan, arrays: list, training: bool | None) -> list:
        """The plan of this module's model, with what stands in the places of its layers."""

        told, inside = context.training is not None, self._modules

        def in_place(layer, args, kwargs):
            seats = layer._seats
            module = inside.get(seats[0][1]) if len(seats) == 1 and seats[0][0] is self else layer.present(self)
            if module is None:
                module = layer.present(self)  # which says what is wrong
            return call(module, args, kwargs) if kwargs or told else module(*args)

        return plan.run(arrays, training, call=in_place)

    def extra_repr(self) -> str:
        return "" if self._modules else repr(self._layer).partition("(")[2][:-1]

    def _get_name(self) -> str:
        return type(self._layer).__name__

    def __reduce_ex__(self, protocol):
        # the class is made anew where it is read: it is not a name in a module
        if type(self) is not _class_for(self.names, isinstance(self, ChainModule)):
            return super().__reduce_ex__(protocol)  # a tool has put a class of its own over it
        return _remade, (self.names, isinstance(self, ChainModule)), self.__dict__.copy()


class ChainModule(LayerModule, torch.nn.Sequential):
    """The torch side of a Sequential: a `torch.nn.Sequential`, to which one appends and of which one takes away."""

    def run(self, plan, arrays, training):
        if plan is not self._layer._plan:  # what is behind layers for texts
            return super().run(plan, arrays, training)
        (x,) = arrays
        if training is None and context.training is None:
            for module in self._modules.values():
                x = module(x)
        else:
            for module in self._modules.values():
                x = call(module, (x,), {"training": training})
        return [x]

    def __getitem__(self, at):
        return torch.nn.Sequential(*list(self)[at]) if isinstance(at, slice) else list(self)[at]

    def __delitem__(self, at):
        for name in [*self._modules][at] if isinstance(at, slice) else [[*self._modules][at]]:
            delattr(self, name)

    def __setitem__(self, at, module):
        setattr(self, [*self._modules][at], module)

    def pop(self, key):
        module = self[key]
        del self[key]
        return module

    def insert(self, index, module):
        before = list(self._modules.items())
        index = range(len(before) + 1)[index]
        self.append(module)
        last = self._modules.popitem()
        self._modules.clear()
        self._modules.update([*before[:index], last, *before[index:]])
        return self

    def append(self, module):
        self.add_module(self._free_name(str(len(self._modules))), module)
        return self


@lru_cache(1024)
def _class_for(names: tuple[str, ...], chain: bool) -> type:
    """The class of modules whose `forward` has inputs of these names, as `torch.export` and keyword calls want it."""

    def forward(self, *args, training=None, **kwargs):
        return self._called(args, training, kwargs)

    if names:
        one = inspect.Parameter
        listed = [one(name, one.POSITIONAL_OR_KEYWORD) for name in ("self", *names)]
        optional = [one(name, one.KEYWORD_ONLY, default=None) for name in ("training", "mask")]
        forward.__signature__ = inspect.Signature([*listed, *optional])  # type: ignore[attr-defined]
    base = ChainModule if chain else LayerModule
    return type(base.__name__, (base,), {"forward": forward, "names": names, "__module__": __name__})


def _remade(names: tuple[str, ...], chain: bool) -> LayerModule:
    cls = _class_for(names, chain)
    return cls.__new__(cls)


def _input_names(layer) -> tuple[str, ...]:
    """The names of a graph's inputs; of another layer the arguments of its `call`, up to the first with a default."""
    if is_graph(layer):
        names = [x.name for x in tree.flatten(layer.plan.inputs)]
        # a name that counts the inputs of the whole program is counted anew: twins are then of one class, as an
        # ensemble (`torch.func.stack_module_state`) wants them
        counted = (f"input_layer_{i}" if i else "input_layer" for i in range(len(names)))
        names = [next(counted) if re.fullmatch(r"input_layer(_\d+)?", name) else name for name in names]
    else:
        _, *parameters = inspect.signature(type(layer).call).parameters.values()
        parameters = [p for p in parameters if p.name not in NOT_INPUTS]
        plain = all(p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters)
        names = [p.name for p in parameters if p.default is p.empty] if plain else []
    names = ["".join(c if c.isalnum() else "_" for c in name) for name in names]
    return tuple(names) if all(n.isidentifier() for n in names) and len({*names}) == len(names) else ()


def _is_chain(layer) -> bool:
    listed = getattr(layer, "_layers", None)
    if listed is None or not is_graph(layer):
        return False
    parts = layer.layers
    return len({id(part) for part in parts}) == len(parts) and not any(isinstance(part, Operation) for part in parts)


def make(layer, seen: set[int]) -> LayerModule:
    """The module of one layer and all inside."""
    module = _class_for(_input_names(layer), _is_chain(layer))(layer, seen)
    layer._view, layer._casts = module, None
    return module


def view(layer) -> torch.nn.Module:
    """The module of a built layer: made once, then the same."""
    if layer._view is None:
        make(layer, set())
        layer.__dict__.setdefault("_compiled_functions", {}).clear()  # made for values that the layer kept itself
    return layer._view


def as_module(layer, name: str):
    """What a torch module would answer, so that a layer on torch does too: `parameters()`, `train()`, …"""
    if name != "training" and not callable(getattr(torch.nn.Module, name, None)):
        raise AttributeError(f"{type(layer).__name__!r} object has no attribute {name!r}")
    if not layer.built:
        raise ValueError(
            f"{layer.describe()}: has no weights yet, so it has no {name} either; call it once on an input."
        )
    module = view(layer)
    found = getattr(module, name)
    if not callable(found):
        return found

    def answer(*args, **kwargs):
        result = found(*args, **kwargs)
        return layer if result is module else result

    return answer
