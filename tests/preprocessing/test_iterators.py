"""What the flow methods give: Keras's batches, attributes and order; threads, replay and broken pictures."""

import os
import pickle
import shutil

import numpy as np
import pytest
from PIL import Image

from lanthorn.data import PictureError
from lanthorn.data.check import PictureWarning
from lanthorn.preprocessing.image import ImageDataGenerator

CHANGES = {"shear_range": 10, "zoom_range": 0.2, "horizontal_flip": True}


@pytest.fixture(scope="session")
def legacy(keras):
    from keras.src.legacy.preprocessing import image

    return image


def flow(photos, generator=None, **settings):
    settings = {"target_size": (20, 30), "batch_size": 5, "seed": 3, "class_mode": "sparse"} | settings
    return (generator or ImageDataGenerator(**CHANGES)).flow_from_directory(photos, **settings)


def plain(photos):
    """Without the hidden folders, which Keras takes for classes."""
    shutil.rmtree(photos / ".ipynb_checkpoints")
    shutil.rmtree(photos / "__MACOSX")
    (photos / "cat" / "._0.jpg").unlink()
    return str(photos)


@pytest.mark.parametrize("mode", ["categorical", "binary", "sparse", "input", None])
@pytest.mark.parametrize("color", ["rgb", "grayscale", "rgba"])
def test_a_folder_gives_keras_batches(photos, legacy, mode, color, capsys):
    root = plain(photos)
    settings = {"target_size": (20, 30), "batch_size": 5, "class_mode": mode, "color_mode": color, "shuffle": False}
    theirs = legacy.ImageDataGenerator(rescale=1 / 255).flow_from_directory(root, **settings)
    capsys.readouterr()
    ours = ImageDataGenerator(rescale=1 / 255).flow_from_directory(root, **settings)
    assert capsys.readouterr().out == "Found 12 images belonging to 2 classes.\n"
    for name in (
        "class_indices",
        "filenames",
        "samples",
        "n",
        "num_classes",
        "batch_size",
        "image_shape",
        "target_size",
    ):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert ours.filepaths == theirs.filepaths and len(ours) == len(theirs) == 3
    np.testing.assert_array_equal(ours.classes, theirs.classes)
    np.testing.assert_array_equal(ours.labels, theirs.labels)
    for k in range(3):
        a, b = ours[k], theirs[k]
        for x, y in zip(a if mode else [a], b if mode else [b], strict=True):
            assert x.dtype == y.dtype
            np.testing.assert_allclose(x, y, atol=1e-6)


@pytest.mark.parametrize(
    "settings",
    [
        {"interpolation": "bilinear"},
        {"keep_aspect_ratio": True, "interpolation": "bicubic"},
        {"data_format": "channels_first"},
    ],
)
def test_other_ways_to_a_size(photos, legacy, settings):
    root, data_format = plain(photos), settings.pop("data_format", None)
    how = {"target_size": (20, 30), "shuffle": False} | settings
    theirs = legacy.ImageDataGenerator(data_format=data_format).flow_from_directory(root, **how)
    ours = ImageDataGenerator(data_format=data_format).flow_from_directory(root, **how)
    np.testing.assert_array_equal(ours[0][0], theirs[0][0])


def test_a_seed_gives_keras_order_and_subsets(photos, legacy):
    root = plain(photos)
    for subset in (None, "training", "validation"):
        settings = {"target_size": (8, 8), "batch_size": 3, "seed": 11, "class_mode": "sparse", "subset": subset}
        theirs = legacy.ImageDataGenerator(validation_split=0.3).flow_from_directory(root, **settings)
        ours = ImageDataGenerator(validation_split=0.3).flow_from_directory(root, **settings)
        assert ours.filenames == theirs.filenames and len(ours.filenames) > 0
        for _ in range(2 * len(ours)):  # two epochs
            (x, y), (their_x, their_y) = next(ours), next(theirs)
            np.testing.assert_array_equal(x, their_x)
            np.testing.assert_array_equal(y, their_y)


