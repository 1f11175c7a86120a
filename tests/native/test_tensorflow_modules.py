"""Modules of TensorFlow's inside a model, a model inside them, and what is done to the variables of a view."""

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers

tf = pytest.importorskip("tensorflow")


def native(tool, checked):
    return pytest.mark.native(tool, checked, package="tensorflow")


@pytest.fixture(autouse=True)
def on_tensorflow():
    keras.set_engine("tensorflow")
    keras.set_random_seed(0)
    yield
    keras.set_engine(None)


@pytest.fixture
def x(rng):
    return rng.standard_normal((6, 4)).astype("float32")


class Scale(tf.Module):
    """Scale and shift; statistics as well, and a part inside."""

    def __init__(self):
        super().__init__()
        self.factor = tf.Variable(2.0 * tf.ones(8))
        self.part = Shift()
        self.calls = tf.Variable(0.0, trainable=False)

    def __call__(self, x, training=False):
        if training:
            self.calls.assign_add(1.0)
        return self.part(x * self.factor)


class Shift(tf.Module):
    def __init__(self):
        super().__init__()
        self.by = tf.Variable(tf.ones(8))

    def __call__(self, x):
        return x + self.by


class Lazy(tf.Module):
    """Makes its variables when it is first called, as TensorFlow's guide to modules shows."""

    def __init__(self, units):
        super().__init__()
        self.units, self.built = units, False

    def __call__(self, x):
        if not self.built:
            self.w = tf.Variable(tf.random.stateless_normal([x.shape[-1], self.units], [1, 2]))
            self.built = True
        return x @ self.w


def network(*between):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(8, name="body"), *between, layers.Dense(3, name="head")])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


def fit(model, x, epochs=1):
    return model.fit(x, np.ones((len(x), 3), "float32"), batch_size=6, epochs=epochs, verbose=0).history["loss"]


@native("tf.Module in a model", "in Sequential: its variables are trained, counted, saved and read")
def test_module_in_sequential(x, tmp_path):
    module = Scale()
    model = network(module)
    before = module.factor.numpy()
    np.testing.assert_allclose(model.get_layer("body")(x) * 2 + 1, module(model.get_layer("body")(x)), rtol=1e-6)
    losses = fit(model, x, 5)
    assert losses[-1] < losses[0]
    assert not np.allclose(module.factor, before) and not np.allclose(module.part.by, 1.0)
    assert float(module.calls) == 5
    assert model.layers[1].count_params() == 17 and len(model.layers[1].trainable_weights) == 2
    lines = []
    model.summary(print_fn=lines.append)
    assert "scale" in "".join(lines) and "TFModuleWrapper" in "".join(lines)
    path = tmp_path / "w.weights.h5"
    expected = model.predict(x, verbose=0)
    model.save_weights(path)
    other = network(Scale())
    assert not np.allclose(other.predict(x, verbose=0), expected)
    other.load_weights(path)
    np.testing.assert_allclose(other.predict(x, verbose=0), expected, rtol=1e-5)


@native("tf.Module called on a symbolic tensor", "draws a layer; variables made at the first call are trained")
def test_module_on_a_symbolic_tensor(x):
    module = Lazy(8)
    start = keras.Input((4,))
    model = keras.Model(start, layers.Dense(3)(module(start)))
    model.compile("sgd", "mse")
    before = module.w.numpy()
    assert len(model.trainable_variables) == 3
    assert fit(model, x, 5)[-1] < fit(model, x)[0] + 1.0
    assert not np.allclose(module.w, before)
    explicit = layers.TFModuleWrapper(Lazy(2), name="mine")(start)
    assert explicit.shape == (None, 2)


def test_module_held_by_a_model_of_ones_own(x):
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner, self.head = Lazy(8), layers.Dense(3)

        def call(self, x):
            return self.head(self.inner(x))

    model = Net()
    model.compile("sgd", "mse")
    losses = fit(model, x, 5)
    assert losses[-1] < losses[0] and len(model.trainable_variables) == 3


def test_frozen_module_stays(x):
    module = Scale()
    model = network(module)
    model.layers[1].trainable = False
    fit(model, x)
    np.testing.assert_array_equal(module.factor, 2 * np.ones(8))
    assert len(model.trainable_variables) == 4


def test_variable_exchanged_on_a_module(x):
    module = Scale()
    model = network(module)
    fit(model, x)
    model.predict(x, verbose=0)
    module.factor = tf.Variable(tf.zeros(8))
    assert float(tf.reduce_max(tf.abs(module.part.by))) > 0
    expected = model.get_layer("head")(tf.repeat(module.part.by[None], 6, 0))
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-5, atol=1e-6)
    fit(model, x)
    assert np.abs(module.factor).max() > 0


