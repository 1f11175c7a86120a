"""The frozen prefix: the part of a network that training does not change is not trained, it is run.

In transfer learning most of the network is frozen. Its part up to the last frozen, deterministic layer gives the same
features for the same picture, whatever the head learns. `split` cuts the graph there. `fit` then trains only the
head, on features that a fast runner computes (`engines/runners.py`), once wherever the input is the same.
"""

from typing import Any, NamedTuple

from ..core import tree
from ..core.flatten import flattened, graph_class, runs_graph
from ..core.layer import Layer
from ..core.plan import Plan
from ..core.symbolic import Node, SymbolicTensor


class Split(NamedTuple):
    """A model cut in two: `prefix`, the plan from its inputs to the features, and `head`, a model on features."""

    prefix: Plan
    head: Any
    layers: int

    @property
    def variables(self) -> list:
        """What the prefix reads."""
        found = [v for layer in self.prefix.layers for v in layer.variables]
        return list({id(v): v for v in found}.values())


def split(model: Any) -> Split | None:
    """Cut a functional model behind its frozen part; None if there is none with weights worth cutting off.

    The cut is only made where a single array goes from the one part to the other.
    """
    if getattr(model, "_plan", None) is None or not runs_graph(model) or model._view is not None:
        return None
    if model.activity_regularizer is not None or not model.trainable_variables or model._plan.also:
        return None
    plan = flattened(model._plan)
    settled, fixed = _settled(plan, model)
    weights = [v for node in fixed for v in node.layer.weights]
    if not weights or any(v.dtype != "float32" for v in weights):
        return None
    features = _boundary(plan, settled)
    if features is None:
        return None
    # features are float32 whatever the policy: the fastest runner computes them, and the head casts what it is given
    prefix = Plan(plan.inputs, features, part=True, exact=True)
    return Split(prefix, head(features, plan.outputs, model), len(prefix.nodes))


def _settled(plan: Plan, model: Any) -> tuple[set[int], list[Node]]:
    """The tensors that do not depend on what is trained, and the nodes that make them."""
    trained = {id(v) for v in model.trainable_variables}
    tensors = {id(x) for x in tree.leaves(plan.inputs)}
    nodes = []
    for node in plan.nodes:
        if all(id(x) in tensors for x in node.inputs) and _is_fixed(node, trained):
            tensors |= {id(x) for x in node.flat_outputs}
            nodes.append(node)
    return tensors, nodes


def _is_fixed(node: Node, trained: set[int]) -> bool:
    """Whether a layer gives the same output for the same input all through the training."""
    layer: Layer = node.layer
    if any(id(v) in trained for v in layer.variables) or any(x.masked for x in node.flat_outputs):
        return False
    parts = layer.flat_layers()
    if any(not type(part).__module__.startswith("lanthorn.") or part.is_foreign for part in parts):
        return False  # a user's layer may do in `call` what cannot be seen from here
    if any(part._view is not None for part in parts):
        return False  # nor can what a tool did to a module of the engine's own
    if node.kwargs.get("training") is False:
        return True
    for part in parts:
        random = any(type(value).__name__ == "SeedGenerator" for value in vars(part).values())
        moving = part._trainable and any(v.is_statistic for v in part._own_variables())
        random = random or getattr(part, "mixes_samples", False)  # does in training what it does not do else
        if random or moving or part.activity_regularizer is not None or getattr(part, "stateful", False):
            return False
    return True


def _boundary(plan: Plan, settled: set[int]) -> SymbolicTensor | None:
    """The one settled tensor that the rest needs; None if it needs several, or an input as it came in."""
    needed: dict[int, SymbolicTensor] = {}
    for node in plan.nodes:
        if id(node.flat_outputs[0]) not in settled:
            needed |= {id(x): x for x in node.inputs if id(x) in settled}
    if any(id(x) in settled for x in tree.leaves(plan.outputs)) or len(needed) != 1:
        return None
    (features,) = needed.values()
    return None if any(x is features for x in tree.leaves(plan.inputs)) else features


def head(features: SymbolicTensor, outputs: Any, model: Any) -> Any:
    """The rest of the model, as a model on features. It shares the layers, so what it learns the model has learned."""
    model_class = graph_class(model)
    head = model_class.__new__(model_class)
    Layer.__init__(head, name=model.name)
    head._plan = Plan(features, outputs, part=True)
    head._engine, head.built = features.engine, True
    return head
