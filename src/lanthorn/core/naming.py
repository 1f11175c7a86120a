"""Default names: dense, dense_1, dense_2, … made from the class and counted per process, as in Keras."""

import re

_WORD = re.compile(r"(?<=[^_])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])")

_counts: dict[str, int] = {}


def snake_case(name: str) -> str:
    """`MeanSquaredError` as `mean_squared_error`: the default name of an object of that class."""
    return _WORD.sub("_", name).lower().lstrip("_")


def unique_name(stem: str) -> str:
    """`stem` the first time, then `stem_1`, `stem_2`, …"""
    count = _counts.get(stem, 0)
    _counts[stem] = count + 1
    return f"{stem}_{count}" if count else stem


def clear_names() -> None:
    """Start counting anew (`backend.clear_session`)."""
    _counts.clear()
