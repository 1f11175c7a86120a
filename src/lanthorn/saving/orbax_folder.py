"""Models in Orbax's checkpoints: a folder with a numbered folder for each step, as Keras 3.15 lays it out."""

import json
import os
from typing import Any

from ..core.optional import imported
from . import compile_config, keras_file, state_tree
from .serialize import deserialize_keras_object, reading_file

_MARKS = {"orbax.checkpoint", "pytree.orbax-checkpoint", "checkpoint_metadata", "_CHECKPOINT_METADATA"}


def is_one(path: Any) -> bool:
    """Whether there is a checkpoint: a step's folder, or a folder of them."""
    if not os.path.isdir(path):
        return False
    names = os.listdir(path)
    return bool(_MARKS & set(names)) or any(n.isdigit() and os.path.isdir(os.path.join(path, n)) for n in names)


def contents(model: Any, weights_only: bool) -> dict[str, Any]:
    """What is saved of a model, by name."""
    tree = state_tree.get(model, "numpy_array")
    if weights_only:
        return {"pytree": {part: tree[part] for part in ("trainable_variables", "non_trainable_variables")}}
    config = keras_file.model_config(model) | {"compile_config": compile_config.compile_config(model)}
    return {"pytree": tree, "model_config": {"config": json.dumps(config)}}


def load_weights(path: Any, model: Any) -> None:
    """The last step's weights, and the states of optimizer and metrics, into a model that is there already."""
    given = state_tree.put(model, _read(path, "pytree", "load_weights"))
    left = [w.path for w in model.weights if id(w) not in given]
    if left:
        raise ValueError(
            f"{path}: has no values for {', '.join(map(repr, left[:3]))} of {model.describe()}; weights are found by "
            "the names of their layers: give them the names they had."
        )


def load(path: Any, compile: bool = True) -> Any:  # noqa: A002 (Keras's name)
    """The model of the last step."""
    text = _read(path, "model_config", "load_model")["config"]
    config = json.loads(text)
    with reading_file():
        model = deserialize_keras_object(config)
    compiled = config.get("compile_config")
    if compile and isinstance(compiled, dict) and compiled.get("optimizer") is not None:
        compile_config.compile_from(model, compiled, str(path))
        model.optimizer.build(model.trainable_variables)
    load_weights(path, model)
    return model


def _read(path: Any, name: str, who: str) -> Any:
    """One of the things that a checkpoint holds."""
    ocp = imported("orbax.checkpoint", who, "orbax-checkpoint").v1
    steps = [int(n) for n in os.listdir(path) if n.isdigit() and os.path.isdir(os.path.join(path, n))]
    step = os.path.join(os.path.abspath(path), str(max(steps))) if steps else os.path.abspath(path)
    if not os.path.isdir(os.path.join(step, name)):
        raise ValueError(f"{who}: {step} holds no {name}; it was saved with save_weights_only=True.")
    return ocp.load_checkpointables(step, {name: None})[name]
