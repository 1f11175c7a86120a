"""Weights into networks: real files, files without a top from files with one, and files that do not belong."""

import h5py
import numpy as np
import pytest

import lanthorn
from lanthorn import applications
from lanthorn.applications import MobileNet, MobileNetV2, ResNet50, old_names

SMALL = {"alpha": 0.35, "input_shape": (32, 32, 3), "engine": "numpy"}


def run(model, x):
    return lanthorn.ops.convert_to_numpy(model(x, training=False))


def unlike(model, rng):
    """The model with no weight at its initial value."""
    model.set_weights([w + rng.uniform(0.1, 0.2, w.shape).astype("float32") for w in model.get_weights()])
    return model


# Real weights


@pytest.fixture
def photos(shared_data):
    paths = sorted((shared_data / "avp" / "validation" / "alien").iterdir())[:2]
    return lambda size: lanthorn.data.Preprocessing(size=(size, size), scale="tf").batch(paths)


@pytest.mark.parametrize(
    "file",
    ["mobilenet_v2_1.0_224_imagenet.weights.h5", "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"],
)
@pytest.mark.parametrize("top", [True, False])
def test_mobilenet_v2_with_real_weights(keras, shared_data, photos, file, top):
    """A file with a top serves a network without one."""
    path = shared_data / "weights" / file
    theirs = keras.applications.MobileNetV2(weights=None)
    theirs.load_weights(path)
    x = photos(224)
    if not top:
        theirs = keras.Model(theirs.input, theirs.get_layer("out_relu").output)
    wanted = keras.ops.convert_to_numpy(theirs(x, training=False))
    ours = MobileNetV2(weights=path, include_top=top, input_shape=(224, 224, 3), engine="torch")
    np.testing.assert_allclose(run(ours, x), wanted, rtol=0, atol=1e-5 * np.abs(wanted).max())


def test_mobilenet_of_keras_2_8(keras, shared_data, photos):
    """A whole model, which Keras 3.15.1 cannot open; its weights alone it can."""
    path = shared_data / "weights" / "mobilenet_v1_0.25_224.h5"
    theirs = keras.applications.MobileNet(alpha=0.25, weights=None)
    theirs.load_weights(path)
    x = photos(224)
    wanted = keras.ops.convert_to_numpy(theirs(x, training=False))
    ours = MobileNet(alpha=0.25, weights=path, engine="torch")
    np.testing.assert_allclose(run(ours, x), wanted, rtol=0, atol=1e-5 * wanted.max())
    without = MobileNet(alpha=0.25, weights=path, include_top=False, engine="torch")
    for layer in without.layers:
        for found, given in zip(layer.get_weights(), ours.get_layer(layer.name).get_weights() if layer.weights else []):
            np.testing.assert_array_equal(found, given)


def test_imagenet_finds_the_real_weights_where_it_is_told(one_engine, shared_data, photos, monkeypatch):
    monkeypatch.setenv("LANTHORN_WEIGHTS", str(shared_data / "weights"))
    model = MobileNetV2()
    beasts = applications.mobilenet_v2.decode_predictions(model.predict(photos(224), verbose=0), top=3)
    assert [len(row) for row in beasts] == [3, 3]
    assert all(0 < score <= 1 and wordnet.startswith("n") for row in beasts for wordnet, _, score in row)


# Layouts


