"""Saving and loading: `save_model`, `load_model`, weights, JSON, copies of models."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .. import engines
from ..core.custom_objects import custom_object_scope
from ..core.moving import check_unchanged
from ..core.undrawn import values_follow
from . import h5_file, h5_safe, hdf5, keras_file, orbax_folder, weights_h5
from .atomic import kind_of, replacing
from .cloning import Cloning
from .matching import LEFT
from .serialize import deserialize_keras_object, reading_file

HDF5_SUFFIXES = (".h5", ".hdf5", ".hdf")
YAML = "YAML is not offered, because reading YAML can run code; save JSON (to_json), .keras or .h5."


@contextmanager
def _on(engine: str | None) -> Iterator[None]:
    """New models live on this engine inside the block."""
    if engine is None:
        yield
        return
    before = engines._default
    engines.set_engine(engine)
    try:
        yield
    finally:
        engines.set_engine(before)


def save_model(
    model: Any, filepath: str | os.PathLike, overwrite: bool = True, include_optimizer: bool = True,
    save_format: str | None = None, **unused: Any,
) -> None:  # fmt: skip
    """Save a model in one file: architecture, weights, compile settings, optimizer state, class names, preprocessing.

    The file appears whole or not at all: it is written beside its place and renamed.

    Args:
        filepath: ends in `.h5` or `.hdf5` for HDF5; anything else is a `.keras` file. Keras 3 opens both.
        overwrite: False raises FileExistsError where there is a file.
        include_optimizer: whether training can go on from the file.
        save_format: "h5" or "keras", whatever the name ends in.

    Example:
        >>> model.save("model.keras")
        >>> model = lanthorn.models.load_model("model.keras")
    """
    path = os.fspath(filepath)
    wanted = (save_format or "").lower()
    if wanted in ("tf", "tf_saved_model"):
        raise ValueError("save: TensorFlow's SavedModel is not a model file of Keras any more; save .keras or .h5.")
    if wanted not in ("", "h5", "hdf5", "keras"):
        raise ValueError(f"save: `save_format` must be 'keras' or 'h5', got {save_format!r}.")
    if path.lower().endswith((".yaml", ".yml")):
        raise ValueError(f"save: {YAML}")
    if path.lower().endswith(".weights.h5"):
        raise ValueError(f"save: {path!r} is a name for weights alone; call model.save_weights, or name it .keras.")
    check_unchanged(model, "be saved as a model file")
    hdf = wanted in ("h5", "hdf5") or not wanted and path.lower().endswith(HDF5_SUFFIXES)
    (h5_file if hdf else keras_file).save(model, path, overwrite, include_optimizer)


def load_model(
    filepath: str | os.PathLike, custom_objects: Mapping[str, Any] | None = None, compile: bool = True,  # noqa: A002
    engine: str | None = None, safe_mode: bool = True,
) -> Any:  # fmt: skip
    """Load a model from a `.keras` or `.h5` file of this library or of Keras 2 or 3; told by its first bytes.

    Args:
        filepath: the file, or a folder that a `.keras` file was unpacked into.
        custom_objects: names in the file → your classes and functions. The name of a Lambda layer may stand for
            the function it is to run.
        compile: whether to compile it as it was when it was saved, with its optimizer's state.
        engine: "torch", "jax", "tensorflow" or "numpy"; the default engine if None.
        safe_mode: as in Keras; code inside a file is refused either way.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is cut short, damaged or unsafe, or names a class that nobody knows.

    Example:
        >>> model.save("model.h5")
        >>> again = lanthorn.models.load_model("model.h5", engine="torch")
    """
    kind = kind_of(filepath)
    with _on(engine), custom_object_scope(custom_objects), values_follow():
        if kind == "hdf5":
            return h5_file.load(filepath, compile)
        if kind == "folder" and orbax_folder.is_one(filepath):
            return orbax_folder.load(filepath, compile)
        if kind in ("zip", "folder"):
            return keras_file.load(filepath, compile)
    name = os.fspath(filepath)
    if kind == "json":
        raise ValueError(f"{name}: holds JSON, the architecture alone; read it with model_from_json(open(...).read()).")
    if kind == "safetensors":
        raise ValueError(f"{name}: holds weights alone; build the model and call model.load_weights({name!r}).")
    if name.lower().endswith((".yaml", ".yml")):
        raise ValueError(f"{name}: {YAML}")
    raise ValueError(f"{name}: neither a .keras file nor HDF5; its first bytes are {_first_bytes(name)!r}.")


def _first_bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(12)


def save_weights(model: Any, filepath: str | os.PathLike, overwrite: bool = True, dtype: str | None = None) -> None:
    """Save a model's weights alone.

    Args:
        filepath: `.weights.h5` has Keras 3's layout, by class; other `.h5` Keras 2's, by layer name; `.safetensors`
            a flat list of names. Anything else gets Keras 3's layout.
        overwrite: False raises FileExistsError where there is a file.
        dtype: 'float16' halves a `.safetensors` file; loading makes of it what the model's weights are. None keeps
            every weight as it is.

    Raises:
        ValueError: the model has no weights yet, or `dtype` does not go with the file or cannot hold a value.

    Example:
        >>> model.save_weights("model.weights.h5")
        >>> model.save_weights("model.safetensors", dtype="float16")
    """
    import h5py

    path = os.fspath(filepath)
    if dtype not in (None, "float16", "float32", "float64"):
        raise ValueError(f"save_weights: `dtype` must be None, 'float16', 'float32' or 'float64', got {dtype!r}.")
    if dtype and not path.lower().endswith(".safetensors"):
        raise ValueError(f"save_weights: dtype={dtype!r} goes with `.safetensors` files alone, got {path!r}.")
    if not model.weights and not model.built:
        raise ValueError(f"{model.describe()}: has no weights to save yet; call it on an input or `build` it first.")
    if path.lower().endswith(".safetensors"):
        from . import safetensors

        safetensors.save(model, path, overwrite, dtype)
        return
    by_layer = path.lower().endswith(HDF5_SUFFIXES) and not path.lower().endswith(".weights.h5")
    with replacing(path, overwrite) as temporary, h5py.File(temporary, "w") as file:
        (hdf5 if by_layer else weights_h5).save(file, model)


def load_weights(
    model: Any, filepath: str | os.PathLike, by_name: bool = False, skip_mismatch: bool = False,
    objects_to_skip: Iterable[Any] | None = None, **unused: Any,
) -> None:  # fmt: skip
    """Load weights into a model from a file of any layout; told by its first bytes and by what is in it.

    Args:
        model: built, with the architecture the file was saved from.
        filepath: `.weights.h5`, `.h5` (weights or a whole model, Keras 1 to 3), `.keras`, `.safetensors`; or the folder
            that an `OrbaxCheckpoint` wrote.
        by_name: each layer takes what was saved under its name; the others stay as they are.
        skip_mismatch: leave layers alone whose shapes differ, with a warning.
        objects_to_skip: layers that stay as they are, with all that is in them.

    Raises:
        ValueError: the file does not fit; names file, layer and both shapes, and leaves the model as it was.

    Example:
        >>> model.save_weights("some.weights.h5")
        >>> model.load_weights("some.weights.h5")
    """
    kind, name = kind_of(filepath), os.fspath(filepath)
    if not model.weights:
        raise ValueError(
            f"{model.describe()}: has no weights yet to load into; build it first: give its first layer an "
            "input_shape, or call it on an input."
        )
    left = frozenset(id(layer) for part in objects_to_skip or () for layer in part.flat_layers())
    token = LEFT.set(left)
    try:
        if kind == "hdf5":
            with h5_safe.opened(filepath) as file:
                _load_hdf5(file, model, name, by_name, skip_mismatch)
        elif kind == "folder" and orbax_folder.is_one(filepath):
            orbax_folder.load_weights(filepath, model)
        elif kind in ("zip", "folder"):
            keras_file.load_weights(filepath, model, by_name, skip_mismatch)
        elif kind == "safetensors":
            from . import safetensors

            safetensors.load(filepath, model, by_name, skip_mismatch)
        else:
            raise ValueError(f"{name}: not a weights file; its first bytes are {_first_bytes(name)!r}.")
    finally:
        LEFT.reset(token)


def _load_hdf5(file: Any, model: Any, name: str, by_name: bool, skip_mismatch: bool) -> None:
    if hdf5.is_weights_group(hdf5.weights_group(file)):
        hdf5.load(file, model, name, by_name, skip_mismatch)
    elif weights_h5.is_weights_file(file):
        weights_h5.load(file, model, name, by_name, skip_mismatch)
    else:
        raise ValueError(f"{name}: an HDF5 file, but not one of Keras (it has {', '.join(list(file.keys())[:5])}).")


# -- JSON ----------------------------------------------------------------------------------------------------------
def to_json(model: Any, **kwargs: Any) -> str:
    """A model's architecture as JSON, without weights; `kwargs` go to `json.dumps`.

    Example:
        >>> text = model.to_json(indent=2)
    """
    return json.dumps(keras_file.model_config(model), **kwargs)


model_to_json = to_json


def model_from_json(
    json_string: str, custom_objects: Mapping[str, Any] | None = None, engine: str | None = None
) -> Any:
    """The model that `to_json` (of this library or of any Keras) wrote, with new weights.

    Example:
        >>> again = lanthorn.models.model_from_json(model.to_json())
    """
    try:
        config = json.loads(json_string)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"model_from_json: not JSON ({error}). It takes the text, not the name of a file.") from None
    return model_from_config(config, custom_objects, engine)


def model_from_config(
    config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None, engine: str | None = None
) -> Any:
    """The model that a config of `class_name` and `config` tells."""
    if not isinstance(config, dict) or "class_name" not in config or "config" not in config:
        raise ValueError("model_from_config: expected a dict with class_name and config, as to_json writes it.")
    with _on(engine), custom_object_scope(custom_objects), reading_file():
        model = deserialize_keras_object(config)
        keras_file._build(model, config)
    return model


def clone_model(
    model: Any, input_tensors: Any = None, clone_function: Any = None, call_function: Any = None,
    recursive: bool = False, custom_objects: Mapping[str, Any] | None = None,
) -> Any:  # fmt: skip
    """A model of the same architecture on the same engine, with new weights.

    Args:
        input_tensors: places (`Input`) that the copy begins with.
        clone_function: makes the copy of a layer, given the layer; None: one of the same settings.
        call_function: what is done in place of a call, given the copy of the layer and what it is called with.
        recursive: whether these functions work in nested models, too.

    Raises:
        ValueError: the model has no graph, or is a Sequential and shall have other calls.

    Example:
        >>> twin = lanthorn.models.clone_model(model)
    """
    if recursive or not all(part is None for part in (input_tensors, clone_function, call_function)):
        with custom_object_scope(custom_objects):
            return Cloning(model, clone_function, call_function, recursive).run(input_tensors)
    copy = model_from_config(keras_file.model_config(model), custom_objects, model.engine.name)
    copy.class_names, copy.preprocessing, copy.metadata = model.class_names, model.preprocessing, model.metadata
    return copy
