"""What a setting may be, said once: read from a command line's word, or checked when it came from Python."""

import math
from collections.abc import Callable
from typing import Any


def at_least(least: int) -> Callable[[Any], int]:
    """What takes a whole number of at least `least`; a ValueError says what was expected."""

    def read(given: Any) -> int:
        try:
            number = int(given)
        except (ValueError, TypeError):
            number = least - 1
        if number < least or isinstance(given, (bool, float)) and number != given:
            raise ValueError(f"expected a whole number of at least {least}, got {given!r}")
        return number

    return read


def number(above: float = -math.inf, least: float = -math.inf, below: float = math.inf) -> Callable[[Any], float]:
    """What takes a finite number within bounds; a ValueError says what was expected."""
    words = [f"above {above:g}"] * (above > -math.inf) + [f"of at least {least:g}"] * (least > -math.inf)
    expected = " and ".join([" ".join(["a number", *words])] + [f"below {below:g}"] * (below < math.inf))

    def read(given: Any) -> float:
        try:
            found = float(given)
        except (ValueError, TypeError):
            found = math.nan
        if not (found > above and least <= found < below):
            raise ValueError(f"expected {expected}, got {given!r}")
        return found

    return read


def share(given: Any) -> float:
    """A share from 0 to 1; a ValueError says what was expected."""
    try:
        found = float(given)
    except (ValueError, TypeError):
        found = math.nan
    if not 0 <= found <= 1:
        raise ValueError(f"expected a share from 0 to 1, got {given!r}")
    return found


def threshold(given: Any) -> float | str | None:
    """When to answer 'none of these': 'auto', below a probability, or None (in words: 'none') for never."""
    if given in (None, "auto", "none"):
        return "auto" if given == "auto" else None
    try:
        return share(given)
    except ValueError:
        raise ValueError(f"expected auto, none or a probability from 0 to 1, got {given!r}") from None


at_least_one, above_zero = at_least(1), number(above=0)