def test_the_validation_subset_is_not_augmented(photos):
    generator = ImageDataGenerator(rotation_range=90, validation_split=0.3)
    held = flow(photos, generator, subset="validation")
    np.testing.assert_array_equal(held.sample(0, epoch=0), held.sample(0, epoch=1))
    train = flow(photos, generator, subset="training")
    assert not np.array_equal(train.sample(0, epoch=0), train.sample(0, epoch=1))
    assert not set(held.filenames) & set(train.filenames)
    with pytest.raises(ValueError, match="needs ImageDataGenerator\\(validation_split"):
        flow(photos, subset="training")


@pytest.mark.parametrize("workers", [0, 1, 4])
def test_all_ways_to_a_batch_agree(photos, workers):
    by_epoch = list(flow(photos, workers=0).epoch_batches(0)) + list(flow(photos, workers=0).epoch_batches(1))
    endless, indexed = flow(photos, workers=workers), flow(photos, workers=workers)
    for k, (x, y) in enumerate(by_epoch):
        a = next(endless)
        b = indexed[k % 3]
        for other in (a, b):
            np.testing.assert_array_equal(other[0], x)
            np.testing.assert_array_equal(other[1], y)
        if k % 3 == 2:
            indexed.on_epoch_end()
    again = flow(photos, workers=workers)
    np.testing.assert_array_equal(again[2][0], by_epoch[2][0])  # in any order
    np.testing.assert_array_equal(again[0][0], by_epoch[0][0])
    np.testing.assert_array_equal(again[-1][0], by_epoch[2][0])
    np.testing.assert_array_equal(next(again.epoch_batches(1, start_batch=1))[0], by_epoch[4][0])
    with pytest.raises(IndexError, match="asked for batch 3, there are 3"):
        again[3]


def test_reset_next_and_counters(photos):
    it = flow(photos, shuffle=False)
    x, _ = it.next()
    assert it.batch_index == 1 and it.total_batches_seen == 1
    it.reset()
    np.testing.assert_array_equal(it.next()[0], x)
    it.next(), it.next()
    assert it.batch_index == 0 and it.epoch == 1 and iter(it) is it
    np.testing.assert_array_equal(it.index_array, np.arange(12))


def test_numpys_global_seed_makes_a_run_repeatable(photos):
    seen = []
    for _ in range(2):
        np.random.seed(5)
        seen.append(flow(photos, seed=None)[0][0])
    np.testing.assert_array_equal(*seen)


def test_pickling(photos):
    it = flow(photos)
    next(it)
    again = pickle.loads(pickle.dumps(it))
    np.testing.assert_array_equal(again[1][0], it[1][0])


def test_what_the_model_file_takes_from_it(photos):
    generator = ImageDataGenerator(rescale=1 / 255)
    it = flow(photos, generator)
    assert it.preprocessing.size == (20, 30) and it.preprocessing.scale == "0-1"
    np.testing.assert_allclose(it.preprocessing(it.filepaths[0]), it.sample(0), atol=1e-6)
    assert flow(photos, ImageDataGenerator(preprocessing_function=np.sqrt)).preprocessing is None


def test_saving_what_is_made(photos, tmp_path):
    (tmp_path / "out").mkdir()
    next(flow(photos, save_to_dir=str(tmp_path / "out"), save_prefix="aug", save_format="jpg"))
    made = sorted(os.listdir(tmp_path / "out"))
    assert len(made) == 5 and all(name.startswith("aug_") and name.endswith("_0.jpg") for name in made)
    with Image.open(tmp_path / "out" / made[0]) as image:
        assert image.size == (30, 20)


def test_broken_pictures(photos, cut):
    cut(photos / "cat" / "2.jpg")
    with pytest.warns(PictureWarning, match=r"1 picture cannot be read and was skipped .*2\.jpg: is truncated"):
        it = flow(photos, shuffle=False)
    assert it.samples == 11 and len(it.classes) == 11 and len(it.filenames) == 11
    with pytest.raises(PictureError, match=r"2\.jpg: is truncated"):
        flow(photos, on_error="raise")
    cut(photos / "dog" / "4.jpg")  # after it was looked at
    with pytest.warns(PictureWarning, match=r"4\.jpg"):
        assert sum(len(x) for x, _ in it.epoch_batches(0)) == 10
    it.on_error = "raise"
    with pytest.raises(PictureError, match=r"4\.jpg"):
        list(it.epoch_batches(0))


