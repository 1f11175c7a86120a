"""What saliency explains: which layer, which class, which picture; and what it refuses."""

import numpy as np
import pytest
from PIL import Image

import lanthorn
from lanthorn import layers, vision

from .nests import nested, weighted

GRADIENTS = ("gradcam", "gradcam++", "integrated")
METHODS = (*GRADIENTS, "occlusion")


@pytest.fixture
def photo():
    return np.random.default_rng(1).random((24, 24, 3), "float32")


@pytest.mark.parametrize("layer", ["conv1", "base/conv1", "base", "norm"])
def test_a_layer_is_named_by_its_path_or_given(layer, one_engine, photo):
    model = nested()
    base = model.layers[0]
    given = base if layer == "base" else base.get_layer(layer.split("/")[-1])
    named = vision.saliency(model, photo, layer=layer, target=0)
    assert np.array_equal(named, vision.saliency(model, photo, layer=given, target=0))
    assert np.abs(named - vision.saliency(model, photo, target=0)).max() > 0.1  # which looks at conv5


def test_the_last_feature_map_is_taken_before_the_pooling(one_engine, photo):
    model = nested()
    assert np.array_equal(vision.saliency(model, photo), vision.saliency(model, photo, layer="conv5"))


@pytest.mark.parametrize("layer, message", [
    ("conv7", r"no layer named 'conv7'.*Did you mean 'conv"),
    ("dense", r"expected a layer that gives a feature map.*gives the shape \(1, 3\)"),
])  # fmt: skip
def test_a_layer_that_will_not_do_is_refused(layer, message, one_engine, photo):
    model = nested()
    layer = model.layers[-1].name if layer == "dense" else layer
    with pytest.raises(ValueError, match=message):
        vision.saliency(model, photo, layer=layer)


def test_integrated_gradients_add_up(engine, photo):
    model = nested()
    found = vision.integrated_gradients(model, photo, target=1, steps=192)
    assert found.values.shape == photo.shape
    assert found.values.sum() == pytest.approx(found.score - found.baseline, rel=0.01)
    other = vision.integrated_gradients(model, photo, target=1, baseline=photo)
    assert np.abs(other.values).max() == 0 and other.score == pytest.approx(other.baseline)


def test_integrated_gradients_of_a_line_are_the_weights_times_the_input(engine):
    model = lanthorn.Sequential([lanthorn.Input((4, 5, 1)), layers.Flatten(), layers.Dense(2, activation="softmax")])
    x = np.random.default_rng(0).random((4, 5, 1), "float32")
    found = vision.integrated_gradients(model, x, target=1, steps=2)
    kernel = np.asarray(model.get_weights()[0])[:, 1].reshape(4, 5, 1)
    np.testing.assert_allclose(found.values, kernel * x, atol=1e-6)


def planted(kind):
    """A model that sees nothing but the brightest of four quarters."""
    model = lanthorn.Sequential(
        [lanthorn.Input((16, 16, 1)), layers.AveragePooling2D(8), layers.Flatten(), layers.Dense(*kind)]
    )
    columns = model.get_weights()[0].shape[1]
    kernel = 8 * np.eye(4, dtype="float32")[:, :columns] if columns > 1 else np.float32([[0], [8], [0], [0]])
    model.set_weights([kernel, np.zeros(columns, "float32")])
    return model


@pytest.mark.parametrize("kind, target", [((4, "softmax"), 1), ((1, "sigmoid"), 1), ((4, None), 1)])
def test_occlusion_finds_the_bright_patch(kind, target, any_engine):
    x = np.zeros((16, 16, 1), "float32")
    x[2:6, 10:14] = 1
    found = vision.saliency(planted(kind), x, "occlusion", target=target, patch=4, stride=1, fill=0.0)
    rows, columns = np.nonzero(found > 0.9)
    assert set(rows) <= set(range(2, 6)) and set(columns) <= set(range(10, 14)) and len(rows)
    assert found[12, 3] == 0


def test_a_sigmoid_speaks_for_either_class(engine, photo):
    model = nested("sigmoid", classes=1)
    model.class_names = ["alien", "predator"]
    one, two = (vision.saliency(model, photo, target=name) for name in model.class_names)
    assert np.abs(one - two).max() > 0.2
    assert np.array_equal(two, vision.saliency(model, photo, target=1))
    seen = int(model.predict(photo[None], verbose=0)[0, 0] > 0.5)
    assert np.array_equal(vision.saliency(model, photo), vision.saliency(model, photo, target=seen))


def test_the_score_is_that_before_the_softmax(engine, photo):
    sharp, plain = nested("softmax"), nested(None)
    scaled = [w * (300 if i >= len(sharp.get_weights()) - 2 else 1) for i, w in enumerate(sharp.get_weights())]
    sharp.set_weights(scaled)  # a softmax so sure that its own gradient is 0 in float32
    assert sharp.predict(photo[None], verbose=0).max() == 1
    for method in ("gradcam", "integrated"):
        np.testing.assert_allclose(
            vision.saliency(sharp, photo, method, target=1), vision.saliency(plain, photo, method, target=1), atol=1e-4
        )


