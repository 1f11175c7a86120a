"""Weights that are made without drawing their first values, because a file is about to bring them.

Drawing is a fifth of the time that it takes to load a ResNet-50 (0.56 s with it, 0.45 s without). The number of each
draw is used up all the same (`seeds.py`), so what is drawn later does not depend on whether a file came before.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

# in a block: id of each variable made without values -> the variable and how to draw them
_waiting: ContextVar[dict[int, tuple[Any, Callable[[], np.ndarray]]] | None] = ContextVar("undrawn", default=None)


@contextmanager
def values_follow() -> Iterator[None]:
    """Inside, weights start out as zeros; those that got no values by its end are drawn then."""
    token = _waiting.set({})
    try:
        yield
        for variable, draw in list((_waiting.get() or {}).values()):
            variable.assign(draw())
    finally:
        _waiting.reset(token)


def expected() -> bool:
    """Whether values follow, so that drawing some now may be for nothing."""
    return _waiting.get() is not None


def leave(variable: Any, draw: Callable[[], np.ndarray]) -> None:
    """`variable` holds zeros; `draw()` gives its values, should no others come."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting[id(variable)] = variable, draw


def came(variable: Any) -> None:
    """The values of `variable` have come."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting.pop(id(variable), None)
