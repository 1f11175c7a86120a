"""`from keras.utils import layer_utils`: counting and printing, as code of 2018 has it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

__all__ = ["count_params", "print_summary"]


def count_params(weights: Iterable[Any]) -> int:
    """How many numbers these weights hold; one that is listed twice counts once."""
    import math

    return sum(math.prod(w.shape) for w in {id(w): w for w in weights}.values())


def print_summary(
    model: Any,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    print_fn: Callable[[str], Any] | None = None,
) -> None:
    """Print the table of a model's layers; see `model.summary()`."""
    model.summary(line_length=line_length, positions=positions, print_fn=print_fn)
