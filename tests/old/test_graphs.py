"""What programs of 2018 do with graphs: gradients as places in a model, losses from the middle, layers taken off."""

import pickle

import numpy as np
import pytest

import lanthorn
from lanthorn import backend as K
from lanthorn import layers


@pytest.fixture
def net(engine):
    lanthorn.utils.set_random_seed(0)
    x = layers.Input((4,))
    h = layers.Dense(3, activation="tanh", name="h")(x)
    return lanthorn.Model(x, layers.Dense(2, name="out")(h))


def by_hand(net, x):
    """d sum(out[:, 1]) / d x and / d h, in NumPy."""
    w1, b1, w2, _ = net.get_weights()
    h = np.tanh(x @ w1 + b1)
    for_h = np.broadcast_to(w2[:, 1], h.shape)
    return (for_h * (1 - h**2)) @ w1.T, for_h, h


def test_gradients_are_places_in_a_model(net, rng):
    x = rng.normal(size=(5, 4)).astype("float32")
    score, middle = net.output[:, 1], net.get_layer("h").output
    for_x, for_h = K.gradients(score, [net.input, middle])
    assert for_x.shape == (None, 4) and for_h.shape == (None, 3)
    found = K.function([net.input], [score, for_x, K.gradients(score, middle)[0]])([x])
    wanted_x, wanted_h, h = by_hand(net, x)
    np.testing.assert_allclose(found[1], wanted_x, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found[2], wanted_h, rtol=1e-4, atol=1e-5)
    # for weights, of a sum of losses, and for what it does not hang on
    weights = K.function([net.input], K.gradients([score, score], net.trainable_weights[2:]))([x])
    np.testing.assert_allclose(weights[0][:, 1], 2 * h.sum(0), rtol=1e-4, atol=1e-5)
    assert weights[1].tolist() == [0, 10] and weights[1].flags.writeable
    assert K.gradients(score, layers.Input((4,))) == [None]
    # and once more
    twice = K.gradients(K.sum(K.square(for_x)), net.input)[0]
    step = 1e-2
    left, right = (np.square(by_hand(net, x + s * np.eye(4)[0])[0]).sum(1) for s in (-step, step))
    found = K.function([net.input], twice)([x.astype("float32")])
    np.testing.assert_allclose(found[:, 0], (right - left) / (2 * step), rtol=2e-2, atol=2e-3)


