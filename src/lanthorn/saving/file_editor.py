"""KerasFileEditor: see what a weights file holds, compare it with a model, change it, and write it again."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..callbacks.progress import say
from . import h5_safe, hdf5, keras_file
from .atomic import replacing
from .paths import places

_ASIDE = ("optimizer", "seed_generator")  # what files hold beside the weights of layers


class KerasFileEditor:
    """The weights of a `.keras` or `.weights.h5` file, as nested dicts that can be edited.

    An object (a layer) is named by its path (`layers/dense_1`), or by its last part where that is clear; its weights
    are "0", "1", …

    Args:
        filepath: the file.

    Raises:
        ValueError: a name that ends otherwise, a file that is damaged or unsafe; a name that is not there, or is there
            more than once.

    Attributes:
        weights_dict: {object: {weight or object: ...}}.
        config: the architecture as plain data, of a `.keras` file.
        metadata: what else a `.keras` file says of itself.

    Example:
        >>> model.save_weights("old.weights.h5")
        >>> editor = lanthorn.saving.KerasFileEditor("old.weights.h5")
        Keras model file 'old.weights.h5'
        >>> editor.rename_object("dense", "dense_5")
        >>> editor.save("new.weights.h5")
    """

    def __init__(self, filepath: str | os.PathLike):
        path = os.fspath(filepath)
        if not path.endswith((".keras", ".weights.h5")):
            raise ValueError(f"Invalid filename: expected a `.keras` `.weights.h5` extension, got {path!r}.")
        self.filepath, self.config, self.metadata = path, None, None
        self.object_names: dict[str, str] = {}  # path → the name that the layer had in the model
        if path.endswith(".keras"):
            names, read = keras_file._members(Path(path))
            self.config, self.metadata = (
                json.loads(read(name, keras_file.CONFIG_LIMIT)) if name in names else None
                for name in (keras_file.CONFIG, keras_file.METADATA)
            )
            opened = keras_file._weights(Path(path), names, read)
        else:
            opened = h5_safe.opened(path)
        with opened as file:
            self.weights_dict: dict[str, Any] = self._read(file, "")
        said = f" (Keras {self.metadata.get('keras_version')})" if isinstance(self.metadata, dict) else ""
        say(f"Keras model file {path!r}{said}")

    def _read(self, group: Any, path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in group.keys():
            part, where = h5_safe.child(group, key), f"{path}/{key}".lstrip("/")
            if not hasattr(part, "keys"):
                found[key] = h5_safe.read(h5_safe.dataset(group, key))
            elif key == "vars":
                name = h5_safe.attribute(part, "name")
                self.object_names |= {} if name is None else {path: str(name)}
                found = self._read(part, path) | found
            elif inner := self._read(part, where):
                found[key] = inner
        return found

    # -- looking ---------------------------------------------------------------------------------------------------
    def summary(self) -> None:
        """Print the objects, and the shapes and dtypes of their weights."""
        say("Weights structure\n" + "\n".join(self._lines(self.weights_dict, "")))

    def _lines(self, part: dict[str, Any], path: str, indent: str = "  ") -> Iterator[str]:
        for key, value in part.items():
            where = f"{path}/{key}".lstrip("/")
            if isinstance(value, dict):
                name = self.object_names.get(where)
                yield f"{indent}{key}" + (f" ('{name}')" if name else "")
                yield from self._lines(value, where, indent + "  ")
            else:
                yield f"{indent}{key}: shape={tuple(np.shape(value))}, dtype={np.asarray(value).dtype}"

    def compare(self, reference_model: Any) -> dict[str, Any]:
        """Print where the file and a model differ: objects, weights, shapes.

        Returns:
            {"status": "success" or "error", "error_count": ..., "match_count": ...}
        """
        model: dict[tuple, tuple] = {}
        for place in places(reference_model):
            parts = tuple(place.path.split("/")) if place.path else ()
            model |= {(*parts, str(i)): tuple(v.shape) for i, v in enumerate(place.variables)}
        file = {path: np.shape(value) for path, value in _leaves(self.weights_dict) if not _aside(path)}
        errors = []
        for ours, theirs, there, here in (
            (model, file, "reference model", "saved file"),
            (file, model, "saved file", "reference model"),
        ):
            objects = dict.fromkeys(
                path if path[:-1] in _objects(theirs) else path[:-1] for path in ours.keys() - theirs
            )
            errors += [f"...{'/'.join(path)} present in {there}, missing from {here}" for path in sorted(objects)]
        both = [path for path in model if path in file]
        errors += [
            f"...Weight shape mismatch for {'/'.join(path)}: reference model {model[path]}, saved file {file[path]}"
            for path in both if model[path] != file[path]
        ]  # fmt: skip
        matches = sum(model[path] == file[path] for path in both)
        verdict = f"Found {len(errors)} errors: not compatible" if errors else "Comparison successful: compatible"
        say("\n".join([*errors, f"{verdict} with the reference model; {matches} matching weights."]))
        return {"status": "error" if errors else "success", "error_count": len(errors), "match_count": matches}

    # -- editing ---------------------------------------------------------------------------------------------------
    def _edit(self, name: str, edit: Callable[[dict, str], Any]) -> None:
        """`edit(the dict that holds the object, its key there)`."""
        found = []

        def search(part: dict[str, Any], path: str) -> None:
            for key, value in part.items():
                where = f"{path}/{key}".lstrip("/")
                if where == name or "/" not in name and key == name:
                    found.append((part, key))
                if isinstance(value, dict):
                    search(value, where)

        search(self.weights_dict, "")
        if len(found) > 1:
            raise ValueError(f"Name '{name}' occurs more than once in the model; try passing a complete path.")
        if not found:
            what = f"Path '{name}' not found in model" if "/" in name else f"'{name}' does not appear in the model"
            raise ValueError(f"KerasFileEditor: {what}. See `summary()` for all objects.")
        edit(*found[0])

    def rename_object(self, object_name: str, new_name: str) -> None:
        """Give an object another name, its last part, in its place."""
        if "/" in new_name:
            raise ValueError(
                f"rename_object: `new_name` should be a leaf name, not a full path name, got {new_name!r}."
            )
        self._edit(object_name, lambda part, key: part.update({new_name: part.pop(key)}))

    def delete_object(self, object_name: str) -> None:
        """Take an object out."""
        self._edit(object_name, lambda part, key: part.pop(key))

    def add_object(self, object_path: str, weights: dict[str, Any]) -> None:
        """Put an object in, by its whole path; `weights` are arrays by name: {"0": kernel, "1": bias}."""
        _check(weights)
        *above, key = object_path.split("/")
        part = self.weights_dict
        for name in above:
            if not isinstance(part.get(name), dict):
                raise ValueError(f"KerasFileEditor: Path '{'/'.join(above)}' not found in model.")
            part = part[name]
        part[key] = dict(weights)

    def delete_weight(self, object_name: str, weight_name: str) -> None:
        """Take a weight out of an object."""

        def delete(part: dict, key: str) -> None:
            if weight_name not in part[key]:
                raise ValueError(
                    f"Weight {weight_name} not found in object {object_name}. Weights found: {list(part[key])}"
                )
            del part[key][weight_name]

        self._edit(object_name, delete)

    def add_weights(self, object_name: str, weights: dict[str, Any]) -> None:
        """Put weights into an object that is there: {"0": array}."""
        _check(weights)
        self._edit(object_name, lambda part, key: part[key].update(weights))

    def save(self, filepath: str | os.PathLike) -> None:
        """Write what there is now as a `.weights.h5` file. Raises ValueError for another name."""
        import h5py

        path = os.fspath(filepath)
        if not path.endswith(".weights.h5"):
            raise ValueError(f"Invalid `filepath` argument: expected a `.weights.h5` extension, got {path!r}.")
        with replacing(path) as temporary, h5py.File(temporary, "w") as file:
            for (*above, name), value in _leaves(self.weights_dict):
                group = file.require_group("/".join([*above, "vars"]))
                group.attrs["name"] = self.object_names.get("/".join(above), above[-1] if above else "")
                hdf5.write_array(group, name, np.asarray(value))

    resave_weights = save


def _leaves(part: dict[str, Any], path: tuple = ()) -> Iterator[tuple[tuple, Any]]:
    for key, value in part.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _objects(weights: dict[tuple, Any]) -> set[tuple]:
    return {path[:i] for path in weights for i in range(len(path))}


def _aside(path: tuple) -> bool:
    return any(part.startswith(_ASIDE) for part in path)


def _check(weights: Any) -> None:
    if not isinstance(weights, dict):
        raise ValueError(
            "KerasFileEditor: `weights` should be a dict of arrays by their names ('0', '1', …), "
            f"got {type(weights).__name__}."
        )
