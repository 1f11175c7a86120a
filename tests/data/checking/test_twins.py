"""Pictures of one photo are found, whatever was done to them and however many others there are."""

import shutil
import time

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from lanthorn.data import check_photos, look, scan_folder, stratified_split, twin_groups
from lanthorn.data.checking import likeness


def greys(n, seed=0):
    """Smooth made-up grey copies, (n, 24, 24)."""
    x = np.random.default_rng(seed).normal(size=(n, 24, 24)).astype(np.float32)
    for axis in (1, 2):
        for _ in range(3):
            x = (x + np.roll(x, 1, axis) + np.roll(x, -1, axis)) / 3
    x -= x.min((1, 2), keepdims=True)
    return (x / x.max((1, 2), keepdims=True) * 255).astype(np.uint8)


def noisy(x, seed=1):
    return np.clip(x.astype(int) + np.random.default_rng(seed).integers(-4, 5, x.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("n", [400, 6000])  # each with each, and in sorted orders
def test_copies_are_found_among_many(n):
    x = greys(n)
    x[n // 2 : n // 2 + 20] = noisy(x[:20])
    x[n // 2 + 20 : n // 2 + 40] = noisy(x[20:40])[:, :, ::-1]
    first, second, mirrored, strength = likeness.near_pairs(x, workers=2)
    found = dict(zip(zip(first.tolist(), second.tolist()), mirrored.tolist()))
    assert found == {(k, n // 2 + k): k >= 20 for k in range(40)}
    assert strength.min() > 0.9


@pytest.mark.slow
def test_thousands_of_nearly_equal_pictures_take_no_square_of_steps():
    def seconds(n):
        start = time.process_time()
        first, _, _, _ = likeness.near_pairs(noisy(np.repeat(greys(1), n, axis=0)), workers=1)
        assert len(first) <= 2 * likeness.MOST_CANDIDATES * n
        return time.process_time() - start

    seconds(1600)
    assert seconds(6400) < 8 * seconds(1600)  # 16 times where each is compared with each


def test_blank_pictures_are_no_twins_of_each_other(tmp_path):
    for k in range(6):
        (tmp_path / "ab"[k % 2]).mkdir(exist_ok=True)
        Image.new("RGB", (50 + k, 50), (250, 250, 250 - k)).save(tmp_path / "ab"[k % 2] / f"{k}.png")
    folder = scan_folder(tmp_path)
    assert len(set(twin_groups(folder))) == 6
    report = check_photos(folder)
    assert not report.two_labels and report.poor == {"are of one colour": [folder.path(i) for i in range(6)]}


def test_twins_stay_on_one_side_of_a_split(photos):
    for k in range(5):
        with Image.open(photos / "cat" / f"{k}.jpg") as image:
            image.resize((80, 60)).save(photos / "cat" / f"copy{k}.jpg", quality=70)
            image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(photos / "cat" / f"mirror{k}.jpg")
    folder = scan_folder(photos)
    looks = look(folder)
    groups = twin_groups(folder, looks=looks)
    names = [name.replace("\\", "/") for name in folder.filenames]
    for k in range(5):
        three = [groups[names.index(f"cat/{name}{k}.jpg")] for name in ("", "copy", "mirror")]
        assert len(set(three)) == 1
    assert len(set(groups)) == 12
    train, held = stratified_split(folder.labels, 0.3, 0, groups=groups)
    report = check_photos(folder.select(train), folder.select(held), looks=looks)
    assert report.duplicates == [] and report.compared


def test_one_photo_under_two_labels_is_said_first(photos):
    shutil.copy(photos / "cat" / "0.jpg", photos / "dog" / "0again.jpg")
    with Image.open(photos / "dog" / "1.jpg") as image:
        ImageEnhance.Brightness(image.resize((60, 50))).enhance(1.1).save(photos / "cat" / "near.jpg", quality=60)
    shutil.copy(photos / "cat" / "2.jpg", photos / "cat" / "2again.jpg")
    report = check_photos(scan_folder(photos))
    assert [(t.kind, t.classes) for t in report.two_labels] == [
        ("same file", ("cat", "dog")),
        ("near", ("cat", "dog")),
    ]
    assert [(t.kind, t.first[-5:], t.second[-10:]) for t in report.copies] == [("same file", "2.jpg", "2again.jpg")]
    assert report.severity == 1 and not report.ok
    assert "2 pairs of pictures show one photo under two labels" in str(report).splitlines()[1]
    assert "nothing is broken" not in str(report)


def test_bits_that_differ_are_counted_alike_without_bitwise_count(rng):
    a, b = rng.integers(0, 2**63, (2, 50, 2), dtype=np.uint64)
    wanted = [bin(int(x[0] ^ y[0])).count("1") + bin(int(x[1] ^ y[1])).count("1") for x, y in zip(a, b)]
    assert likeness._differ(a, b).tolist() == wanted
    assert likeness.differ_by_table(a, b).tolist() == wanted


def test_crowds_of_similar_shots_ask_for_more_likeness():
    """Thirty shots that half resemble each other, as motorbikes on white do, and a copy of one; then three of them."""
    base, noise = greys(1)[0].astype(int), np.random.default_rng(0).integers(-24, 25, (30, 24, 24))
    crowd = np.clip(base + noise, 0, 255).astype(np.uint8)
    with_copy = np.concatenate([crowd, noisy(crowd[:1])])
    first, second, _, _ = likeness.near_pairs(with_copy, workers=1)
    assert list(zip(first.tolist(), second.tolist())) == [(0, 30)]
    assert len(likeness.near_pairs(crowd[:3], workers=1)[0]) == 3
