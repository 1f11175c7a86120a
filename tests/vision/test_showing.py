"""Batches, replays, answers and top losses: the pixels and the numbers that are shown."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import lanthorn
from lanthorn import data, vision
from lanthorn.vision import sheet
from lanthorn.vision.canvas import RIGHT, WRONG
from lanthorn.vision.tiles import tiles

NAMES = ["cat", "dog"]


def has(image, colour):
    return bool((np.asarray(image) == colour).all(-1).any())


@pytest.fixture
def photos(tmp_path):
    """Eight photos in two classes; each has a colour of its own."""
    rng = np.random.default_rng(0)
    for name in NAMES:
        (tmp_path / name).mkdir()
        for i in range(4):
            pixels = rng.integers(0, 255, (40, 50, 3), "uint8")
            Image.fromarray(pixels).save(tmp_path / name / f"{i}.png")
    return tmp_path


def dataset(photos, **more):
    augment = [data.Affine(shear=10, zoom=0.2), data.Flip(), data.Brightness(0.3)]
    return data.folder_dataset(photos, (24, 24), 4, **{"augment": augment, "scale": "tf", "seed": 3, **more})


class Fake:
    """A model that finds a photo the more a dog the brighter it is, and that a test can ask."""

    name, class_names, preprocessing = "fake", NAMES, None

    def __init__(self, preprocessing=None, class_names=NAMES):
        self.preprocessing, self.class_names = preprocessing, class_names

    def flat_layers(self):
        return []

    def predict(self, x, verbose=0):
        return 1 / (1 + np.exp(-20 * x.mean(axis=(1, 2, 3))))[:, None]


@pytest.mark.parametrize("grayscale", [False, True])
def test_replay_is_the_picture_of_the_batch(photos, grayscale):
    scale = {"scale": "none"} if grayscale else {}
    seen = dataset(photos, **scale)
    seen.grayscale = grayscale
    for epoch in (0, 5):
        for x, _, numbers in seen.epoch_batches(epoch, with_numbers=True):
            for picture, number in zip(x, numbers, strict=True):
                shown = np.asarray(vision.replay(seen, int(number), epoch))
                again = shown[..., None].astype("float32") if grayscale else seen.preprocessing.scale_pixels(shown)
                assert np.array_equal(again, picture)
    assert not np.array_equal(vision.replay(seen, 0, 0), vision.replay(seen, 0, 1))


def test_replay_finds_a_file_by_name_and_shows_epochs(photos):
    seen = dataset(photos)
    wanted = vision.replay(seen, 5, 2)
    for name in ("dog/1.png", photos / "dog" / "1.png", str(photos / "dog" / "1.png")):
        assert np.array_equal(vision.replay(seen, name, 2), wanted)
    sheet = np.asarray(vision.replay(seen, 5, range(4), columns=2, size=24))
    for i in range(4):
        gap, foot = 6, 11 // 3 + int(11 * 1.45)
        left, top = gap + (i % 2) * (24 + gap), gap + (i // 2) * (24 + foot + gap)
        assert np.array_equal(sheet[top : top + 24, left : left + 24], vision.replay(seen, 5, i))
    with pytest.raises(ValueError, match="2 pictures are named '1.png'; say which: 'cat/1.png', 'dog/1.png'"):
        vision.replay(seen, "1.png")
    with pytest.raises(ValueError, match=r"no picture 'cat/9.png'.*Did you mean 'cat/"):
        vision.replay(seen, "cat/9.png")
    with pytest.raises(ValueError, match="numbered from 0, got 8"):
        vision.replay(seen, 8)


def test_show_batch_shows_what_the_network_is_given(photos):
    seen = dataset(photos)
    sheet = np.asarray(vision.show_batch(seen, n=2, epoch=1, columns=1, size=24))
    assert seen.epoch == 0
    first = seen.preprocessing.pixels(next(seen.epoch_batches(1))[0][0])
    assert np.array_equal(sheet[6:30, 6:30], first)
    assert not np.array_equal(sheet, vision.show_batch(seen, n=2, epoch=2, columns=1, size=24))


@pytest.mark.parametrize("y", [[0, 1], [[1, 0], [0, 1]], [[0.0], [1.0]]])
def test_show_batch_of_arrays_names_the_labels(y):
    x = np.random.default_rng(0).random((2, 24, 24, 3))
    wanted = tiles(list(x), [["cat"], ["dog"]], size=100)
    for batches in ((x, np.array(y)), iter([(x, np.array(y))])):
        assert np.array_equal(vision.show_batch(batches, class_names=NAMES, size=100), wanted)
    assert np.array_equal(vision.show_batch(x, size=100), tiles(list(x), [[], []], size=100))


def test_top_losses_are_the_largest():
    table = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.01, 0.99]])
    found = vision.top_losses(table, list("abcd"), [0, 0, 1, 0], n=3, class_names=NAMES)
    assert [each.photo for each in found] == ["d", "b", "c"]
    assert found[0] == ("d", "cat", "dog", pytest.approx(0.01), pytest.approx(-np.log(0.01)))
    assert vision.top_losses(table, list("abcd"), ["cat", "cat", "dog", "cat"], n=3, class_names=NAMES) == found
    column = vision.top_losses(table[:, 1:], list("abcd"), [0, 0, 1, 0], n=3, class_names=NAMES)
    assert [each[:3] for each in column] == [each[:3] for each in found]
    predictions = SimpleNamespace(photos=list("abcd"), table=table)
    evaluation = SimpleNamespace(predictions=predictions, labels=np.array([0, 0, 1, 0]), class_names=NAMES)
    assert vision.top_losses(evaluation, n=3) == found


def test_top_losses_of_several_labels():
    found = vision.top_losses([[0.9, 0.9], [0.1, 0.8]], ["a", "b"], [[1, 1], [1, 0]], class_names=NAMES)
    assert found[0][:3] == ("b", "cat", "dog")
    assert found[0].loss == pytest.approx(-(np.log(0.1) + np.log(0.2)) / 2)


def test_top_losses_of_a_model_and_its_photos(photos):
    bright = np.full((40, 50, 3), 250, "uint8")
    Image.fromarray(bright).save(photos / "cat" / "bright.png")
    seen = dataset(photos)
    (photos / "dog" / "3.png").write_bytes(b"no picture")  # broken since
    model = Fake(seen.preprocessing)
    found = vision.top_losses(model, seen, n=4)
    assert found[0].photo.endswith("bright.png") and found[0].predicted == "dog" and found[0].truth == "cat"
    assert found[0].loss > 5 > found[1].loss
    assert len(vision.top_losses(model, seen, n=99)) == 8
    other = Fake(seen.preprocessing, ["dog", "cat"])  # names in another order: labels are matched by name
    assert {each.truth for each in vision.top_losses(other, seen, n=9)} == set(NAMES)
    assert vision.top_losses(other, seen, n=9)[-1].photo.endswith("bright.png")
    assert has(vision.show_top_losses(found), WRONG)
    assert np.array_equal(vision.show_top_losses(found), vision.show_top_losses(model, seen, n=4))


def test_show_predictions_colours_what_is_known(photos):
    black, white = np.zeros((9, 9, 3), "uint8"), np.full((9, 9, 3), 255, "uint8")
    model = Fake(data.Preprocessing(size=(24, 24), scale="tf"))
    assert has(vision.show_predictions(model, [black], truth=["cat"]), RIGHT)
    assert has(vision.show_predictions(model, [white], truth=[0]), WRONG)
    plain = vision.show_predictions(model, [black, white])
    assert not has(plain, RIGHT) and not has(plain, WRONG)
    whole = vision.show_predictions(model, dataset(photos), n=4, columns=2, size=60)
    assert whole.width < 200 and (has(whole, RIGHT) or has(whole, WRONG))


def test_show_saliency_lays_the_map_over_what_the_network_sees(one_engine):
    model = lanthorn.Sequential([
        lanthorn.Input((24, 24, 3)), lanthorn.layers.Conv2D(4, 3, activation="relu"),
        lanthorn.layers.GlobalAveragePooling2D(), lanthorn.layers.Dense(2, activation="softmax"),
    ])  # fmt: skip
    model.preprocessing, model.class_names = data.Preprocessing(size=(24, 24), fit="crop", scale="tf"), NAMES
    photo = np.random.default_rng(0).integers(0, 255, (30, 60, 3), "uint8")
    sheet = np.asarray(vision.show_saliency(model, [photo], size=24))
    seen = model.preprocessing.read(photo)
    assert np.array_equal(sheet[6:30, 6:30], seen)
    wanted = vision.overlay(seen, vision.saliency(model, photo))
    assert np.array_equal(sheet[6:30, 36:60], wanted) and not np.array_equal(wanted, seen)


def test_what_does_not_fit_is_refused(photos):
    seen = dataset(photos)
    with pytest.raises(ValueError, match="one row of probabilities for each of 8 photos"):
        vision.top_losses([[0.5, 0.5]], seen)
    with pytest.raises(ValueError, match="expected the right classes"):
        vision.top_losses([[0.5, 0.5]], ["a"])
    with pytest.raises(ValueError, match="expected photos"):
        vision.top_losses([[0.5, 0.5]])
    with pytest.raises(ValueError, match="the photos have a class 'cat'; the model's are dog, horse"):
        vision.top_losses(Fake(seen.preprocessing, ["dog", "horse"]), seen)
    with pytest.raises(ValueError, match="does not say how its pictures are prepared"):
        vision.show_predictions(Fake(), [np.zeros((9, 9, 3), "uint8")])
    with pytest.raises(ValueError, match="no pictures in it"):
        vision.show_batch((np.zeros((0, 4, 4, 3)), []))


def test_what_is_none_of_these_is_drawn_so(monkeypatch):
    told = []
    write = sheet.write
    monkeypatch.setattr(sheet, "write", lambda *a, **k: told.append(a[2]) or write(*a, **k))
    photos = [np.zeros((30, 40, 3), np.uint8)] * 2
    vision.pictures(photos, [[0.2, 0.8], [0.9, 0.1]], ["lotus", "rose"], captions=False, unknown=[False, True])
    assert told == ["80 %", "rose", "20 %", "lotus", "–", "none of these", "90 %", "lotus"]
    told.clear()
    pages = vision.sheets(
        photos, [[1.0, 0.0]] * 2, ["a", "b"], per_page=1, top=1, captions=False, unknown=[True, False]
    )
    assert len(list(pages)) == 2 and told == ["–", "none of these", "100 %", "a"]
