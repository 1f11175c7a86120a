"""Folders of texts and sounds, windows over series, two halves: what Keras makes of the same."""

import inspect
import wave

import numpy as np
import pytest

from lanthorn import preprocessing, utils
from lanthorn.data import Dataset


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    root = tmp_path_factory.mktemp("texts")
    for k, name in enumerate(("b", "a", "c")):
        (root / name / "deep").mkdir(parents=True)
        for i in range(4):
            (root / name / f"{i}.txt").write_bytes(f"text {k} {i} é\n".encode())
        (root / name / "deep" / "0.TXT").write_text(f"deep {k}")
        (root / name / "no.md").touch()
    (root / ".hidden").mkdir()
    return root


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    root = tmp_path_factory.mktemp("sounds")
    for k, name in enumerate(("high", "low")):
        (root / name).mkdir()
        for i in range(3):
            with wave.open(str(root / name / f"{i}.wav"), "wb") as file:
                file.setnchannels(2), file.setsampwidth(2), file.setframerate(8000)
                t = np.arange(400 + 100 * i) / 8000
                x = np.sin(2 * np.pi * (1000, 200)[k] * t)
                file.writeframes((np.stack([x, -x / 2], 1) * 32000).astype("<i2").tobytes())
    return root


def elements(dataset):
    return [e if isinstance(e, tuple) else (e,) for e in dataset.as_numpy_iterator()]


def same(ours, theirs):
    ours, theirs = elements(ours), elements(theirs)
    assert len(ours) == len(theirs) > 0
    for a, b in zip(ours, theirs, strict=True):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            y = np.asarray(y)
            assert x.shape == y.shape and (x.dtype == y.dtype or y.dtype.kind == "S")
            assert x.tolist() == y.tolist() if y.dtype.kind in "OS" else np.allclose(x, y, atol=1e-7)


@pytest.fixture
def tf_keras_utils(keras):
    pytest.importorskip("tensorflow")
    return keras.utils


FOLDERS = [
    {},
    {"label_mode": "categorical"},
    {"label_mode": "binary", "class_names": ["c", "a"]},
    {"label_mode": None},
    {"labels": None},
    {"class_names": ["c", "a"]},
    {"batch_size": None},
    {"batch_size": 4, "max_length": 3},
    {"labels": [5, 6] * 7 + [6]},
    {"validation_split": 0.3, "subset": "training"},
    {"validation_split": 0.3, "subset": "validation", "seed": 4, "labels": None},
]


@pytest.mark.parametrize("settings", FOLDERS, ids=range(len(FOLDERS)))
def test_texts_are_those_of_keras(texts, tf_keras_utils, settings):
    settings = {"shuffle": False, "verbose": False} | settings
    ours = utils.text_dataset_from_directory(texts, **settings)
    theirs = tf_keras_utils.text_dataset_from_directory(str(texts), **settings)
    same(ours, theirs)
    if settings.get("label_mode", 1) and settings.get("labels", 1):
        assert ours.class_names == theirs.class_names


@pytest.mark.parametrize("subset", ["training", "validation"])
def test_a_seed_gives_keras_training_and_validation_set(texts, tf_keras_utils, subset, capsys):
    settings = {"validation_split": 0.4, "subset": subset, "seed": 1337, "batch_size": None}
    ours = utils.text_dataset_from_directory(texts, **settings)
    theirs = tf_keras_utils.text_dataset_from_directory(str(texts), **settings)
    assert sorted((x, int(y)) for x, y in elements(ours)) == sorted((x, int(y)) for x, y in elements(theirs))
    assert "Found 15 files belonging to 3 classes.\nUsing 9 files" in capsys.readouterr().out
    assert elements(ours) != elements(ours)  # shuffled anew


def test_both_subsets(texts):
    settings = {"validation_split": 0.4, "seed": 3, "batch_size": None, "verbose": False}
    train, held = utils.text_dataset_from_directory(texts, subset="both", **settings)
    alone = utils.text_dataset_from_directory(texts, subset="validation", **settings)
    assert (len(train), len(held)) == (9, 6)
    assert elements(held) == elements(held) and sorted(map(repr, elements(held))) == sorted(map(repr, elements(alone)))
    assert not {t.item() for t, _ in elements(train)} & {t.item() for t, _ in elements(held)}


