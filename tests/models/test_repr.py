"""What a model and a History say they are in a REPL."""

import numpy as np
import pytest

import lanthorn
from lanthorn import callbacks, layers


class Sized(lanthorn.Model):
    units: int = 3

    def __post_init__(self):
        self.seen_while_it_was_made = repr(self)

    def call(self, x):
        return x


class Plain(lanthorn.Model):
    def __init__(self):
        self_before = repr(self)
        super().__init__()
        self.before = self_before
        self.dense = layers.Dense(3)

    def call(self, x):
        return self.dense(x)


def functional():
    a, b = lanthorn.Input((3,)), lanthorn.Input((None, 2))
    return lanthorn.Model([a, b], [layers.Dense(2)(a), b], name="two")


def compiled():
    model = lanthorn.Sequential([lanthorn.Input((4,)), layers.Dense(3)], name="net")
    model.compile("sgd", "mse")
    model.class_names = ["cat", "dog", "eel"]
    return model


def half_frozen():
    model = lanthorn.Sequential([lanthorn.Input((4,)), layers.Dense(300), layers.Dense(1)], name="net")
    model.layers[0].trainable = False
    return model


def many_classes():
    model = lanthorn.Sequential(name="net")
    model.class_names = [f"c{i}" for i in range(100)]
    return model


def called():
    model = Plain()
    assert model.before == "<Plain: not made yet>"
    model(np.zeros((2, 4), "float32"))
    return model


CASES = [
    (lambda: lanthorn.Sequential([layers.Dense(3)], name="net"), "Sequential 'net': 1 layer, not built, not compiled"),
    (compiled, "Sequential 'net': 1 layer, 15 weights, (None, 4) -> (None, 3), compiled, 3 classes (cat, dog, eel)"),
    (half_frozen, "Sequential 'net': 2 layers, 1,801 weights (301 trainable), (None, 4) -> (None, 1), not compiled"),
    (
        functional,
        "Model 'two': 1 layer, 8 weights, [(None, 3), (None, None, 2)] -> [(None, 2), (None, None, 2)], not compiled",
    ),
    (
        many_classes,
        "Sequential 'net': 0 layers, not built, not compiled, 100 classes (c0, c1, c2, c3, c4, c5, c6, c7, ...)",
    ),
    (called, "Plain 'plain': 1 layer, 15 weights, not compiled"),
    (lambda: Sized(units=5), "Sized 'sized': units=5, 0 layers, not built, not compiled"),
]


@pytest.mark.parametrize(("make", "expected"), CASES)
def test_a_model_says_what_it_is(make, expected, one_engine):
    lanthorn.utils.clear_session()
    assert repr(make()) == f"<{expected}>"


def test_a_history_says_how_it_went(one_engine):
    assert repr(callbacks.History()) == "<History: 0 epochs>"
    model, x = compiled(), np.ones((8, 4), "float32")
    assert repr(model.fit(x, np.ones((8, 3)), epochs=1, verbose=0)).startswith("<History: 1 epoch: loss ")
    history = model.fit(x, np.ones((8, 3)), epochs=4, verbose=0)
    first, last = history.history["loss"][0], history.history["loss"][-1]
    assert repr(history) == f"<History: 4 epochs: loss {first:.4g} -> {last:.4g}>"
    history.history["lr"] = [None, "odd"]
    assert repr(history).endswith(", lr None -> odd>")
