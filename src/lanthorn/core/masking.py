"""Masks travel with the arrays they belong to, under the name Keras gave them."""

import threading
from typing import Any


class _Beside(threading.local):
    """Masks of arrays that take no attributes (JAX's tracers), kept while the outermost call runs."""

    def __init__(self) -> None:
        self.masks: dict[int, tuple[Any, Any]] = {}
        self.depth = 0  # models that are being called, one inside the other


_beside = _Beside()


def set_mask(x: Any, mask: Any) -> None:
    """Attach `mask` (boolean, True: use) to `x`."""
    try:
        x._keras_mask = mask
    except AttributeError:
        _beside.masks[id(x)] = (x, mask)  # x is held, so that its id is not used again


def get_mask(x: Any) -> Any:
    """The mask attached to `x`, or None."""
    mask = getattr(x, "_keras_mask", None)
    if mask is None and _beside.masks:
        owner, found = _beside.masks.get(id(x), (None, None))
        mask = found if owner is x else None
    return mask


class keep_masks:
    """While the outermost of these is open, masks of tracers are kept; after it they are let go."""

    def __enter__(self) -> None:
        _beside.depth += 1

    def __exit__(self, *exc: Any) -> None:
        _beside.depth -= 1
        if not _beside.depth:
            _beside.masks.clear()
