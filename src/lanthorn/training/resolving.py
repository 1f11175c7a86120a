"""What a loss or a metric written as a name, a function or an object stands for; some names depend on the shapes."""

from typing import Any

from .. import losses as losses_module
from .. import metrics as metrics_module

_CHOSEN_BY_SHAPE = {"accuracy": "accuracy", "acc": "accuracy", "crossentropy": "crossentropy", "ce": "crossentropy"}


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
