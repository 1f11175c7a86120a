"""The order of a graph's layers that files and `model.layers` share with Keras.

Weights in files are numbered by it ("the second Dense"), so it must be Keras's own: by depth, which is the longest
way from a layer to an output, and among equals in the order in which a walk from the outputs back meets them.
"""

from typing import Any

from . import tree


def order(inputs: Any, outputs: Any) -> tuple[list[Any], list[Any]]:
    """Layers in Keras's order, and the nodes between `inputs` and `outputs` so that each comes after what it needs.

    Args:
        inputs, outputs: structures of symbolic tensors.

    Returns:
        An input that no output needs is among the layers, and its node among the nodes.
    """
    met, nodes = _walk(tree.flatten(inputs), tree.flatten(outputs))
    depth_of_node: dict[int, int] = {}
    depth_of_layer: dict[int, int] = {}
    for node in reversed(nodes):
        depth = max(depth_of_node.get(id(node), 0), depth_of_layer.get(id(node.layer), 0))
        depth_of_layer[id(node.layer)] = depth_of_node[id(node)] = depth
        for x in node.inputs:
            if x.node is not None:
                depth_of_node[id(x.node)] = max(depth + 1, depth_of_node.get(id(x.node), 0))
    found = {id(node.layer): node.layer for node in nodes}
    for x in tree.leaves(inputs):  # an input that no output needs is still an input
        if id(x.node.layer) not in found and not x.node.inputs:
            found[id(x.node.layer)] = x.node.layer
            met[id(x.node.layer)], depth_of_layer[id(x.node.layer)] = -1, 0
            nodes.insert(0, x.node)
    ordered = sorted(found.values(), key=lambda layer: (-depth_of_layer[id(layer)], met[id(layer)]))
    return ordered, nodes


def layers(inputs: Any, outputs: Any) -> list[Any]:
    """The layers between `inputs` and `outputs`, in Keras's order."""
    return order(inputs, outputs)[0]


def _walk(inputs: list, outputs: list) -> tuple[dict[int, int], list[Any]]:
    """When each layer was first met on the way back from the outputs, and the nodes, needed ones first."""
    met: dict[int, int] = {}
    nodes: list[Any] = []
    state: dict[int, str] = {}
    given = {id(x) for x in inputs}
    for output in outputs:
        stack = [(output, False)]
        while stack:  # no recursion: networks are deeper than Python's stack
            x, done = stack.pop()
            node = x.node
            if done:
                if state[id(node)] != "done":
                    state[id(node)] = "done"
                    nodes.append(node)
                continue
            if id(node) in state:
                continue
            if id(x) in given and node.inputs:  # the graph is cut here
                continue
            state[id(node)] = "open"
            met.setdefault(id(node.layer), len(met))
            stack.append((x, True))
            stack.extend((y, False) for y in reversed(node.inputs))
    return met, nodes
