"""Layers that do something else in training: what it is, measured by its effect."""

import numpy as np
import pytest

import lanthorn
from lanthorn import layers


def test_alpha_dropout_keeps_mean_and_spread(engine, rng):
    x = rng.normal(size=(200, 500)).astype("float32")
    layer = layers.AlphaDropout(0.3, seed=1)
    y = layer.engine.to_numpy(layer(x, training=True))
    values, counts = np.unique(y, return_counts=True)
    assert abs(counts.max() / y.size - 0.3) < 0.01 and values[counts.argmax()] < 0.0
    assert abs(y.mean()) < 0.02 and abs(y.std() - 1.0) < 0.02
    rows = layers.AlphaDropout(0.5, noise_shape=(None, 1), seed=2)(x, training=True)
    rows = layer.engine.to_numpy(rows)
    dropped = (rows == rows[:, :1]).all(axis=1)
    assert 60 < dropped.sum() < 140 and len(np.unique(rows[dropped])) == 1 and len(np.unique(rows[~dropped])) > 1000


@pytest.mark.parametrize("power_iterations", [1, 3])
def test_spectral_normalization_trains_as_in_keras(power_iterations, engine, keras, rng):
    """At each call kernel and vector_u move, and the output is that of the new kernel."""
    x = rng.normal(size=(3, 4)).astype("float32")
    ours = layers.SpectralNormalization(layers.Dense(5), power_iterations)
    theirs = keras.layers.SpectralNormalization(keras.layers.Dense(5), power_iterations)
    ours(x), theirs(x)
    start = [rng.normal(size=w.shape).astype("float32") for w in theirs.weights]
    ours.set_weights(start), theirs.set_weights(start)
    for _ in range(3):
        got, expected = ours(x, training=True), theirs(x, training=True)
        np.testing.assert_allclose(ours.engine.to_numpy(got), expected.detach().numpy(), rtol=1e-4, atol=1e-5)
        for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    ours.set_weights([np.zeros_like(w) for w in start])
    assert np.isfinite(ours.engine.to_numpy(ours(x, training=True))).all()


def test_spectral_normalization_in_fit(engine, rng):
    """What training ends with is a kernel whose largest singular value is about 1, wherever it began."""
    model = lanthorn.Sequential([lanthorn.Input((4,)), layers.SpectralNormalization(layers.Dense(3))])
    model.layers[0].layer.kernel.assign(10.0 * rng.normal(size=(4, 3)))
    model.compile("sgd", "mse")
    model.fit(rng.normal(size=(64, 4)), rng.normal(size=(64, 3)), batch_size=2, verbose=0)
    assert np.linalg.norm(model.layers[0].layer.kernel.numpy(), 2) == pytest.approx(1.0, abs=0.1)


def test_conv_lstm_keeps_its_state_and_drops(engine, rng):
    x = rng.normal(size=(2, 4, 5, 5, 1)).astype("float32")
    layer = layers.ConvLSTM2D(2, 3, padding="same", stateful=True)
    numpy = layer.engine.to_numpy
    half = layers.ConvLSTM2D(2, 3, padding="same")
    whole = numpy(half(x))
    layer(x[:, :2])
    layer.set_weights(half.get_weights() + [np.zeros((2, 5, 5, 2))] * (len(layer.get_weights()) - 3))
    layer.reset_states()
    layer(x[:, :2])
    np.testing.assert_allclose(numpy(layer(x[:, 2:])), whole, rtol=1e-5, atol=1e-6)
    drops = layers.ConvLSTM2D(2, 3, dropout=0.4, recurrent_dropout=0.4, seed=3)
    drops(x)
    assert not np.allclose(numpy(drops(x, training=True)), numpy(drops(x)))
