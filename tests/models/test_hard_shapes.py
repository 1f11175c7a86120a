"""The shapes of model that break libraries, each on every engine: built, trained, and held to what must be true."""

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers, ops
from lanthorn.engines import installed


@pytest.fixture(autouse=True)
def seed():
    keras.set_random_seed(1)


def data(rng, *shapes):
    return [rng.standard_normal(shape).astype("float32") for shape in shapes]


def train(model, x, y, loss="mse", epochs=3, **kwargs):
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss=loss, **kwargs)
    history = model.fit(x, y, epochs=epochs, batch_size=8, verbose=0, shuffle=False).history
    assert all(np.isfinite(history["loss"]))
    return history


def another(engine):
    """Another trainable engine, where there is one."""
    others = [name for name in ("jax", "torch", "tensorflow") if name != engine and name in installed()]
    if not others:
        pytest.skip(f"{engine} alone is installed: there is no other engine to go to")
    return others[0]


def falls(history):
    assert history["loss"][-1] < history["loss"][0]


def test_a_layer_shared_twice(engine, rng):
    a, b, y = data(rng, (24, 6), (24, 6), (24, 1))
    shared = layers.Dense(4, activation="tanh", name="shared")
    left, right = keras.Input((6,)), keras.Input((6,))
    out = layers.Dense(1)(layers.concatenate([shared(left), shared(right)]))
    model = keras.Model([left, right], out)
    assert [v.path for v in model.weights if "shared" in v.path] == ["shared/kernel", "shared/bias"]
    before = shared.get_weights()[0]
    falls(train(model, [a, b], y))
    assert not np.allclose(before, shared.get_weights()[0])
    # the same weights serve both inputs: swapping equal inputs changes nothing
    same = model.predict([a, a], verbose=0)
    np.testing.assert_array_equal(same, model.predict([a, a], verbose=0))


def test_several_inputs_and_outputs_with_a_loss_each(engine, rng):
    a, b, y, z = data(rng, (24, 5), (24, 3), (24, 2), (24, 1))
    labels = (z > 0).astype("int32")[:, 0]
    first, second = keras.Input((5,), name="first"), keras.Input((3,), name="second")
    h = layers.Dense(8, "relu")(layers.concatenate([first, second]))
    outputs = {"value": layers.Dense(2, name="value")(h), "kind": layers.Dense(2, "softmax", name="kind")(h)}
    model = keras.Model({"first": first, "second": second}, outputs)
    history = train(
        model,
        {"first": a, "second": b},
        {"value": y, "kind": labels},
        loss={"value": "mse", "kind": "sparse_categorical_crossentropy"},
        loss_weights={"value": 1.0, "kind": 0.5},
        metrics={"kind": ["accuracy"]},
    )
    falls(history)
    assert {"loss", "value_loss", "kind_loss", "kind_accuracy"} <= set(history)
    np.testing.assert_allclose(
        history["loss"], np.add(history["value_loss"], 0.5 * np.array(history["kind_loss"])), rtol=1e-5
    )
    predicted = model.predict({"first": a, "second": b}, verbose=0)
    assert predicted["value"].shape == (24, 2) and predicted["kind"].shape == (24, 2)


def test_a_model_inside_a_model_partly_frozen(engine, rng):
    x, y = data(rng, (24, 8, 8, 3), (24, 1))
    start = keras.Input((8, 8, 3))
    h = layers.Conv2D(4, 3, name="low")(start)
    h = layers.Conv2D(4, 3, name="high")(layers.BatchNormalization(name="norm")(h))
    base = keras.Model(start, h, name="base")
    for layer in base.layers[:-1]:
        layer.trainable = False
    model = keras.Sequential([keras.Input((8, 8, 3)), base, layers.GlobalAveragePooling2D(), layers.Dense(1)])
    names = [v.path for v in model.trainable_weights]
    assert [n for n in names if n.startswith(("low", "norm"))] == []
    assert "high/kernel" in names
    before = {v.path: v.numpy() for v in base.weights}
    falls(train(model, x, y))
    after = {v.path: v.numpy() for v in base.weights}
    for path, value in before.items():
        same = np.array_equal(value, after[path])
        assert same != path.startswith("high"), path


