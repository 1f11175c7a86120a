"""Wick, the network that comes with the package: its make, its weights, and that nothing else is taken for them."""

import inspect
import socket

import numpy as np
import pytest

import lanthorn
from lanthorn import applications
from lanthorn.applications import Wick, find_weights, registry
from lanthorn.applications.registry import fetch_weights

from .test_networks import close, run

PACKAGED = registry.PACKAGE / "wick.safetensors"


# The network


def test_it_is_small():
    assert Wick(weights=None, engine="numpy").count_params() <= 1_200_000


@pytest.mark.parametrize(
    "case, shape",
    [
        ({}, (None, None, None, 768)),
        ({"input_shape": (160, 160, 3)}, (None, 5, 5, 768)),
        ({"input_shape": (33, 75, 3)}, (None, 2, 3, 768)),
        ({"pooling": "avg"}, (None, 768)),
        ({"pooling": "max", "input_shape": (64, 64, 3)}, (None, 768)),
        ({"include_top": True}, (None, 1000)),
        ({"include_top": True, "classes": 4, "classifier_activation": None}, (None, 4)),
        ({"input_shape": (64, 64, 1)}, (None, 2, 2, 768)),
    ],
)
def test_shapes(case, shape):
    model = Wick(weights=None, engine="numpy", **case)
    assert model.output_shape == shape
    if case.get("include_top"):
        assert model.input_shape == (None, 192, 192, 3)


def test_any_size_of_picture(packaged_wick, noise):
    model = Wick(pooling="avg", engine="numpy")
    for height, width in ((32, 32), (97, 161)):
        assert run(model, noise(height, width)).shape == (2, 768)


def test_it_is_the_same_on_every_engine(any_engine, packaged_wick, noise):
    x = noise(64)
    wanted = run(Wick(pooling="avg", engine="numpy"), x)
    assert np.abs(wanted).max() > 1e-3
    close(run(Wick(pooling="avg"), x), wanted)


def test_channels_first_gives_the_same_numbers(torch_engine, packaged_wick, noise):
    x = noise(48)
    wanted = run(Wick(), x)
    lanthorn.backend.set_image_data_format("channels_first")
    try:
        found = run(Wick(input_shape=(3, 48, 48)), x.transpose(0, 3, 1, 2))
    finally:
        lanthorn.backend.set_image_data_format("channels_last")
    close(found.transpose(0, 2, 3, 1), wanted)


def test_every_normalisation_is_folded(packaged_wick):
    from lanthorn.core.flatten import flattened
    from lanthorn.engines import folding

    model = Wick(input_shape=(64, 64, 3), pooling="avg", engine="numpy")
    kinds = {type(piece.layer).__name__ for piece in folding.folded(flattened(model.plan))}
    assert kinds == {"Conv2D", "DepthwiseConv2D", "ReLU", "Add", "GlobalAveragePooling2D"}


@pytest.mark.parametrize("runner", ["openvino", "torch_runner"])
def test_runners_give_the_same_numbers(packaged_wick, noise, runner):
    import importlib

    from lanthorn.engines import runners

    maker = importlib.import_module(f"lanthorn.engines.{runner}")
    if not maker.available():  # not by importing OpenVINO: outside of Lanthorn that starts a process which phones home
        pytest.skip(f"{maker.NAME} is not installed")
    model = Wick(input_shape=(96, 96, 3), pooling="avg", engine="numpy")
    x = noise(96)
    close(maker.float32(model.plan, model.variables)(x), runners.by_numpy(model.plan, model.variables, x), 1e-4)


def test_built_on_a_tensor_of_the_users(packaged_wick):
    pictures = lanthorn.Input((48, 48, 3), name="pictures", engine="numpy")
    model = Wick(input_tensor=lanthorn.layers.Rescaling(1 / 127.5, offset=-1)(pictures), pooling="avg")
    assert (model.layers[0].name, model.output_shape) == ("pictures", (None, 768))


def test_arguments_are_those_of_the_other_networks():
    found = inspect.signature(Wick).parameters
    wanted = inspect.signature(applications.MobileNetV2).parameters
    assert [*found] == [name for name in wanted if name != "alpha"]
    assert (found["include_top"].default, found["weights"].default) == (False, "wick")


