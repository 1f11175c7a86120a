"""Files of Keras 1 and 2: real ones, and ones written here in their layouts."""

import json
import zipfile

import h5py
import numpy as np
import pytest

import lanthorn
from lanthorn import layers as L
from lanthorn.saving import h5_safe, load_model, model_from_json


@pytest.fixture(autouse=True)
def default_engine():
    lanthorn.set_engine("numpy")
    yield
    lanthorn.set_engine(None)


# -- real files ----------------------------------------------------------------------------------------------------
def test_a_whole_model_of_keras_2_8_that_keras_3_cannot_open(shared_data):
    from PIL import Image

    pytest.importorskip("torch")
    model = load_model(shared_data / "weights" / "mobilenet_v1_0.25_224.h5", engine="torch")
    assert model.engine.name == "torch" and model.name == "mobilenet_0.25_224"
    assert model.output_shape == (None, 1000) and model.count_params() == 475_544
    photos = sorted((shared_data / "pretrain" / "imagenet_sample").glob("*.jpg"))[::50]
    names = [line.split("\t")[1] for line in (shared_data / "imagenet_classes.tsv").read_text().splitlines()]
    pictures = [np.asarray(Image.open(p).convert("RGB").resize((224, 224))) for p in photos]
    found = model.predict(np.stack(pictures).astype("float32") / 127.5 - 1, verbose=0).argmax(1)
    right = sum(names[i] == p.name.split("_")[0] for i, p in zip(found, photos, strict=True))
    assert right >= 9, f"{right} of {len(photos)} photos named rightly; 0.63 is what the weights reach"


def test_both_layouts_of_mobilenet_v2_hold_the_same_weights(shared_data):
    pytest.importorskip("torch")
    lanthorn.set_engine("torch")
    weights = shared_data / "weights"
    model = lanthorn.applications.MobileNetV2(weights=None)
    found = []
    for name in (
        "mobilenet_v2_1.0_224_imagenet.weights.h5",
        "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5",
    ):
        model.set_weights([np.zeros_like(w) for w in model.get_weights()])
        model.load_weights(weights / name)
        found.append(model.get_weights())
    for a, b in zip(*found, strict=True):
        np.testing.assert_array_equal(a, b)
    gamma = model.get_layer("bn_Conv1").get_weights()[0]
    np.testing.assert_allclose(gamma, np.sqrt(1 + 1e-3), rtol=1e-5)  # as the data's README says


def squeezenet():
    """SqueezeNet 1.1 without top; its layers' names had slashes, so the file is read in order."""

    def fire(x, name, squeeze, expand):
        x = L.Conv2D(squeeze, 1, activation="relu", name=f"{name}_squeeze1x1")(x)
        left = L.Conv2D(expand, 1, activation="relu", name=f"{name}_expand1x1")(x)
        right = L.Conv2D(expand, 3, padding="same", activation="relu", name=f"{name}_expand3x3")(x)
        return L.Concatenate(name=f"{name}_concat")([left, right])

    image = x = lanthorn.Input((67, 67, 3))
    x = L.MaxPooling2D(3, 2)(L.Conv2D(64, 3, strides=2, activation="relu")(x))
    for number, squeeze, expand in ((2, 16, 64), (3, 16, 64), (0, 0, 0), (4, 32, 128), (5, 32, 128), (0, 0, 0),
                                    (6, 48, 192), (7, 48, 192), (8, 64, 256), (9, 64, 256)):  # fmt: skip
        x = fire(x, f"fire{number}", squeeze, expand) if number else L.MaxPooling2D(3, 2)(x)
    return lanthorn.Model(image, x)


def test_keras_1_weights_in_tensorflow_and_theano_order(shared_data):
    files = sorted((shared_data / "weights").glob("squeezenet_weights_*.h5"))
    assert len(files) == 2
    found = []
    for file in files:
        model = squeezenet()
        model.load_weights(file)
        found.append(model.get_weights())
    for a, b in zip(*found, strict=True):
        np.testing.assert_array_equal(a, b)
    assert np.abs(found[0][0]).max() > 0.9  # no initial values


