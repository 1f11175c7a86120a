"""ONNX as an engine: run a plan on its symbolic arrays, and what has been run is the exported graph.

The arrays and their graph are those that the ops know (`ops/adapters/onnx/graph.py`). No other engine needs to be
installed.
"""

from typing import Any

from ..core import tree
from ..core.functional_call import swapped
from ..ops import dispatch
from ..ops.adapters.onnx.graph import Graph


def trace(plan: Any, variables: list, watch: Any = None) -> Any:
    """The graph of a plan in evaluation, as an `onnx.ModelProto`: its layers run on symbolic arrays.

    Args:
        plan: `model.plan`, or a part of it.
        variables: every variable its layers read.
        watch: see `Plan.run`; called with the graph as well: `watch(graph, layer, input, output)`. If it has
            `outputs`, a list that it fills, those are the graph's outputs in place of the plan's.

    Raises:
        NotImplementedError: an op that has no ONNX form here; its name is in the message.
    """
    dispatch.load("onnx")
    graph = Graph()
    inputs = [graph.input(x.shape, x.dtype, f"input_{i}") for i, x in enumerate(tree.leaves(plan.inputs))]
    with swapped(variables, [graph.constant(v.numpy()) for v in variables]):
        outputs = plan.run(inputs, False, watch and (lambda *seen: watch(graph, *seen)))
    return graph.model(getattr(watch, "outputs", None) or outputs)
