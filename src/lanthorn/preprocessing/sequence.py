"""Sequences of different lengths as one array."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Sequences of different lengths as one array (len(sequences), maxlen, ...), filled up with `value`.

    `maxlen` None takes the longest. `padding` and `truncating`: 'pre' fills or cuts at the start, 'post' at the end.
    Raises ValueError for anything that is not a list of sequences, or whose items have different shapes.

        >>> pad_sequences([[1], [2, 3]])
        array([[0, 1],
               [2, 3]], dtype=int32)
    """
    if not hasattr(sequences, "__len__"):
        raise ValueError(f"pad_sequences: expected a list of sequences, got a {type(sequences).__name__}.")
    for name, given in (("padding", padding), ("truncating", truncating)):
        if given not in ("pre", "post"):
            raise ValueError(f"pad_sequences: {name} must be 'pre' or 'post', got {given!r}.")
    for k, sequence in enumerate(sequences):
        if not hasattr(sequence, "__len__"):
            raise ValueError(
                f"pad_sequences: item {k} must be a sequence, got {sequence!r} ({type(sequence).__name__})."
            )
    lengths = [len(s) for s in sequences]
    maxlen = max(lengths, default=0) if maxlen is None else maxlen
    inner = next((np.asarray(s).shape[1:] for s in sequences if len(s)), ())
    kind = np.dtype(object) if dtype is object else np.dtype(dtype)
    if isinstance(value, str) and kind.kind not in "OUS":
        raise ValueError(f"pad_sequences: the value {value!r} is a string, dtype {kind} is not; pass dtype=object.")
    out = np.full((len(sequences), maxlen, *inner), value, dtype=kind)
    for k, sequence in enumerate(sequences):
        if not len(sequence) or not maxlen:
            continue
        kept = np.asarray(sequence[-maxlen:] if truncating == "pre" else sequence[:maxlen], dtype=kind)
        if kept.shape[1:] != inner:
            raise ValueError(
                f"pad_sequences: item {k} holds values of shape {kept.shape[1:]}, the others of shape {inner}."
            )
        if padding == "post":
            out[k, : len(kept)] = kept
        else:
            out[k, maxlen - len(kept) :] = kept
    return out
