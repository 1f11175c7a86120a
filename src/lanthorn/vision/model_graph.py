"""A model as a picture of its graph: boxes with what the layers are, arrows for what goes where."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from ..core import tree
from ..models import Sequential
from ..saving.atomic import replacing
from .canvas import save
from .graph_drawing import drawn


class Box(NamedTuple):
    """One layer: its title (name, class), lines over the whole width, and cells side by side with a colour each."""

    title: tuple[str, str]
    lines: list[tuple[str, str]]
    cells: list[tuple[str, str, str]]


class Graph:
    """The boxes of a model by their layers' ids, the arrows between them, and which nested models they stand in.

    Args:
        model: built.
        expand: whether nested models are shown with what is in them.
        shown: which of names, activations, dtypes, shapes, trainable are shown.
    """

    def __init__(self, model: Any, expand: bool, **shown: bool):
        self.expand, self.shown = expand, shown
        self.boxes: dict[int, Box] = {}
        self.edges: list[tuple[int, int]] = []
        self.clusters: dict[int, tuple[str, list[int]]] = {}  # nested model → its name and the boxes right in it
        self.within: dict[int, int] = {}  # nested model → the one that it stands in
        self._add(model, None)

    def _add(self, model: Any, cluster: int | None) -> None:
        plan = model.__dict__.get("_plan")
        layers = [model] if plan is None else model.layers if isinstance(model, Sequential) else plan.layers
        for layer in layers:
            if self._opens(layer) and layer is not model:
                self.clusters[id(layer)] = (layer.name, [])
                if cluster is not None:
                    self.within[id(layer)] = cluster
                self._add(layer, id(layer))
            elif id(layer) not in self.boxes:
                self.boxes[id(layer)] = self._box(layer)
                if cluster is not None:
                    self.clusters[cluster][1].append(id(layer))
        for node in plan.nodes if plan is not None else ():
            for number, x in enumerate(node.inputs):
                start, end = self._start(x), self._end(node.layer, number)
                if start in self.boxes and end in self.boxes:  # the input of a Sequential has no box
                    self.edges.append((start, end))

    def _opens(self, layer: Any) -> bool:
        return self.expand and layer.__dict__.get("_plan") is not None

    def _start(self, x: Any) -> int:
        """The layer that gives x, in whatever nested model it stands."""
        while self._opens(x.node.layer):
            x = tree.flatten(x.node.layer.plan.outputs)[x.index]
        return id(x.node.layer)

    def _end(self, layer: Any, number: int) -> int:
        """The layer that takes a nested model's input of that number."""
        while self._opens(layer):
            if isinstance(layer, Sequential):
                layer = layer.layers[0]
            else:
                inputs = tree.flatten(layer.plan.inputs)
                layer = inputs[min(number, len(inputs) - 1)].node.layer
        return id(layer)

    def _box(self, layer: Any) -> Box:
        kind = type(layer).__name__
        if kind == "Operation" and hasattr(layer, "op"):
            kind = "".join(word.title() for word in layer.op.split("_"))
        lines, cells = [], []
        activation = getattr(layer, "activation", None)
        if self.shown["activations"] and activation is not None:
            said = getattr(activation, "name", None) or getattr(activation, "__name__", str(activation))
            lines.append(("Activation: ", said))
        node = layer._nodes[0] if layer._nodes else None
        if self.shown["shapes"]:
            if kind != "InputLayer":
                cells.append(("Input shape: ", _told(node and node.input_structure, "shape"), "paper"))
            cells.append(("Output shape: ", _told(node and node.outputs, "shape"), "paper"))
        if self.shown["dtype"]:
            cells.append(("Output dtype: ", _told(node and node.outputs, "dtype"), "paper"))
        if self.shown["trainable"] and layer.weights:
            cells.append(("", "Trainable", "good") if layer.trainable else ("", "Non-trainable", "bad"))
        return Box((layer.name if self.shown["names"] else "", kind), lines, cells)


