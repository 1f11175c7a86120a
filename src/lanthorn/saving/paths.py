"""Where Keras 3 keeps each weight in `.weights.h5` and `.keras` files: by class and place, not by name.

`/layers/dense_1/vars/0` is the first weight of the second Dense of the model, whatever that layer's name is. The
place inside a composite layer is the attribute that holds the part: `/layers/lstm/cell/vars/0`.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ..core import tree
from ..core.layer import Layer
from ..core.paths import named_children

# attributes that hold what belongs to the trainer or the machinery, not to the model's structure
_SKIP = {
    "optimizer", "loss", "metrics", "inputs", "outputs", "input", "output", "plan", "layers", "variables", "weights",
    "activity_regularizer", "preprocessing", "class_names", "metadata", "history", "stop_training",
}  # fmt: skip

# a part of Keras's layer that holds the same once more: no weights, but a vocabulary
_AGAIN = {"TextVectorization": "_lookup_layer"}

# a layer of ours that is one piece where Keras's holds its weights in a part
_INSIDE = {"LSTM": "cell", "GRU": "cell", "SimpleRNN": "cell"}


class Place(NamedTuple):
    """One layer's place in a file and the weights it holds itself."""

    path: str
    layer: Any
    variables: list[Any]


def snake(name: str) -> str:
    """`MultiHeadAttention` → `multi_head_attention`; `Conv2D` → `conv2d`."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def places(model: Any) -> list[Place]:
    """Every layer of a model with its place, each once: one that is met twice keeps its first place."""
    found: list[Place] = []
    seen: set[int] = set()
    _visit(model, "", found, seen)
    return found


def _visit(layer: Any, path: str, found: list[Place], seen: set[int]) -> None:
    if id(layer) in seen:
        return
    seen.add(id(layer))
    own = [v for v in layer._own_variables() if not v.is_seed]
    inside = _INSIDE.get(type(layer).__name__)
    if inside and own and not isinstance(getattr(layer, inside, None), Layer):
        found.append(Place(path, layer, []))
        found.append(Place(_join(path, inside), layer, own))
    else:
        found.append(Place(path, layer, own))
    if type(layer).__name__ in _AGAIN:
        found.append(Place(_join(path, _AGAIN[type(layer).__name__]), layer, []))
    for name, part in _parts(layer):
        if isinstance(part, Layer):
            _visit(part, _join(path, name), found, seen)
        else:
            _visit_container(part, _join(path, name), found, seen)


def _visit_container(container: Any, path: str, found: list[Place], seen: set[int]) -> None:
    """A list, tuple or dict of layers: `dense`, `dense_1`, … by class, in order; nested ones are `container`."""
    used: dict[str, int] = {}
    for item in container.values() if isinstance(container, dict) else container:
        if isinstance(item, Layer):
            name = snake(type(item).__name__)
        elif isinstance(item, (list, tuple, dict)):
            name = "container"
        else:
            continue
        name = _KERAS_CLASS.get(name, name)
        count = used[name] = used.get(name, -1) + 1
        where = _join(path, f"{name}_{count}" if count else name)
        if isinstance(item, Layer):
            if type(item).__name__ != "Operation":
                _visit(item, where, found, seen)
        else:
            _visit_container(item, where, found, seen)


_KERAS_CLASS = {"model": "functional"}  # a functional model of ours is a Model; Keras's class is Functional


def _parts(layer: Any) -> Iterator[tuple[str, Any]]:
    """What a layer holds, by attribute, in Keras's order: a model's `layers` first, then by name, private ones last."""
    graph = getattr(layer, "_plan", None) is not None or hasattr(layer, "_layers")
    if graph:
        yield "layers", [part for part in layer.layers if type(part).__name__ != "Operation"]
    met: set[int] = set()
    for name, value in _attributes(layer):
        if isinstance(value, Layer) or (isinstance(value, (list, tuple, dict)) and value and _holds_layers(value)):
            met.update(id(part) for part in tree.leaves(value))
            yield name, value
    if layer._view is not None and not graph:  # what stands in its torch module beside those
        for name, part in named_children(layer):
            if id(part) not in met:
                yield name, part


def _attributes(layer: Any) -> Iterator[tuple[str, Any]]:
    """Public attributes by name, then private ones; of layers, what stands in their place where there is a module."""
    for name in sorted(vars(layer), key=lambda name: f"~{name}" if name.startswith("_") else name):
        if name.startswith("__") or name in _SKIP or name in _PRIVATE:
            continue
        value = vars(layer)[name]
        if layer._view is not None and isinstance(value, (Layer, list, tuple, dict)):
            view, engine = layer._view, layer.engine
            value = tree.map(lambda x, v=view, e=engine: e.present(v, x) if isinstance(x, Layer) else x, value)
        yield name, value


_PRIVATE = {
    "_nodes",
    "_plan",
    "_layers",
    "_variables",
    "_losses",
    "_arguments",
    "_view",
    "_seats",
    "_foreign",
    "_first_shape",
    "_build_shape",
}


def _holds_layers(value: Any, depth: int = 0) -> bool:
    items = value.values() if isinstance(value, dict) else value
    return depth < 8 and any(
        isinstance(item, Layer) or (isinstance(item, (list, tuple, dict)) and _holds_layers(item, depth + 1))
        for item in items
    )


def _join(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name
