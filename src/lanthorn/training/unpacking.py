"""One batch, in whatever form a source gave it, as (x, y, sample_weight) of arrays."""

from typing import Any

import numpy as np

from .. import engines
from ..core import tree


def unpack(batch: Any, engine: Any) -> tuple[Any, Any, Any]:
    """(x, y, sample_weight) of what a source gave: x alone, (x,), (x, y) or (x, y, sample_weight)."""
    if not isinstance(batch, (tuple, list)):
        batch = (batch,)
    if not 1 <= len(batch) <= 3:
        raise ValueError(
            f"fit: a batch must be x, (x, y) or (x, y, sample_weight), got {len(batch)} parts. "
            "Several inputs go into one list or dict: ([a, b], y)."
        )
    x, y, w = (*batch, None, None)[:3]
    return _on_host(x, engine), _on_host(y, engine), _on_host(w, engine)


def _on_host(part: Any, engine: Any) -> Any:
    """NumPy arrays and the engine's own stay; other engines' arrays become NumPy."""
    if part is None or type(part) is np.ndarray:
        return part
    if isinstance(part, (list, tuple)) and part and not any(hasattr(p, "shape") for p in tree.leaves(part)):
        return np.asarray(part)
    return tree.map(lambda leaf: _leaf(leaf, engine), part)


def _leaf(leaf: Any, engine: Any) -> Any:
    if isinstance(leaf, np.ndarray):
        return leaf
    if hasattr(leaf, "iloc"):
        return leaf.to_numpy()
    owner = engines.of(leaf) if hasattr(leaf, "shape") else None
    if owner is None:
        return np.asarray(leaf)
    return leaf if owner is engine else owner.to_numpy(leaf)
