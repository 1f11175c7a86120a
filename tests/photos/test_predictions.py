"""`model.predict` of photos: an array that prints as names; nothing changes for arrays."""

import copy
import csv
import pickle

import numpy as np
import pytest
from PIL import Image

import lanthorn
from lanthorn.photos import Predictions


@pytest.fixture
def seen(trained, photos):
    return trained.model.predict(str(photos / "validation"))


def test_each_way_to_give_photos_gives_the_same(engine, photos, trained):
    model = lanthorn.models.clone_model(trained.model)
    model.set_weights(trained.model.get_weights())
    model.to(engine)
    path = photos / "validation" / "boat" / "000.jpg"
    with Image.open(path) as image:
        image.load()
    wanted = np.asarray(model.predict(model.preprocessing(path)[None], verbose=0))
    for given in (str(path), path, [path], path.read_bytes()):
        found = model.predict(given)
        assert isinstance(found, Predictions) and found.shape == (1, 5)
        np.testing.assert_allclose(found, wanted, atol=1e-6)
    for given in (image, [image], [np.asarray(image)]):  # decoded already, a file may be so at a reduced scale
        found = model.predict(given)
        assert isinstance(found, Predictions) and found.shape == (1, 5)
        np.testing.assert_allclose(found, wanted, atol=5e-3)
    small, large = (np.asarray(image.resize(size)) for size in ((40, 30), (90, 120)))
    both = model.predict([small, large])
    np.testing.assert_allclose(
        both, np.concatenate([lanthorn.predict(model, each) for each in (small, large)]), rtol=1e-5
    )
    assert type(model.predict(model.preprocessing(path)[None], verbose=0)) is np.ndarray


def test_it_prints_as_names_and_percentages(seen):
    lines = str(seen).splitlines()
    assert len(lines) == 15 and lines[0].startswith(seen.photos[0])
    assert f"{100 * seen.table[0].max():.1f} % {seen.names[0]}" in lines[0]
    assert repr(seen) == str(seen)


def test_it_is_an_array_where_one_is_wanted(seen):
    plain = np.asarray(seen)
    assert type(plain) is np.ndarray and plain.shape == (15, 5)
    assert np.array_equal(seen.argmax(axis=1), plain.argmax(axis=1))
    assert type(seen * 2) is np.ndarray and type(seen.sum()) is not Predictions
    assert type(np.concatenate([seen, seen])) is np.ndarray or len(np.concatenate([seen, seen])) == 30
    assert [seen.class_names[i] for i in seen.argmax(1)] == seen.names


def test_a_part_of_it_keeps_its_photos(seen):
    some = seen[[3, 1]]
    assert some.photos == [seen.photos[3], seen.photos[1]] and some.names == [seen.names[3], seen.names[1]]
    assert seen[2:4].photos == seen.photos[2:4]
    assert str(seen[5]).startswith(seen.photos[5])
    assert isinstance(float(seen[0, 1]), float) and type(seen[:, 1]) is np.ndarray
    for again in (copy.deepcopy(seen), pickle.loads(pickle.dumps(seen))):
        assert again.photos == seen.photos and np.array_equal(again, seen)


def test_the_least_certain_come_first(seen):
    first = seen.least_certain(3)
    two = np.sort(np.asarray(seen), axis=1)
    assert (two[:, -1] - two[:, -2]).min() == pytest.approx(float(np.diff(np.sort(np.asarray(first[0]))[-2:])[0]))


def test_below_the_threshold_there_is_no_name(trained, photos):
    seen = lanthorn.predict(trained.model, photos / "validation", threshold=0.999999)
    assert set(seen.names) == {"none of these"} and "none of these:" in str(seen)
    assert lanthorn.predict(trained.model, photos / "validation", threshold=None).names != seen.names


def test_broken_photos(trained, photos, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing")
    good = tmp_path / "good.jpg"
    good.write_bytes((photos / "validation" / "boat" / "000.jpg").read_bytes())
    with pytest.warns(UserWarning, match="skipped .*broken.jpg"):
        seen = trained.model.predict(tmp_path)
    assert seen.photos == [str(good)] and list(seen.skipped) == [str(tmp_path / "broken.jpg")]
    with pytest.raises(lanthorn.data.PictureError, match="broken.jpg"):  # one by one: rows and photos stay in step
        trained.model.predict([good, tmp_path / "broken.jpg"])


def test_a_table_for_a_spreadsheet(seen, tmp_path):
    seen.to_csv(tmp_path / "t.csv")
    with open(tmp_path / "t.csv", newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["class"] for row in rows] == seen.names and float(rows[0]["boat"]) == pytest.approx(
        float(np.asarray(seen)[0, 0]), abs=1e-6
    )


def test_a_notebook_shows_the_photos(seen):
    assert seen._repr_png_().startswith(b"\x89PNG")


def test_a_model_that_does_not_know_how_says_what_to_do(photos):
    model = lanthorn.Sequential([lanthorn.Input((32, 32, 3)), lanthorn.layers.Flatten(), lanthorn.layers.Dense(2)])
    with pytest.raises(TypeError, match="^predict: .*model.preprocessing"):
        model.predict("a.jpg")
    with pytest.raises(ValueError, match="^predict: `x` holds texts.*model.preprocessing"):
        model.predict(["a.jpg"])
    model.preprocessing = lanthorn.data.Preprocessing((32, 32))
    seen = model.predict(str(photos / "validation" / "boat"))
    assert seen.class_names == ["class 0", "class 1"]
    with pytest.raises(FileNotFoundError, match="nowhere.jpg: there is no such photo"):
        model.predict("nowhere.jpg")