def _told(structure: Any, what: str) -> str:
    if structure is None:
        return "?"
    found = tree.map(lambda x: _Word(getattr(x, what)), structure)
    if isinstance(found, dict):
        return ", ".join(f"{key}: {value}" for key, value in found.items())
    return str(found)


class _Word(str):
    """A text that prints without quotes inside a list."""

    __slots__ = ()

    def __new__(cls, value: Any):
        return super().__new__(cls, str(value))

    __repr__ = str.__str__


class Dot:
    """A graph in the language of Graphviz. `str(dot)` is the text; `write` and `create` ask Graphviz for a picture.

    Example:
        >>> str(lanthorn.utils.model_to_dot(model)).startswith("digraph")
        True
    """

    def __init__(self, graph: Graph, name: str, **settings: Any):
        self.graph, self.name, self.settings = graph, name, settings

    def to_string(self) -> str:
        """The text."""
        return "\n".join(self._text()) + "\n"

    __str__ = to_string

    def _text(self) -> Iterator[str]:
        graph = self.graph
        yield f"digraph {_quoted(self.name)} {{"
        yield "  " + "; ".join(f"{key}={_quoted(value)}" for key, value in self.settings.items()) + ";"
        yield '  concentrate=true; node [shape=plain, fontname="Helvetica", margin=0]; edge [penwidth=2];'
        inside = {box for _, boxes in graph.clusters.values() for box in boxes}
        yield from (f"  {_node(key, box)}" for key, box in graph.boxes.items() if key not in inside)
        yield from (line for key in graph.clusters if key not in graph.within for line in self._cluster(key, "  "))
        yield from (f"  n{a} -> n{b};" for a, b in dict.fromkeys(graph.edges))
        yield "}"

    def _cluster(self, key: int, indent: str) -> Iterator[str]:
        name, boxes = self.graph.clusters[key]
        yield f'{indent}subgraph "cluster_{key}" {{ label={_quoted(name)}; labeljust=l; style=dashed;'
        yield from (f"{indent}  {_node(box, self.graph.boxes[box])}" for box in boxes)
        for inner, outer in self.graph.within.items():
            if outer == key:
                yield from self._cluster(inner, indent + "  ")
        yield f"{indent}}}"

    def create(self, prog: Any = "dot", format: str = "ps", **_: Any) -> bytes:  # noqa: A002 (pydot's name)
        """The picture as bytes, by Graphviz. Raises FileNotFoundError where it is not installed."""
        command = [prog, f"-T{format}"] if isinstance(prog, str) else [*prog, f"-T{format}"]
        done = subprocess.run(command, input=self.to_string().encode(), capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(f"Graphviz: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout

    def write(self, path: Any, prog: Any = "dot", format: str = "raw", **_: Any) -> None:  # noqa: A002
        """Write the text ("raw", "dot"), or a picture by Graphviz."""
        found = self.to_string().encode() if format in ("raw", "dot") else self.create(prog, format)
        with replacing(path) as temporary:
            Path(temporary).write_bytes(found)


def _quoted(value: Any) -> str:
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _node(key: int, box: Box) -> str:
    name, kind = (escape(word) for word in box.title)
    title = f"<b>{name}</b> ({kind})" if name else f"<b>{kind}</b>"
    span = max(1, len(box.cells))
    rows = [f'<td colspan="{span}" bgcolor="black"><font point-size="16" color="white">{title}</font></td>']
    rows += [f'<td colspan="{span}" bgcolor="white">{escape(a)}<b>{escape(b)}</b></td>' for a, b in box.lines]
    if box.cells:
        colours = {"paper": ("white", "black"), "good": ("forestgreen", "white"), "bad": ("firebrick", "white")}
        rows.append("".join(
            f'<td bgcolor="{colours[c][0]}"><font color="{colours[c][1]}">{escape(a)}<b>{escape(b)}</b></font></td>'
            for a, b, c in box.cells
        ))  # fmt: skip
    table = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'n{key} [label=<<table border="0" cellborder="1" bgcolor="black" cellpadding="10">{table}</table>>];'


def model_to_dot(
    model: Any, show_shapes: bool = False, show_dtype: bool = False, show_layer_names: bool = True,
    rankdir: str = "TB", expand_nested: bool = False, dpi: int = 200, subgraph: bool = False,
    show_layer_activations: bool = False, show_trainable: bool = False, splines: str = "ortho", **kwargs: Any,
) -> Dot:  # fmt: skip
    """The graph of a model in the language of Graphviz.

    Args: see `plot_model`; `subgraph` has no meaning here.

    Example:
        >>> "dense" in str(lanthorn.utils.model_to_dot(model))
        True
    """
    if not model.built:
        raise ValueError(
            f"{model.describe()}: This model has not yet been built. Build the model first by calling `build()` or by "
            "calling the model on a batch of data."
        )
    if kwargs.pop("layer_range", None) is not None:
        raise ValueError("model_to_dot: Argument `layer_range` is no longer supported.")
    if kwargs:
        raise ValueError(f"model_to_dot: Unrecognized keyword arguments: {kwargs}")
    graph = Graph(
        model, expand_nested, names=show_layer_names, activations=show_layer_activations, dtype=show_dtype,
        shapes=show_shapes, trainable=show_trainable,
    )  # fmt: skip
    return Dot(graph, model.name, rankdir=rankdir, dpi=dpi, splines=splines)


def plot_model(
    model: Any, to_file: Any = "model.png", show_shapes: bool = False, show_dtype: bool = False,
    show_layer_names: bool = False, rankdir: str = "TB", expand_nested: bool = False, dpi: int = 200,
    show_layer_activations: bool = False, show_trainable: bool = False, splines: str = "ortho", **kwargs: Any,
) -> Any:  # fmt: skip
    """Draw the graph of a model into a file: by Graphviz where `dot` is installed, else by ourselves.

    Args:
        model: built.
        to_file: ends in .png, .jpg, .webp or .svg; with Graphviz in whatever that writes; in .dot for its language.
        show_shapes: the shapes that go in and come out, None where they vary.
        show_dtype: the dtypes that come out.
        show_layer_names: the names of the layers, before their classes.
        rankdir: "TB": from top to bottom, "LR": from left to right.
        expand_nested: nested models with what is in them, inside a dashed line.
        dpi: dots per inch of a picture.
        show_layer_activations: the activations of the layers that have one.
        show_trainable: whether layers with weights train.
        splines: how Graphviz draws the arrows.

    Returns:
        In a notebook the picture, to be shown; else None.

    Raises:
        ValueError: a model without weights yet, a suffix that cannot be drawn, an unknown argument.

    Example:
        >>> lanthorn.utils.plot_model(model, "model.svg", show_shapes=True)
    """
    path = os.fspath(to_file)
    suffix = os.path.splitext(path)[1][1:].lower() or "png"
    dot = model_to_dot(
        model, show_shapes, show_dtype, show_layer_names, rankdir, expand_nested, dpi,
        show_layer_activations=show_layer_activations, show_trainable=show_trainable, splines=splines, **kwargs,
    )  # fmt: skip
    if suffix == "dot" or shutil.which("dot"):
        dot.write(path, format=suffix)
    elif suffix == "svg":
        with replacing(path) as temporary:
            Path(temporary).write_text(drawn(dot.graph, model.name, rankdir).svg(), "utf-8")
    else:
        picture = drawn(dot.graph, model.name, rankdir).image()  # of 192 dots an inch
        factor = dpi / 192
        picture = picture.resize((max(1, round(picture.width * factor)), max(1, round(picture.height * factor))))
        save(picture, path if os.path.splitext(path)[1] else path + ".png")
    if "IPython" not in sys.modules or suffix in ("pdf", "dot"):
        return None
    display = sys.modules["IPython"].display
    return display.SVG(path) if suffix == "svg" else display.Image(filename=path)
