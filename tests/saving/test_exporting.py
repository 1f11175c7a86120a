"""Models as SavedModel, ONNX, OpenVINO, LiteRT and ExportedProgram: loaded by others, they give the same numbers."""

import copy

import numpy as np
import pytest

import lanthorn
from lanthorn import layers

SPEC = lanthorn.InputSpec(shape=(None, 8, 8, 3), dtype="float32")


@pytest.fixture
def tf():
    return pytest.importorskip("tensorflow", reason="a SavedModel is TensorFlow's, which is not installed")


@pytest.fixture
def x(rng):
    return rng.normal(size=(3, 8, 8, 3)).astype("float32")


def net():
    inputs = lanthorn.Input((8, 8, 3), name="picture")
    y = layers.BatchNormalization()(layers.Conv2D(4, 3, activation="relu")(inputs))
    return lanthorn.Model(inputs, layers.Dense(2)(layers.Dropout(0.5)(layers.GlobalAveragePooling2D()(y))))


def outputs(model, x):
    return lanthorn.ops.convert_to_numpy(model(x))


def test_an_archive_holds_endpoints_of_a_model_of_any_engine(tf, any_engine, x, tmp_path, capsys):
    model = net()
    archive = lanthorn.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint("serve", model.call, [SPEC])
    archive.add_endpoint("train", lambda x: model.call(x, training=True), [SPEC])
    archive.add_variable_collection("first", model.weights[:2])
    before, count = [w.copy() for w in model.get_weights()], len(model.variables)
    archive.write_out(tmp_path / "served")
    assert "* Endpoint 'serve'" in capsys.readouterr().out
    assert (len(archive.trainable_variables), len(archive.variables)) == (6, count)
    loaded = tf.saved_model.load(str(tmp_path / "served"))
    np.testing.assert_allclose(loaded.serve(x), outputs(model, x), atol=1e-6)
    named = loaded.signatures["serving_default"](tf.constant(x))
    np.testing.assert_allclose(next(iter(named.values())), outputs(model, x), atol=1e-6)
    np.testing.assert_array_equal(loaded.first[0], before[0])
    first, second = loaded.train(x), loaded.train(x)  # dropout draws, and statistics move
    assert np.abs(first - second).max() > 1e-3 and np.abs(loaded.serve(x) - outputs(model, x)).max() > 1e-5
    assert len(model.variables) == count and all(v.engine.name == any_engine for v in model.variables)
    for a, b in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_an_archive_takes_functions_and_tables_of_tensorflow(tf, one_engine, tmp_path):
    model = lanthorn.Sequential([lanthorn.Input((2,)), layers.Dense(1)])
    archive = lanthorn.export.ExportArchive()
    serve = archive.track_and_add_endpoint("model", model, [lanthorn.InputSpec(shape=(None, 2), dtype="float32")])
    keys, numbers = tf.constant(["a", "b"]), tf.constant([1.0, 2.0])
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, numbers), 0.0)
    archive.track(table)
    words = tf.function(lambda words: serve(table.lookup(words)))
    with pytest.raises(ValueError, match="has never been called"):
        archive.add_endpoint("words", words)
    words(tf.constant([["a", "b"]]))
    archive.add_endpoint("words", words)
    archive.write_out(tmp_path / "served", verbose=False)
    loaded = tf.saved_model.load(str(tmp_path / "served"))
    wanted = outputs(model, np.array([[1.0, 2.0]], "float32"))
    np.testing.assert_allclose(loaded.words(tf.constant([["a", "b"]])), wanted, atol=1e-6)


def test_an_archive_refuses_what_it_cannot_serve(tf, on_torch):
    archive = lanthorn.export.ExportArchive()
    with pytest.raises(ValueError, match="No endpoints"):
        archive.write_out("nowhere")
    with pytest.raises(ValueError, match="has not yet been built"):
        archive.track(layers.Dense(2))
    with pytest.raises(ValueError, match="Invalid resource type"):
        archive.track("a word")
    with pytest.raises(ValueError, match="provide an `input_signature`"):
        archive.add_endpoint("serve", lambda x: x)
    with pytest.raises(ValueError, match="list/tuple/set"):
        archive.add_variable_collection("some", 3)
    archive.add_endpoint("serve", lambda x: x, [SPEC])
    with pytest.raises(ValueError, match="already taken"):
        archive.add_endpoint("serve", lambda x: x, [SPEC])
    model = net()
    model.torch()
    with pytest.raises(ValueError, match="torch module"):
        archive.track(model)


def test_a_subclassed_model_with_two_inputs_is_served(tf, engine, tmp_path):
    class Two(lanthorn.Model):
        def __init__(self):
            super().__init__()
            self.a, self.b = layers.Dense(2), layers.Dense(2)

        def call(self, pair):
            return self.a(pair["x"]) + self.b(pair["y"])

    model, pair = Two(), {"x": np.ones((1, 3), "float32"), "y": np.ones((1, 4), "float32")}
    wanted = outputs(model, pair)
    model.export(tmp_path / "two", verbose=False)
    loaded = tf.saved_model.load(str(tmp_path / "two"))
    np.testing.assert_allclose(loaded.serve(pair), wanted, atol=1e-6)


# -- the other formats ------------------------------------------------------------------------------------------------
def test_onnx_and_openvino(any_engine, x, tmp_path, capsys):
    pytest.importorskip("onnx")
    openvino = pytest.importorskip("openvino")
    model = net()
    assert model.export(tmp_path / "net.onnx", format="onnx") == str(tmp_path / "net.onnx")
    assert "Saved artifact" in capsys.readouterr().out
    model.export(tmp_path / "net.xml", format="openvino", verbose=False)
    for file in ("net.onnx", "net.xml"):
        core = openvino.Core()
        found = core.compile_model(core.read_model(tmp_path / file), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})([x])
        np.testing.assert_allclose(next(iter(found.values())), outputs(model, x), atol=1e-5)


def test_an_exported_program_of_torch(any_engine, x, tmp_path):
    torch = pytest.importorskip("torch")
    model = net()
    wanted = outputs(model, x)
    model.export(tmp_path / "net.pt2", format="torch", verbose=False)
    found = torch.export.load(tmp_path / "net.pt2").module()(torch.from_numpy(x))
    np.testing.assert_allclose(found.detach(), wanted, atol=1e-5)
    assert model._view is None and model.engine.name == any_engine


def test_litert(tf, one_engine, x, tmp_path):
    model = net()
    copy.deepcopy(model).export(tmp_path / "net.tflite", format="litert", verbose=False)
    assert (tmp_path / "net.tflite").read_bytes()[4:8] == b"TFL3"


def test_what_cannot_be_exported_is_said(one_engine, tmp_path):
    with pytest.raises(ValueError, match="format.*'pickle'"):
        net().export(tmp_path / "a", format="pickle")
    with pytest.raises(ValueError, match="end with '.pt2'"):
        net().export(tmp_path / "a", format="torch")
    with pytest.raises(ValueError, match="not yet been built"):
        lanthorn.Sequential([layers.Dense(2)]).export(tmp_path / "a")