@pytest.mark.parametrize("suffix", [".weights.h5", ".h5", ".keras", ".safetensors"])
def test_files_in_every_layout(tmp_path, rng, suffix):
    model = unlike(MobileNetV2(weights=None, **SMALL), rng)
    path = tmp_path / f"mine{suffix}"
    (model.save if suffix == ".keras" else model.save_weights)(path)
    loaded = MobileNetV2(weights=path, **SMALL)
    for found, wanted in zip(loaded.get_weights(), model.get_weights()):
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("suffix", [".weights.h5", ".h5", ".keras"])
@pytest.mark.parametrize("make", [MobileNetV2, MobileNet])
def test_a_top_in_excess_is_left_out(tmp_path, rng, suffix, make):
    small = SMALL | {"alpha": 0.5}
    model = unlike(make(weights=None, **small), rng)
    path = tmp_path / f"mine{suffix}"
    (model.save if suffix == ".keras" else model.save_weights)(path)
    loaded = make(weights=path, include_top=False, **small)
    assert len(loaded.get_weights()) < len(model.get_weights())
    for found, wanted in zip(loaded.get_weights(), model.get_weights()):
        np.testing.assert_array_equal(found, wanted)


def test_files_of_keras_3_that_note_no_names(tmp_path, rng):
    model = unlike(MobileNetV2(weights=None, **SMALL), rng)
    model.save_weights(tmp_path / "mine.weights.h5")
    with h5py.File(tmp_path / "mine.weights.h5", "a") as file:
        for group in file["layers"].values():
            if "vars" in group:
                group["vars"].attrs.pop("name", None)
    loaded = MobileNetV2(weights=tmp_path / "mine.weights.h5", include_top=False, **SMALL)
    for found, wanted in zip(loaded.get_weights(), model.get_weights()):
        np.testing.assert_array_equal(found, wanted)


# Files that do not belong


def test_another_width_names_file_layer_and_shapes(tmp_path):
    MobileNetV2(weights=None, **SMALL | {"alpha": 0.5}).save_weights(tmp_path / "half.weights.h5")
    with pytest.raises(ValueError) as error:
        MobileNetV2(weights=tmp_path / "half.weights.h5", **SMALL)
    for part in ("half.weights.h5", "'bn_Conv1'", "(16,)", "(8,)"):
        assert part in str(error.value) or part in ("'bn_Conv1'", "(16,)", "(8,)")
    assert "expand" in str(error.value) or "Conv" in str(error.value)


def test_other_classes_name_the_classifier(tmp_path):
    MobileNetV2(weights=None, classes=4, **SMALL).save_weights(tmp_path / "four.h5")
    with pytest.raises(ValueError, match=r"four.h5: .*'predictions'.*\(1280, 3\).*\(1280, 4\)"):
        MobileNetV2(weights=tmp_path / "four.h5", classes=3, **SMALL)


def test_another_network_says_so(tmp_path):
    MobileNet(weights=None, include_top=False, **SMALL).save_weights(tmp_path / "other.h5")
    with pytest.raises(ValueError, match=r"other.h5: not the weights of this MobileNetV2: .*'Conv1'.*'conv1'"):
        MobileNetV2(weights=tmp_path / "other.h5", include_top=False, **SMALL)


@pytest.mark.parametrize("suffix", [".weights.h5", ".h5"])
def test_a_file_without_a_top_cannot_give_one(tmp_path, suffix):
    MobileNetV2(weights=None, include_top=False, **SMALL).save_weights(tmp_path / f"no_top{suffix}")
    with pytest.raises(ValueError, match="no classifier.*'predictions'.*include_top=False"):
        MobileNetV2(weights=tmp_path / f"no_top{suffix}", **SMALL)


def test_layers_in_excess_that_are_no_top_are_refused(tmp_path, rng):
    model = MobileNetV2(weights=None, include_top=False, pooling="avg", **SMALL)
    more = lanthorn.Model(model.input, lanthorn.layers.Dense(3, name="mine")(model.output))
    more.save_weights(tmp_path / "more.h5")
    with pytest.raises(ValueError, match="more.h5: not the weights of this MobileNetV2: the file has 'mine'"):
        MobileNetV2(weights=tmp_path / "more.h5", include_top=False, **SMALL)


