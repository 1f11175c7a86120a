"""The table that `model.summary()` prints, and the line that `repr(model)` is."""

import re
from typing import Any

import numpy as np

from ..core import tree
from ..core.config import Configurable
from ..engines.base import Spec

SHOWN = 8  # class names in a line


def title(model: Any) -> str:
    """What a model is, in one line: its layers, weights and shapes, whether it is compiled, what it tells apart.

    Asked for in the middle of making a model, by a debugger, it says as much as there is.
    """
    kind = type(model).__name__
    if "_plan" not in model.__dict__:
        return f"<{kind}: not made yet>"
    layers = sum(type(layer).__name__ != "InputLayer" for layer in model.layers)
    settings = Configurable.__repr__(model)[len(kind) + 1 : -1]  # of a subclass with fields
    told = [settings] * bool(settings) + ["1 layer" if layers == 1 else f"{layers} layers", *_weights(model)]
    if model._plan is not None:
        told.append(f"{_shapes(model.plan.inputs)} -> {_shapes(model.plan.outputs)}")
    told.append("compiled" if model.compiled else "not compiled")
    names = [str(name) for name in model.class_names or ()]
    if names:
        some = ", ".join(names[:SHOWN]) + ", ..." * (len(names) > SHOWN)
        told.append(f"{len(names)} class{'es' * (len(names) != 1)} ({some})")
    return f"<{kind} {model.name!r}: {', '.join(told)}>"


def _weights(model: Any) -> list[str]:
    if not model.built:
        return ["not built"]
    total, trained = _count(model.weights), _count(model.trainable_weights)
    noun = "weight" if total == 1 else "weights"
    return [f"{total:,} {noun}" + (f" ({trained:,} trainable)" if trained != total else "")]


def _shapes(structure: Any) -> str:
    shapes = [str(tuple(x.shape)) for x in tree.leaves(structure)]
    return shapes[0] if len(shapes) == 1 else f"[{', '.join(shapes)}]"


def _count(variables: Any) -> int:
    return sum(int(np.prod(v.shape)) for v in variables)


def summary(
    model: Any, line_length: int | None = None, show_trainable: bool = False, expand_nested: bool = False,
    layer_range: Any = None,
) -> str:  # fmt: skip
    """Layers, output shapes, number of weights, and what each is connected to where that is not the layer above."""
    rows = _rows(model, expand_nested, within=_places(model, layer_range))
    branched = any(row[3] for row in rows)
    header = ["Layer (type)", "Output shape", "Weights", "Connected to" if branched else None]
    columns = [i for i, title in enumerate(header) if title]
    table = [[header[i] for i in columns]] + [[row[i] for i in columns] for row in rows]
    if show_trainable:
        table[0].append("Trainable")
        for line, row in zip(table[1:], rows, strict=True):
            line.append(row[4])
    widths = [max(len(line[i]) for line in table) for i in range(len(table[0]))]
    if line_length:
        widths[-1] = max(widths[-1], line_length - sum(widths[:-1]) - 3 * (len(widths) - 1))
    rule = "─" * (sum(widths) + 3 * (len(widths) - 1))
    lines = [f"{type(model).__name__} '{model.name}' on {model.engine.name}", rule]
    for number, line in enumerate(table):
        cells = [
            cell.rjust(w) if i == 2 else cell.ljust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        ]
        lines.append("   ".join(cells).rstrip())
        if number == 0:
            lines.append(rule)
    return "\n".join([*lines, rule, *_totals(model)])


def _places(model: Any, layer_range: Any) -> range:
    """The places of the layers from the first that matches the first expression to the last of the second."""
    names = [layer.name for layer in model.layers]
    if layer_range is None:
        return range(len(names))
    found = [[i for i, name in enumerate(names) if re.match(word, name)] for word in layer_range]
    if len(found) != 2 or not all(found):
        raise ValueError(f"summary: `layer_range` must match two layers of {', '.join(names)}, got {layer_range!r}.")
    return range(min(found[0]), max(found[1]) + 1)


def _rows(model: Any, expand: bool, indent: str = "", within: range | None = None) -> list[tuple]:
    rows = []
    layers = model.layers
    for i, layer in enumerate(layers):
        if within is not None and i not in within:
            continue
        shape = _shape(model, layer)
        weights = f"{layer.count_params():,}" if layer.built else "not built"
        trainable = "–" if not layer.weights else "yes" if layer.trainable_weights else "no"
        before = layers[i - 1] if i else None
        rows.append(
            (f"{indent}{layer.name} ({_type(layer)})", shape, weights, _sources(model, layer, before), trainable)
        )
        if expand and hasattr(layer, "layers"):
            rows += _rows(layer, expand, indent + "  ")
    return rows


def _type(layer: Any) -> str:
    if layer.is_foreign and layer._view is not None:
        return type(layer._view).__name__
    return "op" if type(layer).__name__ == "Operation" else type(layer).__name__


def _shape(model: Any, layer: Any) -> str:
    if layer._nodes:
        outputs = layer._nodes[0].outputs
    elif (node := _place(model, layer)) is not None:
        outputs = _evaluated(layer, node)
    else:
        return "?"
    return ", ".join(str(x.shape) for x in tree.leaves(outputs))


def _place(model: Any, layer: Any) -> Any:
    """The node of the layer in whose place this one stands, where somebody put it there."""
    if model._view is None or model._plan is None:
        return None
    for node in model._plan.nodes:
        if node.layer._view is not None and model.engine.present(model._view, node.layer) is layer:
            return node
    return None


def _evaluated(layer: Any, node: Any) -> Any:
    """What comes out of a layer that is called as in this node, as specs."""
    specs = [Spec(x.shape, x.dtype) for x in node.inputs]
    try:
        return layer.engine.eval_shape(lambda *arrays: layer(*arrays, training=False), specs)
    except Exception:  # it takes nothing of that shape: so will the call say, which is the place to
        return []


def _sources(model: Any, layer: Any, before: Any) -> str:
    """Names of the layers it is fed by, where those are not just the layer above."""
    if model._plan is None:
        return ""
    nodes = [node for node in model._plan.nodes if node.layer is layer]
    sources = [x.node.layer for node in nodes for x in node.inputs]
    if before is None and all(type(source).__name__ == "InputLayer" for source in sources):
        return ""  # the first of a Sequential, whose input is not listed
    names = [source.name for source in sources]
    return "" if before is not None and names == [before.name] else ", ".join(names)


def _totals(model: Any) -> list[str]:
    def size(variables):
        return sum(int(np.prod(v.shape)) * (4 if "32" in v.dtype else 2 if "16" in v.dtype else 8) for v in variables)

    total, trainable = _count(model.weights), _count(model.trainable_weights)
    return [
        f"Weights: {total:,} ({size(model.weights) / 2**20:.2f} MiB)",
        f"Trainable: {trainable:,}",
        f"Not trainable: {total - trainable:,}",
    ]
