"""Saliency maps: the same on every engine and as written by hand in each, through whatever a model is nested in."""

import numpy as np
import pytest
from PIL import Image

import lanthorn
from lanthorn import layers, ops, vision
from lanthorn.vision.probing import Probe

GRADIENTS = ("gradcam", "gradcam++", "integrated")
METHODS = (*GRADIENTS, "occlusion")


def weighted(model, seed=0):
    """The model with weights that are the same on every engine, and statistics as of a trained one."""
    rng = np.random.default_rng(seed)
    draws = [rng.normal(0, 0.4, w.shape).astype("float32") for w in model.get_weights()]
    inputs, classes = draws[-2].shape
    draws[-2][np.arange(inputs), np.arange(inputs) % classes] = 1  # something speaks for every class
    model.set_weights([np.abs(w) + 0.1 if w.ndim == 1 else w for w in draws])
    return model


def base_of(size=24, channels=3):
    return lanthorn.Sequential(
        [
            lanthorn.Input((size, size, channels)),
            layers.Conv2D(4, 3, activation="relu", name="conv1"),
            layers.BatchNormalization(name="norm"),
            layers.MaxPooling2D(name="pool"),
            layers.Conv2D(6, 3, activation="relu", name="conv5"),
            layers.MaxPooling2D(name="last_pool"),
        ],
        name="base",
    )


def nested(activation="softmax", classes=3, size=24, channels=3):
    """A frozen base in one call, as in transfer learning."""
    base = base_of(size, channels)
    base.trainable = False
    head = [layers.GlobalAveragePooling2D(), layers.Dropout(0.5), layers.Dense(classes, activation=activation)]
    return weighted(lanthorn.Sequential([base, *head]))


def functional():
    x = lanthorn.Input((24, 24, 3))
    y = layers.GlobalAveragePooling2D()(base_of()(x))
    return weighted(lanthorn.Model(x, layers.Softmax()(layers.Dense(3)(layers.Dropout(0.5)(y)))))


def with_ops():
    x = lanthorn.Input((24, 24, 3))
    y = ops.mean(base_of()(x), axis=(1, 2))
    return weighted(lanthorn.Model(x, ops.softmax(layers.Dense(3)(y))))


class Net(lanthorn.Model):
    def __init__(self):
        super().__init__()
        self.base, self.pool = base_of(), layers.GlobalAveragePooling2D()
        self.out = layers.Dense(3, activation="softmax")

    def call(self, x):
        return self.out(self.pool(self.base(x)))


def subclassed():
    model = Net()
    model(np.zeros((1, 24, 24, 3), "float32"))
    return weighted(model)


def with_view():
    model = nested()
    model.engine.native(model)
    return model


KINDS = {
    "Sequential": nested, "functional": functional, "ops": with_ops, "subclassed": subclassed, "native view": with_view
}  # fmt: skip


@pytest.fixture
def photo():
    return np.random.default_rng(1).random((24, 24, 3), "float32")


def by_hand(features, gradient):
    """Grad-CAM of a feature map (rows, columns, channels) in the words of the paper, not enlarged."""
    return np.maximum(sum(gradient[..., k].mean() * features[..., k] for k in range(features.shape[-1])), 0)


def in_torch(base, dense, x, target):
    import torch

    kept = {}

    def hook(module, args, out):
        kept["features"] = out.detach().requires_grad_()
        return kept["features"]

    module = base.torch().eval()
    handle = module.conv5.register_forward_hook(hook)
    logits = module(torch.from_numpy(x)).mean((1, 2)) @ dense.kernel.value + dense.bias.value
    handle.remove()
    (gradient,) = torch.autograd.grad(logits[0, target], kept["features"])
    return kept["features"][0].detach().numpy(), gradient[0].numpy()


def in_tensorflow(base, dense, x, target):
    import tensorflow as tf

    conv = base.get_layer("conv5")
    front = lanthorn.Model(base.inputs, conv.output)
    with tf.GradientTape() as tape:
        features = front(tf.constant(x))
        tape.watch(features)
        pooled = tf.reduce_mean(tf.nn.max_pool2d(features, 2, 2, "VALID"), (1, 2))
        logit = (pooled @ dense.kernel.value + dense.bias.value)[0, target]
    return features[0].numpy(), tape.gradient(logit, features)[0].numpy()


