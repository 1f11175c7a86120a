"""Policies by the names of `keras.mixed_precision`."""

from .core.dtypes import DTypePolicy, dtype_policy, set_dtype_policy
from .core.old_names import finder

Policy = DTypePolicy
global_policy, set_global_policy = dtype_policy, set_dtype_policy

__all__ = ["DTypePolicy", "Policy", "dtype_policy", "global_policy", "set_dtype_policy", "set_global_policy"]
__getattr__ = finder(__name__)  # names of Keras 1 and 2
__path__: list[str] = []  # old programs import keras.mixed_precision.experimental
