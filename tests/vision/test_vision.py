"""Sheets of photos and confusion matrices: what is drawn, and what is refused."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from lanthorn import vision
from lanthorn.vision.canvas import BAR, RIGHT, WRONG, photo, shorten

NAMES = ["alien", "predator"]


def colours(image):
    return {colour for _, colour in image.getcolors(10**7)}


def test_every_photo_finds_its_place_on_the_sheet():
    reds = [Image.new("RGB", (60, 40), (250, 10 * i, 0)) for i in range(5)]
    sheet = vision.pictures(reds, np.full((5, 2), 0.5), NAMES, columns=3, size=100)
    assert sheet.mode == "RGB"
    assert {(250, 10 * i, 0) for i in range(5)} <= colours(sheet)
    assert sheet.width > 300 and sheet.height > 200  # three columns, two rows


@pytest.mark.parametrize("count, columns", [(1, 1), (5, 5), (8, 4), (10, 5), (12, 4), (36, 6)])
def test_rows_are_as_full_as_can_be(count, columns):
    sheet = vision.pictures([Image.new("RGB", (8, 8))] * count, [[0.1, 0.9]] * count, NAMES, size=70)
    assert sheet.width == columns * (70 + 5) + 5  # photos, and a gap of 5 pixels around each


def test_the_bar_is_as_long_as_the_percentage():
    sheet = vision.pictures([Image.new("RGB", (8, 8))], [[0.25, 0.75]], NAMES, size=200, top=1)
    pixels = np.asarray(sheet)
    assert (pixels == BAR).all(-1).sum(1).max() == 150


def test_right_is_green_and_wrong_is_red():
    plain = [Image.new("RGB", (8, 8))]
    assert RIGHT in colours(vision.pictures(plain, [[0.9, 0.1]], NAMES, truth=[0]))
    assert WRONG in colours(vision.pictures(plain, [[0.9, 0.1]], NAMES, truth=[1]))


def test_one_sigmoid_column_stands_for_two_classes():
    plain = [Image.new("RGB", (8, 8))]
    one, two = vision.pictures(plain, [[0.8]], NAMES), vision.pictures(plain, [[0.2, 0.8]], NAMES)
    assert np.array_equal(one, two)


def test_arrays_of_each_kind_become_the_same_photo():
    pixels = np.arange(48, dtype="uint8").reshape(4, 4, 3) * 5
    assert np.array_equal(photo(pixels), pixels)
    assert np.abs(np.asarray(photo(pixels / 255.0)).astype(int) - pixels).max() <= 1
    assert np.abs(np.asarray(photo(pixels / 127.5 - 1)).astype(int) - pixels).max() <= 1
    assert np.asarray(photo(pixels[..., 0])).shape == (4, 4, 3)


def test_a_photo_from_a_path_stands_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "turned.jpg", exif=exif)
    assert photo(tmp_path / "turned.jpg").size == (20, 40)


def test_shapes_that_do_not_fit_are_refused():
    plain = [Image.new("RGB", (8, 8))]
    with pytest.raises(ValueError, match=r"expected probabilities of shape \(1, 2\).*got \(1, 3\)"):
        vision.pictures(plain, np.ones((1, 3)), NAMES)
    with pytest.raises(ValueError, match="no photos"):
        vision.pictures([], np.ones((0, 2)), NAMES)
    with pytest.raises(ValueError, match=r"expected a picture.*\(2, 8, 8, 3\)"):
        vision.pictures([np.zeros((2, 8, 8, 3))], [[0.5, 0.5]], NAMES)


def test_long_names_are_cut():
    assert shorten("a" * 200, 50, 12).endswith("…")
    assert shorten("short", 500, 12) == "short"


def test_show_prepares_predicts_and_names():
    seen = []

    def prepare(source):
        seen.append(source)
        return np.zeros((4, 4, 3), "float32")

    model = SimpleNamespace(
        name="m", preprocessing=prepare, class_names=NAMES, predict=lambda x, verbose: np.full((len(x), 2), 0.5)
    )
    sheet = vision.show(model, [np.zeros((9, 9, 3), "uint8")] * 2, size=64)
    assert isinstance(sheet, Image.Image) and len(seen) == 2
    with pytest.raises(ValueError, match="does not say how its pictures are prepared"):
        vision.show(SimpleNamespace(name="m", preprocessing=None), [])


def test_confusion_matrix_counts_rows_of_truth():
    assert vision.confusion_matrix([0, 0, 1, 2], [0, 1, 1, 0]).tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]
    probabilities = [[0.9, 0.1], [0.2, 0.8]]
    assert vision.confusion_matrix([1, 1], probabilities).tolist() == [[0, 0], [1, 1]]
    assert vision.confusion_matrix([0, 1], [[0.2], [0.9]]).tolist() == [[1, 0], [0, 1]]
    with pytest.raises(ValueError, match="3 labels and 2 predictions"):
        vision.confusion_matrix([0, 1, 1], [0, 1])
    with pytest.raises(ValueError, match="labels from 0 to 5, expected 0 to 1"):
        vision.confusion_matrix([0, 5], [0, 1], num_classes=2)


def test_the_confusion_picture_darkens_with_the_share():
    sheet = np.asarray(vision.confusion([[10, 0], [5, 5]], NAMES))
    assert (sheet == BAR).all(-1).any()  # ten of ten
    with pytest.raises(ValueError, match=r"\(2, 2\).*got \(3, 3\)"):
        vision.confusion(np.eye(3), NAMES)
