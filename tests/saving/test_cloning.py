"""`clone_model` with functions, inputs of its own, and what is nested."""

import numpy as np
import pytest

import lanthorn
from lanthorn import layers
from lanthorn.models import clone_model


def network():
    x = lanthorn.Input((4,), name="x")
    shared = layers.Dense(4, "relu", name="shared")
    return lanthorn.Model(x, layers.Dense(1, name="end")(shared(shared(x)) * 2.0 + x))


def tanh(layer):
    config = layer.get_config()
    if isinstance(layer, layers.Dense):
        config["activation"] = "tanh"
    return type(layer).from_config(config)


def test_a_function_makes_the_layers(one_engine, rng):
    model = network()
    copy = clone_model(model, clone_function=tanh)
    assert [layer.name for layer in copy.layers] == [layer.name for layer in model.layers]
    assert copy.get_layer("end").activation is lanthorn.activations.tanh and copy.get_layer("end") not in model.layers
    copy.set_weights(model.get_weights())  # shared weights are one in the copy, too
    kernel, bias, out, shift = model.get_weights()
    x = rng.normal(size=(3, 4)).astype("float32")
    inner = np.tanh(np.tanh(x @ kernel + bias) @ kernel + bias) * 2.0 + x
    np.testing.assert_allclose(copy.predict(x, verbose=0), np.tanh(inner @ out + shift), rtol=1e-5, atol=1e-6)
    sequential = lanthorn.Sequential([lanthorn.Input((4,)), layers.Dense(2, name="a"), layers.Dropout(0.1)])
    copy = clone_model(sequential, clone_function=tanh)
    assert copy.layers[0].activation is lanthorn.activations.tanh and copy.output_shape == (None, 2)


def test_a_function_makes_the_calls(one_engine):
    def call(layer, *args, **kwargs):
        made = layer(*args, **kwargs)
        return layers.Dropout(0.5)(made) if layer.name == "shared" else made

    assert sum(isinstance(layer, layers.Dropout) for layer in clone_model(network(), call_function=call).layers) == 2
    with pytest.raises(ValueError, match="Sequential and takes no `call_function`"):
        clone_model(lanthorn.Sequential([layers.Dense(1)]), call_function=call)


def test_inputs_of_its_own_and_nested_models(one_engine):
    place = lanthorn.Input(batch_shape=(3, 4), name="place")
    copy = clone_model(network(), input_tensors=place)
    assert copy.input is place and copy.output_shape == (3, 1)
    inner = lanthorn.Sequential([lanthorn.Input((4,)), layers.Dense(2)], name="inner")
    outer = lanthorn.Sequential([lanthorn.Input((4,)), inner, layers.Dense(1)])
    changed = clone_model(outer, clone_function=tanh, recursive=True)
    assert changed.get_layer("inner").layers[0].activation is lanthorn.activations.tanh
    assert clone_model(outer, clone_function=tanh).get_layer("inner").layers[0].activation is inner.layers[0].activation