@pytest.mark.filterwarnings("ignore:Adam. no gradient for out/bias")
def test_gradients_of_a_model_made_of_them(net, rng):
    """A gradient is an output like any other: predict gives it, and a fit through it trains."""
    x = rng.normal(size=(6, 4)).astype("float32")
    sensitive = lanthorn.Model(net.input, K.gradients(net.output[:, 1], net.input)[0])
    np.testing.assert_allclose(sensitive.predict(x, verbose=0), by_hand(net, x)[0], rtol=1e-4, atol=1e-5)
    sensitive.compile("adam", "mse")
    losses = sensitive.fit(x, 0 * x, epochs=3, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_function_updates_and_constants(net, rng):
    x, counter = rng.normal(size=(2, 4)).astype("float32"), K.variable(1.0)
    total = K.sum(net.output)
    updates = [(counter, counter + K.sum(total * 0 + 2))]
    run = K.function([net.input, K.learning_phase()], [total + counter], updates=updates)
    (first,), (second,) = run([x, 0]), run([x, 0])
    assert second - first == pytest.approx(2, abs=1e-5) and K.get_value(counter) == 5
    K.set_value(counter, 0.0)
    assert run([x, 0])[0] - first == pytest.approx(-1, abs=1e-5)
    assert K.int_shape(K.shape(net.output)) == (2,) and lanthorn.ops.shape(net.output) == (None, 2)


def test_constants_join_a_graph(engine):
    picture = K.placeholder((1, 3))
    joined = K.concatenate([K.constant(np.ones((1, 3), "float32")), picture], axis=0)
    (found,) = K.function([picture], [joined * K.constant(2.0)])([np.zeros((1, 3))])
    assert found.tolist() == [[2, 2, 2], [0, 0, 0]]


def autoencoder(how):
    lanthorn.utils.set_random_seed(0)
    x = layers.Input((4,))
    code = layers.Dense(2, name="code")(x)
    out = layers.Dense(4, name="out")(code)
    model = lanthorn.Model(x, out)
    if how == "added":
        model.add_loss(K.mean(K.square(x - out), axis=-1) + K.mean(K.square(code), axis=-1))
        model.compile("sgd")
    else:
        model.compile("sgd", lambda t, p: K.mean(K.square(t - p), axis=-1) + K.mean(K.square(code), axis=-1))
    return model


@pytest.mark.parametrize("how", ["added", "closed over"])
def test_losses_from_the_middle_of_a_graph(engine, how, rng):
    x = rng.normal(size=(20, 4)).astype("float32")
    model = autoencoder(how)
    w1, b1, w2, b2 = model.get_weights()
    code = x @ w1 + b1
    wanted = np.square(x - code @ w2 - b2).mean() + np.square(code).mean()
    labels = None if how == "added" else x
    assert model.evaluate(x, labels, batch_size=20, verbose=0) == pytest.approx(wanted, rel=1e-5)
    history = model.fit(x, labels, batch_size=8, epochs=3, verbose=0, validation_data=(x, labels)).history
    assert history["val_loss"][-1] < wanted and history["loss"][-1] < history["loss"][0]
    assert model.predict(x, verbose=0).shape == (20, 4)


def test_a_loss_of_the_graph_outlives_pickle(one_engine, rng):
    x, model = rng.normal(size=(8, 4)).astype("float32"), autoencoder("added")
    again = pickle.loads(pickle.dumps(model))
    assert again.evaluate(x, verbose=0) == pytest.approx(model.evaluate(x, verbose=0), rel=1e-6)


def test_frozen_beginnings_and_losses_of_the_graph(one_engine, rng):
    x, model = rng.normal(size=(8, 4)).astype("float32"), autoencoder("added")
    model.get_layer("code").trainable = False
    model.compile("sgd")
    history = model.fit(x, epochs=3, verbose=0).history["loss"]
    code = model.get_layer("code").get_weights()
    assert history[-1] < history[0] and history[0] > np.square(x @ code[0]).mean()


@pytest.mark.filterwarnings("ignore:model.layers.pop:DeprecationWarning")
def test_layers_taken_off(engine, rng):
    x = rng.normal(size=(3, 4)).astype("float32")
    chain = lanthorn.Sequential([layers.Input((4,)), layers.Dense(3), layers.Dense(2)])
    wanted = lanthorn.Model(chain.input, chain.layers[0].output).predict(x, verbose=0)
    assert chain.layers.pop().units == 2 and len(chain.layers) == 1
    np.testing.assert_allclose(chain.predict(x, verbose=0), wanted, rtol=1e-6)
    inputs = layers.Input((4,))
    net = lanthorn.Model(inputs, layers.Dense(2)(layers.Dense(3, name="h")(inputs)))
    assert net.predict(x, verbose=0).shape == (3, 2)
    net.layers.pop()
    assert net.layers[-1].name == "h" and net.output_shape == (None, 2)
    net.outputs = [net.layers[-1].output]
    net.layers[-1].outbound_nodes = []
    assert net.predict(x, verbose=0).shape == (3, 3)
    assert type(net.layers[:1]) is list


def test_models_that_share_layers_train_as_compiled(engine, rng):
    """As GANs of Keras 2 are written: flags that change for one model do not change what the other trains."""
    x, y = rng.normal(size=(8, 4)).astype("float32"), np.ones((8, 1), "float32")
    critic = lanthorn.Sequential([layers.Input((4,)), layers.Dense(3), layers.BatchNormalization(), layers.Dense(1)])
    maker = lanthorn.Sequential([layers.Input((4,)), layers.Dense(4)])
    start = layers.Input((4,))
    maker.trainable = False
    judged = lanthorn.Model(start, critic(maker(start)))
    judged.compile("sgd", "mse")
    critic.trainable, maker.trainable = False, True
    whole = lanthorn.Model(start, critic(maker(start)))
    whole.compile("sgd", "mse")

    def changed(model):
        before = [critic.get_weights(), maker.get_weights()]
        model.train_on_batch(x, y)
        after = [critic.get_weights(), maker.get_weights()]
        return [any((a != b).any() for a, b in zip(*pair, strict=True)) for pair in zip(before, after, strict=True)]

    for _ in range(2):
        assert changed(judged) == [True, False] and changed(whole) == [False, True]
    assert not critic.trainable and maker.trainable
    judged.compile("sgd", "mse")  # anew, with what trains now
    assert changed(judged) == [False, True]


def test_what_is_frozen_after_compile_is_frozen(one_engine, rng):
    """In one model alone, as in Keras 3."""
    model = lanthorn.Sequential([layers.Input((4,)), layers.Dense(3), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.layers[0].trainable = False
    first = model.get_weights()
    model.fit(rng.normal(size=(8, 4)), np.ones((8, 1)), verbose=0)
    assert [(a != b).any() for a, b in zip(first, model.get_weights(), strict=True)] == [False, False, True, True]


def test_nodes_of_a_shared_layer(one_engine):
    a, b, shared = layers.Input((3,)), layers.Input((3,)), layers.Dense(2)
    first, second = shared(a), shared(b)
    assert shared.get_output_at(0) is first and shared.get_output_at(1) is second and shared.get_input_at(1) is b