def test_folders_that_cannot_be_trained_on(photos, tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no such folder"):
        flow(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="7 pictures lie in it directly: move them to one sub-folder per class"):
        flow(photos / "cat")
    with pytest.raises(ValueError, match="has no folder 'wolf'"):
        flow(photos, classes=["cat", "wolf"])
    (photos / "owl").mkdir()
    with pytest.raises(ValueError, match="needs 2 classes, found 3: cat, dog, owl"):
        flow(photos, class_mode="binary")
    with pytest.warns(UserWarning, match="no pictures in owl; the class keeps its label"):
        assert flow(photos).class_indices == {"cat": 0, "dog": 1, "owl": 2}
    (photos / "owl").rmdir()
    with pytest.warns(UserWarning, match="one class only"):
        flow(photos, classes=["cat"])
    assert flow(photos / "cat", classes=["."], class_mode=None).samples == 7
    assert flow(photos, classes=["dog", "cat"]).class_indices == {"dog": 0, "cat": 1}
    for settings, text in (
        ({"class_mode": "both"}, "class_mode must be"),
        ({"target_size": 20}, "height, width"),
        ({"color_mode": "cmyk"}, "'rgba'"),
        ({"interpolation": "cubic"}, "bicubic"),
        ({"subset": "test"}, "'training' or 'validation'"),
        ({"batch_size": 0}, "1 or more"),
    ):
        with pytest.raises(ValueError, match=text):
            flow(photos, **settings)


def test_arrays(legacy):
    rng = np.random.default_rng(0)
    x, y, w = rng.uniform(0, 255, (11, 9, 9, 3)).astype(np.float32), np.arange(11), np.linspace(0, 1, 11)
    theirs = legacy.ImageDataGenerator(rescale=0.5).flow(x, y, batch_size=4, seed=2, sample_weight=w)
    ours = ImageDataGenerator(rescale=0.5).flow(x, y, batch_size=4, seed=2, sample_weight=w)
    for _ in range(6):
        for a, b in zip(next(ours), next(theirs), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6)
    before = x.copy()
    augmented = ImageDataGenerator(**CHANGES).flow(x, batch_size=11, seed=1)
    assert not np.array_equal(augmented[0], augmented.epoch_batches(1).__next__())
    np.testing.assert_array_equal(x, before)
    (first, other), labels = ImageDataGenerator().flow((x, y * 2), y, batch_size=3, shuffle=False)[1]
    assert first.shape == (3, 9, 9, 3) and other.tolist() == [6, 8, 10] and labels.tolist() == [3, 4, 5]


def test_wrong_arrays():
    x, y = np.zeros((10, 4, 4, 3)), np.repeat([0, 1], 5)
    generator = ImageDataGenerator(validation_split=0.3)
    with pytest.raises(ValueError, match="x holds 10 pictures, y 3"):
        generator.flow(x, y[:3])
    with pytest.raises(ValueError, match="4 axes"):
        generator.flow(x[0])
    with pytest.raises(ValueError, match="sorted by label"):
        generator.flow(x, y, subset="training")
    assert generator.flow(x, y, subset="validation", ignore_class_split=True).n == 3
    with pytest.warns(UserWarning, match="got 5"):
        generator.flow(np.zeros((2, 4, 4, 5)))


def test_data_frames(photos, legacy):
    pandas = pytest.importorskip("pandas")
    root = plain(photos)
    names = [f"cat/{k}.jpg" for k in range(7)] + [f"dog/{k}.jpg" for k in range(5)] + ["cat/missing.jpg"]
    frame = pandas.DataFrame(
        {
            "filename": names,
            "class": ["cat"] * 7 + ["dog"] * 5 + ["cat"],
            "age": np.arange(13.0),
            "size": np.arange(13),
            "several": [["a", "b"]] * 7 + [["c"]] * 6,
        }
    )
    cases = [
        {"class_mode": "categorical"},
        {"class_mode": "binary"},
        {"class_mode": "sparse", "classes": ["dog", "cat"]},
        {"class_mode": "raw", "y_col": "age"},
        {"class_mode": "raw", "y_col": ["age", "size"]},
        {"class_mode": None},
        {"class_mode": "multi_output", "y_col": ["age", "size"]},
        {"class_mode": "input"},
        {"class_mode": "categorical", "y_col": "several"},
        {"class_mode": "sparse", "weight_col": "age"},
    ]
    for case in cases:
        how = {"directory": root, "target_size": (8, 9), "batch_size": 5, "shuffle": False} | case
        with pytest.warns(UserWarning, match="filename"):
            theirs = legacy.ImageDataGenerator().flow_from_dataframe(frame, **how)
        with pytest.warns(UserWarning, match="1 of 13 file names in .*such as .cat/missing.jpg"):
            ours = ImageDataGenerator().flow_from_dataframe(frame, **how)
        assert ours.filenames == theirs.filenames and ours.n == 12
        assert getattr(ours, "class_indices", None) == getattr(theirs, "class_indices", None)
        _same(ours[1], theirs[1])


def _same(a, b):
    if isinstance(b, (tuple, list)):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            _same(x, y)
    else:
        np.testing.assert_allclose(a, b)


def test_wrong_data_frames(photos):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"filename": ["cat/0.jpg", "cat/1.jpg"], "class": ["cat", "cat"], "n": [1, 2]})
    generator = ImageDataGenerator()
    cases = [
        ({"class_mode": "other_mode"}, ValueError, "class_mode must be"),
        ({"x_col": "path"}, ValueError, "no column 'path'"),
        ({"class_mode": "binary"}, ValueError, "needs 2 classes"),
        ({"y_col": "n"}, TypeError, "needs class names"),
        ({"class_mode": "multi_output"}, TypeError, "list of columns"),
        ({"weight_col": "class"}, TypeError, "numbers"),
        ({"x_col": "n"}, TypeError, "file names"),
    ]
    for settings, error, text in cases:
        with pytest.raises(error, match=text):
            generator.flow_from_dataframe(frame, directory=str(photos), **settings)


