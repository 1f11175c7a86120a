"""Layers that change pictures: alike on every engine, where Keras programs put them, and what is drawn."""

import json

import numpy as np
import pytest

import lanthorn
from lanthorn import layers, ops, random

from .augmenting_cases import AT_REST, RANDOM, make, photos


def numpy(x):
    return np.asarray(ops.convert_to_numpy(x))


REFERENCE = {}


@pytest.mark.parametrize("name", RANDOM)
def test_the_same_seed_gives_the_same_pictures_on_each_engine(name, any_engine):
    if name not in REFERENCE:
        x, layer = photos(), make(name, layers)
        REFERENCE[name] = [numpy(layer(ops.convert_to_tensor(x))) for _ in range(2)]
        assert (REFERENCE[name][0] != REFERENCE[name][1]).any(), "every call draws anew"
    layer = make(name, layers)
    x = ops.convert_to_tensor(photos())
    for expected in REFERENCE[name]:
        found = numpy(layer(x))
        assert found.dtype == np.float32
        # a value on the edge of a step may fall on either side of it
        assert (np.abs(found - expected) > 2e-2).mean() < 0.002
    if "Aug" not in name:  # they are made of others, and long to compile
        assert numpy(layer(x[0])).shape == expected.shape[1:]
    still = numpy(layer(x, training=False))
    if name == "RandomCrop":
        assert still.shape == expected.shape
    else:
        np.testing.assert_array_equal(still, photos())


@pytest.mark.filterwarnings("ignore:Tensor.T is deprecated")  # Keras's own
@pytest.mark.parametrize("name", AT_REST)
def test_deterministic_changes_are_those_of_keras(name, any_engine, keras):
    x = photos()
    theirs = make(name, keras.layers)(x, training=True)
    expected = theirs.detach().numpy()
    found = numpy(make(name, layers)(ops.convert_to_tensor(x), training=True))
    assert (np.abs(found - expected) > 0.02).mean() < 0.002, np.abs(found - expected).max()
    assert (np.abs(expected - x) > 1).any()


def test_half_of_the_pictures_are_flipped(any_engine):
    x = np.arange(6, dtype="float32").reshape(1, 2, 3, 1).repeat(400, 0)
    y = numpy(layers.RandomFlip("horizontal", seed=3)(ops.convert_to_tensor(x)))
    flipped = (y == x[:, :, ::-1]).all((1, 2, 3))
    assert (flipped | (y == x).all((1, 2, 3))).all() and 150 < flipped.sum() < 250
    both = numpy(layers.RandomFlip(seed=3)(ops.convert_to_tensor(x)))
    assert (both[flipped] == x[flipped][:, ::-1, ::-1]).all()


def test_what_is_drawn_is_spread_evenly(any_engine):
    x = ops.convert_to_tensor(np.zeros((2000, 1, 1, 1), "float32"))
    drawn = numpy(layers.RandomBrightness((0.2, 0.6), (0, 1), seed=7)(x)).ravel()
    assert 0.2 <= drawn.min() < 0.21 and 0.59 < drawn.max() <= 0.6 and len(np.unique(drawn)) > 1950
    assert abs(drawn.mean() - 0.4) < 0.01 and abs(drawn.std() - 0.4 / 12**0.5) < 0.005
    assert abs(np.corrcoef(drawn[1:], drawn[:-1])[0, 1]) < 0.08
    for alpha in (0.2, 1.0, 4.0):
        weight = numpy(layers.MixUp(alpha, seed=1).get_random_transformation(x)["mix_weight"])
        assert abs(weight.mean() - 0.5) < 0.03 and abs(weight.var() - 0.25 / (2 * alpha + 1)) < 0.01
    order = numpy(layers.MixUp(seed=1).get_random_transformation(x)["permutation_order"])
    assert sorted(order) == list(range(2000)) and (order != np.arange(2000)).mean() > 0.99