class Branching(keras.Model):
    """Python decides how often a layer runs, and whether another runs at all."""

    def __init__(self, depth, **kwargs):
        super().__init__(**kwargs)
        self.depth = depth
        self.enter = layers.Dense(8, activation="tanh")
        self.blocks = [layers.Dense(8, activation="tanh") for _ in range(2)]
        self.drop = layers.Dropout(0.1)
        self.leave = layers.Dense(1)

    def call(self, x, training=None):
        x = self.enter(x)
        for i in range(self.depth):
            x = x + self.blocks[i % 2](x)
        if training:
            x = self.drop(x)
        return self.leave(x)


def test_a_subclassed_model_with_python_control_flow(engine, rng):
    x, y = data(rng, (24, 6), (24, 1))
    model = Branching(5)
    falls(train(model, x, y, epochs=6))
    assert len(model.weights) == 8
    np.testing.assert_allclose(model.predict(x, verbose=0), model.predict(x, verbose=0))


class Standardise(keras.layers.Layer):
    """A user's layer, as for Keras 3: its own `__init__`, `build`, weights, state and config."""

    def __init__(self, scale=1.0, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def build(self, input_shape):
        self.gain = self.add_weight(shape=(input_shape[-1],), initializer="ones", trainable=True, name="gain")
        self.seen = self.add_weight(shape=(), initializer="zeros", trainable=False, name="seen")

    def call(self, x, training=None):
        if training:
            self.seen.assign(self.seen + 1.0)
        return x * self.gain * self.scale

    def get_config(self):
        config = super().get_config()
        config.update({"scale": self.scale})
        return config


def test_a_layer_a_user_wrote_for_keras(engine, rng):
    x, y = data(rng, (24, 6), (24, 1))
    layer = Standardise(scale=0.5, name="standardise")
    model = keras.Sequential([keras.Input((6,)), layer, layers.Dense(1)])
    falls(train(model, x, y))
    assert float(layer.seen.numpy()) == 9.0  # 3 batches, 3 epochs
    twin = Standardise.from_config(layer.get_config())
    assert (twin.scale, twin.name) == (0.5, "standardise")
    model.evaluate(x, y, verbose=0)
    assert float(layer.seen.numpy()) == 9.0


def test_custom_loss_and_metric_functions(engine, rng):
    x, y = data(rng, (24, 6), (24, 1))

    def cubic(y_true, y_pred):
        return ops.mean(ops.abs(y_true - y_pred) ** 3, axis=-1)

    def worst(y_true, y_pred):
        return ops.max(ops.abs(y_true - y_pred), axis=-1)

    model = keras.Sequential([layers.Dense(8, "tanh"), layers.Dense(1)])
    history = train(model, x, y, loss=cubic, metrics=[worst])
    falls(history)
    predicted = model.predict(x, verbose=0)
    loss, metric = model.evaluate(x, y, verbose=0)
    np.testing.assert_allclose(loss, np.mean(np.abs(y - predicted) ** 3), rtol=1e-5)
    np.testing.assert_allclose(metric, np.mean(np.abs(y - predicted)), rtol=1e-5)
    assert "worst" in history


def test_lstm_over_masked_varying_lengths(engine, rng):
    lengths = rng.integers(1, 7, 24)
    x = np.where(np.arange(7) < lengths[:, None], rng.integers(1, 20, (24, 7)), 0).astype("int32")
    y = data(rng, (24, 1))[0]
    model = keras.Sequential(
        [keras.Input((None,), dtype="int32"), layers.Embedding(20, 6, mask_zero=True), layers.LSTM(5), layers.Dense(1)]
    )
    falls(train(model, x, y))
    # what stands behind the end of a sentence must not matter: neither its length ...
    longer = np.concatenate([x, np.zeros((24, 4), "int32")], axis=1)
    np.testing.assert_allclose(model.predict(x, verbose=0), model.predict(longer, verbose=0), rtol=1e-5, atol=1e-6)
    # ... nor the padding in the batch it came in
    alone = np.concatenate([model.predict(row[None, :n], verbose=0) for row, n in zip(x, lengths, strict=True)])
    np.testing.assert_allclose(model.predict(x, verbose=0), alone, rtol=1e-5, atol=1e-6)


class Tied(keras.layers.Layer):
    """Projects back with the kernel of another layer."""

    def __init__(self, source, **kwargs):
        super().__init__(**kwargs)
        self.source = source

    def call(self, x):
        return ops.matmul(x, ops.transpose(self.source.kernel))


def test_weights_tied_between_two_layers(engine, rng):
    (x,) = data(rng, (24, 6))
    encode = layers.Dense(3, use_bias=False, name="encode")
    start = keras.Input((6,))
    model = keras.Model(start, Tied(encode)(encode(start)))
    assert [v.path for v in model.weights] == ["encode/kernel"]
    falls(train(model, x, x))
    kernel = encode.get_weights()[0]
    np.testing.assert_allclose(model.predict(x, verbose=0), x @ kernel @ kernel.T, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("nested", [False, True])
def test_a_frozen_batch_normalization_does_not_move(engine, rng, nested):
    x, y = data(rng, (24, 6), (24, 1))
    frozen, free = layers.BatchNormalization(name="frozen"), layers.BatchNormalization(name="free")
    frozen.trainable = False
    first = keras.Sequential([frozen]) if nested else frozen
    model = keras.Sequential([keras.Input((6,)), layers.Dense(6), first, layers.Dense(6), free, layers.Dense(1)])
    before = frozen.get_weights()
    falls(train(model, x + 3, y))
    for old, new in zip(before, frozen.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert all(not np.allclose(old, new) for old, new in zip(before, free.get_weights(), strict=True))


def test_freezing_after_compile_counts(engine, rng):
    x, y = data(rng, (16, 4), (16, 1))
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="first"), layers.Dense(1)])
    train(model, x, y, epochs=1)
    model.get_layer("first").trainable = False
    before = model.get_layer("first").get_weights()
    model.fit(x, y, epochs=1, verbose=0)
    for old, new in zip(before, model.get_layer("first").get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_two_models_on_two_engines_train_in_turn(engine, rng):
    other = another(engine)
    x, y = data(rng, (24, 6), (24, 1))
    models = []
    for name in (engine, other):
        keras.set_random_seed(3)
        models.append(keras.Sequential([keras.Input((6,), engine=name), layers.Dense(4, "tanh"), layers.Dense(1)]))
        models[-1].compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    losses = [[], []]
    for _ in range(3):
        for model, seen in zip(models, losses, strict=True):
            seen += model.fit(x, y, batch_size=8, epochs=1, shuffle=False, verbose=0).history["loss"]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-4)
    assert losses[0][-1] < losses[0][0]


