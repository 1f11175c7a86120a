"""All variables of a model as a tree of names, as Keras's `get_state_tree` gives them."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core import undrawn


def _parts(model: Any) -> dict[str, list]:
    optimizer = getattr(model, "optimizer", None)
    return {
        "trainable_variables": model.trainable_variables,
        "non_trainable_variables": model.non_trainable_variables,
        "optimizer_variables": list(getattr(optimizer, "variables", [])),
        "metrics_variables": model.metrics_variables,
    }


def get(model: Any, value_format: str = "backend_tensor") -> dict[str, Any]:
    """The four parts of a model's state, each a tree of its variables' paths."""
    tree: dict[str, Any] = {}
    for part, variables in _parts(model).items():
        tree[part] = {}
        for variable in variables:
            *folders, name = variable.path.split("/")
            place = tree[part]
            for folder in folders:
                place = place.setdefault(folder, {})
            if name in place:
                raise ValueError(
                    f"{model.describe()}: two of its {part} are called {variable.path!r}, so that they have no tree; "
                    "give the layers different names."
                )
            place[name] = np.array(variable.numpy()) if value_format == "numpy_array" else variable.value
    return tree


def put(model: Any, tree: dict[str, Any]) -> set[int]:
    """Give a model's variables the values that stand under their paths; paths that it does not have are passed over.

    Returns the ids of the variables that got values.
    """
    parts, given = _parts(model), set()
    for part, values in tree.items():
        if part not in parts:
            raise ValueError(
                f"{model.describe()}: a state tree has the parts {', '.join(parts)}, but this one has {part!r}."
            )
        known = {variable.path: variable for variable in parts[part]}
        for path, value in _leaves(values):
            variable = known.get(path)
            if variable is None:  # in Keras the weights of a Sequential are called by its name too
                bare = path.replace(f"/{model.name}_", "/", 1) if part == "optimizer_variables" else path
                variable = known.get(bare.removeprefix(f"{model.name}/"))
            if variable is not None:
                variable.assign(value)
                undrawn.came(variable)
                given.add(id(variable))
    return given


def _leaves(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}/")
        else:
            yield prefix + name, value
