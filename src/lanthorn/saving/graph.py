"""Graphs of layers as plain data: Keras 3's dialect is written; Keras 1, 2 and 3's are read.

The plain data of a functional model lists its layers, and for each layer its calls (`inbound_nodes`). A tensor is
named by the layer it came from, which call of that layer made it, and which of the call's outputs it is.
"""

from typing import Any

from .. import models
from ..core import tree
from ..core.custom_objects import custom_object_scope
from ..core.graph_order import order
from ..core.symbolic import SymbolicTensor, is_symbolic
from .graph_reader import GraphReader, listed, read_layer
from .operations import operation_config
from .serialize import deserialize_keras_object, serialize_keras_object


# -- writing -----------------------------------------------------------------------------------------------------
def graph_config(model: Any) -> dict[str, Any]:
    """What `get_config` of a functional model gives: name, trainable, layers with their calls, inputs, outputs."""
    layers, nodes = order(model.input, model.output)
    names = {id(layer): layer.name for layer in layers}
    own = {id(node) for node in nodes}
    place = {}  # of each node among its layer's own
    for layer in layers:
        inside = [node for node in layer._nodes if id(node) in own]
        place.update((id(node), i) for i, node in enumerate(inside))

    def tensor(x: SymbolicTensor) -> list:
        return [names[id(x.node.layer)], place[id(x.node)], x.index]

    def argument(x: Any) -> Any:
        if is_symbolic(x):
            where = {"shape": list(x.shape), "dtype": x.dtype, "keras_history": tensor(x)}
            return {"class_name": "__keras_tensor__", "config": where}
        if isinstance(x, (list, tuple)):
            return [argument(item) for item in x]
        if isinstance(x, dict):
            return {key: argument(value) for key, value in x.items()}
        return serialize_keras_object(x)

    def call(node: Any) -> dict[str, Any]:
        args, kwargs = node.args, {k: v for k, v in node.kwargs.items() if not (k == "training" and v is None)}
        return {"args": argument(args), "kwargs": argument(kwargs)}

    written = []
    for layer in layers:
        calls = [node for node in layer._nodes if id(node) in own and node.inputs]
        if type(layer).__name__ == "Operation":
            data, args, kwargs = operation_config(layer, calls[0].args, calls[0].kwargs)
            data["inbound_nodes"] = [{"args": argument(args), "kwargs": argument(kwargs)}]
        else:
            data = serialize_keras_object(layer)
            data["inbound_nodes"] = [call(node) for node in calls]
        data["name"] = layer.name
        written.append(data)

    def end(x: SymbolicTensor) -> list:
        name, index, which = tensor(x)
        # Keras counts a call of a functional model from 1 here, and from 0 in `inbound_nodes`
        return [name, index + (type(x.node.layer).__name__ in ("Functional", "Model")), which]

    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": written,
        "input_layers": tree.map(end, model.input),
        "output_layers": tree.map(end, model.output),
    }


def sequential_config(model: Any) -> dict[str, Any]:
    """What `get_config` of a Sequential gives: name, trainable, its layers in order, the shape it was built for."""
    layers = list(model.layers)
    shape = _input_shape(model)
    written = [serialize_keras_object(layer) for layer in layers]
    if shape is not None and not (layers and type(layers[0]).__name__ == "InputLayer"):
        source = model.inputs[0]
        settings = {"batch_shape": list(shape), "dtype": source.dtype, "sparse": False, "ragged": False,
                    "name": source.node.layer.name if source.node is not None else "input_layer"}  # fmt: skip
        first = {"module": "keras.layers", "class_name": "InputLayer", "config": settings, "registered_name": None}
        written.insert(0, first)
    config = {"name": model.name, "trainable": model.trainable, "layers": written}
    return config | ({"build_input_shape": list(shape)} if shape is not None else {})


def _input_shape(model: Any) -> tuple | None:
    return tuple(model.inputs[0].shape) if model._plan is not None else None


# -- reading -----------------------------------------------------------------------------------------------------
def read_model(config: dict[str, Any], cls: type | None = None) -> Any:
    """The model that `{"class_name": "Functional" | "Model" | "Sequential", "config": …}` tells."""
    inner = config["config"]
    if config["class_name"] == "Sequential" or isinstance(inner, list):
        return sequential_from_config(inner, cls=cls)
    if not isinstance(inner, dict) or "layers" not in inner:
        raise ValueError(
            "load: the file names the class 'Model' without its layers: a subclassed model. Its code is not in the "
            "file; build the model with your code and use load_weights, or register the class and save again."
        )
    return model_from_graph(inner, cls=cls)


def sequential_from_config(inner: Any, custom_objects: dict[str, Any] | None = None, cls: type | None = None) -> Any:
    """The Sequential of a config; before Keras 2.2.3 that was the bare list of layers."""
    if custom_objects:
        with custom_object_scope(custom_objects):
            return sequential_from_config(inner, cls=cls)
    inner = {"layers": inner} if isinstance(inner, list) else inner
    layers = [read_layer(data, "a Sequential") for data in listed(inner.get("layers"), "the layers of a Sequential")]
    cls = cls or models.Sequential
    model = cls(layers, **({"name": inner["name"]} if inner.get("name") else {}))
    shape = inner.get("build_input_shape")
    if not model.built and isinstance(shape, (list, tuple)):
        model.build(_shape(shape))
    if inner.get("trainable") is False and model.trainable:
        _freeze_only(model)
    return model


def _freeze_only(model: Any) -> None:
    """Mark the model frozen and leave its layers' own flags as the file has them."""
    model.__dict__["_trainable"] = False


def _shape(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {key: _shape(value) for key, value in shape.items()}
    if shape and isinstance(shape[0], (list, tuple)):
        return [_shape(item) for item in shape]
    return tuple(shape)


def model_from_graph(config: dict[str, Any], custom_objects: dict[str, Any] | None = None, cls: type | None = None):
    """The functional model that `graph_config` (or any Keras) wrote, with new weights.

    Args:
        config: `name`, `layers`, `input_layers`, `output_layers`, and what the constructor of `cls` takes besides.
        custom_objects: names in the config → your classes and functions.
        cls: the class to make; `Model` if None.
    """
    with custom_object_scope(custom_objects):
        inputs, outputs = GraphReader(config).read()
        more = {k: deserialize_keras_object(v) for k, v in config.items() if k not in _GRAPH_KEYS} if cls else {}
        model = (cls or models.Model)(
            inputs, outputs, **({"name": config["name"]} if config.get("name") else {}), **more
        )
    if config.get("trainable") is False and model.trainable:
        _freeze_only(model)
    return model


_GRAPH_KEYS = {"name", "trainable", "layers", "input_layers", "output_layers", "dtype"}
