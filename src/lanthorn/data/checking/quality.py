"""Pictures that a network can learn little from: blank, tiny, blurred, and far from a square."""

import numpy as np

from .look import ODD, Looks

TINY = 32  # pixels, of the shorter side
LONG = 3.0  # the longer side in shorter ones: fitted into a square, little of it can be recognised
BLANK = 4.0  # variance of the grey levels: 2 levels up and down
# Variance of the Laplacian at a shorter side of 96 pixels, and its share of the variance of the grey levels. A blur by
# 2 % of the shorter side leaves 19 (at most 62) and 0.009; the least of 21,138 photos have 45 and 0.02, never both.
BLURRED, BLURRED_SHARE = 60.0, 0.03

BLANK_TEXT, TINY_TEXT = "are of one colour", f"are under {TINY} pixels"
BLURRED_TEXT, LONG_TEXT = "look blurred", "are longer than 3:1"


def quality(looks: Looks) -> dict[str, list[int]]:
    """What is poor about which pictures: a text such as 'look blurred', and their places. Each has one place only."""
    short, long = looks.sizes.min(axis=1), looks.sizes.max(axis=1)
    left, found = looks.read.copy(), {}
    for text, poor in (
        (BLANK_TEXT, looks.spread < BLANK),
        (TINY_TEXT, short < TINY),
        (BLURRED_TEXT, (looks.edges < BLURRED) & (looks.edges < BLURRED_SHARE * looks.spread)),
        (LONG_TEXT, long > LONG * np.maximum(short, 1)),
    ):
        places = np.flatnonzero(left & poor)
        left[places] = False
        if len(places):
            found[text] = places.tolist()
    return found


def odd(looks: Looks) -> dict[str, list[int]]:
    """What is odd about how pictures are stored, such as 'are CMYK (converted to RGB)', and their places."""
    found: dict[str, list[int]] = {}
    for i in np.flatnonzero((looks.odd > 0) & looks.read).tolist():
        found.setdefault(ODD[looks.odd[i]], []).append(i)
    return found


def misnamed(looks: Looks) -> dict[str, list[int]]:
    """Pictures whose suffix says another format than their bytes, such as 'PNG named .jpg'."""
    found: dict[str, list[int]] = {}
    for i in np.flatnonzero(looks.read).tolist():
        if text := looks.misnamed(i):
            found.setdefault(text, []).append(i)
    return found
