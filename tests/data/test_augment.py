"""Transforms: what each does, their order, their composition, their repeatability."""

import json

import numpy as np
import pytest

from lanthorn.data import (
    Affine,
    Augment,
    Brightness,
    Contrast,
    Flip,
    RandomCrop,
    RandomResizedCrop,
    Resize,
    Saturation,
    draws,
    transforms,
)
from lanthorn.data import warp as warping

pytestmark = pytest.mark.usefixtures("decoder")


def points(height=41, width=61, at=(10, 15)):
    """A black picture with one bright 3 x 3 spot."""
    x = np.zeros((height, width, 3), np.uint8)
    x[at[0] - 1 : at[0] + 2, at[1] - 1 : at[1] + 2] = 255
    return x


def centre(x):
    rows, cols = np.nonzero(x[..., 0] > 127)
    return rows.mean(), cols.mean()


def test_a_lent_generator_gives_the_numbers_of_a_new_one():
    for seed, epoch, sample in ((0, 0, 0), (7, 3, 2**40), (2**63 + 5, 1, 12), (-1, 0, 1)):
        lent = draws.lent_generator(seed, epoch, sample)
        new = draws.generator(seed, epoch, sample)
        assert [lent.random(), lent.integers(9), lent.normal()] == [new.random(), new.integers(9), new.normal()]


def test_the_same_numbers_give_the_same_picture(photo):
    augment = Augment([Affine(shear=10, zoom=0.2, rotate=20, shift=0.1), Flip("both"), Brightness(), Contrast()])
    seen = {
        (s, e, k): augment(photo(), seed=s, epoch=e, sample=k).tobytes() for s in (0, 1) for e in (0, 1) for k in (0, 1)
    }
    assert len(set(seen.values())) == 8
    for (s, e, k), picture in reversed(seen.items()):
        assert augment(photo(), seed=s, epoch=e, sample=k).tobytes() == picture


@pytest.mark.parametrize(
    ("settings", "name", "low", "high"),
    [
        ({"shear": 10}, "shear", -10, 10),
        ({"rotate": (5, 6)}, "theta", 5, 6),
        ({"zoom": 0.2}, "zx", 0.8, 1.2),
        ({"zoom": (1, 1.5)}, "zy", 1, 1.5),
        ({"shift": 0.1}, "ty", -4, 4),
        ({"shift": (0.0, 0.5)}, "tx", -30, 30),
    ],
)
def test_ranges_are_filled_and_kept(settings, name, low, high):
    rng = np.random.default_rng(0)
    drawn = [Affine(**settings).draw(rng, 40, 60)[name] for _ in range(500)]
    assert low <= min(drawn) < low + 0.02 * (high - low) and high - 0.02 * (high - low) < max(drawn) <= high


def test_zoom_axes_are_drawn_apart():
    drawn = Affine(zoom=0.2).draw(np.random.default_rng(0), 10, 10)
    assert drawn["zx"] != drawn["zy"]


def test_each_geometric_transform_moves_a_spot_as_it_says():
    x = points()
    flipped = Augment([Flip(p=1)])(x)
    np.testing.assert_array_equal(flipped, x[:, ::-1])
    np.testing.assert_array_equal(Augment([Flip("vertical", 1)])(x), x[::-1])
    np.testing.assert_array_equal(Augment([Flip("both", 1)])(x), x[::-1, ::-1])
    np.testing.assert_array_equal(Augment([Flip(p=0)])(x), x)
    larger = Augment([Affine(zoom=(0.5, 0.5))])(points(at=(16, 21)))  # below 1 enlarges about the middle (20, 30)
    np.testing.assert_allclose(centre(larger), (20 - 2 * 4, 30 - 2 * 9), atol=0.5)
    turned = Augment([Affine(rotate=(90, 90), fill_mode="constant")])(points(41, 41, (10, 15)))
    assert min(np.abs(np.subtract(centre(turned), spot)).max() for spot in ((15, 30), (25, 10))) < 0.5
    resized = Augment([Resize((82, 122))])(x)
    assert resized.shape == (82, 122, 3)
    np.testing.assert_allclose(centre(resized), (20.5, 30.5), atol=0.6)


