"""Saliency maps: the same on every engine and as written by hand in each, through whatever a model is nested in."""

import numpy as np
import pytest
from PIL import Image

import lanthorn
from lanthorn import vision
from lanthorn.vision.probing import Probe

from .nests import KINDS, nested

GRADIENTS = ("gradcam", "gradcam++", "integrated")
METHODS = (*GRADIENTS, "occlusion")


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
        vision.saliency(model, photo, method, steps=2, patch=12)
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
