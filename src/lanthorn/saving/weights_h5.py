"""Keras 3's weights layout: what `.weights.h5` files hold, and `model.weights.h5` inside a `.keras` file."""

from typing import Any

import numpy as np

from . import h5_safe, hdf5
from .matching import Plan, Stored
from .paths import Place, places


def is_weights_file(file: Any) -> bool:
    """Whether an open HDF5 file has this layout."""
    return not hdf5.is_weights_group(file) and any(
        key in file.keys() for key in ("layers", "vars", "_layer_checkpoint_dependencies")
    ) or _has_vars(file)  # fmt: skip


def _has_vars(file: Any) -> bool:
    """A subclassed model's file has its attributes' names at the root, each with `vars` inside."""
    import h5py

    for name in list(file.keys())[:1000]:
        part = h5_safe.child(file, name)
        if isinstance(part, h5py.Group) and "vars" in part.keys():
            return True
    return False


# -- writing -----------------------------------------------------------------------------------------------------
def save(file: Any, model: Any) -> None:
    """Write a model's weights into an open file, so that Keras 3 finds each where it looks."""
    for place in places(model):
        group = file.create_group(f"{place.path}/vars" if place.path else "vars")
        group.attrs["name"] = place.layer.name
        for i, variable in enumerate(place.variables):
            hdf5.write_array(group, str(i), variable.numpy())
        if hasattr(place.layer, "save_own_variables"):  # arrays that are no weights, by name
            store: dict[str, Any] = {}
            place.layer.save_own_variables(store)
            for name, array in store.items():
                hdf5.write_array(group, name, np.asarray(array))


def save_vars(file: Any, path: str, name: str, variables: list[Any]) -> None:
    """Write the state of something that is no layer (an optimizer) at a path."""
    group = file.create_group(f"{path}/vars")
    group.attrs["name"] = name
    for i, variable in enumerate(variables):
        hdf5.write_array(group, str(i), variable.numpy())


# -- reading -----------------------------------------------------------------------------------------------------
def load(file: Any, model: Any, name: str, by_name: bool = False, skip_mismatch: bool = False) -> int:
    """Load an open file's weights into a built model; the number of weights set.

    Args:
        by_name: only the model's layers whose names the file tells; the others stay as they are.
    """
    plan = Plan(name, skip_mismatch)
    found = places(model)
    if by_name:
        found = _named(file, found, name)
    where = _by_names(file, found) or {place.path: place.path for place in found}
    for place in found:
        group = _vars(file, where[place.path])
        stored = _stored(group, where[place.path]) if group is not None else []
        if place.variables or stored:
            plan.add(
                place.layer, place.variables, stored, h5_safe.attribute(group, "name") if group is not None else None
            )
        if group is not None and hasattr(place.layer, "load_own_variables"):
            store = {name: h5_safe.read(h5_safe.dataset(group, name)) for name in group.keys() if not name.isdigit()}
            place.layer.load_own_variables(store)
    return plan.carry_out()


def _vars(file: Any, path: str) -> Any:
    group = h5_safe.find(file, f"{path}/vars" if path else "vars")
    if group is None and "_layer_checkpoint_dependencies" in file.keys():  # Keras 2.13
        group = h5_safe.find(file, path.replace("layers", "_layer_checkpoint_dependencies") + "/vars")
    return group


def _stored(group: Any, path: str) -> list[Stored]:
    found = []
    keys = sorted((key for key in group.keys() if key.isdigit()), key=int)
    for key in keys:
        data = h5_safe.dataset(group, key)
        found.append(Stored(f"{path}/vars/{key}", tuple(data.shape), lambda data=data: h5_safe.read(data)))
    return found


def stored_at(file: Any, path: str) -> list[Stored]:
    """The arrays at a path (an optimizer's), none if there is none."""
    group = _vars(file, path)
    return _stored(group, path) if group is not None else []


def _stored_names(file: Any) -> dict[str, str]:
    """Name of each of the model's layers in the file → its place there; empty if the file does not tell."""
    group, stored = h5_safe.find(file, "layers"), {}
    for key in list(group.keys() if group is not None else ())[: h5_safe.MAX_LAYERS]:
        inner = _vars(file, f"layers/{key}")
        name = h5_safe.attribute(inner, "name") if inner is not None else None
        if name is None or name in stored:
            return {}
        stored[str(name)] = f"layers/{key}"
    return stored


def _head(path: str) -> str:
    return "/".join(path.split("/")[:2])


def _named(file: Any, found: list[Place], name: str) -> list[Place]:
    stored = _stored_names(file)
    heads = {p.path for p in found if p.path == _head(p.path) and p.layer.name in stored}
    if not heads:
        raise ValueError(
            f"{name}: by_name=True found no layer of the model in the file"
            + (f" (it has {', '.join(list(stored)[:6])})." if stored else "; it does not tell the layers' names.")
        )
    return [place for place in found if _head(place.path) in heads]


def _by_names(file: Any, found: list[Place]) -> dict[str, str] | None:
    """Place in the model → place in the file, by the layers' names, where the file tells them and they agree.

    Numbers count layers of one class in the order of the graph. Two builds of one network may differ in that
    order while every layer has its name; then numbers would exchange layers of equal shapes without a word.
    """
    top = [place for place in found if place.path.startswith("layers/") and place.path.count("/") == 1]
    stored = _stored_names(file)
    if not stored or not top:
        return None
    ours = {place.layer.name for place in top if place.layer.weights}
    if not ours <= set(stored):
        return None
    where = {}
    for place in found:
        head = _head(place.path)
        layer = next((p.layer for p in top if p.path == head), None)
        there = stored.get(layer.name) if layer is not None else None
        where[place.path] = place.path if there is None else there + place.path[len(head) :]
    return where
