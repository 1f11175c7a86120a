"""Which validation pictures are in the training set too.

Near duplicates are found by difference hashes (Krawetz, "Kind of like that", 2013) of the picture and of its
mirror image, and confirmed by the correlation of the fine structure of small grey copies, a little shifted if need be.
Every validation picture without a twin of the same bytes is compared with every training picture: about 13 ns a pair.
"""

from dataclasses import dataclass

import numpy as np

from .folder import Folder

SIDE = 24  # pixels, of the small grey copies; the hash is made of their blocks of 3 x 3: 8 x 8, 2 * 8 * 7 = 112 bits
MOST_BITS = 18  # of 112 may differ in a candidate
CANDIDATES = 3  # per validation picture are looked at closely
LEAST_CORRELATION = 0.5  # unrelated studio shots on white reach 0.42, re-cropped copies of one photo 0.55 and more
_ROWS, _COLUMNS = 1024, 4096  # validation and training pictures that are compared in one go


@dataclass(frozen=True)
class Duplicate:
    """A validation picture that is in the training set too; `kind` is 'same file', 'near' or 'mirrored'."""

    validation: str
    train: str
    kind: str
    same_class: bool


class Copies:
    """What is kept of `n` pictures to find them again: 600 bytes each, in three arrays."""

    def __init__(self, n: int):
        self.read = np.zeros(n, bool)  # False for those that cannot be read
        self.digests = np.zeros((n, 32), np.uint8)
        self.greys = np.zeros((n, SIDE, SIDE), np.uint8)


def _bits(grey: np.ndarray) -> np.ndarray:
    """(n, SIDE, SIDE) greys as (n, 112) bits: is a block brighter than the one to its left, than the one above?"""
    n, m = len(grey), SIDE // 3
    blocks = grey.reshape(n, m, 3, m, 3).mean(axis=(2, 4))
    across, down = blocks[:, :, 1:] > blocks[:, :, :-1], blocks[:, 1:] > blocks[:, :-1]
    return np.concatenate([across.reshape(n, -1), down.reshape(n, -1)], axis=1)


def _fine(grey: np.ndarray) -> np.ndarray:
    """A grey copy without its large shapes: less the mean of the 5 x 5 pixels around each."""
    around = np.lib.stride_tricks.sliding_window_view(np.pad(grey.astype(np.float32), 2, mode="edge"), (5, 5))
    return grey - around.mean(axis=(-1, -2))


def alike(a: np.ndarray, b: np.ndarray, shift: int = 2) -> float:
    """The correlation of the fine structure of two small grey copies, the best over shifts by up to `shift` pixels."""
    a, b = _fine(a), _fine(b)
    n, best = len(a), -1.0
    inner = _unit(b[shift : n - shift, shift : n - shift])
    for down in range(2 * shift + 1):
        for across in range(2 * shift + 1):
            best = max(best, float(inner @ _unit(a[down : n - 2 * shift + down, across : n - 2 * shift + across])))
    return best


def _unit(x: np.ndarray) -> np.ndarray:
    flat = x.ravel() - x.mean()
    return flat / max(float(np.linalg.norm(flat)), 1e-6)


def duplicates(train: Folder, validation: Folder, there: Copies, here: Copies) -> list[Duplicate]:
    """Every validation picture that is in the training set, with its nearest training picture."""
    twin, kinds = _same_files(there, here), {}
    rest = np.flatnonzero(here.read & (twin < 0))
    blocks = range(0, len(there.greys), _COLUMNS) if len(rest) else ()
    signs = [_signs(there.greys[start : start + _COLUMNS]) for start in blocks]
    for start in range(0, len(rest), _ROWS):
        some = rest[start : start + _ROWS]
        for i, (j, kind) in zip(some, _nearest(here.greys[some], there, signs), strict=True):
            if kind:
                twin[i], kinds[int(i)] = j, kind
    found = []
    for i in np.flatnonzero(twin >= 0).tolist():
        j, kind = int(twin[i]), kinds.get(i, "same file")
        same = validation.class_names[validation.labels[i]] == train.class_names[train.labels[j]]
        found.append(Duplicate(validation.path(i), train.path(j), kind, bool(same)))
    return found


def _same_files(there: Copies, here: Copies) -> np.ndarray:
    """Per validation picture the first training picture with the same bytes; -1 where there is none."""
    twin, read = np.full(len(here.read), -1), np.flatnonzero(there.read)
    if not len(read):
        return twin
    keys = there.digests[read, :8].view(np.uint64).ravel()
    by_key = np.argsort(keys, kind="stable")
    wanted = here.digests[:, :8].copy().view(np.uint64).ravel()
    found = np.searchsorted(keys[by_key], wanted)
    candidates = read[by_key[np.minimum(found, len(read) - 1)]]
    same = (there.digests[candidates] == here.digests).all(axis=1) & here.read
    twin[same] = candidates[same]
    return twin


def _nearest(ours: np.ndarray, there: Copies, signs: list[np.ndarray]) -> list[tuple[int, str]]:
    """Per grey copy of ours the place of the most alike in the training set, and 'near', 'mirrored' or '' (none is)."""
    ways = np.stack([ours, ours[:, :, ::-1]])
    mine = np.concatenate([_signs(way) for way in ways]).astype(np.float32)
    close: list[list[tuple[float, int, int]]] = [[] for _ in ours]  # (least for the most alike, way, place)
    for block, theirs in enumerate(signs):
        alike_less_different = mine @ theirs.T.astype(np.float32)  # of the bits
        least = mine.shape[1] - 2 * MOST_BITS
        for place in np.flatnonzero(alike_less_different >= least).tolist():
            row, column = divmod(place, len(theirs))
            differ, j = -float(alike_less_different[row, column]), block * _COLUMNS + column
            if there.read[j]:
                close[row % len(ours)].append((differ, row // len(ours), j))
    found = []
    for k, candidates in enumerate(close):
        nearest = sorted(candidates)[:CANDIDATES]
        judged = [(alike(there.greys[j], ways[way, k]), way, j) for _, way, j in nearest]
        score, way, j = max(judged, default=(-1.0, 0, 0))
        found.append((j, ("near", "mirrored")[way] if score >= LEAST_CORRELATION else ""))
    return found


def _signs(greys: np.ndarray) -> np.ndarray:
    """`_bits` as -1 and 1: the product of two rows is the number of bits that are alike less those that differ."""
    return _bits(greys).astype(np.int8) * 2 - 1
