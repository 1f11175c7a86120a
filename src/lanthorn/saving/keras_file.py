"""`.keras` files: a zip of `config.json`, `metadata.json` and `model.weights.h5`, as Keras 3 writes and reads them.

What Keras has no word for (class names, preprocessing) is kept in `metadata.json`, which Keras does not read.
"""

import datetime
import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..models import Model
from . import compile_config, extras, h5_safe, weights_h5
from .atomic import check_zip_member, kind_of, replacing
from .paths import places
from .serialize import deserialize_keras_object, reading_file, serialize_keras_object

DIALECT = "3.15.1"  # the version of Keras whose dialect this is
CONFIG, METADATA, WEIGHTS, ASSETS = "config.json", "metadata.json", "model.weights.h5", "assets"
CONFIG_LIMIT = 1 << 28  # bytes
WEIGHTS_LIMIT = 1 << 40
MEMBERS_LIMIT = 10_000


# -- writing -----------------------------------------------------------------------------------------------------
def model_config(model: Any) -> dict[str, Any]:
    """Architecture as plain data, with the shape that a model without a graph was built for."""
    data = serialize_keras_object(model)
    if hasattr(model, "get_build_config"):
        data["build_config"] = model.get_build_config()
    shape = model.__dict__.get("_build_shape")
    if data["class_name"] != "Functional" and shape is not None:
        data["build_config"] = {"input_shape": serialize_keras_object(shape)}
    return data