def test_photos_are_prepared_as_the_model_needs_them(one_engine, tmp_path):
    model = nested()
    model.preprocessing = lanthorn.data.Preprocessing(size=(24, 24), scale="tf")
    pixels = np.random.default_rng(3).integers(0, 255, (50, 60, 3), "uint8")
    Image.fromarray(pixels).save(tmp_path / "a.png")
    wanted = vision.saliency(model, model.preprocessing(pixels))
    assert wanted.shape == (24, 24)
    for photo in (pixels, Image.fromarray(pixels), tmp_path / "a.png", str(tmp_path / "a.png")):
        assert np.array_equal(vision.saliency(model, photo), wanted)
    black = vision.integrated_gradients(model, np.zeros((9, 9, 3), "uint8"))
    assert black.score == pytest.approx(black.baseline, abs=1e-5)  # the baseline is a black photo, not a grey one


def test_one_channel_and_the_channels_in_front(one_engine, photo):
    grey = nested(channels=1)
    assert vision.saliency(grey, photo[..., 0]).shape == (24, 24)
    grey.preprocessing = lanthorn.data.Preprocessing(size=(24, 24))
    assert vision.saliency(grey, np.zeros((30, 40, 3), "uint8"), "occlusion").shape == (24, 24)

    def front(where):
        shape = (3, 24, 20) if where == "channels_first" else (24, 20, 3)
        kind = {"data_format": where}
        return weighted(
            lanthorn.Sequential([
                lanthorn.Input(shape), layers.Conv2D(4, 3, **kind), layers.ReLU(), layers.Conv2D(5, 3, **kind),
                layers.ReLU(), layers.GlobalAveragePooling2D(**kind), layers.Dense(3, activation="softmax"),
            ])
        )  # fmt: skip

    for method in METHODS:
        found = vision.saliency(front("channels_first"), np.moveaxis(photo[:, :20], -1, 0), method, target=0)
        wanted = vision.saliency(front("channels_last"), photo[:, :20], method, target=0)
        np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_without_a_convolution_there_is_no_gradcam_but_the_rest(one_engine):
    model = lanthorn.Sequential([
        lanthorn.Input((8, 8, 1)), layers.Rescaling(2.0), layers.Flatten(), layers.Dense(2, activation="softmax")
    ])  # fmt: skip
    x = np.random.default_rng(0).random((8, 8), "float32")
    with pytest.raises(ValueError, match=r'no convolution.*method="integrated" or "occlusion"'):
        vision.saliency(model, x)
    for method in ("integrated", "occlusion"):
        assert vision.saliency(model, x, method).max() == pytest.approx(1)


def test_modules_of_torch_are_looked_into(on_torch, photo):
    import torch

    net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU(inplace=True), torch.nn.BatchNorm2d(4))
    tail = torch.nn.Sequential(
        torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Dropout(), torch.nn.Linear(4, 3)
    )
    model = lanthorn.Sequential([lanthorn.Input((3, 24, 24)), net, tail])
    x = np.moveaxis(photo, -1, 0)
    for method in METHODS:
        assert vision.saliency(model, x, method, target=1).max() == pytest.approx(1)
    features = torch.relu(net[0](torch.from_numpy(x[None])))
    wanted = (features[0].mean((1, 2)).detach(), net[2].num_batches_tracked.item())
    assert wanted[1] == 0 and all(not part._forward_hooks for part in net)
    assert np.array_equal(vision.saliency(model, x, layer=net[2]), vision.saliency(model, x))


def test_numpy_has_no_gradients(photo):
    lanthorn.set_engine("numpy")
    try:
        with pytest.raises(RuntimeError, match=r'model.to\(.torch.\).*method="occlusion"'):
            vision.saliency(nested(), photo)
    finally:
        lanthorn.set_engine(None)


@pytest.mark.parametrize("options, message", [
    ({"method": "magic"}, "expected `method` to be one of 'gradcam'"),
    ({"target": 3}, "has 3 classes, expected `target` from 0 to 2, got 3"),
    ({"target": "alein"}, "no class 'alein'.*Did you mean 'alien'"),
    ({"method": "occlusion", "patch": 0}, "`patch` must be a number of pixels"),
])  # fmt: skip
def test_what_cannot_be_is_refused(options, message, one_engine, photo):
    model = nested()
    model.class_names = ["alien", "predator", "cat"]
    with pytest.raises(ValueError, match=message):
        vision.saliency(model, photo, **options)


def test_a_picture_that_does_not_fit_is_refused(one_engine, photo):
    with pytest.raises(ValueError, match=r"takes pictures of shape \(24, 24, 3\), got an array of shape \(20, 24, 3\)"):
        vision.saliency(nested(), photo[:20])
    with pytest.raises(ValueError, match="does not say how its pictures are prepared"):
        vision.saliency(nested(), "a.jpg")


def test_the_overlay_is_hot_where_the_map_is():
    picture = np.full((20, 30, 3), 100, "uint8")
    table = np.zeros((20, 30))
    table[5:10, 5:10] = 1
    pixels = np.asarray(vision.overlay(picture, table)).astype(int)
    assert pixels[7, 7, 0] > 180 > pixels[7, 7, 2] and (pixels[15, 20] == 100).all()
    assert vision.overlay(picture, np.eye(4)).size == (30, 20)
    with pytest.raises(ValueError, match="expected a map"):
        vision.overlay(picture, np.zeros((2, 2, 3)))
