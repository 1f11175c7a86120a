"""What `compile` was given, and the optimizer's state, in files: so that training goes on where it stopped."""

import warnings
from typing import Any

from .matching import Stored
from .serialize import deserialize_keras_object, serialize_keras_object

KEYS = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics", "run_eagerly", "steps_per_execution",
        "jit_compile")  # fmt: skip


def compile_config(model: Any) -> dict[str, Any] | None:
    """The arguments of `compile` as plain data, in Keras's words; None if the model was not compiled."""
    given = model.get_compile_config() if hasattr(model, "get_compile_config") else None
    if not given:
        return None
    return {key: serialize_keras_object(given.get(key)) for key in KEYS if key in given}


def compile_from(model: Any, config: dict[str, Any], file: str) -> None:
    """Compile a model as it was when it was saved.

    Raises:
        ValueError: a loss or metric nobody knows; says that compile=False opens the file without it.
    """
    from .. import losses, metrics

    try:
        given = {key: deserialize_keras_object(config[key]) for key in KEYS if config.get(key) is not None}
        for key, module in (("loss", losses), ("metrics", metrics), ("weighted_metrics", metrics)):
            given[key] = _known(given.get(key), module)
        model.compile(**given)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"{file}: the model is there, but it cannot be compiled as it was: {error} "
            "To open it without: load_model(..., compile=False)."
        ) from error


_BY_SHAPE = {"accuracy", "acc", "crossentropy", "ce"}  # which metric that is depends on the data


def _known(value: Any, module: Any) -> Any:
    """Names looked up now: `fit` would do it later, when `custom_objects` are forgotten."""
    if isinstance(value, dict):
        return {key: _known(item, module) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_known(item, module) for item in value]
    if not isinstance(value, str) or value in _BY_SHAPE:
        return value
    found = module.get(value)
    return value if (getattr(found, "__module__", None) or "").startswith("lanthorn.") else found


def training_config(model: Any) -> dict[str, Any] | None:
    """The same as `.h5` files hold it: the optimizer under `optimizer_config`, without modules."""
    config = compile_config(model)
    if config is None:
        return None
    optimizer = config.pop("optimizer", None)
    if isinstance(optimizer, dict):
        config["optimizer_config"] = {key: optimizer[key] for key in ("class_name", "config")}
    return config


def from_training_config(config: dict[str, Any]) -> dict[str, Any]:
    """An `.h5` file's `training_config`, of any Keras, in the words of `compile_config`."""
    found = {key: config[key] for key in KEYS if key in config}
    optimizer = config.get("optimizer_config")
    if isinstance(optimizer, dict):
        found["optimizer"] = optimizer | {"class_name": str(optimizer.get("class_name")).rpartition(">")[2]}
    for key in ("metrics", "weighted_metrics"):
        listed = _old_metrics(found.get(key))
        one_output = isinstance(listed, list) and len(listed) == 1 and isinstance(listed[0], list)
        found[key] = listed[0] if one_output else listed
    found["loss"] = _old_loss(found.get("loss"))
    return found


def _old_metrics(value: Any) -> Any:
    """TensorFlow's Keras wrapped functions: {"class_name": "MeanMetricWrapper", "config": {"fn": "accuracy", …}}."""
    if isinstance(value, dict) and value.get("class_name") == "MeanMetricWrapper":
        return (value.get("config") or {}).get("fn")
    if isinstance(value, dict) and "class_name" not in value:
        return {key: _old_metrics(item) for key, item in value.items()}
    return [_old_metrics(item) for item in value] if isinstance(value, list) else value


def _old_loss(value: Any) -> Any:
    if isinstance(value, dict) and value.get("class_name") == "LossFunctionWrapper":
        return (value.get("config") or {}).get("fn")
    if isinstance(value, dict) and "class_name" not in value:
        return {key: _old_loss(item) for key, item in value.items()}
    return [_old_loss(item) for item in value] if isinstance(value, list) else value


# -- the optimizer's state -----------------------------------------------------------------------------------------
def optimizer_variables(model: Any) -> list[Any]:
    """The optimizer's state: step count, learning rate, and per weight its slots; empty if it has not begun."""
    optimizer = getattr(model, "optimizer", None)
    return list(optimizer.variables) if optimizer is not None and optimizer.built else []


def restore_optimizer(model: Any, stored: list[Stored], file: str) -> None:
    """Put the stored state into the model's optimizer; warns, and leaves it fresh, where that is not possible."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None or not stored:
        return
    trainable = list(model.trainable_variables)
    optimizer.build(trainable)
    own = list(optimizer.variables)
    if not any(array.shape for array in stored):  # step count and learning rate: it had no slots, or none yet
        own = own[: len(stored)]
    arrays = _in_our_order(own, stored, len(trainable))
    if arrays is None:
        warnings.warn(
            f"{file}: the optimizer's state has {len(stored)} arrays that do not fit {type(optimizer).__name__}'s "
            f"{len(own)}; training would go on with a fresh optimizer.",
            stacklevel=4,
        )
        return
    for variable, array in zip(own, arrays, strict=True):
        if array is not None:
            variable.assign(array.read().astype(variable.dtype))


def _in_our_order(own: list[Any], stored: list[Stored], weights: int) -> list[Stored | None] | None:
    def fits(arrays: list[Stored | None]) -> bool:
        return len(arrays) == len(own) and all(
            a is None or tuple(a.shape) == tuple(v.shape) for v, a in zip(own, arrays, strict=True)
        )

    if fits(list(stored)):
        return list(stored)
    # Keras 2: the step count, then one slot of every weight, then the next slot of every weight; no learning rate
    has_rate = len(own) > 1 and tuple(own[1].shape) == () and "learning_rate" in own[1].name
    head = [stored[0], None] if has_rate else [stored[0]]
    slots = stored[1:]
    if weights and slots and len(slots) % weights == 0:
        kinds = len(slots) // weights
        by_weight = [slots[kind * weights + i] for i in range(weights) for kind in range(kinds)]
        for arrays in ([*head, *by_weight], [*head, *slots]):
            if fits(arrays):
                return arrays
    return None