def test_it_knows_its_pictures():
    model = Wick(weights=None, engine="numpy")
    assert (model.preprocessing.size, model.preprocessing.scale) == ((192, 192), "tf")
    assert model.preprocessing.interpolation == "bilinear"
    assert applications.wick.preprocess_input.scale == "tf"
    assert Wick(weights=None, engine="numpy", input_shape=(96, 64, 3)).preprocessing.size == (96, 64)


# Its weights


@pytest.mark.parametrize("word", ["wick", "imagenet"])
def test_half_precision_becomes_float32(any_engine, packaged_wick, word):
    from safetensors.numpy import load_file

    stored = load_file(packaged_wick)
    model = Wick(weights=word)
    assert {array.dtype for array in stored.values()} == {np.dtype("float16")} and len(stored) == len(model.weights)
    for weight in model.weights:
        assert str(weight.dtype) == "float32"
        np.testing.assert_array_equal(weight.numpy(), stored[weight.path].astype("float32"))


def test_no_address_is_asked(packaged_wick, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("Wick asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    for find in (find_weights, fetch_weights):
        found = find("wick")
        assert (found.path, found.source) == (packaged_wick, "package")
        assert found.row.packaged and not found.row.include_top and found.row.size == 192


@pytest.mark.parametrize("given", ["mine.h5", "mobilenet_v2_1.0_224.h5", ".", "folder"])
def test_weights_given_for_others_are_not_taken(packaged_wick, monkeypatch, tmp_path, given):
    (tmp_path / "folder").mkdir()
    for name in ("mine.h5", "mobilenet_v2_1.0_224.h5", "folder/resnet.h5"):
        (tmp_path / name).write_bytes(b"x")
    monkeypatch.setenv("LANTHORN_WEIGHTS", str(tmp_path / given))
    assert find_weights("Wick").source == "package"


@pytest.mark.parametrize("given", ["wick-of-mine.safetensors", "Wick.h5", "folder"])
def test_weights_given_under_its_name_are_taken_for_it_alone(packaged_wick, monkeypatch, tmp_path, given):
    place = tmp_path / given
    if given == "folder":
        place.mkdir()
        (place / "wick.safetensors").write_bytes(b"x")
    else:
        place.write_bytes(b"x")
    monkeypatch.setenv("LANTHORN_WEIGHTS", str(place))
    found = find_weights("Wick")
    assert found.source == "LANTHORN_WEIGHTS" and found.path in (place, place / "wick.safetensors")
    assert find_weights("MobileNetV2").source == "download"


def test_weights_of_ones_own_with_a_classifier(tmp_path):
    made = Wick(weights=None, include_top=True, classes=3, input_shape=(32, 32, 3), engine="numpy")
    made.save_weights(tmp_path / "mine.safetensors")
    again = Wick(
        weights=tmp_path / "mine.safetensors", include_top=True, classes=3, input_shape=(32, 32, 3), engine="numpy"
    )
    for ours, wanted in zip(again.get_weights(), made.get_weights()):
        np.testing.assert_array_equal(ours, wanted)


def test_a_package_without_its_file_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(registry, "PACKAGE", tmp_path)
    with pytest.raises(FileNotFoundError, match="wick.safetensors is not there.*Install lanthorn again"):
        Wick(engine="numpy")


WRONG = {
    "a classifier": (
        {"include_top": True, "classes": 5},
        r"no classifier. Pass include_top=False and put a Dense\(5\)",
    ),
    "a classifier of ImageNet": ({"include_top": True, "weights": "imagenet"}, "no classifier"),
    "no such file": ({"weights": "nowhere.h5"}, r"None \(random\), 'wick' or the path .* got 'nowhere.h5'"),
    "grey": ({"input_shape": (64, 64, 1)}, r"expected 3 channels \(weights='wick'\)"),
    "too small": ({"input_shape": (31, 64, 3)}, "Wick: pictures must be at least 32x32"),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_arguments_say_what_to_do(packaged_wick, what):
    case, message = WRONG[what]
    with pytest.raises(ValueError, match=message):
        Wick(engine="numpy", **case)


def test_other_networks_do_not_know_its_word():
    with pytest.raises(ValueError, match="'imagenet' or the path of a file that exists, got 'wick'"):
        applications.MobileNetV2(weights="wick", engine="numpy")


def test_the_packaged_file_is_small_and_fits():
    assert PACKAGED.stat().st_size <= 2_500_000
    for weight in Wick(engine="numpy").weights:
        values = weight.numpy()
        assert np.isfinite(values).all() and values.any(), weight.path