# -- the dialects of configs -----------------------------------------------------------------------------------------
DENSE = {
    "name": "dense_1", "trainable": True, "batch_input_shape": [None, 4], "dtype": "float32", "units": 3,
    "activation": "relu", "use_bias": True, "kernel_regularizer": None, "bias_regularizer": None,
    "kernel_initializer": {"class_name": "VarianceScaling",
                           "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None}},
    "bias_initializer": {"class_name": "Zeros", "config": {}}, "activity_regularizer": None,
    "kernel_constraint": None, "bias_constraint": None,
}  # fmt: skip
BATCH_NORM = {
    "name": "bn", "trainable": True, "axis": [1], "momentum": 0.99, "epsilon": 0.001, "center": True, "scale": True,
    "beta_initializer": {"class_name": "Zeros", "config": {}}, "dtype": "float32",
}  # fmt: skip


@pytest.mark.parametrize("bare_list", [True, False])
def test_sequential_configs_before_and_after_2_2_3(bare_list):
    layers = [{"class_name": "Dense", "config": DENSE}, {"class_name": "BatchNormalization", "config": BATCH_NORM}]
    config = layers if bare_list else {"name": "sequential_1", "layers": layers}
    text = json.dumps({"class_name": "Sequential", "config": config, "keras_version": "2.2.2", "backend": "tensorflow"})
    model = model_from_json(text)
    assert [layer.name for layer in model.layers] == ["dense_1", "bn"] and model.input_shape == (None, 4)
    assert model.layers[1].axis in (1, -1) and model.built
    assert type(model.layers[0].kernel_initializer).__name__ in ("VarianceScaling", "GlorotUniform")


def old_graph(nested_index=1):
    """A nested model called twice, as Keras 2 wrote it: calls of a model counted from 1."""
    inside = {
        "name": "inside", "input_layers": [["input_2", 0, 0]], "output_layers": [["d", 0, 0]],
        "layers": [
            {"name": "input_2", "class_name": "InputLayer", "inbound_nodes": [],
             "config": {"batch_input_shape": [None, 4], "dtype": "float32", "sparse": False, "name": "input_2"}},
            {"name": "d", "class_name": "Dense", "config": {"name": "d", "units": 4, "activation": "linear"},
             "inbound_nodes": [[["input_2", 0, 0, {}]]]},
            {"name": "bn", "class_name": "BatchNormalization", "config": BATCH_NORM,
             "inbound_nodes": [[["d", 0, 0, {}]]]},
        ],
    }  # fmt: skip
    inside["output_layers"] = [["bn", 0, 0]]
    n = nested_index
    return {
        "class_name": "Model", "keras_version": "2.2.4", "backend": "tensorflow",
        "config": {
            "name": "outer", "input_layers": [["input_1", 0, 0]], "output_layers": [["add", 0, 0]],
            "layers": [
                {"name": "input_1", "class_name": "InputLayer", "inbound_nodes": [],
                 "config": {"batch_input_shape": [None, 4], "dtype": "float32", "sparse": False, "name": "input_1"}},
                {"name": "inside", "class_name": "Model", "config": inside,
                 "inbound_nodes": [[["input_1", 0, 0, {}]], [["first", 0, 0, {}]]]},
                {"name": "first", "class_name": "Dense", "config": {"name": "first", "units": 4},
                 "inbound_nodes": [[["inside", n, 0, {}]]]},
                {"name": "add", "class_name": "Add", "config": {"name": "add", "trainable": True},
                 "inbound_nodes": [[["inside", n, 0, {}], ["inside", n + 1, 0, {}]]]},
            ],
        },
    }  # fmt: skip


@pytest.mark.parametrize("nested_index", [0, 1])
def test_nested_models_of_old_graphs(nested_index):
    model = model_from_json(json.dumps(old_graph(nested_index)))
    rng = np.random.default_rng(0)
    model.set_weights([rng.uniform(0.5, 1, w.shape).astype("float32") for w in model.get_weights()])
    inside, first = model.get_layer("inside"), model.get_layer("first")
    x = rng.standard_normal((2, 4)).astype("float32")
    once = inside(x)
    np.testing.assert_allclose(model(x), once + inside(first(once)), rtol=1e-5)
    assert model.output_shape == (None, 4)  # no list around the single output


def test_a_graph_that_cannot_be_put_together():
    config = old_graph()
    config["config"]["layers"][2]["inbound_nodes"] = [[["add", 0, 0, {}]]]  # a circle
    with pytest.raises(ValueError, match="cannot be put together: layer 'inside' needs call 0 of 'first'|'first'"):
        model_from_json(json.dumps(config))
    config = old_graph()
    config["config"]["layers"][3]["inbound_nodes"] = [[["nowhere", 0, 0, {}]]]
    with pytest.raises(ValueError, match="names a layer 'nowhere' that it does not have"):
        model_from_json(json.dumps(config))
    config = old_graph()
    config["config"]["output_layers"] = [["add", 0, 3]]
    with pytest.raises(ValueError, match="asks for output 3 of 'add', which has 1"):
        model_from_json(json.dumps(config))


def test_keras_files_of_2_13(tmp_path):
    """Old modules, old calls, and weights under another name."""
    config = old_graph()
    config |= {"module": "keras.src.engine.functional", "class_name": "Functional", "registered_name": "Functional"}
    for data in config["config"]["layers"]:
        module = "keras.src.engine.functional" if data["class_name"] == "Model" else "keras.layers"
        data |= {"module": module, "registered_name": None}
    model = model_from_json(json.dumps(config))
    model.save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        (tmp_path / "w.h5").write_bytes(archive.read("model.weights.h5"))
    with h5py.File(tmp_path / "w.h5", "r+") as file:
        file.move("layers", "_layer_checkpoint_dependencies")
        inner = file["_layer_checkpoint_dependencies/functional"]
        inner.move("layers", "_layer_checkpoint_dependencies")
    with zipfile.ZipFile(tmp_path / "old.keras", "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.write(tmp_path / "w.h5", "model.weights.h5")
    opened = load_model(tmp_path / "old.keras")
    for a, b in zip(opened.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


# -- weights in the layout of Keras 2 ----------------------------------------------------------------------------------
def write_weights(node, layers, version="2.2.4"):
    """{layer: {weight name: array}} as Keras 2 wrote it."""
    node.attrs["layer_names"] = np.array([name.encode() for name in layers])
    node.attrs["keras_version"], node.attrs["backend"] = version.encode(), b"tensorflow"
    for name, weights in layers.items():
        group = node.create_group(name)
        group.attrs["weight_names"] = np.array([w.encode() for w in weights])
        for weight, value in weights.items():
            group.create_dataset(weight, data=value)


def nested_arrays(rng):
    """What Keras 2 wrote for the model inside: its trainable weights first, then the others."""
    names = ["d/kernel:0", "d/bias:0", "bn/gamma:0", "bn/beta:0", "bn/moving_mean:0", "bn/moving_variance:0"]
    return {n: rng.uniform(0.5, 1, (4, 4) if "kernel" in n else (4,)).astype("float32") for n in names}


@pytest.mark.parametrize("frozen_file", [False, True])
@pytest.mark.parametrize("frozen_model", [False, True])
def test_weights_of_a_model_inside_a_model_frozen_or_not(tmp_path, rng, frozen_file, frozen_model):
    config = old_graph()
    inside = config["config"]["layers"][1]["config"]
    # two layers in the other order: then "trainable first" and "layer by layer" differ
    inside["layers"][1:] = [
        inside["layers"][2] | {"inbound_nodes": [[["input_2", 0, 0, {}]]]},
        inside["layers"][1] | {"inbound_nodes": [[["bn", 0, 0, {}]]]},
    ]
    inside["output_layers"] = [["d", 0, 0]]
    model = model_from_json(json.dumps(config))
    model.get_layer("inside").trainable = not frozen_model
    arrays = nested_arrays(rng)
    order = ["bn/gamma:0", "bn/beta:0"] + (
        ["bn/moving_mean:0", "bn/moving_variance:0", "d/kernel:0", "d/bias:0"]
        if frozen_file
        else ["d/kernel:0", "d/bias:0", "bn/moving_mean:0", "bn/moving_variance:0"]
    )
    first = {"first/kernel:0": np.eye(4, dtype="float32"), "first/bias:0": np.zeros(4, "float32")}
    with h5py.File(tmp_path / "w.h5", "w") as file:
        layers = {"input_1": {}, "inside": {n: arrays[n] for n in order}, "first": first, "add": {}}
        write_weights(file, layers)
    model.load_weights(tmp_path / "w.h5")
    for layer in model.get_layer("inside").layers[1:]:
        for variable in layer.weights:
            np.testing.assert_array_equal(variable.numpy(), arrays[f"{layer.name}/{variable.name}:0"])


def two_dense(names=("a", "b"), units=(3, 3)):
    return lanthorn.Sequential([lanthorn.Input((3,)), *(L.Dense(u, name=n) for u, n in zip(units, names, strict=True))])


def two_layers(rng, names=("a", "b")):
    return {n: {f"{n}/kernel:0": rng.random((3, 3)).astype("float32"), f"{n}/bias:0": np.ones(3, "float32")}
            for n in names}  # fmt: skip


def test_layers_with_the_same_names_in_another_order_are_paired_by_name(tmp_path, rng):
    layers = two_layers(rng, ("b", "a"))
    with h5py.File(tmp_path / "w.h5", "w") as file:
        write_weights(file, layers)
    model = two_dense()
    model.load_weights(tmp_path / "w.h5")
    np.testing.assert_array_equal(model.get_layer("a").kernel.numpy(), layers["a"]["a/kernel:0"])


def test_a_swap_that_shapes_would_not_show_is_refused(tmp_path, rng):
    """The trap of the 2018 ResNet-50 file: some names moved, others changed, all shapes equal."""
    with h5py.File(tmp_path / "w.h5", "w") as file:
        write_weights(file, two_layers(rng, ("c", "a", "b", "x")))
    model = two_dense(("a", "c", "b", "y"), (3, 3, 3, 3))
    with pytest.raises(ValueError, match=r"w\.h5: its layers come in another order .*by_name=True"):
        model.load_weights(tmp_path / "w.h5")


def test_by_name_takes_what_is_there_and_leaves_the_rest(tmp_path, rng):
    with h5py.File(tmp_path / "w.h5", "w") as file:
        write_weights(file, two_layers(rng, ("b", "other")))
    model = two_dense()
    before = model.get_layer("a").get_weights()
    model.load_weights(tmp_path / "w.h5", by_name=True)
    np.testing.assert_array_equal(model.get_layer("a").get_weights()[0], before[0])
    np.testing.assert_array_equal(model.get_layer("b").bias.numpy(), 1)
    with pytest.raises(ValueError, match=r"no layer of the model in the file\. The model's are p, q; the file's are b"):
        two_dense(("p", "q")).load_weights(tmp_path / "w.h5", by_name=True)


def test_wrong_shapes_name_file_layer_and_both_shapes_and_change_nothing(tmp_path, rng):
    with h5py.File(tmp_path / "w.h5", "w") as file:
        write_weights(file, two_layers(rng))
    model = two_dense(units=(3, 5))
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"w\.h5: Dense 'b': .*'kernel' has shape \(3, 5\) .* \(3, 3\) in the file"):
        model.load_weights(tmp_path / "w.h5")
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.warns(UserWarning, match="2 layers or weights were left as they are"):
        model.load_weights(tmp_path / "w.h5", skip_mismatch=True)
    np.testing.assert_array_equal(model.get_layer("a").bias.numpy(), 1)
    np.testing.assert_array_equal(model.get_layer("b").get_weights()[0], before[2])


def test_another_number_of_layers(tmp_path, rng):
    with h5py.File(tmp_path / "w.h5", "w") as file:
        write_weights(file, two_layers(rng))
    model = lanthorn.Sequential([lanthorn.Input((3,)), L.Dense(3)])
    with pytest.raises(ValueError, match=r"holds weights for 2 layers \(a, b\), the model has 1 layers"):
        model.load_weights(tmp_path / "w.h5")
    with pytest.raises(ValueError, match="has no weights yet to load into; build it first"):
        lanthorn.Sequential([L.Dense(3)]).load_weights(tmp_path / "w.h5")


def test_so_many_names_that_they_are_split(tmp_path):
    names = [f"a_layer_with_a_name_so_long_that_few_of_them_fill_an_attribute_{i:0500}" for i in range(130)]
    model = lanthorn.Sequential([lanthorn.Input((1,)), *(L.Dense(1, use_bias=False, name=n) for n in names)])
    model.set_weights([np.full((1, 1), i, "float32") for i in range(len(names))])
    model.save_weights(tmp_path / "w.h5")
    with h5_safe.opened(tmp_path / "w.h5") as file:
        assert "layer_names1" in file.attrs
    again = lanthorn.Sequential([lanthorn.Input((1,)), *(L.Dense(1, use_bias=False, name=n) for n in names)])
    again.load_weights(tmp_path / "w.h5")
    assert [w.item() for w in again.get_weights()] == list(range(len(names)))


# -- training_config ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "training",
    [
        {"optimizer_config": {"class_name": "Adam", "config": {"lr": 0.01, "beta_1": 0.9, "beta_2": 0.999, "decay": 0.0,
                                                               "epsilon": 1e-07, "amsgrad": False}},
         "loss": "mse", "metrics": ["mae"], "sample_weight_mode": None, "loss_weights": None},
        {"optimizer_config": {"class_name": "Custom>Adam", "config": {
            "name": "Adam", "learning_rate": 0.01, "weight_decay": None, "clipnorm": None, "use_ema": False,
            "jit_compile": True, "is_legacy_optimizer": False, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07}},
         "loss": {"class_name": "MeanSquaredError", "config": {"reduction": "auto", "name": "mean_squared_error"}},
         "metrics": [[{"class_name": "MeanMetricWrapper", "config": {"name": "mae", "dtype": "float32", "fn": "mae"}}]],
         "weighted_metrics": None, "loss_weights": None},
    ],
    ids=["keras 2.2", "tensorflow 2.12"],
)  # fmt: skip
def test_compile_settings_and_optimizer_state_of_keras_2(tmp_path, rng, training):
    pytest.importorskip("torch")
    lanthorn.set_engine("torch")
    arrays = {"dense_1/kernel:0": rng.random((4, 3)), "dense_1/bias:0": rng.random(3)}
    slots = [rng.random(s) for s in ((4, 3), (3,), (4, 3), (3,))]  # all first moments, then all second ones
    state = {"Adam/iterations:0": np.int64(7)} | {f"training/Adam/Variable_{i}:0": s for i, s in enumerate(slots)}
    config = {"class_name": "Sequential", "config": [{"class_name": "Dense", "config": DENSE}]}
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(config).encode()
        file.attrs["training_config"] = json.dumps(training).encode()
        write_weights(file.create_group("model_weights"), {"dense_1": arrays})
        group = file.create_group("optimizer_weights")
        group.attrs["weight_names"] = np.array([n.encode() for n in state])
        for name, value in state.items():
            group[name] = value
    model = load_model(tmp_path / "m.h5")
    assert model.optimizer.get_config()["learning_rate"] == 0.01
    iterations, rate, *found = model.optimizer.get_weights()
    assert iterations == 7 and rate == np.float32(0.01)
    for place, slot in zip((0, 2, 1, 3), slots, strict=True):  # today: weight by weight
        np.testing.assert_allclose(found[place], slot, rtol=1e-6)
    x, y = np.ones((2, 4), "float32"), np.zeros((2, 3), "float32")
    assert set(model.evaluate(x, y, verbose=0, return_dict=True)) >= {"loss"}
