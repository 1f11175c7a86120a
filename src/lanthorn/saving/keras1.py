"""Weights as Keras 1 and Theano stored them, turned to how they are stored today.

A file without `keras_version` was written by Keras 1. What differs: convolution kernels in Theano's order
(filters, channels, height, width), turned by 180 degrees because Theano's convolution turns them; the gates of
an LSTM as twelve arrays; the names.
"""

from typing import Any

import numpy as np

from . import h5_safe
from .matching import Stored

Pair = tuple[Any, str, list[Stored]]  # a layer, the name it was saved under, its arrays
THEANO = (2, 3, 1, 0)  # (filters, channels, height, width) → (height, width, channels, filters)


def modern(node: Any, pairs: list[Pair]) -> list[Pair]:
    """The pairs of a weights group, with arrays as today's Keras would have stored them."""
    old = str(h5_safe.attribute(node, "keras_version") or "1").split(".")[0] == "1"
    turned = h5_safe.attribute(node, "backend") == "theano"
    convolutions = [(layer, arrays[0]) for layer, _, arrays in pairs if _is_convolution(layer) and arrays]
    # a file is in one order as a whole: where one kernel fits only in Theano's, all are
    theano_order = old and any(_fits_theano_only(layer, array) for layer, array in convolutions)
    return [(layer, name, _arrays(layer, arrays, old, turned or theano_order, theano_order))
            for layer, name, arrays in pairs]  # fmt: skip


def _is_convolution(layer: Any) -> bool:
    return "Conv" in type(layer).__name__


def _kernel_shape(layer: Any) -> tuple[int, ...]:
    return next((tuple(v.shape) for v in layer.weights if "kernel" in v.name), ())


def _fits_theano_only(layer: Any, array: Stored) -> bool:
    shape, wanted = tuple(array.shape), _kernel_shape(layer)
    if len(shape) != 4:
        return False
    turned = tuple(shape[i] for i in THEANO)
    if len(wanted) == 3:  # Conv1D had a kernel of width 1
        return turned == (wanted[0], 1, *wanted[1:]) and shape != turned
    return turned == wanted and shape != wanted


def _arrays(layer: Any, arrays: list[Stored], old: bool, turn: bool, theano_order: bool) -> list[Stored]:
    if _is_convolution(layer) and arrays:
        return [_kernel(layer, arrays[0], old, turn, theano_order), *arrays[1:]]
    name = type(layer).__name__
    if old and name == "LSTM" and len(arrays) == 12:
        return _gates(arrays, (0, 6, 3, 9))  # stored as i, c, f, o; today i, f, c, o
    if old and name == "GRU" and len(arrays) == 9:
        return _gates(arrays, (0, 3, 6))  # z, r, h then and now
    return arrays


def _kernel(layer: Any, stored: Stored, old: bool, turn: bool, theano_order: bool) -> Stored:
    shape = tuple(stored.shape)
    narrow = old and len(shape) == 4 and len(_kernel_shape(layer)) == 3
    if not (turn or theano_order or narrow) or len(shape) != 4:
        return stored
    if theano_order:
        shape = tuple(shape[i] for i in THEANO)
    if narrow:
        shape = (shape[0], *shape[2:])

    def read() -> np.ndarray:
        values = stored.read()
        values = values.transpose(THEANO) if theano_order else values
        values = values[::-1, ::-1] if turn else values
        return values[:, 0] if narrow else values

    return Stored(stored.name, shape, read)


def _gates(stored: list[Stored], order: tuple[int, ...]) -> list[Stored]:
    """One (kernel, recurrent kernel, bias) per gate → three arrays with the gates side by side."""

    def joined(offset: int) -> Stored:
        parts = [stored[i + offset] for i in order]
        shape = (*parts[0].shape[:-1], sum(p.shape[-1] for p in parts))
        return Stored(parts[0].name, shape, lambda: np.concatenate([p.read() for p in parts], axis=-1))

    return [joined(0), joined(1), joined(2)]