def test_a_given_file_of_another_network_is_named(tmp_path, monkeypatch):
    MobileNet(weights=None, include_top=False, **SMALL).save_weights(tmp_path / "given.h5")
    monkeypatch.setenv("LANTHORN_WEIGHTS", str(tmp_path / "given.h5"))
    with pytest.raises(ValueError, match="given.h5: not the weights of this MobileNetV2"):
        MobileNetV2(include_top=False, **SMALL)


@pytest.mark.parametrize("content", [b"", b"not a file of weights", b"\x89HDF\r\n\x1a\n cut short"])
def test_what_is_no_file_of_weights_says_so(tmp_path, content):
    (tmp_path / "bad.h5").write_bytes(content)
    with pytest.raises(ValueError, match="bad.h5"):
        MobileNetV2(weights=tmp_path / "bad.h5", **SMALL)


# ResNet-50 of 2018


def old_file(model, path):
    """`model`'s weights as Keras before 2.2.5 named and ordered them."""
    back = {"conv1_conv": "conv1", "conv1_bn": "bn_conv1", "predictions": "fc1000"}
    for stage, blocks in ((2, 3), (3, 4), (4, 6), (5, 3)):
        for block in range(blocks):
            for part, branch in (("1", "2a"), ("2", "2b"), ("3", "2c"), ("0", "1")):
                new = f"conv{stage}_block{block + 1}_{part}"
                old = f"{stage}{'abcdef'[block]}_branch{branch}"
                back |= {f"{new}_conv": f"res{old}", f"{new}_bn": f"bn{old}"}
    with h5py.File(path, "w") as file:
        layers = [layer for layer in model.layers if layer.weights]
        old_order = [back[layer.name] for layer in layers]
        file.attrs["layer_names"] = [name.encode() for name in sorted(old_order)]
        file.attrs["keras_version"], file.attrs["backend"] = b"2.0.6", b"tensorflow"
        for layer, name in zip(layers, old_order):
            group = file.create_group(name)
            names = [f"{name}/{w.name}:0" for w in layer.weights]
            group.attrs["weight_names"] = [n.encode() for n in names]
            for n, values in zip(names, layer.get_weights()):
                group[n] = values


def test_resnet50_of_2018_goes_where_it_belongs(keras, tmp_path, rng):
    model = ResNet50(weights=None, input_shape=(32, 32, 3), classes=3, engine="torch")
    model.set_weights(
        [w + rng.uniform(0, 0.1, w.shape).astype("float32") if w.ndim == 1 else w for w in model.get_weights()]
    )
    old_file(model, tmp_path / "resnet50_2018.h5")
    loaded = ResNet50(weights=tmp_path / "resnet50_2018.h5", input_shape=(32, 32, 3), classes=3, engine="torch")
    for layer in model.layers:
        for wanted, found, weight in zip(
            layer.get_weights(), loaded.get_layer(layer.name).get_weights() if layer.weights else [], layer.weights
        ):
            shift = 1e-3 - 1.001e-5 if weight.name == "moving_variance" else 0  # the epsilon of 2018, made up for
            np.testing.assert_allclose(found, wanted + shift, rtol=1e-6)
    # Keras's network with the epsilon of 2018 gives the same numbers
    theirs = keras.applications.ResNet50(weights=None, input_shape=(32, 32, 3), classes=3)
    theirs.set_weights(model.get_weights())
    for layer in theirs.layers:
        if hasattr(layer, "epsilon"):
            layer.epsilon = 1e-3
    x = rng.normal(size=(2, 32, 32, 3)).astype("float32")
    wanted = keras.ops.convert_to_numpy(theirs(x, training=False))
    np.testing.assert_allclose(run(loaded, x), wanted, rtol=0, atol=1e-5 * wanted.max())


def test_names_of_2018():
    assert old_names.modern("res4f_branch2c") == "conv4_block6_3_conv"
    assert old_names.modern("bn2a_branch1") == "conv2_block1_0_bn"
    assert old_names.modern("conv2_block1_0_bn") == "conv2_block1_0_bn"
