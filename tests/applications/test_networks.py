"""The networks against Keras's: names, order and shapes of layers, and the same numbers with the same weights."""

import inspect
import re

import numpy as np
import pytest

import lanthorn
from lanthorn import applications

SMALL = (64, 64, 3)
CASES = {
    "MobileNetV2": [
        {"alpha": 0.35, "input_shape": SMALL},
        {"alpha": 1.4, "input_shape": (75, 64, 3), "include_top": False, "pooling": "max"},
        {"alpha": 0.5, "include_top": False},
        {"alpha": 0.35, "classes": 7, "classifier_activation": None, "name": "mine"},
    ],
    "MobileNet": [
        {"alpha": 0.25, "input_shape": SMALL},
        {"alpha": 0.25, "input_shape": (75, 64, 3), "include_top": False, "depth_multiplier": 2},
        {"alpha": 0.5, "include_top": False, "pooling": "avg"},
    ],
    "ResNet50": [
        {"input_shape": SMALL, "classes": 5},
        {"include_top": False, "pooling": "max"},
        {"include_top": False, "input_shape": (33, 40, 3), "pooling": "avg"},
    ],
    "ResNet101": [{"include_top": False, "input_shape": (32, 32, 3)}],
    "ResNet152": [{"include_top": False, "input_shape": (32, 32, 3)}],
    "VGG16": [
        {"include_top": False, "pooling": "avg"},
        {"input_shape": (32, 32, 3), "classes": 3},
    ],
    "VGG19": [{"include_top": False, "input_shape": (40, 32, 3)}],
}
SLOW = {"ResNet101", "ResNet152", "VGG19"}
LISTED = [
    pytest.param(name, case, id=f"{name}-{i}", marks=pytest.mark.slow if name in SLOW else ())
    for name, cases in CASES.items()
    for i, case in enumerate(cases)
]


def both(keras, name, case):
    """Keras's network and ours with the same weights, none of them at a default."""
    theirs = getattr(keras.applications, name)(weights=None, **case)
    ours = getattr(applications, name)(weights=None, **case)
    rng = np.random.default_rng(1)
    weights = [w + rng.uniform(0, 0.1, w.shape).astype("float32") if w.ndim == 1 else w for w in theirs.get_weights()]
    theirs.set_weights(weights)
    ours.set_weights(weights)
    return theirs, ours


def close(found, wanted, relative=1e-5):
    np.testing.assert_allclose(found, wanted, rtol=0, atol=relative * np.abs(wanted).max())


def names(model):
    """Names of the layers but the input; those of poolings without a name of their own are counted per process."""
    return [re.sub(r"(pooling2d)_\d+$", r"\1", layer.name) for layer in model.layers][1:]


def run(model, x):
    return lanthorn.ops.convert_to_numpy(model(x, training=False))


