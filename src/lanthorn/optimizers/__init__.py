"""Optimizers: how weights move, given their gradients.

>>> model = lanthorn.Sequential([lanthorn.Input((4,)), lanthorn.layers.Dense(1)])
>>> model.compile(optimizer=lanthorn.optimizers.Adam(1e-3), loss="mse")
>>> model.optimizer.learning_rate = 1e-4  # at any time
"""

from typing import Annotated, Any

from ..core.config import Registry, Setting
from ..core.custom_objects import custom_object_scope
from ..core.old_names import finder
from . import legacy, schedules
from .adafactor import Adafactor
from .adam import Adam, Adamax, AdamW, Nadam
from .adaptive import Adadelta, Adagrad, Ftrl, Lion, RMSprop
from .base import Optimizer
from .lamb import Lamb
from .layerwise import LayerwiseAdamW
from .muon import Muon
from .schedule_free import ScheduleFreeAdamW
from .sgd import SGD
from .wrapping import LossScaleOptimizer, MultiOptimizer, OptimizerMap

_classes = (
    SGD, Adam, AdamW, RMSprop, Adagrad, Adadelta, Adamax, Nadam, Ftrl, Lion, LayerwiseAdamW, Adafactor, Lamb, Muon,
    ScheduleFreeAdamW, LossScaleOptimizer, MultiOptimizer,
)  # fmt: skip
_registry = Registry(
    "optimizer", "optimizers", {c.__name__: c for c in _classes}, {c.__name__.lower(): c.__name__ for c in _classes}
)


def get(identifier: Any) -> Any:
    """The optimizer meant by a name (any case), a config or an Optimizer.

    Raises:
        ValueError: no optimizer has that name.
        TypeError: something else was given.

    Example:
        >>> get("rmsprop")
        RMSprop(learning_rate=0.001)
    """
    found = _registry.get(identifier)
    if found is not None and not isinstance(found, Optimizer):
        raise TypeError(
            f"optimizer: expected a name such as 'adam' or a lanthorn optimizer, got {identifier!r} "
            f"({type(identifier).__module__}.{type(identifier).__name__})."
        )
    return found


def serialize(optimizer: Any) -> Any:
    """Plain data of an optimizer: its class and settings."""
    return _registry.serialize(optimizer)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The optimizer that `serialize` wrote."""
    with custom_object_scope(custom_objects):
        return get(config)


OptimizerLike = Annotated[Any, Setting(get, serialize)]

__all__ = [
    "Optimizer",
    "OptimizerLike",
    "legacy",
    "schedules",
    "get",
    "serialize",
    "deserialize",
    "OptimizerMap",
    *(c.__name__ for c in _classes),
]

__getattr__ = finder(__name__)  # names of Keras 1 and 2