def test_tensorflows_own_if_asked_for(texts):
    tf = pytest.importorskip("tensorflow")
    made = utils.text_dataset_from_directory(texts, format="tf", shuffle=False, verbose=False, batch_size=6)
    assert isinstance(made, tf.data.Dataset) and made.class_names == ["a", "b", "c"] and int(made.cardinality()) == 3
    same(utils.text_dataset_from_directory(texts, shuffle=False, verbose=False, batch_size=6), made)
    both = utils.text_dataset_from_directory(
        texts, format="tf", validation_split=0.2, subset="both", seed=1, verbose=False
    )
    assert all(isinstance(one, tf.data.Dataset) for one in both)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"label_mode": "ints"}, "label_mode"),
        ({"labels": "all"}, "'inferred'"),
        ({"labels": [1]}, "15 files"),
        ({"label_mode": "binary"}, "exactly 2"),
        ({"class_names": ["x"]}, "sub-folders"),
        ({"validation_split": 0.2}, "go together"),
        ({"validation_split": 2, "subset": "training"}, "between 0 and 1"),
        ({"validation_split": 0.2, "subset": "training"}, "seed"),
        ({"validation_split": 0.01, "subset": "training", "seed": 1}, "too few"),
        ({"format": "grain"}, "format"),
    ],
)
def test_errors_name_the_argument(texts, settings, text):
    with pytest.raises(ValueError, match=text):
        utils.text_dataset_from_directory(texts, **settings)


def test_an_empty_or_missing_folder(tmp_path):
    with pytest.raises(ValueError, match="no .txt files"):
        utils.text_dataset_from_directory(tmp_path)
    with pytest.raises(FileNotFoundError, match="no such folder"):
        utils.text_dataset_from_directory(tmp_path / "x")


@pytest.mark.parametrize("settings", [{}, {"output_sequence_length": 450}, {"batch_size": None}, {"labels": None}])
def test_sounds_are_those_of_keras(sounds, tf_keras_utils, settings):
    settings = {"shuffle": False, "verbose": False, "batch_size": 4} | settings
    ours = utils.audio_dataset_from_directory(sounds, **settings)
    same(ours, tf_keras_utils.audio_dataset_from_directory(str(sounds), **settings))
    if "labels" not in settings:
        same(utils.audio_dataset_from_directory(sounds, format="tf", **settings), ours)


def test_sounds_at_another_rate(sounds):
    made = utils.audio_dataset_from_directory(sounds, sampling_rate=4000, shuffle=False, verbose=False, batch_size=None)
    x, y = list(made.as_numpy_iterator())[-1]
    assert x.shape == (300, 2) and x.dtype == "float32" and y == 1
    inner, t = slice(30, 270), np.arange(300) / 4000
    assert np.abs(x[inner, 0] - 32000 / 32768 * np.sin(2 * np.pi * 200 * t)[inner]).max() < 0.01
    with pytest.raises(ValueError, match="ragged"):
        utils.audio_dataset_from_directory(sounds, ragged=True)
    with pytest.raises(ValueError, match="sampling_rate"):
        utils.audio_dataset_from_directory(sounds, sampling_rate=0.5)
    (sounds / "low" / "x.wav").write_bytes(b"RIFFno")
    with pytest.raises(ValueError, match=r"x\.wav: expected an uncompressed"):
        list(utils.audio_dataset_from_directory(sounds, shuffle=False))
    (sounds / "low" / "x.wav").unlink()


SERIES = [
    {},
    {"sequence_stride": 3, "batch_size": 4},
    {"sampling_rate": 2, "batch_size": None},
    {"start_index": 4, "end_index": 30, "sampling_rate": 3, "sequence_stride": 2},
    {"targets": None, "sequence_length": 5},
    {"targets": np.arange(12)},
]


@pytest.mark.parametrize("settings", SERIES, ids=range(len(SERIES)))
@pytest.mark.parametrize("width", [(), (3,)])
def test_windows_are_those_of_keras(tf_keras_utils, settings, width):
    rng = np.random.default_rng(0)
    settings = {"data": rng.normal(size=(40, *width)), "targets": rng.normal(size=40), "sequence_length": 4} | settings
    ours = preprocessing.timeseries_dataset_from_array(**settings)
    same(ours, tf_keras_utils.timeseries_dataset_from_array(**settings))