def save(model: Any, path: str | os.PathLike, overwrite: bool = True, include_optimizer: bool = True) -> None:
    """Write a model with weights, compile settings, optimizer state, class names and preprocessing."""
    import h5py

    config = model_config(model)
    compiled = compile_config.compile_config(model) if include_optimizer else None
    if compiled is not None:
        config["compile_config"] = compiled
    metadata = {"keras_version": DIALECT, "date_saved": datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")}
    metadata["lanthorn"] = extras.write(model)  # pyright: ignore[reportArgumentType]
    texts = {METADATA: json.dumps(metadata), CONFIG: json.dumps(config)}  # before any file is touched
    with replacing(path, overwrite) as temporary, tempfile.TemporaryFile(dir=Path(temporary).parent) as weights:
        with h5py.File(weights, "w") as file:
            weights_h5.save(file, model)
            state = compile_config.optimizer_variables(model) if include_optimizer else []
            if state:
                weights_h5.save_vars(file, "optimizer", model.optimizer.name, state)
        weights.seek(0)
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
            for name, text in texts.items():
                archive.writestr(name, text)
            with archive.open(WEIGHTS, "w", force_zip64=True) as member:
                while block := weights.read(1 << 20):
                    member.write(block)
            _write_assets(archive, model)


def _write_assets(archive: zipfile.ZipFile, model: Any) -> None:
    """What layers keep in files of their own, such as a vocabulary."""
    with tempfile.TemporaryDirectory() as folder:
        for place in places(model):
            if hasattr(place.layer, "save_assets"):
                place.layer.save_assets(folder)
                for file in sorted(Path(folder).iterdir()):
                    archive.write(file, f"{ASSETS}/{place.path}/{file.name}")
                    file.unlink()


def _read_assets(model: Any, names: set[str], read: Callable[[str, int], bytes]) -> None:
    for place in places(model):
        start = f"{ASSETS}/{place.path}/"
        found = [name for name in names if name.startswith(start) and "/" not in name[len(start) :]]
        if found and hasattr(place.layer, "load_assets"):
            with tempfile.TemporaryDirectory() as folder:
                for name in found:
                    (Path(folder) / name[len(start) :]).write_bytes(read(name, CONFIG_LIMIT))
                place.layer.load_assets(folder)


# -- reading -----------------------------------------------------------------------------------------------------
def _members(path: Path) -> tuple[set[str], Callable[[str, int], bytes]]:
    """The names in a `.keras` file or folder, and a function that reads one, checked."""
    if kind_of(path) == "folder":
        files = (p for p in path.rglob("*") if p.is_file() and not p.is_symlink())
        names = {p.relative_to(path).as_posix() for p in files}
        return names, lambda name, limit: (path / name).read_bytes()
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile as error:
        raise ValueError(
            f"{path}: not a whole .keras file ({error}). It may be cut short: compare its size with the original."
        ) from None
    if len(names) != len(set(names)) or len(names) > MEMBERS_LIMIT:
        raise ValueError(f"{path}: refused, its members' names are doubled or too many ({len(names)}).")

    def read(name: str, limit: int) -> bytes:
        with zipfile.ZipFile(path) as archive:
            info = check_zip_member(str(path), archive, name, limit)
            try:
                with archive.open(info) as member:
                    data = member.read(info.file_size + 1)
            except (zipfile.BadZipFile, EOFError, OSError) as error:
                raise ValueError(
                    f"{path}: its member {name!r} is damaged ({error}). Save or download it again."
                ) from None
        if len(data) != info.file_size:
            raise ValueError(f"{path}: refused, its member {name!r} is not of the size it declares.")
        return data

    return set(names), read


def _json(path: Path, read: Callable[[str, int], bytes], name: str) -> Any:
    try:
        return json.loads(read(name, CONFIG_LIMIT))
    except (ValueError, RecursionError) as error:
        if str(error).startswith(str(path)):
            raise
        raise ValueError(f"{path}: its {name} is not JSON ({error}).") from None


def load(path: str | os.PathLike, compile: bool = True) -> Any:  # noqa: A002 (Keras's name)
    """The model of a `.keras` file (or of the folder one was unpacked into), with its weights."""
    path = Path(path)
    names, read = _members(path)
    if CONFIG not in names:
        shown = ", ".join(sorted(names)[:5]) or "nothing"
        raise ValueError(f"{path}: not a .keras file, it has no {CONFIG} (it has {shown}).{_hint(names)}")
    config = _json(path, read, CONFIG)
    metadata = _json(path, read, METADATA) if METADATA in names else {}
    if not isinstance(config, dict) or "class_name" not in config or "config" not in config:
        raise ValueError(f"{path}: its {CONFIG} does not tell a model.")
    with reading_file():
        model = deserialize_keras_object(config)
    _check_model(model, path, config)
    _build(model, config)
    with _weights(path, names, read) as file:
        if file is not None:
            weights_h5.load(file, model, str(path))
        _read_assets(model, names, read)
        compiled = config.get("compile_config")
        if compile and isinstance(compiled, dict) and compiled.get("optimizer") is not None:
            compile_config.compile_from(model, compiled, str(path))
            if file is not None:
                compile_config.restore_optimizer(model, weights_h5.stored_at(file, "optimizer"), str(path))
    extras.read(model, (metadata if isinstance(metadata, dict) else {}).get("lanthorn"), str(path))
    return model


def _hint(names: set[str]) -> str:
    if any(name.endswith(("data.pkl", ".data/serialization_id")) for name in names):
        return " It looks like a PyTorch checkpoint; load it with torch and hand its arrays to set_weights."
    if "saved_model.pb" in names:
        return " It is TensorFlow's SavedModel; open it with TensorFlow and save the model as .h5."
    return ""


def _check_model(model: Any, path: Path, config: dict[str, Any]) -> None:
    if not hasattr(model, "save"):  # a FeatureSpace has it too
        raise ValueError(f"{path}: holds a {config['class_name']}, not a model.")


def _build(model: Any, config: dict[str, Any]) -> None:
    """A model without a graph gets its weights for the shape it was built for when it was saved."""
    if not isinstance(model, Model):  # a FeatureSpace
        return model.build_from_config(config.get("build_config") or {})
    shape = (config.get("build_config") or {}).get("input_shape")
    if shape is None or model.built and (model.weights or getattr(model, "_plan", None) is not None):
        return
    from .graph import _shape

    model.build(_shape(shape))


def _weights(path: Path, names: set[str], read: Callable[[str, int], bytes]) -> Any:
    from contextlib import nullcontext

    if WEIGHTS in names:
        return h5_safe.opened(read(WEIGHTS, WEIGHTS_LIMIT), f"{path}:{WEIGHTS}")
    if "model.weights.npz" in names:
        raise ValueError(
            f"{path}: holds its weights as NumPy pickles (model.weights.npz), which can run code. Save it again with "
            "weights_format='h5'."
        )
    return nullcontext()


def load_weights(path: str | os.PathLike, model: Any, by_name: bool = False, skip_mismatch: bool = False) -> int:
    """Only the weights of a `.keras` file, into a model that is there already."""
    path = Path(path)
    names, read = _members(path)
    with _weights(path, names, read) as file:
        if file is None:
            raise ValueError(
                f"{path}: holds no {WEIGHTS} (it has {', '.join(sorted(names)[:5]) or 'nothing'}).{_hint(names)}"
            )
        return weights_h5.load(file, model, str(path), by_name, skip_mismatch)
