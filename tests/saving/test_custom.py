"""Layers and models of one's own in files: by registered name, or passed to `load_model`."""

import numpy as np
import pytest

import lanthorn
from lanthorn import layers as L
from lanthorn import saving
from lanthorn.core import custom_objects as registry
from lanthorn.saving import load_model


@pytest.fixture(autouse=True)
def clean(one_engine):
    before, names = dict(registry._registered), dict(registry._names)
    yield
    for known, now in ((registry._registered, before), (registry._names, names)):
        known.clear()
        known.update(now)


class Scale(L.Layer):
    """Fields, as this library has them."""

    start: float = 1.0

    def build(self, input_shape):
        self.scale = self.add_weight(name="scale", shape=(input_shape[-1],), initializer="ones")

    def call(self, x):
        return x * self.scale * self.start


class Mix(L.Layer):
    """Own `__init__`, sublayers, state and `get_config`, as written for Keras 3."""

    def __init__(self, units, activation="relu", **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = activation
        self.first = L.Dense(units, activation=activation)
        self.blocks = [L.Dense(units), L.Dense(units), [L.BatchNormalization()]]

    def build(self, input_shape):
        self.count = self.add_weight(name="count", shape=(), initializer="zeros", trainable=False)
        super().build(input_shape)

    def call(self, x, training=None):
        x = self.first(x)
        for block in self.blocks[:2]:
            x = x + block(x)
        return self.blocks[2][0](x, training=training) + self.count

    def get_config(self):
        return {**super().get_config(), "units": self.units, "activation": self.activation}


class Wrap(L.Layer):
    """Holds a layer given to it and takes its config apart itself, as Keras asks."""

    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner

    def call(self, x):
        return self.inner(x) * 2.0

    def get_config(self):
        return {**super().get_config(), "inner": saving.serialize_keras_object(self.inner)}

    @classmethod
    def from_config(cls, config):
        config["inner"] = saving.deserialize_keras_object(config["inner"])
        return cls(**config)


def swoosh(x):
    return lanthorn.ops.tanh(x) * 2.0


def network():
    x = lanthorn.Input((4,))
    y = Mix(3, activation="tanh", name="mix")(Scale(2.0)(x))
    return lanthorn.Model(x, L.Dense(2, activation=swoosh)(Wrap(L.Dense(3))(y)))


def scrambled(model):
    rng = np.random.default_rng(1)
    model.set_weights([rng.uniform(0.1, 1.0, w.shape).astype(w.dtype) for w in model.get_weights()])
    return model


OWN = {"Scale": Scale, "Mix": Mix, "Wrap": Wrap, "swoosh": swoosh}
X = np.random.default_rng(0).standard_normal((3, 4)).astype("float32")


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("registered", [True, False])
def test_own_layers_and_functions(tmp_path, suffix, registered):
    if registered:
        for thing in OWN.values():
            saving.register_keras_serializable("shop")(thing)
    model = scrambled(network())
    model.save(tmp_path / f"m{suffix}")
    opened = load_model(tmp_path / f"m{suffix}", custom_objects=None if registered else OWN)
    np.testing.assert_allclose(opened.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-6)
    assert [type(layer) for layer in opened.layers] == [type(layer) for layer in model.layers]
    assert opened.layers[1].start == 2.0


@pytest.mark.parametrize("missing", sorted(OWN))
def test_what_is_missing_is_named(tmp_path, missing):
    network().save(tmp_path / "m.keras")
    known = {name: thing for name, thing in OWN.items() if name != missing}
    with pytest.raises(ValueError, match=rf"{missing}.*register_keras_serializable"):
        load_model(tmp_path / "m.keras", custom_objects=known)


def test_a_file_of_registered_objects_opens_with_custom_objects_by_bare_name(tmp_path):
    for thing in OWN.values():
        saving.register_keras_serializable("shop")(thing)
    network().save(tmp_path / "m.keras")
    registry._registered.clear()
    registry._names.clear()
    assert load_model(tmp_path / "m.keras", custom_objects=OWN).layers


class Net(lanthorn.Model):
    """Subclassed, with Python in `call`."""

    def __init__(self, units, depth=2):
        super().__init__()
        self.units, self.depth = units, depth
        self.hidden = [L.Dense(units, activation="relu") for _ in range(depth)]
        self.head = L.Dense(2)

    def call(self, x, training=None):
        for layer in self.hidden:
            x = layer(x)
        return self.head(x)


def test_a_subclassed_model_as_keras_file(engine, tmp_path):
    lanthorn.set_engine(engine)
    saving.register_keras_serializable("shop")(Net)
    model = Net(5, depth=3)
    model.compile("adam", "mse")
    model.fit(X, np.zeros((3, 2), "float32"), epochs=2, verbose=0)
    model.save(tmp_path / "m.keras")
    opened = load_model(tmp_path / "m.keras")
    assert type(opened) is Net and opened.depth == 3 and opened.engine.name == engine
    np.testing.assert_allclose(opened.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-6)
    assert int(opened.optimizer.iterations) == 2


def test_a_subclassed_models_weights_go_into_keras_and_back(keras, tmp_path):
    class Theirs(keras.Model):
        def __init__(self, units, depth=2):
            super().__init__()
            self.hidden = [keras.layers.Dense(units, activation="relu") for _ in range(depth)]
            self.head = keras.layers.Dense(2)

        def call(self, x):
            for layer in self.hidden:
                x = layer(x)
            return self.head(x)

    model, theirs = Net(5), Theirs(5)
    model(X)
    theirs(X)
    model.save_weights(tmp_path / "m.weights.h5")
    theirs.load_weights(tmp_path / "m.weights.h5")
    np.testing.assert_allclose(theirs.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5, atol=1e-6)
    theirs.set_weights([w * 2 for w in theirs.get_weights()])
    theirs.save_weights(tmp_path / "t.weights.h5")
    model.load_weights(tmp_path / "t.weights.h5")
    np.testing.assert_allclose(theirs.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5, atol=1e-6)


def test_keras_opens_our_file_with_a_layer_of_its_own(keras, tmp_path):
    """The same layer written for both libraries, under the same registered name."""

    def scale(lib):
        class Scale(lib.layers.Layer):
            def build(self, input_shape):
                self.scale = self.add_weight(name="scale", shape=(input_shape[-1],), initializer="ones")

            def call(self, x):
                return x * self.scale

        return lib.saving.register_keras_serializable("both")(Scale)

    model = lanthorn.Sequential([lanthorn.Input((4,)), scale(lanthorn)(name="s"), L.Dense(2)])
    scrambled(model).save(tmp_path / "m.keras")
    scale(keras)
    opened = keras.models.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(opened.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5)


class Branches(lanthorn.Model):
    """A functional model with a class of its own, made from settings."""

    def __init__(self, width, name="branches"):
        x = lanthorn.Input((4,))
        super().__init__(x, L.Dense(width)(x), name=name)
        self.width = width

    def get_config(self):
        return {"width": self.width, "name": self.name}


def test_a_functional_model_with_a_class_of_its_own(tmp_path):
    model = Branches(7)
    for suffix in (".keras", ".h5"):
        model.save(tmp_path / f"m{suffix}")
        opened = load_model(tmp_path / f"m{suffix}", custom_objects={"Branches": Branches})
        assert type(opened) is Branches and opened.width == 7
        np.testing.assert_array_equal(opened.get_weights()[0], model.get_weights()[0])


class Stepping(lanthorn.Model):
    """Called as `Stepping(inputs, outputs)`: another training step, the same constructor."""

    def train_step(self, data):
        raise AssertionError("not called here")


class Chain(lanthorn.Sequential):
    """A Sequential made from a setting."""

    def __init__(self, width):
        super().__init__([lanthorn.Input((4,)), L.Dense(width), L.Dense(1)])
        self.width = width


def test_classes_that_keep_or_change_a_models_constructor(tmp_path):
    x = lanthorn.Input((4,))
    for model in (Stepping(x, L.Dense(3)(x), name="s"), Chain(6)):
        for suffix in (".keras", ".h5"):
            model.save(tmp_path / f"m{suffix}")
            opened = load_model(tmp_path / f"m{suffix}", custom_objects={"Stepping": Stepping, "Chain": Chain})
            assert type(opened) is type(model) and len(opened.layers) == len(model.layers)
            np.testing.assert_array_equal(opened.get_weights()[0], model.get_weights()[0])