@pytest.mark.parametrize("name, case", LISTED)
def test_layers_and_numbers_are_those_of_keras(keras, torch_engine, noise, name, case):
    theirs, ours = both(keras, name, case)
    assert names(ours) == names(theirs)
    assert [type(layer).__name__ for layer in ours.layers] == [type(layer).__name__ for layer in theirs.layers]
    assert [tuple(w.shape) for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
    assert (ours.name, ours.output_shape) == (theirs.name, theirs.output_shape)
    assert [w.trainable for w in ours.weights] == [w.trainable for w in theirs.weights]
    height, width = case.get("input_shape", (224 if case.get("include_top", True) else 48,) * 2)[:2]
    x = noise(height, width)
    close(run(ours, x), keras.ops.convert_to_numpy(theirs(x, training=False)))


@pytest.mark.parametrize("case", [CASES["MobileNetV2"][0]])
def test_mobilenet_v2_is_the_same_on_every_engine(keras, any_engine, noise, case):
    theirs, ours = both(keras, "MobileNetV2", case)
    x = noise(64)
    close(run(ours, x), keras.ops.convert_to_numpy(theirs(x, training=False)))


def test_a_residual_block_is_the_same_on_every_engine(keras, any_engine, rng):
    from keras.src.applications.resnet import residual_block_v1

    from lanthorn.applications.resnet import residual_block

    x = rng.normal(size=(2, 9, 8, 16)).astype("float32")
    outside = keras.Input((9, 8, 16))
    theirs = keras.Model(outside, residual_block_v1(outside, 8, stride=2, name="b"))
    inside = lanthorn.Input((9, 8, 16))
    ours = lanthorn.Model(inside, residual_block(inside, -1, 8, 2, widen=True, name="b"))
    weights = [w + rng.uniform(0, 0.1, w.shape).astype("float32") for w in theirs.get_weights()]
    theirs.set_weights(weights)
    ours.set_weights(weights)
    close(run(ours, x), keras.ops.convert_to_numpy(theirs(x, training=False)))


@pytest.mark.parametrize("name", CASES)
def test_arguments_are_those_of_keras(keras, name):
    wanted = inspect.signature(getattr(keras.applications, name)).parameters
    found = inspect.signature(getattr(applications, name)).parameters
    assert list(found) == [*wanted, "engine"]
    assert all(found[arg].default == wanted[arg].default for arg in wanted)


@pytest.mark.parametrize("name", ["mobilenet", "mobilenet_v2", "resnet", "resnet50", "vgg16", "vgg19"])
def test_modules_are_those_of_keras(keras, name):
    wanted, found = getattr(keras.applications, name), getattr(applications, name)
    for public in (n for n in dir(wanted) if not n.startswith("_") and n != "resnet"):
        assert getattr(found, public).__module__.startswith("lanthorn.applications")


def test_engine_is_an_argument(noise):
    model = applications.MobileNetV2(
        alpha=0.35, weights=None, include_top=False, input_shape=(32, 32, 3), engine="numpy"
    )
    assert model.engine.name == "numpy"
    assert type(model(noise(32))) is np.ndarray


def test_a_network_knows_its_pictures(torch_engine):
    model = applications.MobileNetV2(alpha=0.35, weights=None, input_shape=(96, 64, 3), include_top=False)
    assert (model.preprocessing.size, model.preprocessing.scale) == ((96, 64), "tf")
    model = applications.ResNet50(weights=None, include_top=False)
    assert (model.preprocessing.size, model.preprocessing.scale) == ((224, 224), "caffe")


def test_built_on_a_tensor_of_the_users(torch_engine, noise):
    pictures = lanthorn.Input((48, 48, 3), name="pictures")
    scaled = lanthorn.layers.Rescaling(2.0)(pictures)
    model = applications.MobileNetV2(alpha=0.35, weights=None, input_tensor=scaled, include_top=False, pooling="avg")
    assert model.layers[0].name == "pictures"
    plain = applications.MobileNetV2(alpha=0.35, weights=None, input_tensor=pictures, include_top=False, pooling="avg")
    plain.set_weights(model.get_weights())
    x = noise(48)
    close(run(plain, 2 * x), run(model, x))


WRONG = {
    "too small": ({"input_shape": (31, 64, 3)}, r"MobileNetV2: pictures must be at least 32x32, got .*\(31, 64, 3\)"),
    "channels first": ({"input_shape": (3, 64, 64)}, r"order of the axes \(height, width, channels\)"),
    "with batch": ({"input_shape": (None, 64, 64, 3)}, "without the batch"),
    "no channels": ({"input_shape": (64, 64, None)}, "channels"),
    "pooling": ({"pooling": "mean"}, "None, 'avg' or 'max', got 'mean'"),
    "classes": ({"classes": 0}, "classes"),
    "alpha": ({"alpha": 0}, "alpha"),
    "no such file": ({"weights": "nowhere.h5"}, "path of a file that exists, got 'nowhere.h5'"),
    "classes of ImageNet": ({"weights": "imagenet", "classes": 2}, r"include_top=False and put a Dense\(2\)"),
    "grey ImageNet": ({"weights": "imagenet", "input_shape": (64, 64, 1)}, "3 channels"),
    "width of ImageNet": ({"weights": "imagenet", "alpha": 0.6}, "0.35, 0.5, 0.75, 1.0, 1.3, 1.4, got 0.6"),
    "activation": ({"weights": "imagenet", "classifier_activation": "relu"}, "'softmax', or None"),
    "not a tensor": ({"input_tensor": np.zeros((1, 64, 64, 3))}, "input_tensor"),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_arguments_say_what_to_do(torch_engine, what):
    case, message = WRONG[what]
    with pytest.raises(ValueError, match=message):
        applications.MobileNetV2(**{"weights": None, **case})


def test_vgg_needs_a_size_for_its_classifier(torch_engine):
    with pytest.raises(ValueError, match="VGG16: the classifier needs a fixed picture size"):
        applications.VGG16(weights=None, input_shape=(None, None, 3))
    with pytest.raises(ValueError, match="VGG16: the ImageNet classifier was trained on pictures of 224x224"):
        applications.VGG16(input_shape=(96, 96, 3))


def test_channels_first_gives_the_same_numbers(torch_engine, noise):
    x = noise(48)
    last = applications.MobileNetV2(alpha=0.35, weights=None, input_shape=(48, 48, 3))
    lanthorn.backend.set_image_data_format("channels_first")
    try:
        first = applications.MobileNetV2(alpha=0.35, weights=None, input_shape=(3, 48, 48))
    finally:
        lanthorn.backend.set_image_data_format("channels_last")
    first.set_weights(last.get_weights())
    close(run(first, x.transpose(0, 3, 1, 2)), run(last, x))