def test_shuffled_windows_keep_their_targets():
    x = np.arange(50)
    made = utils.timeseries_dataset_from_array(x, x[5:], 5, batch_size=8, shuffle=True, seed=1)
    first, second = (np.concatenate([y for _, y in made.as_numpy_iterator()]) for _ in range(2))
    assert sorted(first) == list(range(5, 50)) and first.tolist() != second.tolist() and len(made) == 6
    assert all((row[:, 0] + 5 == y).all() for row, y in made.as_numpy_iterator())


@pytest.mark.parametrize(
    "settings",
    [{"start_index": 40}, {"end_index": 40}, {"start_index": 5, "end_index": 5}, {"sampling_rate": 0},
     {"sequence_stride": 40}, {"format": "grain"}],
)  # fmt: skip
def test_windows_outside_the_series(settings):
    with pytest.raises(ValueError, match=next(reversed(settings))):
        utils.timeseries_dataset_from_array(np.arange(40), None, 3, **settings)


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("sizes", [(0.7, None), (None, 3), (4, 5), (0.25, 0.5)])
def test_halves_are_those_of_keras(tf_keras_utils, sizes, shuffle):
    arrays = (np.arange(10), np.arange(20).reshape(10, 2))
    settings = {"shuffle": shuffle, "seed": 7}
    theirs = tf_keras_utils.split_dataset(arrays, *sizes, **settings, preferred_backend="tensorflow")
    for a, b in zip(utils.split_dataset(arrays, *sizes, **settings), theirs, strict=True):
        same(a, b)


def test_halves_of_datasets(texts):
    made = utils.text_dataset_from_directory(texts, shuffle=False, verbose=False, batch_size=4)
    left, right = utils.split_dataset(made, left_size=9)
    assert [len(y) for _, y in left] == [4, 4, 1] and len(right) == 2
    assert [list(map(int, e)) for e in utils.split_dataset([[1, 2, 3], [4, 5, 6]], 1)[1]] == [[2, 5], [3, 6]]
    torch = pytest.importorskip("torch")
    left, right = utils.split_dataset(torch.utils.data.TensorDataset(torch.arange(6)), right_size=2)
    assert [int(x) for (x,) in right] == [4, 5]
    tf = pytest.importorskip("tensorflow")
    left, right = utils.split_dataset(tf.data.Dataset.range(10).batch(4), 0.5)
    assert isinstance(left, tf.data.Dataset) and [e.tolist() for e in right.as_numpy_iterator()] == [[5, 6, 7, 8], [9]]


@pytest.mark.parametrize("sizes", [(None, None), (0, 3), (11, None), (1.0, None), (0.6, 0.6), ("a", None), (6, 6)])
def test_halves_that_cannot_be(sizes):
    with pytest.raises((ValueError, TypeError), match="split_dataset"):
        utils.split_dataset(np.arange(10), *sizes)


def test_arguments_are_those_of_keras(keras):
    for name in ("text_dataset_from_directory", "timeseries_dataset_from_array", "audio_dataset_from_directory",
                 "split_dataset"):  # fmt: skip
        ours, theirs = (inspect.signature(getattr(u, name)).parameters for u in (utils, keras.utils))
        names = [n for n in ours if n != "format" or n in theirs]
        assert names == list(theirs)
        assert all(ours[n].default == theirs[n].default for n in names if n != "format")


def test_pictures_can_be_chained(photos):
    settings = {"image_size": (16, 16), "shuffle": False, "verbose": False, "batch_size": 8}
    made = utils.image_dataset_from_directory(photos, **settings)
    assert isinstance(made, Dataset) and made.cache() is made.prefetch(2) is made and len(made.take(2)) == 2
    images, labels = next(iter(made.take(1)))
    assert images[0].numpy().astype("uint8").shape == (16, 16, 3) and made.class_names[labels[0]] == "cat"
    scaled = made.map(lambda x, y: (x / 255, y)).unbatch().shuffle(100).batch(10)
    assert sum(len(y) for _, y in scaled) == 12 and max(x.max() for x, _ in scaled) <= 1
    single = utils.image_dataset_from_directory(photos, **(settings | {"batch_size": None}))
    x, y = next(iter(single))
    assert x.shape == (16, 16, 3) and y.shape == () and single.class_names == made.class_names
    tf = pytest.importorskip("tensorflow")
    theirs = utils.image_dataset_from_directory(photos, format="tf", **settings)
    assert isinstance(theirs, tf.data.Dataset) and theirs.class_names == made.class_names
    same(made, theirs)
