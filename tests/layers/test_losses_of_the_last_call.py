"""`layer.losses` are those of the last call of the outermost layer, as in Keras."""

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers, ops

X = np.ones((2, 3), "float32")


class Adds(layers.Layer):
    def call(self, x):
        self.add_loss(ops.mean(x))
        return x


class Outer(layers.Layer):
    """Calls an inner layer so many times."""

    def __init__(self, inner, times=1, **kwargs):
        super().__init__(**kwargs)
        self.inner, self.times = inner, times

    def call(self, x):
        for _ in range(self.times):
            x = self.inner(x)
        return x


def graph(*parts, times=1):
    x = y = keras.Input((3,))
    for part in parts * times:
        y = part(y)
    return keras.Model(x, y)


CASES = {
    "alone": (Adds, 1),
    "inside": (lambda: Outer(Adds()), 1),
    "twice inside": (lambda: Outer(Adds(), 2), 2),
    "deep": (lambda: Outer(Outer(Adds(), 2), 2), 4),
    "Sequential": (lambda: keras.Sequential([keras.Input((3,)), Adds(), Outer(Adds())]), 2),
    "shared in a graph": (lambda: graph(Adds(), times=2), 2),
    "nested": (lambda: graph(graph(Adds())), 1),
    "activity": (lambda: graph(layers.Dense(2, activity_regularizer="l2")), 1),
    "weight": (lambda: graph(layers.Dense(2, kernel_regularizer="l2")), 1),
}


@pytest.mark.parametrize("case", CASES)
def test_they_do_not_pile_up(engine, case):
    make, count = CASES[case]
    layer = make()
    for training in (False, True, None, False):
        layer(layer.engine.array(X), training=training) if training is not None else layer(X)
        assert len(layer.losses) == count
    if isinstance(layer, keras.Model):
        layer.compile("sgd", "mse")
        layer.fit(X, np.ones((2, layer.output_shape[-1]), "float32"), epochs=2, verbose=0)
        layer(X)
        assert len(layer.losses) == count


def test_a_call_of_another_layer_leaves_them(engine):
    first, second = Outer(Adds()), Outer(Adds())
    first(X), second(X), second(X)
    assert len(first.losses) == len(second.losses) == 1


def test_a_torch_module_counts_them_so_too():
    torch = pytest.importorskip("torch", reason="torch is not installed")
    model = keras.Sequential([keras.Input((3,), engine="torch"), Adds(), Outer(Adds(), 2)])
    net = model.torch()
    for _ in range(3):
        net(torch.ones(2, 3))
        assert len(model.losses) == 3


def test_a_batch_size_of_keras_2_is_taken(engine):
    model = keras.Sequential([layers.LSTM(20, input_shape=(1, 1), batch_size=2, stateful=True), layers.Dense(1)])
    assert model.input_shape == (2, 1, 1)
    x = np.ones((2, 1, 1), "float32")
    first = model.predict(x, verbose=0)
    assert not np.allclose(first, model.predict(x, verbose=0))  # it went on from the states of the first call
    model.reset_states() if hasattr(model, "reset_states") else model.layers[0].reset_states()
    np.testing.assert_allclose(first, model.predict(x, verbose=0), rtol=1e-5)
    assert keras.Sequential([layers.Dense(2, input_shape=(4,), batch_size=3)]).input_shape == (3, 4)