def images_and_boxes():
    boxes = {"boxes": np.array([[[1, 2, 4, 6]], [[0, 0, 3, 3]]], "float32"), "labels": np.array([[1], [2]], "int32")}
    return {
        "images": photos()[:2], "labels": np.eye(2, dtype="float32"), "bounding_boxes": boxes,
        "segmentation_masks": np.arange(2 * 11 * 9, dtype="float32").reshape(2, 11, 9, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    "make",
    [
        lambda L, **k: L.RandomRotation((0.1, 0.1), **k),
        lambda L, **k: L.RandomZoom((0.3, 0.3), (-0.2, -0.2), **k),
        lambda L, **k: L.RandomTranslation((0.2, 0.2), (-0.1, -0.1), **k),
        lambda L, **k: L.RandomPerspective((1.0, 1.0), 0.0, **k),
        lambda L, **k: L.RandomBrightness((0.1, 0.1), **k),
    ],
)
def test_boxes_and_masks_go_with_the_pictures(make, engine, keras):
    expected = make(keras.layers, bounding_box_format="xyxy")(images_and_boxes(), training=True)
    given = images_and_boxes()
    found = make(layers, bounding_box_format="xyxy")(given, training=True)
    for key in ("images", "labels", "segmentation_masks"):
        if key == "segmentation_masks" and isinstance(make(layers), layers.RandomRotation):
            continue  # Keras on torch writes into the matrix while it turns the pictures
        np.testing.assert_allclose(numpy(found[key]), expected[key].numpy(), atol=0.02, err_msg=key)
    for key in ("boxes", "labels"):
        theirs = np.asarray(keras.ops.convert_to_numpy(expected["bounding_boxes"][key]))
        np.testing.assert_allclose(numpy(found["bounding_boxes"][key]), theirs, atol=1e-3, err_msg=key)
    np.testing.assert_array_equal(given["images"], images_and_boxes()["images"])  # what was given stays


def test_flipped_boxes_and_masks(engine):
    data = images_and_boxes()
    found = layers.RandomFlip("horizontal", seed=0, bounding_box_format="xyxy")(data)
    flips = [(numpy(found["images"])[i] != data["images"][i]).any() for i in range(2)]
    assert flips == [True, False]
    np.testing.assert_array_equal(numpy(found["segmentation_masks"])[0], data["segmentation_masks"][0, :, ::-1])
    np.testing.assert_allclose(numpy(found["bounding_boxes"]["boxes"])[:, 0], [[5, 2, 8, 6], [0, 0, 3, 3]])
    with pytest.raises(ValueError, match="bounding_box_format='xyxy'"):
        layers.RandomFlip()(images_and_boxes())


def test_box_formats_are_those_of_keras(engine, keras):
    from keras.utils.bounding_boxes import convert_format as theirs

    from lanthorn.layers.augmenting.boxes import FORMATS, convert_format

    boxes = np.array([[0.1, 0.2, 0.5, 0.7], [0.3, 0.1, 0.9, 0.4]], "float32")
    for source in FORMATS:
        for target in FORMATS:
            expected = theirs(boxes, source, target, height=20, width=30)
            expected = np.asarray(keras.ops.convert_to_numpy(expected))
            found = convert_format(ops.convert_to_tensor(boxes), source, target, 20, 30)
            np.testing.assert_allclose(numpy(found), expected, atol=1e-5, err_msg=f"{source} to {target}")


def test_mixed_labels(any_engine):
    x = ops.convert_to_tensor(np.arange(8, dtype="float32").reshape(8, 1, 1, 1) + np.zeros((8, 6, 6, 1), "float32"))
    data = {"images": x, "labels": ops.convert_to_tensor(np.eye(8, dtype="float32"))}
    for layer in (layers.MixUp(1.0, seed=2), layers.CutMix((1.0, 1.0), seed=2)):
        found = layer(data)
        labels, images = numpy(found["labels"]), numpy(found["images"])
        np.testing.assert_allclose(labels.sum(1), 1, atol=1e-5)
        assert ((labels > 0).sum(1) == 2).sum() >= 5
        if isinstance(layer, layers.MixUp):  # a picture's only value is what its label says
            np.testing.assert_allclose(images[:, 0, 0, 0], labels @ np.arange(8), atol=1e-4)
        else:
            np.testing.assert_allclose(images.mean((1, 2, 3)), labels @ np.arange(8), atol=2)


def test_every_count_of_boxes_becomes_one(engine):
    layer = layers.MaxNumBoundingBoxes(2, fill_value=-1, bounding_box_format="xyxy")
    for n in (1, 3):
        boxes = {"boxes": np.ones((2, n, 4), "float32"), "labels": np.ones((2, n), "int32")}
        found = layer({"images": photos()[:2], "bounding_boxes": boxes})["bounding_boxes"]
        assert numpy(found["labels"]).tolist() == [[1, -1 if n == 1 else 1]] * 2
        assert found["boxes"].shape == (2, 2, 4)


def test_training_is_asked_for_or_unsaid(engine):
    x = photos()
    invert = layers.RandomInvert((1.0, 1.0))
    models = [
        lanthorn.Sequential([layers.RandomInvert((1.0, 1.0))]),
        lanthorn.Sequential([lanthorn.Input((11, 9, 3)), layers.RandomInvert((1.0, 1.0))]),
    ]
    for call in (invert, *models):
        assert (numpy(call(x)) == 255 - x).all()  # as in Keras: nobody said that it is not training
        assert (numpy(call(x, training=False)) == x).all()
        assert (numpy(call(x, training=True)) == 255 - x).all()
    assert (models[1].predict(x, verbose=0) == x).all()
    inner = lanthorn.Sequential([layers.Rescaling(1.0), layers.Dense(3, kernel_initializer="identity")])
    assert np.allclose(numpy(inner(x)), x)
    assert (numpy(layers.Dropout(0.5)(x)) == x).all()  # other layers are at rest unless told


def test_in_a_model_it_draws_in_training_only(engine):
    x, y = np.tile(photos(), (3, 1, 1, 1)), np.zeros((18, 1), "float32")
    augment = lanthorn.Sequential(
        [layers.RandomFlip(seed=1), layers.RandomRotation(0.1, seed=2), layers.RandomZoom(0.2)]
    )
    inputs = lanthorn.Input((11, 9, 3))
    h = layers.Rescaling(1 / 255)(augment(inputs))
    model = lanthorn.Model(inputs, layers.Dense(1)(layers.GlobalAveragePooling2D()(h)))
    model.compile("sgd", "mse")
    model.fit(x, y, batch_size=8, epochs=2, verbose=0)
    counts = [int(part.generator.state.numpy()[1]) for part in augment.layers]
    assert counts == [6, 6, 6]  # three batches, twice
    model.evaluate(x, y, verbose=0)
    np.testing.assert_array_equal(model.predict(x, verbose=0), model.predict(x, verbose=0))
    assert [int(part.generator.state.numpy()[1]) for part in augment.layers] == counts


def test_in_a_tf_data_pipeline_while_the_model_is_elsewhere(engine):
    tf = pytest.importorskip("tensorflow")
    x = photos()
    chain = [layers.RandomFlip(seed=1), layers.RandomRotation(0.1, seed=2), layers.RandomErasing((1.0, 1.0), seed=3)]
    expected = x
    for layer in [type(layer).from_config(layer.get_config()) for layer in chain]:
        expected = layer(expected)
    for augment in (layers.Pipeline(chain), lanthorn.Sequential(chain)):
        for layer in chain:
            layer.generator = random.SeedGenerator(layer.seed, counted=True)
        data = tf.data.Dataset.from_tensor_slices(x).batch(6).map(lambda x, f=augment: f(x, training=True))
        found = next(iter(data)).numpy()
        np.testing.assert_allclose(found, numpy(expected), atol=0.02)
    resize = lanthorn.Sequential([layers.Resizing(4, 4), layers.Rescaling(1 / 255)])
    data = tf.data.Dataset.from_tensor_slices(x).batch(6).map(resize)
    assert next(iter(data)).shape == (6, 4, 4, 3)
    assert resize.engine.name == engine


def test_a_wrong_call_says_what_was_wanted():
    with pytest.raises(ValueError, match="RandomFlip .*rank 3 or 4.*shape=\\(2, 3\\)"):
        layers.RandomFlip()(np.ones((2, 3), "float32"))
    with pytest.raises(ValueError, match="RandomBrightness: The `factor` argument should be a number"):
        layers.RandomBrightness(1.1)
    with pytest.raises(ValueError, match="The `value_range` argument should be a list of two numbers"):
        layers.RandomBrightness(0.1, value_range=[10])
    with pytest.raises(ValueError, match="`height_factor`"):
        layers.RandomZoom(-1.0)
    with pytest.raises(NotImplementedError, match="`fill_mode` must be one of"):
        layers.RandomRotation(0.1, fill_mode="mirror")


OTHERS = {"MaxNumBoundingBoxes": {"max_number": 3}, "Pipeline": None, "AutoContrast": {}, "Equalization": {"bins": 64}}
OTHERS["ContrastLimitedAdaptiveHistogramEqualization"] = {"clip_limit": 2.0}


@pytest.mark.parametrize("name", [*RANDOM, *OTHERS])
def test_settings_are_read_by_both(name, keras):
    if name == "Pipeline":
        theirs = keras.layers.Pipeline([keras.layers.AutoContrast(), keras.layers.RandomZoom(0.2)])
    else:
        theirs = getattr(keras.layers, name)(**({"seed": 5, **RANDOM[name]} if name in RANDOM else OTHERS[name]))
    config = theirs.get_config()
    read = getattr(layers, name).from_config(config)
    assert read.get_config().keys() >= config.keys()
    for key, value in config.items():
        if key not in ("dtype", "layers"):
            assert read.get_config()[key] == value, key
    written = json.dumps(lanthorn.saving.serialize_keras_object(read))
    again = lanthorn.saving.deserialize_keras_object(json.loads(written))
    assert type(again) is type(read) and json.dumps(again.get_config()) == json.dumps(read.get_config())
    if name != "RandomShear":  # Keras does not read its own
        back = type(theirs).from_config(read.get_config())
        assert back.get_config().keys() == config.keys()


def test_every_layer_is_here():
    assert {n for n, home in layers._HOME.items() if "augmenting" in home} == set(RANDOM) | set(OTHERS)