def test_the_articles_photos(shared_data, legacy):
    """Five of them are palette PNGs called .jpg."""
    root = str(shared_data / "avp" / "validation")
    how = {"target_size": (64, 64), "class_mode": "binary", "shuffle": False, "batch_size": 100}
    theirs = legacy.ImageDataGenerator().flow_from_directory(root, **how)
    ours = ImageDataGenerator().flow_from_directory(root, **how)
    for k in range(2):
        np.testing.assert_array_equal(ours[k][0], theirs[k][0])
        np.testing.assert_array_equal(ours[k][1], theirs[k][1])


@pytest.mark.parametrize("color", ["rgb", "grayscale", "rgba"])
def test_the_cache_changes_nothing(photos, color):
    plain, kept, small = (flow(photos, color_mode=color, cache=cache) for cache in (0, 10**7, 4000))
    for epoch in range(2):
        for a, b, c in zip(*(it.epoch_batches(epoch) for it in (plain, kept, small)), strict=True):
            np.testing.assert_array_equal(a[0], b[0])
            np.testing.assert_array_equal(a[0], c[0])
    assert len(kept._cache) == 12 and small._cache and not plain._cache
    assert sum(picture.nbytes for picture in small._cache.values()) <= 4000


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_large_photos(photos, photo, legacy, interpolation):
    """'nearest' shows Keras's very pixels; what averages may start from a JPEG decoded at a reduced scale."""
    root = plain(photos)
    Image.fromarray(photo(5, 900, 1200)).save(photos / "cat" / "0.jpg")
    how = {"target_size": (60, 80), "class_mode": None, "shuffle": False, "interpolation": interpolation}
    theirs = legacy.ImageDataGenerator().flow_from_directory(root, **how)[0]
    ours = ImageDataGenerator().flow_from_directory(root, **how)[0]
    np.testing.assert_array_equal(ours[1:], theirs[1:])
    assert np.abs(ours[0] - theirs[0]).max() <= (0 if interpolation == "nearest" else 2)


def test_a_users_own_generator_is_asked(photos):
    class Mine(ImageDataGenerator):
        def get_random_transform(self, img_shape, seed=None):
            return {"brightness": 0.0}

    assert not flow(photos, Mine(horizontal_flip=True)).sample(0).any()

    class Also(ImageDataGenerator):
        def apply_transform(self, x, transform_parameters):
            assert x.dtype == np.float32
            return x * 0 + 9

    assert (flow(photos, Also(horizontal_flip=True)).sample(0) == 9).all()
