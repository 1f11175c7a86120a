"""The same seed and data: the same training on every engine, and the same as Keras's."""

import numpy as np

import lanthorn

STEPS = 20


def convnet(keras, **where):
    """Convolutions, batch normalisation, pooling, no dropout: written once, for Keras and for us."""
    layers = keras.layers
    x = start = keras.Input((16, 16, 3), **where)
    for filters in (8, 12):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.MaxPooling2D()(layers.ReLU()(x))
    x = layers.GlobalAveragePooling2D()(layers.DepthwiseConv2D(3, strides=2, padding="same")(x))
    model = keras.Model(start, layers.Dense(4, activation="softmax")(x))
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss="sparse_categorical_crossentropy")
    return model


def losses(model, x, y):
    def one(i):
        loss = model.train_on_batch(x[i], y[i])
        return float(np.asarray(loss[0] if isinstance(loss, (list, tuple)) else loss))

    return [one(i) for i in range(STEPS)]


def test_twenty_steps_give_the_same_losses_everywhere(keras, rng):
    x = rng.standard_normal((STEPS, 16, 16, 16, 3)).astype("float32")
    y = rng.integers(0, 4, (STEPS, 16)).astype("int32")
    models = {}
    for engine in ("torch", "jax", "tensorflow"):
        lanthorn.set_random_seed(7)
        models[engine] = convnet(lanthorn, engine=engine)
    start = models["torch"].get_weights()
    theirs = convnet(keras)
    theirs.set_weights(start)
    for model in models.values():
        for ours, first in zip(model.get_weights(), start, strict=True):
            np.testing.assert_array_equal(ours, first)

    found = {engine: losses(model, x, y) for engine, model in models.items()}
    # Keras reports the mean since the last reset: reset before each step
    wanted = []
    for i in range(STEPS):
        theirs.reset_metrics()
        wanted.append(float(np.asarray(theirs.train_on_batch(x[i], y[i]))))
    assert abs(wanted[-1] - wanted[0]) > 1e-3  # something was learned or at least moved
    for engine, values in found.items():
        np.testing.assert_allclose(values, wanted, rtol=1e-4, err_msg=engine)
    for engine, model in models.items():
        for ours, want in zip(model.get_weights(), theirs.get_weights(), strict=True):
            np.testing.assert_allclose(ours, want, rtol=1e-3, atol=1e-5, err_msg=engine)
