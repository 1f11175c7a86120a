"""What a loss or a metric written as a name, a function or an object stands for; some names depend on the shapes."""

from typing import Any

from .. import losses as losses_module
from .. import metrics as metrics_module

_CHOSEN_BY_SHAPE = {"accuracy": "accuracy", "acc": "accuracy", "crossentropy": "crossentropy", "ce": "crossentropy"}


def nested(structure: Any) -> bool:
    """Whether there are structures in a structure."""
    if not isinstance(structure, (list, tuple, dict)):
        return False
    parts = structure.values() if isinstance(structure, dict) else structure
    return any(isinstance(part, (list, tuple, dict)) for part in parts)


def along(structure: Any, asked: Any) -> list:
    """One entry for each leaf of a structure, from what is written in its shape; what is one for several is each's."""
    if not isinstance(structure, (list, tuple, dict)):
        return [asked]
    parts = list(structure.items() if isinstance(structure, dict) else enumerate(structure))
    if isinstance(structure, dict) and isinstance(asked, dict):
        return [entry for key, part in parts for entry in along(part, asked.get(key))]
    if not isinstance(structure, dict) and isinstance(asked, (list, tuple)) and len(asked) == len(parts):
        return [entry for (_, part), own in zip(parts, asked, strict=True) for entry in along(part, own)]
    return [entry for _, part in parts for entry in along(part, asked)]


def _kind_of_labels(y: Any, outputs: Any) -> str:
    """ "binary", "sparse_categorical" or "categorical", told from the shapes of labels and outputs."""
    if outputs.shape[-1] == 1:
        return "binary"
    if len(y.shape) < len(outputs.shape) or y.shape[-1] == 1:
        return "sparse_categorical"
    return "categorical"


def resolve_loss(asked: Any, y: Any, outputs: Any) -> Any:
    """A Loss object from a name, a function or a Loss; "crossentropy" is chosen by the shapes."""
    if asked is None:
        return None
    if isinstance(asked, str) and asked.lower() in ("crossentropy", "ce"):
        asked = f"{_kind_of_labels(y, outputs)}_crossentropy"
    found = losses_module.get(asked)
    if isinstance(found, losses_module.Loss):
        return found
    name = asked if isinstance(asked, str) else getattr(found, "__name__", type(found).__name__)
    return losses_module.LossFunctionWrapper(found, name=name)


def resolve_metric(asked: Any, y: Any, outputs: Any) -> Any:
    """A Metric object from a name, a function or a Metric; "accuracy" and "crossentropy" are chosen by the shapes."""
    kind = _CHOSEN_BY_SHAPE.get(asked.lower()) if isinstance(asked, str) else None
    name = None
    if kind is not None:
        found, name = metrics_module.get(f"{_kind_of_labels(y, outputs)}_{kind}"), asked
    else:
        found = metrics_module.get(asked)
        if isinstance(asked, str):
            name = asked
    if not isinstance(found, metrics_module.Metric):
        found = metrics_module.MeanMetricWrapper(found, name=name or getattr(found, "__name__", type(found).__name__))
    elif name:
        found.name = name
    return found