def in_jax(base, dense, x, target):
    import jax
    import jax.numpy as jnp

    features = lanthorn.Model(base.inputs, base.get_layer("conv5").output)(jnp.asarray(x))
    last, norms = base.get_layer("last_pool"), (dense.kernel.value, dense.bias.value)

    def logit(features):
        return (last(features).mean((1, 2)) @ norms[0] + norms[1])[0, target]

    return np.asarray(features[0]), np.asarray(jax.grad(logit)(features)[0])


HANDS = {"torch": in_torch, "tensorflow": in_tensorflow, "jax": in_jax}


def test_gradcam_is_what_one_writes_by_hand(engine, photo):
    model = nested()
    for target in range(3):
        found = vision.saliency(model, photo, target=target)
        coarse = by_hand(*HANDS[engine](model.layers[0], model.layers[-1], photo[None], target))
        assert coarse.max() > 0
        wanted = np.asarray(Image.fromarray(coarse.astype("float32")).resize((24, 24), Image.Resampling.BILINEAR))
        np.testing.assert_allclose(found, wanted / wanted.max(), atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_every_engine_gives_the_same_map(method, photo):
    found = {}
    for name in ("torch", "jax", "tensorflow", "numpy"):
        if name != "numpy" or method == "occlusion":
            pytest.importorskip(name)
            lanthorn.set_engine(name)
            try:
                found[name] = vision.saliency(nested(), photo, method, target=2)
            finally:
                lanthorn.set_engine(None)
    first = found["torch"]
    assert first.shape == (24, 24) and first.dtype == np.float32
    assert first.min() >= 0 and first.max() == pytest.approx(1) and first.std() > 0.05
    for other in found.values():
        np.testing.assert_allclose(other, first, atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_it_does_not_matter_how_a_model_is_put_together(kind, engine, photo):
    model = KINDS[kind]()
    for method in GRADIENTS:
        wanted = vision.saliency(nested(), photo, method, target=1)
        np.testing.assert_allclose(vision.saliency(model, photo, method, target=1), wanted, atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_another_class_is_seen_elsewhere(method, one_engine, photo):
    maps = [vision.saliency(nested(), photo, method, target=target) for target in (0, 1)]
    assert np.abs(maps[0] - maps[1]).max() > 0.2


def test_the_model_is_as_it_was(engine, photo):
    model = nested()
    model.layers[0].trainable = True
    model.compile("sgd", "sparse_categorical_crossentropy")
    answer = model.predict(photo[None], verbose=0)
    before = [w.copy() for w in model.get_weights()], [dict(vars(layer)) for layer in model.flat_layers()]
    for method in METHODS:
        vision.saliency(model, photo, method)
    assert all(np.array_equal(a, b) for a, b in zip(before[0], model.get_weights(), strict=True))
    for layer, settings in zip(model.flat_layers(), before[1], strict=True):
        assert set(vars(layer)) == set(settings) and "call" not in vars(layer)
    assert all(getattr(v.value, "grad", None) is None for v in model.weights)
    assert np.array_equal(answer, model.predict(photo[None], verbose=0))
    model.fit(np.repeat(photo[None], 4, 0), np.zeros(4, "int32"), epochs=1, verbose=0)


def test_after_an_error_no_layer_is_listened_to(one_engine, photo):
    model = nested()
    with pytest.raises(ZeroDivisionError):
        Probe(model).run(photo[None], lambda layer, compute, args: 1 / 0)
    assert all("call" not in vars(layer) for layer in model.flat_layers())
    assert np.isfinite(model.predict(photo[None], verbose=0)).all()


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
    found = vision.integrated_gradients(model, photo, target=1, steps=200)
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
    wanted = vision.saliency(model, model.preprocessing(pixels), "integrated")
    assert wanted.shape == (24, 24)
    for photo in (pixels, Image.fromarray(pixels), tmp_path / "a.png", str(tmp_path / "a.png")):
        assert np.array_equal(vision.saliency(model, photo, "integrated"), wanted)
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
