"""Splitting photos in two so that each class has the same share on both sides, and twins stay together."""

import numpy as np

from .draws import generator

_SPLIT_STREAM = 1 << 62  # keeps the split's random choices apart from those of the epochs


def stratified_split(
    labels: np.ndarray, share: float, seed: int = 0, groups: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Places of the training and of the validation pictures, the same share of every class, chosen by `seed`.

    Of a class with two pictures or more, each side gets one at least. Both arrays are sorted.

    Args:
        labels: the class of each picture, int (n,); or 0 and 1 for several labels each, (n, classes): then rare
            classes are seen to first (Sechidis et al., On the stratification of multi-label data, 2011).
        share: of the pictures, for validation, between 0 and 1.
        groups: a number for each picture, (n,): pictures with the same number (copies of one another, photos of one
            person) stay on one side, and each class comes as near to its share as that allows.

    Raises:
        ValueError: a share out of range; not as many groups as labels.

    Example:
        >>> train, validation = stratified_split(np.array([0, 0, 0, 0, 1, 1]), 0.25, groups=[0, 0, 1, 2, 3, 4])
        >>> len(train), len(validation)
        (4, 2)
    """
    if not 0 < share < 1:
        raise ValueError(f"validation share: expected a number between 0 and 1, such as 0.2, got {share!r}.")
    labels = np.asarray(labels)
    several = labels.ndim == 2
    if groups is not None:
        groups = np.unique(np.asarray(groups), return_inverse=True)[1].reshape(-1)
        if len(groups) != len(labels):
            raise ValueError(f"stratified_split: {len(labels)} labels and {len(groups)} groups; give one each.")
        if len(groups) == 0 or groups.max() + 1 == len(groups):
            groups = None  # each alone
    if groups is None and not several:
        validating = _each_alone(labels, share, seed)
    else:
        validating = _together(labels if several else None, labels, share, seed, groups)
    return np.flatnonzero(~validating), np.flatnonzero(validating)


def _each_alone(labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    validating = np.zeros(len(labels), bool)
    by_class = np.argsort(labels, kind="stable")  # once for all: looking for each class by itself takes n * classes
    found, starts = np.unique(labels[by_class], return_index=True)
    for label, places in zip(found, np.split(by_class, starts[1:]), strict=True):
        take = _wanted(share, len(places))
        validating[generator(seed, _SPLIT_STREAM, int(label)).permutation(places)[:take]] = True
    return validating


def _wanted(share: float, n: int) -> int:
    return min(max(1, round(share * n)), n - 1)


def _together(several: np.ndarray | None, labels: np.ndarray, share: float, seed: int, groups) -> np.ndarray:
    """Class by class, the rarest first: walk through its pictures in random order and take each with its whole group,
    where no class gets more than its share by it; then take what brings the classes nearer to their shares."""
    if several is not None:  # a last column for pictures without any label
        table = np.concatenate([several > 0, ~several.any(axis=1, keepdims=True)], axis=1)
        classes = [np.flatnonzero(row) for row in table]
        members = [np.flatnonzero(column) for column in table.T]
    else:
        found, classes = np.unique(labels, return_inverse=True)
        classes = classes.reshape(-1)
        order = np.argsort(classes, kind="stable")
        members = np.split(order, np.cumsum(np.bincount(classes, minlength=len(found)))[:-1])
    sizes = np.array([len(places) for places in members])
    wanted = np.array([_wanted(share, n) if n else 0 for n in sizes])
    alone = np.arange(len(labels))
    groups = alone if groups is None else groups
    by_group = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[by_group], np.arange(groups.max() + 2 if len(groups) else 1))
    taken, validating = np.zeros(len(sizes), int), np.zeros(len(labels), bool)

    def group_of(place):
        """All of a picture's group, and how many of each class it holds."""
        some = by_group[starts[groups[place]] : starts[groups[place] + 1]]
        flat = np.concatenate([np.atleast_1d(classes[i]) for i in some])
        return some, *np.unique(flat, return_counts=True)

    for pass_ in ("fits", "nearer"):
        for c in np.argsort(sizes, kind="stable"):
            if taken[c] >= wanted[c]:
                continue
            for place in generator(seed, _SPLIT_STREAM, int(c)).permutation(members[c]):
                if validating[place]:
                    continue
                some, touched, counts = group_of(place)
                after = taken[touched] + counts
                if pass_ == "fits":
                    good = (after <= wanted[touched]).all()
                else:  # a whole class is never taken
                    off = np.abs(after - wanted[touched]).sum() - np.abs(taken[touched] - wanted[touched]).sum()
                    first = taken[c] == 0 and sizes[c] > 1
                    good = (after < sizes[touched]).all() and (off < 0 or (first and off <= counts.max()))
                if good:
                    validating[some] = True
                    taken[touched] = after
                if taken[c] >= wanted[c]:
                    break
    return validating
