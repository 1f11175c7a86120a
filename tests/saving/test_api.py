"""Saving and loading as users call it: names, suffixes, engines, JSON, copies, what travels with a model."""

import json
import zipfile

import numpy as np
import pytest

import lanthorn
from lanthorn import layers as L
from lanthorn.models import clone_model, load_model, model_from_json

from .networks import NETWORKS, assert_same, data, scramble


@pytest.fixture
def plain_engine():
    lanthorn.set_engine("numpy")
    yield
    lanthorn.set_engine(None)


@pytest.fixture
def model(plain_engine):
    made = NETWORKS["mobile"](lanthorn)
    scramble(made)
    return made


@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.hdf5", "no_suffix"])
def test_on_each_engine_there_and_back(any_engine, tmp_path, name):
    model = NETWORKS["shared"](lanthorn)
    scramble(model)
    model.save(tmp_path / name)
    opened = load_model(str(tmp_path / name))
    assert opened.engine.name == any_engine
    assert_same(model, opened, data("shared"), rtol=1e-6)


def test_a_file_opens_on_another_engine(tmp_path):
    pytest.importorskip("torch")
    pytest.importorskip("jax")
    lanthorn.set_engine("torch")
    try:
        model = NETWORKS["mobile"](lanthorn)
        scramble(model)
        model.save(tmp_path / "m.keras")
        other = load_model(tmp_path / "m.keras", engine="jax")
        assert (other.engine.name, model.engine.name, lanthorn.get_engine()) == ("jax", "torch", "torch")
        assert_same(model, other, data("mobile"), rtol=1e-4)
    finally:
        lanthorn.set_engine(None)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_class_names_and_preprocessing_travel_with_the_model(model, keras, tmp_path, suffix):
    model.class_names = ["alien", "prédateur"]
    model.preprocessing = lanthorn.data.Preprocessing(size=(8, 8), scale="tf", fit="crop")
    path = tmp_path / f"m{suffix}"
    model.save(path)
    opened = load_model(path)
    assert opened.class_names == ["alien", "prédateur"]
    assert opened.preprocessing.get_config() == model.preprocessing.get_config()
    assert clone_model(model).class_names == model.class_names
    assert keras.models.load_model(path).name == model.name  # and Keras does not mind


def test_keras_files_have_neither(plain_engine, keras, tmp_path):
    theirs = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    theirs.save(tmp_path / "m.keras")
    opened = load_model(tmp_path / "m.keras")
    assert opened.class_names is None and opened.preprocessing is None


def test_the_format_is_told_by_first_bytes_and_not_by_the_name(model, tmp_path):
    model.save(tmp_path / "a.keras")
    model.save(tmp_path / "b.h5")
    (tmp_path / "a.keras").rename(tmp_path / "a.h5")
    (tmp_path / "b.h5").rename(tmp_path / "b.keras")
    assert_same(load_model(tmp_path / "a.h5"), load_model(tmp_path / "b.keras"), data("mobile"))


def test_save_format_and_overwrite(model, tmp_path):
    model.save(tmp_path / "m", save_format="h5")
    assert (tmp_path / "m").read_bytes().startswith(b"\x89HDF")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        model.save(tmp_path / "m", overwrite=False)
    with pytest.raises(ValueError, match="SavedModel"):
        model.save(tmp_path / "t", save_format="tf")
    with pytest.raises(ValueError, match="`save_format` must be"):
        model.save(tmp_path / "t", save_format="onnx")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        model.save(tmp_path)


def test_a_keras_file_is_stored_and_an_unpacked_one_opens(model, tmp_path):
    model.save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
        assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())
        assert set(json.loads(archive.read("metadata.json"))) >= {"keras_version", "date_saved"}
        archive.extractall(tmp_path / "folder")
    assert_same(model, load_model(tmp_path / "folder"), data("mobile"))


