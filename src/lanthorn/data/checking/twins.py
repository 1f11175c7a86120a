"""Pictures that are there twice: byte for byte, nearly, or mirrored; in one class, in two, on both sides of a split."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..folder import Folder
from ..workers import default_workers
from .likeness import near_pairs
from .look import SIDE, Looks, look

KINDS = ("same file", "near", "mirrored")
FLAT = 8  # grey levels between the darkest and the brightest block: such a picture is like any other blank one
_LARGE = 20  # pictures, or 2 % of all, in a group: beyond, its weakest links are let go


@dataclass(frozen=True)
class Duplicate:
    """A validation picture that is in the training set too; `kind` is 'same file', 'near' or 'mirrored'."""

    validation: str
    train: str
    kind: str
    same_class: bool


@dataclass(frozen=True)
class Twin:
    """Two pictures of one photo, with their classes; `kind` is 'same file', 'near' or 'mirrored'."""

    first: str
    second: str
    kind: str
    classes: tuple[str, str]

    @property
    def same_class(self) -> bool:
        return self.classes[0] == self.classes[1]


class Twins:
    """All pairs among the pictures of some looks (training first, then validation), as arrays of places.

    `first` < `second`, `kind` (places in KINDS) and `likeness` (1 for the same bytes). Of many equal pictures each is
    paired with the first of them only; `alias` says for each picture which that is.
    """

    def __init__(self, looks: Sequence[Looks], workers: int | None = None):
        self.looks, self.starts = looks, np.cumsum([0, *map(len, looks)])
        read, greys = (np.concatenate([getattr(some, name) for some in looks]) for name in ("read", "greys"))
        digests = np.concatenate([some.digests for some in looks])
        places = np.flatnonzero(read)
        self.by_bytes = _first_equal(digests, places, len(read))
        single = places[self.by_bytes[places] == places]
        single = single[np.ptp(greys[single].reshape(len(single), SIDE * SIDE), axis=1) >= FLAT]
        by_grey = _first_equal(greys.reshape(len(greys), -1), single, len(read))
        self.alias = by_grey[self.by_bytes]
        different = single[by_grey[single] == single]
        a, b, mirrored, likeness = near_pairs(greys[different], default_workers() if workers is None else workers)
        same, equal = (np.flatnonzero(x != np.arange(len(x))) for x in (self.by_bytes, by_grey))
        self.first = np.concatenate([self.by_bytes[same], by_grey[equal], different[a]])
        self.second = np.concatenate([same, equal, different[b]])
        self.kind = np.concatenate([np.zeros(len(same), int), np.ones(len(equal), int), 1 + mirrored])
        self.likeness = np.concatenate([np.ones(len(same) + len(equal), np.float32), likeness])

    def path(self, place: int) -> str:
        """The full path of a picture."""
        part = int(np.searchsorted(self.starts, place, side="right")) - 1
        return self.looks[part].folder.path(int(place - self.starts[part]))

    def leaks(self) -> list[tuple[int, int, int]]:
        """(validation picture, its most alike training picture, kind) wherever a validation picture has one."""
        n, train = len(self.alias), int(self.starts[1])
        there = _first_places(self.alias[:train], n)  # of the pictures equal to each one, the first in training
        a, b = self.alias[self.first], self.alias[self.second]
        a, b, kinds, likeness = np.r_[a, b], np.r_[b, a], np.tile(self.kind, 2), np.tile(self.likeness, 2)
        order = np.argsort(likeness, kind="stable")  # the most alike is written last, and stays
        order = order[(there[b] >= 0)[order]]
        twin, kind = np.full(n, -1), np.zeros(n, int)
        twin[a[order]], kind[a[order]] = there[b[order]], kinds[order]
        twin, kind = twin[self.alias], kind[self.alias]
        for level, equal in ((1, self.alias), (0, self.by_bytes)):
            found = _first_places(equal[:train], n)[equal]
            twin, kind = np.where(found >= 0, found, twin), np.where(found >= 0, level, kind)
        return [(i, int(twin[i]), int(kind[i])) for i in range(train, n) if twin[i] >= 0]

    def groups(self) -> np.ndarray:
        """A number per picture, the same for twins: int64 (n,).

        Where weak links would chain many pictures into one group (the frames of a film), only stronger ones count.
        """
        n = len(self.alias)
        links, large = np.ones(len(self.first), bool), np.ones(n, bool)
        most = max(_LARGE, n // 50)
        for least in (0.0, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0):
            links &= (self.likeness >= least) | ~large[self.first]
            root = _roots(n, self.first[links], self.second[links])
            large = np.bincount(root, minlength=n)[root] > most
            if not large.any():
                break
        return np.unique(root, return_inverse=True)[1].astype(np.int64)


def _first_equal(rows: np.ndarray, places: np.ndarray, n: int) -> np.ndarray:
    """Per place the first of `places` with an equal row; places that are not among them are alone."""
    found = np.arange(n)
    if len(places):
        keys = np.ascontiguousarray(rows[places]).view(np.dtype((np.void, rows.shape[1]))).ravel()
        _, first, which = np.unique(keys, return_index=True, return_inverse=True)
        found[places] = places[first[which.ravel()]]
    return found


def _first_places(values: np.ndarray, n: int) -> np.ndarray:
    """For each number below `n` where it first stands in `values`, -1 where it does not."""
    found = np.full(n, -1)
    found[values[::-1]] = np.arange(len(values))[::-1]
    return found


def _roots(n: int, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Per picture the least number of those it is linked to, over any number of links (union-find)."""
    root = list(range(n))

    def find(k):
        while root[k] != k:
            root[k] = root[root[k]]
            k = root[k]
        return k

    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        a, b = find(a), find(b)
        root[max(a, b)] = min(a, b)
    return np.array([find(k) for k in range(n)], np.int64)


def twin_groups(folder: Folder, workers: int | None = None, looks: Looks | None = None) -> np.ndarray:
    """A number per picture of a folder, the same for pictures of one photo: int64 (n,), for `stratified_split`.

    `looks` are those already made of this folder; else every picture is read. Pictures that cannot be read are alone.

        >>> groups = twin_groups(scan_folder("photos"))  # doctest: +SKIP
    """
    return Twins([look(folder, workers) if looks is None else looks.of(folder)], workers).groups()
