"""Whole models in HDF5 (`.h5`): the format of Keras 1 and 2, which Keras 3 still opens."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import compile_config, extras, h5_safe, hdf5
from .atomic import replacing
from .matching import Stored
from .serialize import deserialize_keras_object, reading_file, serialize_keras_object


@contextmanager
def _with_vocabularies(model: Any) -> Iterator[None]:
    """Vocabularies stand among the settings: there is no place for files of layers here."""
    layers = [part for part in model.flat_layers() if getattr(part, "_tokens", None) and part.vocabulary is None]
    for layer in layers:
        layer.vocabulary = layer.get_vocabulary()
        if layer.output_mode == "tf_idf":
            layer.idf_weights = layer._idf[: len(layer.vocabulary)].tolist()
    try:
        yield
    finally:
        for layer in layers:
            layer.vocabulary = layer.idf_weights = None


def save(model: Any, path: str | os.PathLike, overwrite: bool = True, include_optimizer: bool = True) -> None:
    """Write a model with weights, compile settings, optimizer state, class names and preprocessing."""
    import h5py

    with _with_vocabularies(model):
        config = _without_modules(serialize_keras_object(model))
    training = compile_config.training_config(model) if include_optimizer else None
    with replacing(path, overwrite) as temporary, h5py.File(temporary, "w") as file:
        file.attrs["backend"] = model.engine.name
        file.attrs["keras_version"] = hdf5.WRITTEN_AS
        file.attrs["model_config"] = json.dumps(config).encode()
        file.attrs["lanthorn"] = json.dumps(extras.write(model)).encode()
        if training is not None:
            file.attrs["training_config"] = json.dumps(training).encode()
        hdf5.save(file.create_group("model_weights"), model)
        state = compile_config.optimizer_variables(model) if include_optimizer else []
        if state:
            group = file.create_group("optimizer_weights")
            names = [f"{model.optimizer.name}/{i}_{v.name}".replace("//", "/") for i, v in enumerate(state)]
            h5_safe.write_names(group, "weight_names", names)
            for name, variable in zip(names, state, strict=True):
                hdf5.write_array(group, name, variable.numpy())


def _without_modules(data: Any) -> Any:
    """`.h5` configs name classes alone: layers lose `module` and `registered_name`, settings inside them keep them.

    Ops keep theirs: without it Keras takes the op `Add` for the layer of that name.
    """
    if ".ops" in (data.get("module") or ""):
        return data
    data = {key: value for key, value in data.items() if key not in ("module", "registered_name", "build_config")}
    inner = data.get("config")
    if isinstance(inner, dict) and isinstance(inner.get("layers"), list):
        data["config"] = inner | {"layers": [_without_modules(layer) for layer in inner["layers"]]}
    return data


def _attribute(file: Any, name: str, path: str) -> Any:
    text = h5_safe.attribute(file, name)
    if text is None:
        return None
    try:
        return json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"{path}: its {name} is not JSON ({error}).") from None


def load(path: str | os.PathLike, compile: bool = True) -> Any:  # noqa: A002 (Keras's name)
    """The model of an `.h5` file, with its weights and, if it was compiled, its optimizer's state."""
    name = os.fspath(path)
    with h5_safe.opened(path) as file:
        config = _attribute(file, "model_config", name)
        if config is None:
            weights = "weights alone" if hdf5.is_weights_group(file) or "layers" in file.keys() else "no model"
            raise ValueError(
                f"{name}: holds {weights}, without the architecture. Build the model, then call "
                f"model.load_weights({name!r})."
            )
        with reading_file():
            model = deserialize_keras_object(config)
        if not model.built:
            _build_for(model, file)
        if h5_safe.find(file, "model_weights") is not None:
            hdf5.load(file, model, name)
        training = _attribute(file, "training_config", name)
        if compile and isinstance(training, dict) and training.get("optimizer_config"):
            compile_config.compile_from(model, compile_config.from_training_config(training), name)
            compile_config.restore_optimizer(model, _optimizer_state(file), name)
        extras.read(model, _attribute(file, "lanthorn", name), name)
    return model


def _build_for(model: Any, file: Any) -> None:
    """A Sequential saved without an input shape: nothing but its weights can tell, and they may be none."""
    stored = hdf5.stored_layers(hdf5.weights_group(file)) if h5_safe.find(file, "model_weights") is not None else {}
    if not any(stored.values()):
        return
    raise ValueError(
        f"{model.describe()}: the file does not tell the shape of its input, so its weights have no place. Build the "
        "model with an input_shape and call load_weights."
    )


def _optimizer_state(file: Any) -> list[Stored]:
    group = h5_safe.find(file, "optimizer_weights")
    if group is None:
        return []
    found = []
    for name in h5_safe.names(group, "weight_names"):
        data = h5_safe.dataset(group, name)
        found.append(Stored(name, tuple(data.shape), lambda data=data: h5_safe.read(data)))
    return found
