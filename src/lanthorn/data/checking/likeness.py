"""Which small grey copies may show the same photo, without comparing each with each.

A picture and its mirror image get 112 bits each (difference hashes: Krawetz, "Kind of like that", 2013). They are
sorted by a random choice of the bits, many times over, and each is compared with the few that then stand next to it
(Charikar, "Similarity estimation techniques from rounding algorithms", 2002): n log n steps, whatever the pictures are.
What differs in few bits is confirmed by the correlation of the fine structure, a little shifted if need be.
"""

import numpy as np

from ..workers import for_each
from .look import SIDE

BITS = 112
MOST_BITS = 18  # of 112 may differ in a candidate
ORDERS, NEIGHBOURS = 64, 12  # of 1,960 true pairs among 21,138 photos 99.6 % stand together in one of the orders
MOST_CANDIDATES = 12  # per picture are looked at closely: thousands of nearly equal pictures must not take n² steps
LEAST_CORRELATION = 0.5  # unrelated studio shots on white reach 0.42, re-cropped copies of one photo 0.55 and more
# Motorbikes on white reach 0.8 with each other. Where a picture half resembles that many others, likeness says
# little, and more of it is asked for.
HALF_ALIKE, MANY, LEAST_IN_A_CROWD = (0.35, 0.75), 6, 0.85
FEW = 1500  # pictures are compared each with each: that is quicker, and misses nothing
_CHUNK = 2048


def bits(grey: np.ndarray) -> np.ndarray:
    """(n, 24, 24) greys as bool (n, 112): is a block brighter than the one to its left, than the one above?"""
    n, m = len(grey), SIDE // 3
    blocks = grey.reshape(n, m, 3, m, 3).sum(axis=(2, 4), dtype=np.int32)
    across, down = blocks[:, :, 1:] > blocks[:, :, :-1], blocks[:, 1:] > blocks[:, :-1]
    return np.concatenate([across.reshape(n, -1), down.reshape(n, -1)], axis=1)


def alike(a: np.ndarray, b: np.ndarray, shift: int = 2) -> np.ndarray:
    """The correlation of the fine structure of each pair of grey copies, the best over shifts by up to `shift` pixels.

    `a` and `b` have the shape (pairs, 24, 24); float32 (pairs,).

        >>> photo = np.random.default_rng(0).integers(0, 256, (1, 24, 24), dtype="uint8")
        >>> alike(photo, np.roll(photo, 1, axis=2))[0] > 0.99
        np.True_
    """
    a, b = _fine(a), _fine(b)
    size = SIDE - 2 * shift
    inner = b[:, shift : SIDE - shift, shift : SIDE - shift]
    inner = inner - inner.mean(axis=(1, 2), keepdims=True)
    inner /= np.maximum(np.linalg.norm(inner, axis=(1, 2)), 1e-6)[:, None, None]
    best = np.full(len(a), -1.0, np.float32)
    for down in range(2 * shift + 1):
        for across in range(2 * shift + 1):
            part = a[:, down : down + size, across : across + size]
            squares = np.einsum("nij,nij->n", part, part) - part.sum(axis=(1, 2)) ** 2 / size**2
            found = np.einsum("nij,nij->n", inner, part) / np.sqrt(np.maximum(squares, 1e-12))
            np.maximum(best, found, out=best)
    return best


def _fine(grey: np.ndarray) -> np.ndarray:
    """Grey copies without their large shapes: less the mean of the 5 x 5 pixels around each."""
    x = grey.astype(np.float32)
    sums = np.pad(np.pad(x, ((0, 0), (2, 2), (2, 2)), mode="edge").cumsum(1).cumsum(2), ((0, 0), (1, 0), (1, 0)))
    return x - (sums[:, 5:, 5:] - sums[:, :-5, 5:] - sums[:, 5:, :-5] + sums[:, :-5, :-5]) / 25


