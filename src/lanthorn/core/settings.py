"""Settings of the process: what `lanthorn.config` sets, and layers, ops, losses and `fit` read."""

import os
import warnings
from typing import Any

_FLOATS = ("bfloat16", "float16", "float32", "float64")
_FORMATS = ("channels_last", "channels_first")
_values: dict[str, Any] = {"floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last"}


def floatx() -> str:
    """The dtype of arrays, weights and layers that were given none."""
    return _values["floatx"]


def set_floatx(value: str) -> None:
    """Make `value` ('bfloat16', 'float16', 'float32' or 'float64') the dtype of what is made without one from now on.

    Raises:
        ValueError: another dtype.

    Example:
        >>> lanthorn.config.set_floatx("float64")
        >>> lanthorn.backend.standardize_dtype(None)
        'float64'
        >>> lanthorn.config.set_floatx("float32")
    """
    _choose("floatx", value, _FLOATS)


def epsilon() -> float:
    """The small number that keeps losses away from log(0), and divisions from zero."""
    return _values["epsilon"]


def set_epsilon(value: float) -> None:
    """Change `epsilon()`, for what is computed from now on."""
    _values["epsilon"] = float(value)


def image_data_format() -> str:
    """Where layers that were not told look for the channels: 'channels_last' or 'channels_first'."""
    return _values["image_data_format"]


def set_image_data_format(data_format: str) -> None:
    """Change `image_data_format()`, for layers that are made from now on. Raises ValueError for another word."""
    _choose("image_data_format", str(data_format), _FORMATS)


def _choose(name: str, value: str, options: tuple[str, ...]) -> None:
    if value not in options:
        raise ValueError(f"config: `{name}` must be one of {', '.join(options)}, got {value!r}.")
    _values[name] = value


# -- what limits `fit` ------------------------------------------------------------------------------------------------
def max_epochs() -> int | None:
    """The most epochs that a `fit` takes: what `set_max_epochs` or else KERAS_MAX_EPOCHS says; None: no limit."""
    return _limit("max_epochs")


def set_max_epochs(max_epochs: int | None) -> None:
    """Limit every `fit` from now on, to try a program out; None: no limit.

    Example:
        >>> lanthorn.config.set_max_epochs(None)
    """
    _values["max_epochs"] = max_epochs


def max_steps_per_epoch() -> int | None:
    """The most batches of an epoch, an evaluation or a prediction; KERAS_MAX_STEPS_PER_EPOCH sets it too."""
    return _limit("max_steps_per_epoch")


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Limit the batches of every epoch, evaluation and prediction from now on; None: no limit.

    Example:
        >>> lanthorn.config.set_max_steps_per_epoch(None)
    """
    _values["max_steps_per_epoch"] = max_steps_per_epoch


def _limit(name: str) -> int | None:
    said = _values.get(name) or os.environ.get(f"KERAS_{name.upper()}")
    return int(said) if said else None


def limited(number: Any, name: str) -> Any:
    """`number`, None for endless, or what `name` limits it to, with a warning."""
    most = _limit(name)
    if most is None or number is not None and number <= most:
        return number
    warnings.warn(f"Limiting {name.removeprefix('max_')} to {most}, as lanthorn.config.{name}() says.", stacklevel=3)
    return most


# -- what is printed --------------------------------------------------------------------------------------------------
def enable_interactive_logging() -> None:
    """Progress is written to standard output, as it is unless somebody disables that."""
    _values["interactive_logging"] = True


def disable_interactive_logging() -> None:
    """Progress goes to the logger "lanthorn" of Python's `logging` (level INFO) from now on, a line per epoch."""
    _values["interactive_logging"] = False


def is_interactive_logging_enabled() -> bool:
    """Whether progress is written to standard output."""
    return _values.get("interactive_logging", True)
