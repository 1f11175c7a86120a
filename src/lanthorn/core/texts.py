"""Models that begin with texts: the layers that texts reach run on the host, the rest of the graph on the device."""

from typing import Any

import numpy as np

from . import tree
from .flatten import flattened, twin
from .inputs import flat_inputs
from .plan import Plan
from .symbolic import Node, is_symbolic


def takes_texts(model: Any) -> bool:
    """Whether a graph has inputs of texts, or a Sequential that waits for a shape begins with a layer for them."""
    plan, layers = model.__dict__.get("_plan"), model.__dict__.get("_layers")
    return plan.texts if plan is not None else bool(layers) and layers[0].dtype == "string"


def drawn(model: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
    """A model that begins with texts as a node of a graph around it: nothing has to be evaluated for its outputs."""
    model.ensure_built(args, kwargs, next(tree.leaves(args)).engine)
    outputs = tree.map(twin, model._plan.outputs)
    Node(model, args, kwargs, outputs)
    return outputs


class TextStart:
    """A model's graph in two: what texts reach, and `rest`, a plan of everything behind it.

    `rest` begins with what the layers for texts give and the model's other inputs, as a list.
    """

    def __init__(self, model: Any):
        self.model, self.plan = model, model._plan
        plan = flattened(model._plan)  # a model inside may begin with texts, and be trained behind them
        self.inputs = tree.flatten(plan.inputs)
        texts = {id(x) for x in self.inputs if x.dtype == "string"}
        self.nodes, cut = [], []
        for node in plan.nodes:
            if any(id(x) in texts for x in node.inputs):
                self.nodes.append(node)
                texts |= {id(x) for x in node.flat_outputs if x.dtype == "string"}
                cut += [x for x in node.flat_outputs if x.dtype != "string"]
        if any(id(x) in texts for x in tree.leaves(plan.outputs)):
            raise ValueError(
                f"{model.describe()}: gives texts, which no device holds; call that layer on the model's outputs."
            )
        self.cut = [*cut, *(x for x in self.inputs if x.dtype != "string")]
        self.rest = Plan(self.cut, plan.outputs, part=True)

    def numbers(self, inputs: Any) -> Any:
        """The inputs with what the layers for texts make of them, as a list; numbers that are so already stay."""
        leaves = tree.flatten(inputs) if isinstance(inputs, (list, tuple, dict)) and not _is_row(inputs) else [inputs]
        if isinstance(inputs, (list, tuple)) and not any(map(_is_text, leaves)) and len(leaves) == len(self.cut):
            return list(inputs)
        if isinstance(inputs, (list, tuple)) and (len(self.inputs) == 1 or _is_row(inputs)):
            inputs = np.asarray(inputs, object if _is_row(inputs) else None)
        given = tree.map(_as_array, inputs)
        names = [x.name for x in self.inputs]
        parts = [given[name] for name in names] if isinstance(given, dict) and set(names) <= set(given) else None
        parts = tree.flatten(given) if parts is None else parts
        parts = [_ranked(x, spec) for x, spec in zip(parts, self.inputs, strict=False)]
        given = dict(zip(names, parts, strict=True)) if isinstance(given, dict) and len(parts) == len(names) else parts
        flat = flat_inputs(self.model, given if isinstance(given, dict) or len(self.inputs) > 1 else parts)
        values = {id(x): value for x, value in zip(self.inputs, flat, strict=True)}

        def fill(x):
            return values[id(x)] if is_symbolic(x) else x

        for node in self.nodes:
            outputs = node.layer(*tree.map(fill, node.args), **tree.map(fill, node.kwargs))
            values.update((id(x), y) for x, y in zip(node.flat_outputs, tree.leaves(outputs), strict=True))
        return [values[id(x)] for x in self.cut]


def _is_row(x: Any) -> bool:
    """A list of texts: one input."""
    return isinstance(x, (list, tuple)) and len(x) > 0 and isinstance(x[0], (str, bytes))


def _is_text(x: Any) -> bool:
    dtype = getattr(x, "dtype", None)
    return isinstance(x, (str, bytes)) or "string" in str(dtype) or getattr(dtype, "kind", "") in ("U", "S", "O", "T")


def _as_array(x: Any) -> Any:
    """NumPy's texts as objects, whose dtype says nothing of their length."""
    x = np.asarray(x) if not hasattr(x, "shape") else x
    return x.astype(object) if isinstance(x, np.ndarray) and x.dtype.kind in "US" else x


def _ranked(x: Any, spec: Any) -> Any:
    """(batch,) where (batch, 1) is meant, and the reverse."""
    ranks = len(x.shape), len(spec.shape)
    if ranks == (1, 2) and spec.shape[-1] == 1:
        return x[:, None]
    return x[:, 0] if ranks == (2, 1) and x.shape[-1] == 1 else x