def test_what_a_module_cannot_do_says_so(x, tmp_path):
    model = network(Scale())
    with pytest.raises(ValueError, match=r"'scale.*a tf.Module \(Scale\) has no place in a model file"):
        model.save(tmp_path / "m.keras")
    with pytest.raises(ValueError, match="cannot move to numpy"):
        model.to("numpy")
    with pytest.raises(
        ValueError, match="is a module of TensorFlow's .* is on numpy; make the model with engine='tens"
    ):
        keras.Sequential([keras.Input((8,), engine="numpy"), Scale()])
    values = [tf.zeros_like(v.value) for v in model.variables]
    with pytest.raises(ValueError, match="functional_call"):
        keras.functional_call(model, values, tf.constant(x))
    with pytest.raises(TypeError, match="expected a tf.Module that can be called, got int"):
        layers.TFModuleWrapper(3)


def test_mixed_precision_around_a_module(x):
    module = Scale()
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(8, dtype="mixed_bfloat16"),
         layers.TFModuleWrapper(module, dtype="mixed_bfloat16"), layers.Dense(3, dtype="mixed_bfloat16")]
    )  # fmt: skip
    model.compile("sgd", "mse")
    before = module.factor.numpy()
    fit(model, x)
    assert not np.allclose(module.factor, before)


@native("a model in a tf.Module", "its variables are tracked and trained, and frozen ones are not")
def test_model_inside_a_module(x):
    class Mine(tf.Module):
        def __init__(self, model):
            super().__init__()
            self.net, self.scale = model.tensorflow(), tf.Variable(1.0)

        def __call__(self, x):
            return self.scale * self.net(x, training=True)

    model = network(layers.BatchNormalization())
    model.get_layer("head").trainable = False
    mine = Mine(model)
    assert len(mine.trainable_variables) == 5 and len(mine.variables) == 9
    before, frozen = model.get_layer("body").kernel.numpy(), model.get_layer("head").kernel.numpy()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(mine(tf.constant(x)) - 1.0))
    for variable, gradient in zip(mine.trainable_variables, tape.gradient(loss, mine.trainable_variables), strict=True):
        variable.assign_sub(0.1 * gradient)
    assert not np.allclose(model.get_layer("body").kernel.numpy(), before)
    np.testing.assert_array_equal(model.get_layer("head").kernel.numpy(), frozen)
    assert float(mine.scale) != 1.0
    model.get_layer("head").trainable = True
    assert len(mine.trainable_variables) == 7


@native("tf.Variable.assign", "what is assigned is seen by the next call, by `predict` and by `fit`")
def test_assign(x):
    model = network()
    net = model.tensorflow()
    fit(model, x), model.predict(x, verbose=0)
    net.head.kernel.assign(tf.zeros((8, 3)))
    net.head.bias.assign([1.0, 2.0, 3.0])
    for outputs in (net(tf.constant(x)), model(x), model.predict(x, verbose=0)):
        np.testing.assert_allclose(outputs, np.tile([1.0, 2.0, 3.0], (6, 1)))
    net.head.bias.assign(tf.ones(3))
    assert fit(model, x)[0] == 0.0


@native("a variable exchanged on a view", "`module.head.kernel = tf.Variable(...)`: called, trained, saved, optimised")
def test_variable_exchanged_on_a_view(x):
    model = network()
    net, other = model.tensorflow(), model.tensorflow()
    before = fit(model, x)
    old = net.head.kernel
    model.predict(x, verbose=0), model.evaluate(x, np.ones((6, 3)), verbose=0)
    net.head.kernel = new = tf.Variable(tf.zeros((8, 3)))
    bias = model.get_layer("head").bias.numpy()
    for outputs in (net(tf.constant(x)), model(x), model.predict(x, verbose=0), other(tf.constant(x))):
        np.testing.assert_allclose(outputs, np.tile(bias, (6, 1)), rtol=1e-6)
    assert model.get_layer("head").kernel.value is new and other.head.kernel is new
    assert any(v is new for v in net.trainable_variables) and any(v is new for v in net.variables)
    kept = old.numpy()
    found = model.evaluate(x, np.ones((6, 3), "float32"), verbose=0)
    np.testing.assert_allclose(found, np.mean(np.square(bias - 1)), rtol=1e-5)
    after = fit(model, x)
    assert np.abs(new).max() > 0 and after != before
    np.testing.assert_array_equal(old, kept)
    with pytest.raises(
        ValueError, match=r"its 'kernel' has shape \(8, 3\) and dtype float32, got a tf.Variable of \(3, 3"
    ):
        net.head.kernel = tf.Variable(tf.zeros((3, 3)))
    with pytest.raises(TypeError, match=r"kernel.assign\(value\)"):
        net.head.kernel = tf.zeros((8, 3))


@native("a layer exchanged on a view", "refused in one sentence that says what to do; the model stays as it is")
def test_layer_exchanged_on_a_view(x):
    model = network()
    net = model.tensorflow()
    with pytest.raises(AttributeError, match="'head' cannot be exchanged in a TensorFlow view. Make a new model"):
        net.head = Scale()
    with pytest.raises(AttributeError, match="cannot be taken out"):
        del net.head
    new = keras.Model(model.inputs, Lazy(2)(model.layers[-2].output))  # what the sentence says
    assert new(x).shape == (6, 2)
    np.testing.assert_allclose(net(tf.constant(x)), model(x), rtol=1e-6)
