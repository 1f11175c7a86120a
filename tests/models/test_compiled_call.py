"""`model(x)` on JAX: a small graph is called by a compiled function, and nobody can tell."""

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers
from lanthorn.models import compiled_call

jax = pytest.importorskip("jax", reason="jax is not installed")
X = np.random.default_rng(0).normal(size=(3, 6)).astype("float32")


@pytest.fixture(autouse=True)
def on_jax():
    keras.set_engine("jax")
    keras.set_random_seed(1)
    yield
    keras.set_engine(None)


@pytest.fixture
def op_by_op(monkeypatch):
    """What a model gives without the compiled function."""

    def call(model, *args, **kwargs):
        with monkeypatch.context() as patch:
            patch.setattr(compiled_call, "outputs", lambda *_: None)
            return np.asarray(model(*args, **kwargs))

    return call


def compiled(model):
    """Whether the model's calls go by a compiled function."""
    return "call" in model._made and model._made["call"][1] is not None


def network(*hidden):
    return keras.Sequential([keras.Input((6,)), layers.Dense(5, activation="tanh"), *hidden, layers.Dense(2)])


def test_it_is_compiled_once_and_gives_the_same(op_by_op):
    model = network(layers.BatchNormalization(), layers.Dropout(0.5))
    expected = op_by_op(model, X)
    for x in (X, jax.numpy.asarray(X), X.astype("float64")):
        np.testing.assert_allclose(np.asarray(model(x)), expected, rtol=1e-5, atol=1e-6)
    assert isinstance(model(X), jax.Array) and compiled(model)
    np.testing.assert_array_equal(np.asarray(model(X, training=False)), np.asarray(model(X)))
    assert model._made["call"][1].traces() == 2  # an entry each for arrays of NumPy and of JAX
    assert model(X[:2]).shape == (2, 2)


def test_it_sees_what_changes(op_by_op):
    model = network()
    before = np.asarray(model(X))
    model.set_weights([2 * w for w in model.get_weights()])
    after = np.asarray(model(X))
    assert not np.allclose(before, after)
    np.testing.assert_allclose(after, op_by_op(model, X), rtol=1e-5)
    model.compile("sgd", "mse")
    model.fit(X, np.zeros((3, 2), "float32"), verbose=0)
    np.testing.assert_allclose(np.asarray(model(X)), op_by_op(model, X), rtol=1e-5)
    model.pop()
    model.add(layers.Dense(4))
    assert model(X).shape == (3, 4)


def test_training_runs_op_by_op():
    model = network(layers.BatchNormalization(momentum=0.5), layers.Dropout(0.5))
    model(X)
    moving = model.layers[1].moving_mean
    before = moving.numpy()
    assert not np.allclose(np.asarray(model(X, training=True)), np.asarray(model(X, training=True)))
    assert not np.allclose(moving.numpy(), before)

    class Around(keras.Model):
        def call(self, x):
            return model(x)

    around, before = Around(), moving.numpy()
    around(X, training=True)
    assert not np.allclose(moving.numpy(), before)


def test_jax_sees_through_it():
    model = network()
    model(X)
    values = [v.value for v in model.variables]

    def loss(values):
        return (keras.functional_call(model, values, X)[0] ** 2).sum()

    step = [v - 1e-3 * g for v, g in zip(values, jax.grad(loss)(values), strict=True)]
    assert loss(step) < loss(values)
    assert jax.jit(model)(X).shape == (3, 2) and jax.vmap(model)(X[:, None]).shape == (3, 1, 2)
    gradient = jax.grad(lambda x: model(x).sum())(jax.numpy.asarray(X))
    assert gradient.shape == X.shape and np.abs(np.asarray(gradient)).max() > 0
    with jax.disable_jit():
        assert model(X).shape == (3, 2)


@pytest.mark.parametrize("case", ["own layer", "lambda", "loss", "mask", "training", "large", "subclass"])
def test_what_may_do_more_than_compute_runs_op_by_op(case, op_by_op):
    seen = []

    class Own(layers.Layer):
        def call(self, x):
            seen.append(1)
            return x

    class Subclass(keras.Model):
        def call(self, x, training=None, mask=None):
            seen.append(1)
            return super().call(x, training)

    x = start = keras.Input((6,))
    given = X
    if case == "own layer":
        x = Own()(x)
    elif case == "lambda":
        x = layers.Lambda(lambda x: x + 1)(x)
    elif case == "loss":
        x = layers.ActivityRegularization(l2=0.1)(x)
    elif case == "mask":
        start = keras.Input((4,), dtype="int32")
        x = layers.LSTM(3)(layers.Embedding(5, 3, mask_zero=True)(start))
        given = np.array([[1, 2, 0, 0]], "int32")
    elif case == "training":
        x = layers.Dropout(0.5)(x, training=True)
    elif case == "large":
        for _ in range(compiled_call.SMALL):
            x = layers.Activation("tanh")(x)
    model = (Subclass if case == "subclass" else keras.Model)(start, layers.Dense(2)(x))
    model(given)
    count = len(seen)
    found = np.asarray(model(given))
    assert not compiled(model)
    assert len(seen) > count or not seen, "a layer of the user's runs at each call"
    if case != "training":
        np.testing.assert_array_equal(found, op_by_op(model, given))
    if case == "loss":
        assert len(model.losses) and not isinstance(model.losses[0], jax.core.Tracer)


def test_a_wrong_shape_is_explained_as_ever():
    model = network()
    model(X)
    with pytest.raises(ValueError, match="expected the input"):
        model(X[:, :4])
