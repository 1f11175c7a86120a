"""A graph without models inside: what stands in a nested functional model is put in the place of its call."""

from typing import Any

from . import tree
from .inputs import flat_inputs
from .plan import Plan
from .symbolic import Node, SymbolicTensor, is_symbolic


class LooseNode(Node):
    """A node that its layer does not know of: made to rearrange a graph, not to extend it."""

    def __init__(
        self, layer: Any, args: tuple, kwargs: dict[str, Any], outputs: Any
    ):  # no super(): nothing is appended
        self.layer, self.args, self.kwargs, self.outputs, self.index = layer, args, kwargs, outputs, 0
        self.flat_outputs = tree.flatten(outputs)
        for out in self.flat_outputs:
            out.node = self


def is_graph(layer: Any) -> bool:
    """Whether a layer is a functional model that does nothing but run its graph."""
    return runs_graph(layer) and layer._plan is not None and layer.activity_regularizer is None


def runs_graph(layer: Any) -> bool:
    """Whether a layer is a model with the `call` of every model, and not one of its own."""
    return getattr(type(layer), "graph_call", None) is type(layer).call


def graph_class(model: Any) -> Any:
    """The class that all models derive from: where the `call` that runs a graph is written."""
    return next(each for each in type(model).__mro__ if "graph_call" in vars(each))


def _is_open(layer: Any) -> bool:
    """Whether a layer's graph may stand in the place of its call: with a torch module, that says what is called."""
    return is_graph(layer) and layer._view is None and not layer._plan.also


def flattened(plan: Plan) -> Plan:
    """The same computation with the same layers as one flat plan; the plan itself where nothing is nested."""
    if not any(_is_open(node.layer) for node in plan.nodes):
        return plan
    inputs = tree.map(twin, plan.inputs)
    place = {id(x): y for x, y in zip(tree.leaves(plan.inputs), tree.leaves(inputs), strict=True)}
    _copy(plan.nodes, place, {})
    outputs, also = (tree.map(lambda x: place[id(x)], ends) for ends in (plan.outputs, plan.also))
    return Plan(inputs, outputs, part=True, also=also)


def _copy(nodes: list[Node], place: dict[int, SymbolicTensor], settled: dict[str, Any]) -> None:
    """Copy nodes one by one; `place` says which tensor stands for which, `settled` what `training` was fixed to."""

    def moved(x):
        return place[id(x)] if is_symbolic(x) else x

    for node in nodes:
        args, kwargs = tree.map(moved, node.args), tree.map(moved, node.kwargs) | settled
        if _is_open(node.layer) and args and set(kwargs) <= {"training"}:
            inner = node.layer._plan
            flat = flat_inputs(node.layer, args[0])
            place.update({id(x): y for x, y in zip(tree.leaves(inner.inputs), flat, strict=True)})
            _copy(inner.nodes, place, kwargs)
            ends = [place[id(x)] for x in tree.leaves(inner.outputs)]
        else:
            outputs = tree.map(twin, node.outputs)
            LooseNode(node.layer, args, kwargs, outputs)
            ends = tree.flatten(outputs)
        place.update({id(x): y for x, y in zip(node.flat_outputs, ends, strict=True)})


def twin(x: SymbolicTensor) -> SymbolicTensor:
    twin = SymbolicTensor(x.shape, x.dtype, name=x.name, engine=x.engine)
    twin.masked = x.masked
    return twin