@pytest.mark.parametrize("file", ["w.weights.h5", "w.h5", "w.safetensors", "m.keras", "m.h5"])
def test_weights_from_every_kind_of_file(model, tmp_path, file):
    (model.save if file.startswith("m.") else model.save_weights)(tmp_path / file)
    other = NETWORKS["mobile"](lanthorn)
    by_name = file.startswith("w.s")  # automatic names differ between two builds
    if by_name:
        other = clone_model(model)
    other.load_weights(tmp_path / file)
    assert_same(model, other, data("mobile"), rtol=1e-6)


def test_half_precision_halves_a_file_and_loads_as_what_the_model_has(model, tmp_path):
    model.save_weights(tmp_path / "whole.safetensors")
    model.save_weights(tmp_path / "half.safetensors", dtype="float16")
    sizes = [(tmp_path / f"{name}.safetensors").stat().st_size for name in ("whole", "half")]
    floats = sum(w.numpy().nbytes for w in model.weights)
    assert sizes[0] - sizes[1] == pytest.approx(floats / 2, abs=64)
    wanted = [w.astype("float16").astype("float32") for w in model.get_weights()]
    other = clone_model(model)
    other.load_weights(tmp_path / "half.safetensors")
    for found, value in zip(other.get_weights(), wanted, strict=True):
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, value)


def test_half_precision_is_refused_where_it_cannot_be(model, tmp_path):
    with pytest.raises(ValueError, match="dtype='float16' goes with `.safetensors` files alone, got .*w.h5"):
        model.save_weights(tmp_path / "w.h5", dtype="float16")
    with pytest.raises(ValueError, match="must be None, 'float16', 'float32' or 'float64', got 'int8'"):
        model.save_weights(tmp_path / "w.safetensors", dtype="int8")
    model.set_weights([np.full_like(w, 1e6) for w in model.get_weights()])
    with pytest.raises(ValueError, match=r"has values up to 1e\+06, and float16 ends at 6.55e\+04"):
        model.save_weights(tmp_path / "w.safetensors", dtype="float16")
    assert not list(tmp_path.iterdir())


def test_by_name_in_keras_3s_layout(model, tmp_path):
    model.save_weights(tmp_path / "w.weights.h5")
    x = lanthorn.Input((8, 8, 3))
    y = L.Conv2D(4, 3, use_bias=False, name="Conv1")(x)
    other = lanthorn.Model(x, L.Dense(2, name="head")(L.GlobalAveragePooling2D()(y)))
    head = other.get_layer("head").get_weights()[0]
    other.load_weights(tmp_path / "w.weights.h5", by_name=True)
    np.testing.assert_array_equal(other.get_layer("Conv1").get_weights()[0], model.get_layer("Conv1").get_weights()[0])
    np.testing.assert_array_equal(other.get_layer("head").get_weights()[0], head)
    with pytest.raises(ValueError, match="has no|the model has|weights"):
        other.load_weights(tmp_path / "w.weights.h5")
    with pytest.raises(ValueError, match=r"found no layer of the model in the file \(it has .*Conv1"):
        lanthorn.Sequential([lanthorn.Input((2,)), L.Dense(1, name="z")]).load_weights(
            tmp_path / "w.weights.h5", by_name=True
        )


def test_layers_of_one_class_in_another_order_are_paired_by_their_names(plain_engine, tmp_path):
    """Two builds of one network number two equal Dense layers differently; their names know better."""

    def build(swapped):
        x = lanthorn.Input((2,))
        a, b = L.Dense(2, name="a")(x), L.Dense(2, name="b")(x)
        return lanthorn.Model(x, L.Add()([b, a] if swapped else [a, b]))

    model, other = build(False), build(True)
    assert [n.name for n in model.layers[1:3]] != [n.name for n in other.layers[1:3]]
    scramble(model)
    model.save_weights(tmp_path / "w.weights.h5")
    other.load_weights(tmp_path / "w.weights.h5")
    np.testing.assert_array_equal(other.get_layer("a").get_weights()[0], model.get_layer("a").get_weights()[0])