def test_the_order_of_the_list_counts():
    x = points()
    small_crop = [RandomCrop(30), Resize(15)], [Resize(15), RandomCrop(30)]
    assert [Augment(some)(x).shape[0] for some in small_crop] == [15, 30]
    bright_then_contrast = Augment([Brightness((0.5, 0.5)), Contrast((2, 2))])
    contrast_then_bright = Augment([Contrast((2, 2)), Brightness((0.5, 0.5))])
    grey = np.tile(np.linspace(0, 250, 60).astype(np.uint8)[None, :, None], (40, 1, 3))
    assert np.abs(bright_then_contrast(grey).astype(int) - contrast_then_bright(grey)).max() > 20


def test_adjacent_geometric_transforms_are_one_warp(photo, monkeypatch):
    calls = []
    original = warping.warp
    monkeypatch.setattr(warping, "warp", lambda *args, **kwargs: calls.append(1) or original(*args, **kwargs))
    Augment([Resize(24), Affine(shear=10, zoom=0.2), Flip(), Affine(rotate=5)])(photo())
    assert len(calls) == 1
    Augment([Affine(shear=10), Brightness(), Affine(rotate=5)])(photo())
    assert len(calls) == 3
    Augment([Affine(shear=10), Affine(rotate=5, fill_mode="constant")])(photo())  # another border: two warps
    assert len(calls) == 5
    Augment([RandomCrop(20), Affine(rotate=5)])(photo())  # beyond the crop is border, not picture
    assert len(calls) == 7


def test_one_warp_shows_what_two_would(photo):
    x = photo(3, 60, 90)
    together = Augment([Resize((48, 48)), Affine(shear=(8, 8), zoom=(0.9, 0.9)), Flip(p=1)])(x)
    apart = Augment([Flip(p=1)])(Augment([Affine(shear=(8, 8), zoom=(0.9, 0.9))])(Augment([Resize((48, 48))])(x)))
    assert np.abs(together.astype(int) - apart)[2:-2, 2:-2].mean() < 2


@pytest.mark.parametrize("mode", warping.FILL_MODES)
def test_borders(mode):
    x = np.zeros((20, 20, 3), np.uint8)
    x[:, :2], x[:, -2:] = 100, 200
    seen = Augment([Affine(zoom=(2, 2), fill_mode=mode, cval=7)])(x)[10, :, 0]  # the picture on columns 5 to 14
    outside = {"nearest": 100, "constant": 7, "reflect": 0, "wrap": 0}[mode]
    assert seen[0] == outside
    at_rim = {"nearest": 100, "constant": 7, "reflect": 100, "wrap": 200}[mode]
    assert abs(int(seen[4]) - at_rim) <= 1, seen


def test_resizing_up_leaves_no_dark_rim_with_a_constant_border():
    x = np.full((10, 10, 3), 200, np.uint8)
    seen = Augment([Resize(64), Affine(zoom=(0.9, 0.9), fill_mode="constant")])(x)
    assert (seen == 200).all()


def test_shrinking_averages_instead_of_skipping():
    stripes = np.zeros((200, 200, 3), np.uint8)
    stripes[:, ::2] = 255
    seen = Augment([Resize(50), Affine(zoom=0.0)])(stripes)
    assert np.abs(seen.astype(int) - 127).max() <= 2


def test_crops(photo):
    x = photo(4, 50, 70)
    crop = Augment([RandomCrop((20, 30))])(x, sample=3)
    windows = np.lib.stride_tricks.sliding_window_view(x, (20, 30, 3))
    assert (windows == crop).all(axis=(-1, -2, -3)).any()  # whole pixels, not blurred
    assert Augment([RandomCrop(90)])(x).shape == (90, 90, 3)
    places = {Augment([RandomCrop(20)])(x, sample=k).tobytes() for k in range(20)}
    assert len(places) > 10
    assert Augment([RandomResizedCrop((32, 24))])(x).shape == (32, 24, 3)
    assert Augment([Resize(25, fit="shorter")])(x).shape == (25, 35, 3)
    assert Augment([Resize(25, fit="crop")])(x).shape == (25, 25, 3)


