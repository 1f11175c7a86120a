"""From the numbers of categories to one-hot rows, sets and counts."""

from typing import Any

import numpy as np

from .. import ops


def encode(x: Any, mode: str, depth: int, dtype: str, weights: Any = None) -> Any:
    """Numbers of categories below `depth`, as `mode` says; a number outside of 0 … depth - 1 counts nothing.

    "int": as they are; "one_hot": a row for each number, in place of a last axis of size 1; "multi_hot": which of the
    numbers of a sample (along axis 1) there are; "count": how often, or the sum of their `weights`.
    """
    if mode == "int":
        return ops.cast(x, dtype)
    if len(x.shape) == 0:
        x = ops.expand_dims(x, -1)
    if mode == "one_hot":
        x = ops.squeeze(x, -1) if len(x.shape) > 1 and x.shape[-1] == 1 else x
        return ops.one_hot(x, depth, dtype=dtype)
    rows = ops.one_hot(x, depth, dtype=dtype)
    if weights is not None:
        rows = ops.multiply(rows, ops.expand_dims(ops.cast(weights, dtype), -1))
    axis = 1 if len(x.shape) > 1 else 0
    return ops.cast(ops.max(rows, axis=axis) if mode == "multi_hot" else ops.sum(rows, axis=axis), dtype)


def encode_rows(x: np.ndarray, mode: str, depth: int, lengths: np.ndarray | None = None) -> np.ndarray:
    """The same on the host, without a row for each number: long texts have many.

    `lengths`: x is flat, and so many numbers belong to each sample.
    """
    if mode == "one_hot":
        x = x[..., 0] if x.ndim > 1 and x.shape[-1] == 1 else np.atleast_1d(x)
        return (x[..., None] == np.arange(depth)).astype(np.int64)
    if lengths is None:
        x = np.moveaxis(np.atleast_1d(x), 1, -1) if x.ndim > 2 else np.atleast_1d(x)
        shape = (*x.shape[:-1], depth)
        lengths = np.full(int(np.prod(shape[:-1])), x.shape[-1])
    else:
        shape = (len(lengths), depth)
    flat, rows = x.ravel(), np.repeat(np.arange(len(lengths)), lengths)
    known = (flat >= 0) & (flat < depth)
    counts = np.bincount(rows[known] * depth + flat[known], minlength=len(lengths) * depth).reshape(shape)
    return np.minimum(counts, 1) if mode == "multi_hot" else counts


def encoded_shape(shape: Any, mode: str, depth: int | None) -> tuple:
    """The shape that numbers of this shape have as `mode` says."""
    shape = tuple(shape)
    if mode == "int":
        return shape
    if mode == "one_hot":
        return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), depth)
    return (*shape[:1], *shape[2:], depth) if len(shape) > 1 else (depth,)
