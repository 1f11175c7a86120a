"""Policies by the names of `keras.mixed_precision`."""

from importlib import import_module
from typing import Any

from .core.dtypes import DTypePolicy, dtype_policy, set_dtype_policy
from .core.old_names import find

Policy = DTypePolicy
global_policy, set_global_policy = dtype_policy, set_dtype_policy


def __getattr__(name: str) -> Any:
    if name != "LossScaleOptimizer":
        return find(__name__, name)  # names of Keras 1 and 2
    return import_module(".optimizers", __package__).LossScaleOptimizer


__all__ = ["DTypePolicy", "Policy", "dtype_policy", "global_policy", "set_dtype_policy", "set_global_policy"]
__all__ += ["LossScaleOptimizer"]  # noqa: F822 (loaded when asked for)
__path__: list[str] = []  # old programs import keras.mixed_precision.experimental
