"""The split: the same share of each class, twins on one side, the same as ever where there are none."""

import numpy as np
import pytest

from lanthorn.data import stratified_split

LABELS = np.repeat([0, 1, 2, 3], [23, 10, 2, 1])
# What stratified_split gave before it knew groups: a seed names the same validation photos for ever.
GOLDEN = {0: [6, 9, 12, 14, 16, 23, 27, 34], 7: [9, 12, 14, 15, 17, 28, 29, 33]}


@pytest.mark.parametrize("groups", [None, np.arange(36), np.arange(36)[::-1] * 3])
@pytest.mark.parametrize("seed", GOLDEN)
def test_without_twins_it_is_what_it_was(seed, groups):
    train, validation = stratified_split(LABELS, 0.2, seed, groups)
    assert validation.tolist() == GOLDEN[seed]
    assert sorted([*train, *validation]) == list(range(36))


def grouped(kind, seed):
    """Labels, groups, and by how many pictures a class may miss its share."""
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, 4, 400)
    if kind == "a few pairs":
        groups = np.arange(400)
        groups[draw.choice(400, 40, replace=False)] = np.repeat(np.arange(20), 2)
        return labels, groups, 0
    if kind == "pairs of one class":
        labels = np.repeat(np.arange(4), 100)
        return labels, np.arange(400) // 2, 1
    if kind == "families of 1 to 12, mixed":
        return labels, np.sort(draw.integers(0, 70, 400)), 5
    return np.repeat(np.arange(4), 100), np.arange(400) // 20, 0  # persons with 20 photos each


KINDS = ["a few pairs", "pairs of one class", "families of 1 to 12, mixed", "persons with 20 photos each"]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", KINDS)
def test_a_group_is_on_one_side_and_classes_keep_their_share(kind, seed):
    labels, groups, off = grouped(kind, seed)
    train, validation = stratified_split(labels, 0.2, seed, groups)
    assert not set(groups[train]) & set(groups[validation])
    assert sorted([*train, *validation]) == list(range(400))
    found = np.bincount(labels[validation], minlength=4)
    assert np.abs(found - np.round(0.2 * np.bincount(labels))).max() <= off, found
    again = stratified_split(labels, 0.2, seed, groups.copy())
    np.testing.assert_array_equal(again[1], validation)
    assert stratified_split(labels, 0.2, seed + 1, groups)[1].tolist() != validation.tolist()


def test_each_side_keeps_a_part_of_each_class():
    labels = np.repeat([0, 1, 2], [6, 4, 2])
    groups = np.array([0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 4])  # the last class is one group: it is trained on
    for seed in range(10):
        train, validation = stratified_split(labels, 0.2, seed, groups)
        assert set(labels[train]) == {0, 1, 2} and set(labels[validation]) == {0, 1}


def test_one_photo_under_two_labels_stays_on_one_side():
    labels = np.array([0] * 10 + [1] * 10)
    groups = np.array([*range(10), *range(10)])  # each photo of class 0 lies in class 1 as well
    for seed in range(5):
        train, validation = stratified_split(labels, 0.3, seed, groups)
        assert not set(groups[train]) & set(groups[validation])
        assert np.bincount(labels[validation]).tolist() == [3, 3]


@pytest.mark.parametrize("with_groups", [False, True])
def test_several_labels(with_groups):
    draw = np.random.default_rng(1)
    labels = (draw.random((500, 6)) < [0.5, 0.3, 0.2, 0.1, 0.04, 0.01]).astype(np.uint8)
    groups = np.arange(500) // 2 if with_groups else None
    train, validation = stratified_split(labels, 0.2, 0, groups)
    assert sorted([*train, *validation]) == list(range(500))
    wanted, found = 0.2 * labels.sum(0), labels[validation].sum(0)
    assert np.abs(found - wanted).max() <= 0.15 * wanted.max() and found.min() > 0
    assert np.abs(len(validation) - 100) <= 10
    assert not with_groups or not set(groups[train]) & set(groups[validation])


def test_wrong_calls():
    with pytest.raises(ValueError, match="36 labels and 2 groups"):
        stratified_split(LABELS, 0.2, groups=[0, 1])
    with pytest.raises(ValueError, match="between 0 and 1"):
        stratified_split(LABELS, 1.5)