def test_brightness_and_contrast():
    grey = np.full((4, 4, 3), 100, np.uint8)
    assert (Augment([Brightness((1.5, 1.5))])(grey) == 150).all()
    assert (Augment([Brightness((9, 9))])(grey) == 255).all()
    assert (Augment([Contrast((3, 3))])(grey) == 100).all()
    two = np.repeat(np.array([[80, 120]], np.uint8)[..., None], 3, -1)
    assert Augment([Contrast((0.5, 0.5))])(two)[0, :, 0].tolist() == [90, 110]


def test_saturation(photo):
    x = photo()
    assert (Augment([Saturation((1, 1))])(x) == x).all()
    grey = Augment([Saturation((0, 0))])(x)
    assert (grey[..., :1] == grey).all()
    assert np.abs(grey[..., 0] - x @ np.array([0.299, 0.587, 0.114])).max() <= 1
    red = np.full((4, 4, 3), (200, 100, 100), np.uint8)
    assert Augment([Saturation((2, 2))])(red)[0, 0].tolist() == [255, 70, 70]  # luma 129.9


def test_functions_in_the_list(photo):
    assert (Augment([lambda x: 255 - x])(photo()) == 255 - photo()).all()
    seen = Augment([lambda x, rng: np.full_like(x, rng.integers(256)), Flip()])
    assert seen(photo(), sample=1)[0, 0, 0] == seen(photo(), sample=1)[0, 0, 0]
    with pytest.raises(ValueError, match=r"the function <lambda> must return uint8 .* got float64"):
        Augment([lambda x: x / 255])(photo())
    with pytest.raises(TypeError, match="expected transforms such as"):
        Augment(["flip"])


def test_config_and_repr(photo):
    augment = Augment([Affine(shear=10, zoom=(0.8, 1.1), fill_mode="reflect"), Flip(), RandomCrop(20), Contrast(0.3)])
    again = Augment.from_config(json.loads(json.dumps(augment.get_config())))
    assert again.get_config() == augment.get_config() and "shear=10" in repr(augment)
    np.testing.assert_array_equal(again(photo(), sample=2), augment(photo(), sample=2))
    with pytest.raises(ValueError, match="no transform is named 'Warp'"):
        Augment([{"class_name": "Warp", "config": {}}])
    with pytest.raises(TypeError, match="cannot be written as plain data"):
        Augment([np.flipud]).get_config()


def test_wrong_settings():
    cases = [
        (lambda: Affine(zoom=1.5), "stay above 0"),
        (lambda: Affine(shear=(3, 1)), "pair"),
        (lambda: Affine(fill_mode="mirror"), "nearest, constant"),
        (lambda: Flip("left"), "'horizontal'"),
        (lambda: Resize(0), "number of pixels"),
        (lambda: Resize(5, fit="pad"), "'shorter'"),
    ]
    for make, text in cases:
        with pytest.raises(ValueError, match=text):
            make()


def test_both_decoders_show_the_same(photo, decoder, monkeypatch):
    """Each is within one grey level of the exact values, so the two are within two of each other."""
    x = photo(9, 37, 53)
    changes = [Resize(32), Affine(shear=12, zoom=0.3, rotate=30, fill_mode="constant"), Flip(), Contrast()]
    augment = Augment([*changes, Saturation((0, 1))])
    seen = [augment(x, sample=k).astype(int) for k in range(5)]
    for module in (warping, transforms):
        monkeypatch.setattr(module, "opencv", lambda: None)
    plain = [augment(x, sample=k).astype(int) for k in range(5)]
    assert max(np.abs(a - b).max() for a, b in zip(seen, plain, strict=True)) <= 2
