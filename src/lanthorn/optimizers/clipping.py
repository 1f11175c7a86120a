"""Clipping of gradients: none longer, or with larger entries, than a limit."""

from typing import Any

from .. import ops


def clip(kind: str, gradients: list, limit: float, engine: Any) -> list:
    """Gradients clipped by "norm", "global norm" or "value"."""
    done = engine.fused_clip(kind, gradients, limit)
    if done is not None:
        return done
    if kind == "global norm":
        return clip_by_global_norm(gradients, limit)
    one = clip_by_norm if kind == "norm" else clip_by_value
    return [one(g, limit) for g in gradients]


def clip_by_norm(gradient: Any, limit: float) -> Any:
    """The gradient, shortened to length `limit` if it is longer."""
    squared = ops.sum(ops.square(gradient))
    safe = ops.where(squared > 0.0, squared, ops.ones_like(squared))
    length = ops.where(squared > 0.0, ops.sqrt(safe), squared)
    return gradient * limit / ops.maximum(length, limit)


def clip_by_value(gradient: Any, limit: float) -> Any:
    """The gradient with entries held between -limit and limit."""
    return ops.clip(gradient, -limit, limit)


def global_norm(gradients: list) -> Any:
    """Length of all gradients taken as one vector."""
    return ops.sqrt(sum(ops.sum(ops.square(g)) for g in gradients))


def clip_by_global_norm(gradients: list, limit: float) -> list:
    """All gradients times one factor, so that together they are no longer than `limit`; NaN if any is not finite."""
    length = global_norm(gradients)
    factor = limit * ops.minimum(1.0 / length, 1.0 / limit) + (length - length)
    return [g * factor for g in gradients]
