"""Occlusion: how much less a model sees a class where a part of the picture is covered."""

from typing import Any

import numpy as np

from .scores import Scores, Target

TOGETHER = 32  # covered pictures that go through the network at once
ACROSS = 6  # patches beside each other, unless a size is given


def occlusion(
    scores: Scores, x: np.ndarray, target: Target, channels_first: bool, patch: Any = None, stride: Any = None,
    fill: Any = None,
) -> np.ndarray:  # fmt: skip
    """Occlusion sensitivity (Zeiler and Fergus 2014, arXiv:1311.2901, section 4.2): float64 (height, width).

    A patch of one colour slides over the picture; each pixel gets the mean drop of the class's probability over the
    patches that cover it. `patch` and `stride` are in pixels, a number or (height, width): by default a sixth of
    the picture, and half of that. `fill` is what covers, as the network gets it; None: the picture's mean colour.
    """
    x = np.moveaxis(x, 1, -1) if channels_first else x
    height, width = x.shape[1:3]
    rows, columns = _pair(patch, "patch", (max(1, height // ACROSS), max(1, width // ACROSS)))
    down, right = _pair(stride, "stride", (max(1, rows // 2), max(1, columns // 2)))
    rows, columns = min(rows, height), min(columns, width)
    colour = x.mean(axis=(0, 1, 2)) if fill is None else np.asarray(fill, "float32")
    corners = [(top, left) for top in _starts(height, rows, down) for left in _starts(width, columns, right)]

    def probability(batch):
        batch = np.moveaxis(batch, -1, 1) if channels_first else batch
        return scores.probabilities(scores.numbers(np.ascontiguousarray(batch)), target)

    whole = probability(x)[0]
    drops, count = np.zeros((height, width)), np.zeros((height, width))
    for first in range(0, len(corners), TOGETHER):
        some = corners[first : first + TOGETHER]
        # as many as ever, so that an engine that compiles for a size does so once
        batch = np.repeat(x, min(TOGETHER, len(corners)), axis=0)
        for picture, (top, left) in zip(batch, some, strict=False):
            picture[top : top + rows, left : left + columns] = colour
        for (top, left), seen in zip(some, probability(batch), strict=False):
            drops[top : top + rows, left : left + columns] += whole - seen
            count[top : top + rows, left : left + columns] += 1
    return drops / np.maximum(count, 1)


def _starts(size: int, patch: int, stride: int) -> list[int]:
    """Where patches begin, so that the last one ends at the edge."""
    return sorted({*range(0, size - patch, stride), size - patch})


def _pair(value: Any, what: str, default: tuple[int, int]) -> tuple[int, int]:
    if value is None:
        return default
    pair = (value, value) if np.ndim(value) == 0 else tuple(value)
    if len(pair) != 2 or any(int(n) != n or n < 1 for n in pair):
        raise ValueError(f"saliency: `{what}` must be a number of pixels or (height, width), from 1 on, got {value!r}.")
    return int(pair[0]), int(pair[1])
