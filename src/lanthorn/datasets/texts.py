"""What IMDB's and Reuters's texts have in common: lists of words as numbers, by how frequent each word is."""

from typing import Any

import numpy as np


def shuffled(xs: np.ndarray, labels: np.ndarray, rng: Any) -> tuple[list, np.ndarray]:
    order = np.arange(len(xs))
    rng.shuffle(order)
    return list(xs[order]), labels[order]


def begun(xs: list, start_char: int | None, index_from: int) -> list[list[int]]:
    """Every number raised by `index_from`, behind `start_char` (None: neither start nor, at 0, change)."""
    if start_char is not None:
        return [[start_char, *(w + index_from for w in x)] for x in xs]
    return [[w + index_from for w in x] for x in xs] if index_from else [list(x) for x in xs]


def short(xs: list, labels: np.ndarray, maxlen: int | None) -> tuple[list, np.ndarray]:
    """Those below `maxlen` words.

    Raises:
        ValueError: there is none.
    """
    if not maxlen:
        return xs, labels
    kept = [i for i, x in enumerate(xs) if len(x) < maxlen]
    if not kept:
        raise ValueError(f"load_data: every text has {maxlen} words or more; raise maxlen.")
    return [xs[i] for i in kept], labels[kept]


def frequent(xs: list, num_words: int | None, skip_top: int, oov_char: int | None) -> list:
    """Words outside `skip_top` … `num_words` become `oov_char`; None: they are left out."""
    most = num_words or max(map(max, xs))
    if oov_char is None:
        return [[w for w in x if skip_top <= w < most] for x in xs]
    return [[w if skip_top <= w < most else oov_char for w in x] for x in xs]


def objects(xs: list) -> np.ndarray:
    """Lists as an array of lists."""
    found = np.empty(len(xs), object)
    found[:] = xs
    return found