def test_wrong_weights_in_keras_3s_layout(model, tmp_path):
    model.save_weights(tmp_path / "w.weights.h5")
    other = lanthorn.Sequential([lanthorn.Input((8, 8, 3)), L.Conv2D(5, 3, use_bias=False, name="Conv1"), L.Flatten()])
    before = other.get_weights()[0]
    expected = r"w\.weights\.h5: Conv2D 'Conv1'.*has shape \(3, 3, 3, 5\) in the model and \(3, 3, 3, 4\) in the file"
    with pytest.raises(ValueError, match=expected):
        other.load_weights(tmp_path / "w.weights.h5")
    with pytest.warns(UserWarning, match="left as they are"):
        other.load_weights(tmp_path / "w.weights.h5", skip_mismatch=True)
    np.testing.assert_array_equal(other.get_weights()[0], before)


def test_json(model):
    text = model.to_json(indent=2)
    again = model_from_json(text)
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    assert again.to_json(indent=2) == text
    with pytest.raises(ValueError, match="not JSON .* It takes the text, not the name of a file"):
        model_from_json("model.json")
    with pytest.raises(ValueError, match="expected a dict with class_name and config"):
        model_from_json("[1]")
    with pytest.raises(ValueError, match="a subclassed model. Its code is not in the file"):
        model_from_json('{"class_name": "Model", "config": {"name": "m"}}')


def test_clone_model_has_the_architecture_and_new_weights(model):
    twin = clone_model(model)
    assert [layer.get_config() for layer in twin.layers] == [layer.get_config() for layer in model.layers]
    assert any((a != b).any() for a, b in zip(twin.get_weights(), model.get_weights(), strict=True))
    assert not {id(layer) for layer in twin.layers} & {id(layer) for layer in model.layers}


def test_frozen_models_inside_and_the_calls_arguments(plain_engine, tmp_path):
    model = NETWORKS["nested"](lanthorn)
    model.save(tmp_path / "m.keras")
    opened = load_model(tmp_path / "m.keras")
    base = opened.get_layer("base")
    assert not base.trainable and base._nodes[-1].kwargs.get("training") is False
    assert len(opened.trainable_weights) == len(model.trainable_weights)


def test_a_sequential_without_a_shape(plain_engine, tmp_path):
    model = lanthorn.Sequential([L.Dense(2), L.Dense(1)])
    opened = model_from_json(model.to_json())
    assert not opened.built and len(opened.layers) == 2
    with pytest.raises(ValueError, match="has no weights to save yet"):
        model.save_weights(tmp_path / "w.h5")
    model.build((None, 3))
    assert model_from_json(model.to_json()).input_shape == (None, 3)


def test_inputs_and_outputs_in_dicts(plain_engine, tmp_path):
    a, b = lanthorn.Input((2,), name="a"), lanthorn.Input((2,), name="b")
    model = lanthorn.Model({"a": a, "b": b}, {"sum": L.Add()([a, b]), "product": L.Multiply()([a, b])})
    model.save(tmp_path / "m.keras")
    x = {"a": np.ones((1, 2), "float32"), "b": np.full((1, 2), 3, "float32")}
    found = load_model(tmp_path / "m.keras")(x)
    assert set(found) == {"sum", "product"} and found["product"][0, 0] == 3


def test_a_layer_with_several_outputs(plain_engine, tmp_path):
    x = lanthorn.Input((5, 3))
    sequence, hidden, cell = L.LSTM(4, return_sequences=True, return_state=True)(x)
    y = L.LSTM(4)(sequence, initial_state=[hidden, cell])
    model = lanthorn.Model(x, L.Concatenate()([y, cell]))
    scramble(model)
    for suffix in (".keras", ".h5"):
        model.save(tmp_path / f"m{suffix}")
        assert_same(model, load_model(tmp_path / f"m{suffix}"), np.ones((2, 5, 3), "float32"))
