"""The HDF5 layout of Keras 1 and 2 (which Keras 3 still writes for `.h5`): one group per layer, by its name.

Root, or the group `model_weights` of a whole model: attributes `layer_names`, `backend`, `keras_version`; in each
layer's group the attribute `weight_names` and the arrays under those names.
"""

from typing import Any

import numpy as np

from . import h5_safe, keras1
from .matching import Plan, Stored, arrange

WRITTEN_AS = "2.15.0-lanthorn"  # the layout's version; readers look at the first number


def is_weights_group(node: Any) -> bool:
    return "layer_names" in node.attrs or "layer_names0" in node.attrs


def weights_group(file: Any) -> Any:
    """The group that holds the layers' groups: `model_weights` of a whole model, else the root."""
    inner = h5_safe.find(file, "model_weights")
    return inner if inner is not None and is_weights_group(inner) else file


def stored_layers(node: Any) -> dict[str, list[Stored]]:
    """Per layer name the arrays in the file, checked but not read, in the file's order."""
    found = {}
    for name in h5_safe.names(node, "layer_names"):
        inner = h5_safe.group(node, name)
        found[name] = [_stored(inner, weight) for weight in h5_safe.names(inner, "weight_names")]
    return found


def _stored(node: Any, name: str) -> Stored:
    data = h5_safe.dataset(node, name)
    return Stored(name, tuple(data.shape), lambda: h5_safe.read(data))


def load(file: Any, model: Any, name: str, by_name: bool = False, skip_mismatch: bool = False) -> int:
    """Load an open file's weights into a built model; the number of weights set.

    Args:
        file: an open HDF5 file. name: its name, for errors.
        by_name: each layer takes what is saved under its own name; otherwise layers with weights are paired in order.
    """
    node = weights_group(file)
    stored = stored_layers(node)
    plan = Plan(name, skip_mismatch)
    if by_name:
        pairs = _by_name(model, stored, name)
    else:
        pairs = _in_order(model, stored, name, skip_mismatch)
    for layer, saved_as, arrays in keras1.modern(node, pairs):
        plan.add(layer, arrange(layer, arrays), arrays, saved_as)
    _top_level(node, model, plan)
    return plan.carry_out()


def _weighted_layers(model: Any) -> list[Any]:
    return [layer for layer in model.layers if layer.weights]


def _by_name(model: Any, stored: dict[str, list[Stored]], file: str) -> list:
    pairs = [(layer, layer.name, stored[layer.name]) for layer in model.layers
             if stored.get(layer.name) and layer.weights]  # fmt: skip
    if not pairs and _weighted_layers(model):
        ours, theirs = [layer.name for layer in _weighted_layers(model)], [n for n, arrays in stored.items() if arrays]
        raise ValueError(
            f"{file}: by_name=True found no layer of the model in the file. The model's are {_some(ours)}; "
            f"the file's are {_some(theirs)}."
        )
    return pairs


def _some(names: list[str]) -> str:
    return ", ".join(names[:6]) + (f", … ({len(names)})" if len(names) > 6 else "")


def _in_order(model: Any, stored: dict[str, list[Stored]], file: str, skip_mismatch: bool) -> list:
    layers = _weighted_layers(model)
    saved = [(name, arrays) for name, arrays in stored.items() if arrays]
    if len(layers) != len(saved):
        raise ValueError(
            f"{file}: holds weights for {len(saved)} layers ({_some([name for name, _ in saved])}), the model has "
            f"{len(layers)} layers with weights ({_some([layer.name for layer in layers])}). Build the model it was "
            "saved from, or pass by_name=True to load the layers whose names agree."
        )
    names = {layer.name for layer in layers}
    if {name for name, _ in saved} == names:  # the same names, perhaps in another order: names are surer than places
        by_name = dict(saved)
        return [(layer, layer.name, by_name[layer.name]) for layer in layers]
    if not skip_mismatch:
        _check_swap(layers, saved, file)
    return [(layer, name, arrays) for layer, (name, arrays) in zip(layers, saved, strict=True)]


def _check_swap(layers: list[Any], saved: list, file: str) -> None:
    """Most names agree but some stand elsewhere: pairing by place would swap layers of the same shape silently."""
    theirs = {name for name, _ in saved}
    moved = [layer.name for layer, (name, _) in zip(layers, saved, strict=True)
             if layer.name != name and layer.name in theirs]  # fmt: skip
    same = sum(layer.name == name for layer, (name, _) in zip(layers, saved, strict=True))
    if moved and same + len(moved) > len(layers) / 2:
        raise ValueError(
            f"{file}: its layers come in another order than the model's (such as {moved[0]!r}), and some names "
            "differ, so neither order nor names pair them surely. Load with by_name=True, or build the model with "
            "the file's layer names."
        )


def _top_level(node: Any, model: Any, plan: Plan) -> None:
    """Weights that a model holds itself, outside its layers."""
    inner = h5_safe.find(node, "top_level_model_weights")
    names = h5_safe.names(inner, "weight_names") if inner is not None else []
    own = top_level_weights(model)
    if names and own:
        plan.add(model, own, [_stored(inner, n) for n in names])


def top_level_weights(model: Any) -> list[Any]:
    inside = {id(v) for layer in model.layers for v in layer.weights}
    return [v for v in model.weights if id(v) not in inside]


# -- writing -----------------------------------------------------------------------------------------------------
def save(node: Any, model: Any) -> None:
    """Write a model's weights into an open file or group."""
    layers = [layer for layer in model.layers if type(layer).__name__ != "Operation"]
    h5_safe.write_names(node, "layer_names", [layer.name for layer in layers])
    node.attrs["backend"] = model.engine.name
    node.attrs["keras_version"] = WRITTEN_AS
    for layer in sorted(layers, key=lambda layer: layer.name):
        _save_weights(node.create_group(layer.name), layer.name, _file_order(layer))
    _save_weights(node.create_group("top_level_model_weights"), model.name, top_level_weights(model))


def _file_order(layer: Any) -> list[Any]:
    return list(layer.trainable_weights) + list(layer.non_trainable_weights)


def _save_weights(node: Any, layer: str, variables: list[Any]) -> None:
    names: list[str] = []
    for variable in variables:
        path = str(variable.path)
        path = path if path.startswith(f"{layer}/") else f"{layer}/{path}"
        names.append(_unique(path, names))
    h5_safe.write_names(node, "weight_names", names)
    for name, variable in zip(names, variables, strict=True):
        write_array(node, name, variable.numpy())


def _unique(name: str, taken: list[str]) -> str:
    number, found = 1, name
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found


def write_array(node: Any, name: str, values: np.ndarray) -> None:
    """One array; bfloat16 is marked as Keras marks it."""
    if values.dtype.kind == "V" or str(values.dtype) == "bfloat16":
        node.create_dataset(name, data=values.view("V2") if values.dtype.kind != "V" else values)
        node[name].attrs["dtype"] = "bfloat16"
    else:
        node.create_dataset(name, data=values)
