"""An error that leaves a layer arrives as itself, with a note that says where it came from."""

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers


class TookTooLongError(Exception):
    """Somebody's own."""


class Raises(layers.Layer):
    def __init__(self, error, **kwargs):
        super().__init__(**kwargs)
        self.error, self.armed = error, False

    def call(self, x):
        if self.armed:
            raise self.error
        return x


def models(engine):
    """The same layer on its own, in a Sequential, nested, and in a subclassed model."""

    class Sub(keras.Model):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner

        def call(self, x):
            return self.inner(x)

    def chain(layer):
        return keras.Sequential([keras.Input((3,), engine=engine), layer], engine=engine)

    return [lambda x: x, chain, lambda layer: chain(chain(layer)), Sub]


@pytest.mark.parametrize("error", [TookTooLongError("mine"), KeyError("k"), StopIteration(), ZeroDivisionError("z")])
@pytest.mark.parametrize("way", range(4))
def test_it_is_the_same_object_with_one_note_and_its_traceback(engine, error, way):
    layer = Raises(error, name="here")
    model = models(engine)[way](layer)
    x = np.ones((2, 3), "float32")
    model(x)
    layer.armed = True
    error.__dict__.pop("__notes__", None), error.__dict__.pop("_explained", None)
    with pytest.raises(type(error)) as caught:
        model(x, training=True) if way else model(x)
    assert caught.value is error
    assert [note for note in error.__notes__ if "here" in note and "(2, 3)" in note] == error.__notes__
    assert caught.traceback[-1].name == "call"


def test_fit_passes_a_users_error_on(engine):
    layer = Raises(TookTooLongError("in fit"))
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2), layer])
    model.compile("sgd", "mse", run_eagerly=True)
    layer.armed = True
    with pytest.raises(TookTooLongError, match="in fit"):
        model.fit(np.ones((4, 3), "float32"), np.ones((4, 2), "float32"), verbose=0)


def test_an_input_that_does_not_fit_is_a_value_error_with_the_engines_words_as_its_cause(engine):
    model = keras.Sequential([layers.Dense(2, name="d")])
    model(np.ones((2, 3), "float32"))
    with pytest.raises(ValueError, match="expected") as caught:
        model.layers[0](np.ones((2, 4), "float32"))
    assert caught.value.__cause__ is not None