def near_pairs(greys: np.ndarray, workers: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of `greys` that show the same photo: first, second (int64, first < second), mirrored (bool), likeness.

    The likeness is a correlation, 1 at most. A pair is found once, the way round that is more alike.
    """
    n = len(greys)
    if n < 2:
        none = np.zeros(0, np.int64)
        return none, none, none.astype(bool), none.astype(np.float32)
    codes = _candidates(greys)
    first, second, mirrored = codes // 2 // n, codes // 2 % n, codes % 2 == 1
    likeness = np.empty(len(codes), np.float32)

    def judge(k):
        some = slice(k * _CHUNK, (k + 1) * _CHUNK)
        ours = greys[first[some]]
        ours = np.where(mirrored[some, None, None], ours[:, :, ::-1], ours)
        likeness[some] = alike(greys[second[some]], ours)

    for_each(judge, -(-len(codes) // _CHUNK), workers)
    enough = likeness >= _least(n, first, second, likeness)
    found = np.flatnonzero(enough)
    found = found[np.lexsort((-likeness[found], second[found], first[found]))]
    pair = first[found] * n + second[found]
    found = found[np.r_[True, pair[1:] != pair[:-1]]] if len(found) else found
    return first[found], second[found], mirrored[found], likeness[found]


def _least(n: int, first: np.ndarray, second: np.ndarray, likeness: np.ndarray) -> np.ndarray:
    """How alike the two of each candidate must be."""
    half = (likeness >= HALF_ALIKE[0]) & (likeness < HALF_ALIKE[1])
    resembled = np.bincount(first[half], minlength=n) + np.bincount(second[half], minlength=n)
    crowd = np.maximum(resembled[first], resembled[second]) > MANY
    return np.where(crowd, LEAST_IN_A_CROWD, LEAST_CORRELATION)


def _candidates(greys: np.ndarray) -> np.ndarray:
    """Pairs that differ in few bits, each as the number (first * n + second) * 2 + mirrored; sorted."""
    n = len(greys)
    chunks = [greys[start : start + 8192] for start in range(0, n, 8192)]
    hashes = np.concatenate([bits(some) for some in chunks] + [bits(some[:, :, ::-1]) for some in chunks])
    if n <= FEW:
        signs = hashes.astype(np.float32) * 2 - 1
        close = signs @ signs[:n].T >= BITS - 2 * MOST_BITS  # bits that agree less those that differ
        way, second = np.nonzero(close)
        first, mirrored = way % n, way // n
        return np.sort(((first * n + second) * 2 + mirrored)[first < second])
    packed = np.pad(np.packbits(hashes, axis=1), ((0, 0), (0, 2))).view(np.uint64)
    rng, found, kept = np.random.default_rng(0), [], np.zeros(0, np.int64)
    for turn in range(ORDERS):
        key = np.ascontiguousarray(np.packbits(hashes[:, rng.permutation(BITS)[:64]], axis=1)).view(">u8").ravel()
        order = np.argsort(key, kind="stable")
        found.append(_next_to_each_other(packed[order], order, n))
        if turn % 8 == 7 or sum(map(len, found)) > 16 * MOST_CANDIDATES * n:
            kept = _nearest(np.unique(np.concatenate([kept, *found])), packed, n)
            found = []
    return kept


def _next_to_each_other(packed: np.ndarray, order: np.ndarray, n: int) -> np.ndarray:
    found = []
    for step in range(1, min(NEIGHBOURS, len(order) - 1) + 1):
        near = np.flatnonzero(_differ(packed[step:], packed[:-step]) <= MOST_BITS)
        a, b = order[near], order[near + step]
        wanted = ((a < n) | (b < n)) & (a % n != b % n)  # two mirror images say what the pictures themselves say
        a, b = a[wanted], b[wanted]
        mirrored, a, b = (a >= n) | (b >= n), a % n, b % n
        found.append((np.minimum(a, b) * n + np.maximum(a, b)) * 2 + mirrored)
    return np.concatenate(found)


def _nearest(codes: np.ndarray, packed: np.ndarray, n: int) -> np.ndarray:
    """The codes without those that are among the nearest of neither picture."""
    if len(codes) <= MOST_CANDIDATES * n // 4:
        return codes
    first, second, mirrored = codes // 2 // n, codes // 2 % n, codes % 2
    differ = _differ(packed[first + n * mirrored], packed[second])
    keep = np.zeros(len(codes), bool)
    for picture in (first, second):
        order = np.lexsort((differ, picture))
        _, starts, counts = np.unique(picture[order], return_index=True, return_counts=True)
        keep[order] |= np.arange(len(order)) - np.repeat(starts, counts) < MOST_CANDIDATES
    return codes[keep]


_ONES = np.array([bin(k).count("1") for k in range(256)], np.uint8)


def differ_by_table(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How many bits differ, per row of uint64 (n, 2)."""
    return _ONES[np.ascontiguousarray(a ^ b).view(np.uint8)].sum(axis=1, dtype=np.uint8)


def _differ_by_count(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    counts = np.bitwise_count(a ^ b)
    return counts[:, 0] + counts[:, 1]


_differ = _differ_by_count if hasattr(np, "bitwise_count") else differ_by_table  # NumPy 2.0 and later, 1.26
