"""Copies of models whose layers, and calls of layers, are made as functions say."""

from collections.abc import Callable
from typing import Any

from ..core import graph_order, tree
from ..core.symbolic import is_symbolic
from ..models import Input, InputLayer, Model, Sequential


class Cloning:
    """One model being copied: each layer once, then each call."""

    def __init__(self, model: Any, make: Callable | None, call: Callable | None, recursive: bool):
        self.model, self.make, self.call, self.recursive = model, make, call, recursive
        self.made: dict[int, Any] = {}

    def layer(self, layer: Any) -> Any:
        """The copy of a layer: of a shared one, one."""
        if id(layer) not in self.made:
            if self.recursive and isinstance(layer, Model):
                copy = Cloning(layer, self.make, None if isinstance(layer, Sequential) else self.call, True).run(None)
            elif self.make is not None and type(layer).__name__ != "Operation":
                copy = self.make(layer)
            else:
                copy = type(layer).from_config(layer.get_config())
            self.made[id(layer)] = copy
        return self.made[id(layer)]

    def run(self, input_tensors: Any) -> Any:
        """The copy, on new inputs or on these places."""
        model = self.model
        if isinstance(model, Sequential):
            if self.call is not None:
                raise ValueError(f"clone_model: {model.describe()} is Sequential and takes no `call_function`.")
            first = self._inputs(input_tensors) if model._plan is not None or input_tensors is not None else []
            return Sequential([*(x.node.layer for x in first), *map(self.layer, model.layers)], name=model.name)
        if model._plan is None:
            raise ValueError(
                f"clone_model: {model.describe()} has no graph, so that only its class knows its layers; make it anew."
            )
        inputs = self._inputs(input_tensors)
        table = dict(zip(map(id, tree.leaves(model._plan.inputs)), inputs, strict=True))
        for node in graph_order.order(model._plan.inputs, model._plan.outputs)[1]:
            if isinstance(node.layer, InputLayer) or all(id(x) in table for x in node.flat_outputs):
                continue
            args, kwargs = _put(node.args, table), _put(node.kwargs, table)
            layer = self.layer(node.layer)
            made = layer(*args, **kwargs) if self.call is None else self.call(layer, *args, **kwargs)
            table |= zip(map(id, node.flat_outputs), tree.leaves(made), strict=True)
        outputs = tree.map(lambda x: table[id(x)], model._plan.outputs)
        return Model(tree.pack(model._plan.inputs, inputs), outputs, name=model.name)

    def _inputs(self, given: Any) -> list:
        if given is not None:
            return tree.flatten(given)
        return [
            Input(batch_shape=x.shape, dtype=x.dtype, name=x.node.layer.name, engine=x.engine)
            for x in tree.leaves(self.model._plan.inputs)
        ]


def _put(structure: Any, table: dict[int, Any]) -> Any:
    return tree.map(lambda x: table[id(x)] if is_symbolic(x) else x, structure)