def test_a_model_moves_to_another_engine_with_its_optimizer(engine, rng):
    x, y = data(rng, (24, 6), (24, 1))
    keras.set_random_seed(5)
    model = keras.Sequential([layers.Dense(4, "tanh"), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
    model.fit(x, y, epochs=2, verbose=0, shuffle=False)
    expected = model.predict(x, verbose=0)
    other = another(engine)
    for name in (one for one in installed() if one != "numpy"):
        np.testing.assert_allclose(model.to(name).predict(x, verbose=0), expected, rtol=1e-5, atol=1e-6)
        assert model.engine.name == name
    model.to(other)
    steps = int(np.asarray(model.optimizer.iterations.numpy()))
    history = model.fit(x, y, epochs=2, verbose=0, shuffle=False).history
    assert history["loss"][-1] < history["loss"][0]
    assert int(np.asarray(model.optimizer.iterations.numpy())) == 2 * steps


def test_a_single_input_by_its_name(engine, rng):
    x, y = data(rng, (16, 6), (16, 1))
    start = keras.Input((6,), name="features")
    model = keras.Model(start, layers.Dense(1)(start))
    train(model, {"features": x}, y)
    np.testing.assert_array_equal(model.predict({"features": x}, verbose=0), model.predict(x, verbose=0))
    with pytest.raises(ValueError, match=r"the input 'features' is missing; got \['other'\]"):
        model.predict({"other": x}, verbose=0)


@pytest.mark.parametrize("name", ["torch", "numpy"])
def test_shapes_are_found_on_an_empty_batch_where_that_is_enough(name):
    from lanthorn import engines
    from lanthorn.engines.base import Spec

    if name not in installed():
        pytest.skip(f"{name} is not installed")
    seen = []

    def needs_a_sample(x):
        seen.append(tuple(x.shape))
        return ops.reshape(x, (x.shape[0], -1, 2))  # what is left over of nothing cannot be told

    engine, given = engines.get(name), [Spec((None, 6, 4))]
    assert engine.eval_shape(lambda x: ops.reshape(x, (-1, 24)), given, keeps_batch=True).shape == (None, 24)
    assert engine.eval_shape(needs_a_sample, given, keeps_batch=True).shape == (None, 12, 2)
    assert [shape[0] for shape in seen] == [0, 1]
