"""Files go both ways between this library and Keras 3.15.1, in every format, with the same predictions."""

import pytest

import lanthorn
from lanthorn.saving import load_model, model_from_json

from .networks import NETWORKS, assert_same, data, scramble

NAMES = sorted(NETWORKS)


@pytest.fixture(autouse=True)
def on_torch():
    pytest.importorskip("torch")
    lanthorn.set_engine("torch")
    yield
    lanthorn.set_engine(None)


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def ours(name):
    model = NETWORKS[name](lanthorn)
    scramble(model)
    return model


@pytest.fixture
def theirs(name, keras):
    keras.utils.clear_session()
    model = NETWORKS[name](keras)
    scramble(model)
    return model


def layer_names(model):
    return [layer.name for layer in model.layers if type(layer).__name__ != "Operation"]


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_keras_opens_our_models(name, ours, keras, tmp_path, suffix):
    path = tmp_path / f"model{suffix}"
    ours.save(path)
    opened = keras.models.load_model(path)
    assert_same(ours, opened, data(name))
    assert layer_names(opened) == layer_names(ours)
    flags = [w.trainable for w in opened.weights]
    assert sum(flags) == len(ours.trainable_weights)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_we_open_keras_models(name, theirs, tmp_path, suffix):
    path = tmp_path / f"model{suffix}"
    theirs.save(path)
    opened = load_model(path)
    assert_same(opened, theirs, data(name))
    assert layer_names(opened) == layer_names(theirs)
    assert len(opened.trainable_weights) == len(theirs.trainable_weights)
    assert opened.name == theirs.name


@pytest.mark.parametrize("weights", ["w.weights.h5", "w.h5"])
def test_json_and_weights_of_ours_in_keras(name, ours, keras, tmp_path, weights):
    ours.save_weights(tmp_path / weights)
    made = keras.models.model_from_json(ours.to_json())
    made.load_weights(tmp_path / weights)
    assert_same(ours, made, data(name))


@pytest.mark.parametrize("weights", ["w.weights.h5", "w.h5"])
def test_json_and_weights_of_keras_in_ours(name, theirs, tmp_path, weights):
    if weights == "w.weights.h5":
        theirs.save_weights(tmp_path / weights)
    else:
        theirs.save(tmp_path / weights)  # Keras 3 writes this layout with whole models only
    made = model_from_json(theirs.to_json())
    made.load_weights(tmp_path / weights)
    assert_same(made, theirs, data(name))


def test_weights_go_between_models_that_each_library_built_itself(name, ours, theirs, tmp_path):
    """No config helps here: the layers must be numbered as Keras numbers them."""
    ours.save_weights(tmp_path / "ours.weights.h5")
    theirs.load_weights(tmp_path / "ours.weights.h5")
    assert_same(ours, theirs, data(name))
    scramble(ours)
    scramble(theirs)
    theirs.set_weights([w * 0.5 for w in theirs.get_weights()])
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    ours.load_weights(tmp_path / "theirs.weights.h5")
    assert_same(ours, theirs, data(name))
