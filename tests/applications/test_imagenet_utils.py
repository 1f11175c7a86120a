"""Pictures in, words out: preprocess_input and decode_predictions against Keras."""

import hashlib
import json
import pickle

import numpy as np
import pytest

import lanthorn
from lanthorn import applications
from lanthorn.applications import imagenet_utils, registry

SCALES = {
    "mobilenet": "tf", "mobilenet_v2": "tf", "resnet": "caffe", "resnet50": "caffe", "vgg16": "caffe", "vgg19": "caffe",
}  # fmt: skip


@pytest.mark.parametrize("mode", ["tf", "caffe", "torch"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first", None])
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64", "int64"])
@pytest.mark.parametrize("batch", [True, False])
def test_numpy_pictures_as_in_keras(keras, rng, mode, data_format, dtype, batch):
    x = rng.integers(0, 256, (2, 3, 5, 3) if batch else (3, 5, 3)).astype(dtype)
    x = np.moveaxis(x, -1, -3) if data_format == "channels_first" else x
    kept = x.copy()
    found = imagenet_utils.preprocess_input(x, data_format, mode)
    wanted = keras.applications.imagenet_utils.preprocess_input(x.copy(), data_format, mode)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)
    assert found.dtype == wanted.dtype
    np.testing.assert_array_equal(x, kept)  # unlike Keras's, which writes into it


@pytest.mark.parametrize("mode", ["tf", "caffe", "torch"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_engine_pictures_as_numpy_ones(any_engine, rng, mode, data_format):
    x = rng.integers(0, 256, (2, 3, 5, 3)).astype("uint8")
    x = np.moveaxis(x, -1, -3).copy() if data_format == "channels_first" else x
    found = imagenet_utils.preprocess_input(lanthorn.ops.convert_to_tensor(x), data_format, mode)
    assert lanthorn.engines.of(found).name == any_engine
    wanted = imagenet_utils.preprocess_input(x, data_format, mode)
    np.testing.assert_allclose(lanthorn.ops.convert_to_numpy(found), wanted, rtol=1e-5, atol=1e-5)


def test_in_a_functional_model(engine, rng):
    inside = lanthorn.Input((4, 4, 3))
    model = lanthorn.Model(inside, applications.resnet50.preprocess_input(inside))
    x = rng.uniform(0, 255, (1, 4, 4, 3)).astype("float32")
    wanted = applications.resnet50.preprocess_input(x)
    np.testing.assert_allclose(lanthorn.ops.convert_to_numpy(model(x)), wanted, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("name", SCALES)
def test_each_network_knows_its_scale(keras, rng, name):
    function = getattr(applications, name).preprocess_input
    assert function.scale == SCALES[name]
    x = rng.uniform(0, 255, (2, 2, 3)).astype("float32")
    theirs = getattr(keras.applications, name).preprocess_input
    np.testing.assert_allclose(function(x), theirs(x.copy()), rtol=1e-5, atol=1e-5)
    assert pickle.loads(pickle.dumps(function)) is function


@pytest.mark.parametrize("mode", ["tf", "caffe", "torch"])
def test_the_data_pipeline_scales_alike(rng, mode):
    x = rng.integers(0, 256, (4, 4, 3)).astype("uint8")
    found = lanthorn.data.Preprocessing(size=(4, 4), scale=mode)(x)
    np.testing.assert_allclose(found, imagenet_utils.preprocess_input(x, mode=mode), rtol=1e-5, atol=1e-5)


def test_wrong_arguments_say_so():
    with pytest.raises(ValueError, match="'caffe', 'tf' or 'torch', got 'keras'"):
        imagenet_utils.preprocess_input(np.zeros((2, 2, 3)), mode="keras")
    with pytest.raises(ValueError, match="'channels_first', got 'last'"):
        imagenet_utils.preprocess_input(np.zeros((2, 2, 3)), data_format="last")
    with pytest.raises(ValueError, match=r"got the shape \(2, 2, 1\)"):
        imagenet_utils.preprocess_input(np.zeros((2, 2, 1)))


# Names


@pytest.fixture
def names():
    return {str(i): [f"n{i:08d}", f"class_{i}"] for i in range(1000)}


@pytest.fixture
def names_given(names, tmp_path, monkeypatch):
    (tmp_path / "imagenet_class_index.json").write_text(json.dumps(names))
    monkeypatch.setenv("LANTHORN_WEIGHTS", str(tmp_path))


def test_best_classes_first(names_given):
    scores = np.zeros((2, 1000), "float32")
    scores[0, [7, 3]] = 0.25, 0.5
    scores[1, 999] = 1
    found = imagenet_utils.decode_predictions(scores, top=2)
    assert found[0] == [("n00000003", "class_3", 0.5), ("n00000007", "class_7", 0.25)]
    assert found[1][0] == ("n00000999", "class_999", 1.0)
    assert [len(row) for row in imagenet_utils.decode_predictions(scores)] == [5, 5]


def test_engine_arrays_are_decoded(names_given, any_engine):
    scores = lanthorn.ops.convert_to_tensor(np.eye(1000, dtype="float32")[:1])
    assert applications.vgg16.decode_predictions(scores, top=1) == [[("n00000000", "class_0", 1.0)]]


def test_names_as_lines_beside_the_weights(names, tmp_path, monkeypatch):
    (tmp_path / "weights").mkdir()
    lines = [f"{i}\t{wordnet}\t{name}" for i, (wordnet, name) in names.items()]
    (tmp_path / "imagenet_classes.tsv").write_text("\n".join(lines) + "\n")
    monkeypatch.setenv("LANTHORN_WEIGHTS", str(tmp_path / "weights"))
    assert imagenet_utils.decode_predictions(np.eye(1000)[5:6], top=1) == [[("n00000005", "class_5", 1.0)]]


def test_names_are_downloaded_once(names, file_server, monkeypatch):
    content = json.dumps(names).encode()
    file_server.files["/imagenet_class_index.json"] = content
    entry = registry.table()["class_names"]
    monkeypatch.setitem(entry, "address", file_server.address + "/")
    monkeypatch.setitem(entry, "md5", hashlib.md5(content).hexdigest())
    for _ in range(2):
        imagenet_utils._names_of.clear()
        assert imagenet_utils.decode_predictions(np.eye(1000)[:1], top=1)[0][0][1] == "class_0"
    assert file_server.asked == ["/imagenet_class_index.json"]
    monkeypatch.setitem(entry, "md5", "0" * 32)
    with pytest.raises(ValueError, match="MD5"):
        imagenet_utils.decode_predictions(np.eye(1000)[:1])


def test_names_that_cannot_be_fetched_say_what_to_do(file_server, monkeypatch):
    monkeypatch.setitem(registry.table()["class_names"], "address", file_server.address + "/")
    with pytest.raises(FileNotFoundError, match="imagenet_class_index.json is not on this machine.*LANTHORN_WEIGHTS"):
        imagenet_utils.decode_predictions(np.eye(1000)[:1])


@pytest.mark.parametrize("shape", [(1000,), (1, 10), (1, 1, 1000)])
def test_other_scores_are_refused(shape):
    with pytest.raises(ValueError, match=r"expected scores of shape \(samples, 1000\)"):
        imagenet_utils.decode_predictions(np.zeros(shape))


def test_a_list_of_other_classes_is_refused(tmp_path):
    (tmp_path / "few.tsv").write_text("0\tn1\ttench\n")
    with pytest.raises(ValueError, match="few.tsv: expected the names of 1000 classes, found 1"):
        imagenet_utils.read_class_names(tmp_path / "few.tsv")
    (tmp_path / "bad.tsv").write_text("tench\n")
    with pytest.raises(ValueError, match="bad.tsv: expected lines"):
        imagenet_utils.read_class_names(tmp_path / "bad.tsv")
