"""Flax modules in our models, and ours in them."""

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers

from .jax_networks import close, differ, jax, jnp, mlp, native

pytestmark = pytest.mark.usefixtures("on_jax")


# -- Flax --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def linen():
    return pytest.importorskip("flax.linen")


@pytest.fixture
def nnx():
    return pytest.importorskip("flax.nnx")


def trained(model, x, y, epochs=3):
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model.fit(np.asarray(x), np.asarray(y), batch_size=12, epochs=epochs, verbose=0).history["loss"]


@native("flax.linen.Module in Sequential", "trained by fit as by Flax's own loop; its weights saved and loaded", "flax")
def test_linen_in_a_model(linen, x, y, tmp_path):
    class Block(linen.Module):
        @linen.compact
        def __call__(self, x, train: bool):
            x = linen.BatchNorm(use_running_average=not train, momentum=0.9)(linen.Dense(8)(x))
            return linen.Dense(3)(linen.tanh(x))

    block = Block()
    model = keras.Sequential([keras.Input((6,)), block])
    layer = model.layers[0]
    params, stats = (
        {k: jax.tree.map(lambda v: v, part)} for k, part in {**layer._params.values(), **layer._state.values()}.items()
    )

    def loss(params, stats):
        outputs, stats = block.apply({**params, **stats}, x, train=True, mutable=["batch_stats"])
        return jnp.mean((outputs - y) ** 2), stats

    wanted = []
    for _ in range(3):
        (value, stats), grads = jax.value_and_grad(loss, has_aux=True)(params, stats)
        params = jax.tree.map(lambda p, g: p - 0.1 * g, params, grads)
        wanted.append(float(value))
    close(trained(model, x, y), wanted)
    close(layer.trained_module().variables["params"], params["params"])
    close(model.predict(np.asarray(x), verbose=0), block.apply({**params, **stats}, x, train=False), 1e-4)

    model.save_weights(tmp_path / "kept.weights.h5")
    other = keras.Sequential([keras.Input((6,)), Block()])
    differ(other(x), model(x))
    other.load_weights(tmp_path / "kept.weights.h5")
    close(other(x), model(x))
    shown = []
    model.summary(print_fn=shown.append)
    assert "FlaxLayer" in shown[0] and str(model.count_params()) in shown[0]


@native("flax.nnx.Module in Sequential", "starts from its weights, is trained by fit, given back as a module", "flax")
def test_nnx_in_a_model(nnx, x, y):
    block = nnx.Sequential(nnx.Linear(6, 8, rngs=nnx.Rngs(0)), nnx.BatchNorm(8, rngs=nnx.Rngs(0)),
                           nnx.Dropout(0.5, rngs=nnx.Rngs(1)), nnx.Linear(8, 3, rngs=nnx.Rngs(2)))  # fmt: skip
    model = keras.Sequential([keras.Input((6,)), block])
    block.eval()
    close(model(x), block(x))
    differ(model(x, training=True), model(x, training=True))
    losses = trained(model, x, y, epochs=30)
    assert losses[-1] < losses[0]
    after = model.layers[0].trained_module()
    differ(after.layers[3].kernel[...], block.layers[3].kernel[...])
    close(after(x), model(x))
    assert np.abs(after.layers[1].mean[...]).max() > 1e-3


@native("flax.linen.Dropout and flags", "drops in training, by another mask each time, and not in inference", "flax")
def test_linen_dropout(linen, x):
    model = keras.Sequential([keras.Input((6,)), linen.Dropout(0.5)])
    close(model(x), x, 0)
    first, second = model(x, training=True), model(x, training=True)
    assert 0.2 < float((np.asarray(first) == 0).mean()) < 0.8
    assert not np.array_equal(first, second)


@native("our model inside a flax.linen.Module", "its weights are the module's params and are trained there", "flax")
def test_our_model_in_linen(linen, x, y):
    net = mlp().jax()

    class Whole(linen.Module):
        @linen.compact
        def __call__(self, x):
            params = self.param("backbone", lambda rng: net.params)
            return linen.Dense(3)(net.apply(params, net.state, x)[0])

    whole = Whole()
    variables = whole.init(jax.random.key(0), x)
    close(variables["params"]["backbone"], net.params, 0)
    grads = jax.grad(lambda v: jnp.mean((whole.apply(v, x) - y) ** 2))(variables)
    differ(grads, jax.tree.map(jnp.zeros_like, grads))
    changed = jax.tree.map(lambda p: p + 1.0, variables)
    differ(whole.apply(changed, x), whole.apply(variables, x))


@native("layers.JaxLayer", "a pure function with params and state is trained, its state kept")
def test_jax_layer(x, y):
    def init(rng, inputs):
        return {"w": jax.random.normal(rng, (inputs.shape[-1], 3))}, {"calls": jnp.zeros((), "int32")}

    def call(params, state, inputs, training):
        return inputs @ params["w"], {"calls": state["calls"] + (1 if training else 0)}

    model = keras.Sequential([keras.Input((6,)), layers.JaxLayer(call, init)])
    start = model.layers[0].params["w"].numpy()
    losses = trained(model, x, y, epochs=4)
    grad = jax.grad(lambda w: jnp.mean((x @ w - y) ** 2))
    for _ in range(4):
        start = start - 0.1 * grad(start)
    close(model.layers[0].params["w"].numpy(), start)
    assert losses[-1] < losses[0] and int(model.layers[0].state["calls"].numpy()) == 4
