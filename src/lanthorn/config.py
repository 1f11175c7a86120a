"""Settings of the process, as `keras.config` has them. What each does is said where it lives."""

import contextlib
import os
import sys
import traceback
import types
import warnings
from typing import Any

from . import engines
from .backend import backend
from .core.dtypes import dtype_policy, set_dtype_policy
from .core.settings import (
    disable_interactive_logging,
    enable_interactive_logging,
    epsilon,
    floatx,
    image_data_format,
    is_interactive_logging_enabled,
    max_epochs,
    max_steps_per_epoch,
    set_epsilon,
    set_floatx,
    set_image_data_format,
    set_max_epochs,
    set_max_steps_per_epoch,
)

__all__ = [
    "backend", "disable_flash_attention", "disable_interactive_logging", "disable_traceback_filtering", "dtype_policy",
    "enable_flash_attention", "enable_interactive_logging", "enable_traceback_filtering",
    "enable_unsafe_deserialization", "epsilon", "floatx", "image_data_format", "is_flash_attention_enabled",
    "is_interactive_logging_enabled", "is_nnx_enabled", "is_traceback_filtering_enabled", "max_epochs",
    "max_steps_per_epoch", "set_backend", "set_dtype_policy", "set_epsilon", "set_floatx", "set_image_data_format",
    "set_max_epochs", "set_max_steps_per_epoch",
]  # fmt: skip

_flash_attention: bool | None = None
_hook: Any = None  # what printed uncaught errors before `enable_traceback_filtering`


def set_backend(backend: str) -> None:
    """The engine of everything made from now on, as `lanthorn.set_engine`; what is there already keeps its own.

    Args:
        backend: "torch", "jax", "tensorflow" or "numpy".

    Raises:
        ValueError: there is no such engine ("openvino" runs frozen networks here by itself, and is none).

    Example:
        >>> lanthorn.config.set_backend("torch")
    """
    engines.set_engine(backend)


def is_nnx_enabled() -> bool:
    """False: models are no `flax.nnx` modules; `model.jax()` gives what JAX works with."""
    return False


# -- attention --------------------------------------------------------------------------------------------------------
def enable_flash_attention() -> None:
    """Let torch take its flash kernels for attention on a GPU, as it does by itself where they fit."""
    _flash(True)


def disable_flash_attention() -> None:
    """Keep torch from taking its flash kernels for attention. JAX and TensorFlow have none here."""
    _flash(False)


def is_flash_attention_enabled() -> bool | None:
    """What was said last; None if nothing was."""
    return _flash_attention


def _flash(allowed: bool) -> None:
    global _flash_attention
    _flash_attention = allowed
    for name in engines.loaded():
        engines.get(name).flash_attention(allowed)


# -- errors -----------------------------------------------------------------------------------------------------------
def enable_traceback_filtering() -> None:
    """Leave the library's own frames out of the tracebacks that Python prints; they are whole unless this is called."""
    global _hook
    if _hook is None:
        _hook, sys.excepthook = sys.excepthook, _print_own_frames


def disable_traceback_filtering() -> None:
    """Tracebacks are printed whole, as they are unless somebody enables the filter."""
    global _hook
    if _hook is not None:
        sys.excepthook, _hook = _hook, None


def is_traceback_filtering_enabled() -> bool:
    """Whether the library's own frames are left out of printed tracebacks: False unless asked for."""
    return _hook is not None


def _print_own_frames(kind: type, error: BaseException, trace: types.TracebackType | None) -> None:
    library, kept = os.path.dirname(__file__) + os.sep, None
    for frame, line in reversed(list(traceback.walk_tb(trace))):
        if not frame.f_code.co_filename.startswith(library):
            kept = types.TracebackType(kept, frame, frame.f_lasti, line)
    with contextlib.suppress(AttributeError):
        error.__traceback__ = kept or trace
    _hook(kind, error, kept or trace)


def enable_unsafe_deserialization() -> None:
    """Warns: code that a file brings is run here in no case. Give `custom_objects` to `load_model` instead."""
    warnings.warn(
        "enable_unsafe_deserialization has no effect: code inside a file is never run. Where a Lambda layer of a file "
        "needs its function, pass load_model(..., custom_objects={name: function}).",
        stacklevel=2,
    )
