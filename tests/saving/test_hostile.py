"""Files made to harm, or harmed on their way: each is refused, with an error that says why and what to do."""

import base64
import json
import marshal
import warnings
import zipfile

import numpy as np
import pytest

import lanthorn
from lanthorn import saving
from lanthorn.layers import Dense, Lambda
from lanthorn.saving import load_model, model_from_json


@pytest.fixture(autouse=True)
def plain_engine():
    lanthorn.set_engine("numpy")
    yield
    lanthorn.set_engine(None)


@pytest.fixture
def model():
    return lanthorn.Sequential([lanthorn.Input((3,)), Dense(2, name="first"), Dense(2, name="second")])


@pytest.fixture
def saved(model, tmp_path):
    path = tmp_path / "model.keras"
    model.save(path)
    return path


def repack(path, **members):
    """The archive with some members (dots in names as __) changed, added or, if None, left out."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts |= {name.replace("__", "."): value for name, value in members.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in parts.items():
            if value is not None:
                archive.writestr(name, value)
    return path


def config_of(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))


def with_layer(path, layer):
    """The file with this layer put behind its others."""
    config = config_of(path)
    config["config"]["layers"].append(layer)
    return repack(path, config__json=json.dumps(config))


def code(x):
    raise AssertionError("the file's code ran")


BYTECODE = base64.b64encode(marshal.dumps(code.__code__)).decode()
LAMBDAS = {
    "keras 3": {"class_name": "__lambda__", "config": {"value": {"code": BYTECODE, "defaults": None, "closure": None}}},
    "keras 2": [BYTECODE, None, None],
}


# -- code in files -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("safe_mode", [True, False])
@pytest.mark.parametrize("function", LAMBDAS.values(), ids=LAMBDAS)
def test_bytecode_is_never_run(saved, function, safe_mode):
    layer = {"module": "keras.layers", "class_name": "Lambda", "registered_name": None,
             "config": {"name": "twist", "function": function, "arguments": {}}}  # fmt: skip
    with pytest.raises(ValueError, match=r"Lambda layer 'twist' holds code.*custom_objects=\{'twist': function\}"):
        load_model(with_layer(saved, layer), safe_mode=safe_mode)


def test_a_lambda_layer_gets_its_function_by_the_layers_name(saved):
    layer = {"class_name": "Lambda", "config": {"name": "twist", "function": LAMBDAS["keras 2"], "arguments": {}}}
    opened = load_model(with_layer(saved, layer), custom_objects={"twist": lambda x: x * 2})
    assert isinstance(opened.layers[-1], Lambda)
    x = np.ones((1, 3), "float32")
    np.testing.assert_allclose(opened(x), 2 * load_model_without_last(saved, x))


def load_model_without_last(path, x):
    config = config_of(path)
    config["config"]["layers"].pop()
    return load_model(repack(path, config__json=json.dumps(config)))(x)


def test_a_lambda_in_the_settings_of_any_layer_is_refused(saved):
    layer = {"module": "keras.layers", "class_name": "Dense",
             "config": {"units": 2, "activation": LAMBDAS["keras 3"]}}  # fmt: skip
    with pytest.raises(ValueError, match="bytecode of a lambda"):
        load_model(with_layer(saved, layer))


@pytest.mark.parametrize(
    "module, name",
    [
        ("os", "system"),
        ("builtins", "eval"),
        ("subprocess", "Popen"),
        ("keras.src.utils.file_utils", "get_file"),
        ("lanthorn.saving.api", "load_model"),
        ("numpy", "load"),
        ("keras.layers", "__class__"),
        ("keras", "os"),
    ],
)
def test_modules_named_by_a_file_are_not_imported(saved, module, name):
    for class_name, config in ((name, {"name": "x"}), ("function", name)):
        layer = {"module": module, "class_name": class_name, "config": config, "registered_name": name}
        with pytest.raises(ValueError, match="load: .*not (one of lanthorn's classes|a layer)"):
            load_model(with_layer(saved, layer))


def test_an_unknown_class_says_how_to_make_it_known(saved):
    layer = {"module": "shop.layers", "class_name": "Dens", "config": {"units": 2}, "registered_name": "shop>Dens"}
    with pytest.raises(ValueError, match=r"'Dens' \(saved as 'shop>Dens'\).*Did you mean Dense.*custom_objects"):
        load_model(with_layer(saved, layer))


def test_an_unknown_setting_is_an_error_and_a_known_default_is_not():
    config = {"name": "new", "units": 2, "quantization_config": None, "groups": 1, "dtype": "float32"}
    layer = {"class_name": "Dense", "config": config}
    assert saving.deserialize_keras_object(layer).name == "new"
    for setting in ({"sparsity": 0.5}, {"groups": 2}):
        with pytest.raises(ValueError, match=f"Dense new has the setting {next(iter(setting))}=.*would change what"):
            saving.deserialize_keras_object({"class_name": "Dense", "config": config | setting})


def test_objects_in_numpy_arrays_and_deep_nests_are_refused():
    with pytest.raises(ValueError, match="an array of type 'object'"):
        saving.deserialize_keras_object({"class_name": "__numpy__", "config": {"value": [1], "dtype": "object"}})
    deep = {"class_name": "Zeros", "config": {}}
    for _ in range(400):
        deep = {"class_name": "Dense", "config": {"units": 1, "kernel_initializer": deep}}
    with pytest.raises(ValueError, match="nested more than"):
        saving.deserialize_keras_object(deep)
    with pytest.raises(ValueError, match="not JSON"):
        model_from_json("[" * 100_000)


# -- archives ------------------------------------------------------------------------------------------------------
def test_a_cut_archive(saved):
    whole = saved.read_bytes()
    saved.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"model\.keras: not a whole \.keras file .*cut short"):
        load_model(saved)


def test_a_flipped_byte_in_the_weights(saved):
    whole = bytearray(saved.read_bytes())
    with zipfile.ZipFile(saved) as archive:
        info = archive.getinfo("model.weights.h5")
    whole[info.header_offset + 200 + info.file_size // 2] ^= 0xFF
    saved.write_bytes(whole)
    with pytest.raises(ValueError, match=r"'model\.weights\.h5' is damaged"):
        load_model(saved)


def test_bombs_and_doubled_members(saved, tmp_path):
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", bytes(1 << 25))
    with pytest.raises(ValueError, match="decompression bomb"):
        load_model(saved)
    with warnings.catch_warnings(), zipfile.ZipFile(saved, "w") as archive:
        warnings.simplefilter("ignore")  # zipfile itself warns of what is done here
        archive.writestr("config.json", "{}")
        archive.writestr("config.json", "{}")
    with pytest.raises(ValueError, match="doubled"):
        load_model(saved)


def test_archives_that_are_something_else(saved, tmp_path):
    with zipfile.ZipFile(saved, "w") as archive:
        archive.writestr("archive/data.pkl", "")
    with pytest.raises(ValueError, match=r"not a \.keras file, it has no config\.json .*PyTorch checkpoint"):
        load_model(saved)
    with pytest.raises(ValueError, match="does not tell a model"):
        load_model(repack(saved, config__json="[1, 2]"))
    with pytest.raises(ValueError, match=r"its config\.json is not JSON"):
        load_model(repack(saved, config__json="{"))
    layer = {"module": "keras.layers", "class_name": "Dense", "config": {"units": 2}}
    with pytest.raises(ValueError, match="holds a Dense, not a model"):
        load_model(repack(saved, config__json=json.dumps(layer)))


def test_weights_as_numpy_pickles_are_refused(saved):
    changed = repack(saved, model__weights__h5=None, model__weights__npz=b"")
    with pytest.raises(ValueError, match="NumPy pickles"):
        load_model(changed)


def test_weights_that_do_not_fit_leave_no_model(saved, model, tmp_path):
    other = lanthorn.Sequential([lanthorn.Input((3,)), Dense(5, name="first"), Dense(2, name="second")])
    other.save_weights(tmp_path / "other.weights.h5")
    repack(saved, model__weights__h5=(tmp_path / "other.weights.h5").read_bytes())
    with pytest.raises(ValueError, match=r"Dense 'first'.*'kernel' has shape \(3, 2\) in the model and \(3, 5\)"):
        load_model(saved)


@pytest.mark.parametrize("links", ["external", "soft"])
def test_links_inside_a_weights_member(saved, tmp_path, links):
    import h5py

    path = tmp_path / "evil.weights.h5"
    link = h5py.ExternalLink("/etc/secret.h5", "/") if links == "external" else h5py.SoftLink("/layers/dense_1")
    with h5py.File(path, "w") as file:
        file.create_group("layers/dense_1/vars")
        file["layers/dense"] = link
    with pytest.raises(ValueError, match="refused, 'dense' is a (External|Soft)Link"):
        load_model(repack(saved, model__weights__h5=path.read_bytes()))


# -- wrong kinds ---------------------------------------------------------------------------------------------------
def test_other_files_say_what_they_are(tmp_path, model):
    cases = {
        "model.json": (model.to_json().encode(), "model_from_json"),
        "model.yaml": (b"class_name: Sequential", "YAML"),
        "model.pt": (b"\x80\x05\x95", "neither a .keras file nor HDF5"),
        "empty.h5": (b"", "is empty"),
    }
    for name, (content, match) in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=match):
            load_model(tmp_path / name)
    with pytest.raises(FileNotFoundError, match="no file at"):
        load_model(tmp_path / "nothing.keras")
    with pytest.raises(RuntimeError, match="YAML"):
        model.to_yaml()
    with pytest.raises(ValueError, match="YAML"):
        model.save(tmp_path / "new.yaml")


def test_weights_files_are_not_models(tmp_path, model):
    for name in ("w.weights.h5", "w.h5"):
        model.save_weights(tmp_path / name)
        with pytest.raises(ValueError, match=rf"{name}: holds weights alone, without the architecture.*load_weights"):
            load_model(tmp_path / name)
    with pytest.raises(ValueError, match="is a name for weights alone"):
        model.save(tmp_path / "m.weights.h5")


def test_a_failed_save_leaves_the_old_file(saved, model, monkeypatch):
    before = saved.read_bytes()
    broken = lanthorn.Sequential([lanthorn.Input((3,)), Dense(2)])
    monkeypatch.setattr(type(broken.layers[0].kernel), "numpy", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        broken.save(saved)
    assert saved.read_bytes() == before and len(list(saved.parent.iterdir())) == 1


# -- whole models in HDF5: safe_mode was silently ignored there in Keras before 3.11.3 -----------------------------
@pytest.fixture
def hdf5(model, tmp_path):
    path = tmp_path / "model.h5"
    model.save(path)
    return path


def test_bytecode_in_an_h5_file_is_not_run_either(hdf5):
    import h5py

    with h5py.File(hdf5, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        lambda_layer = {"name": "twist", "function": LAMBDAS["keras 2"], "function_type": "lambda"}
        config["config"]["layers"].append({"class_name": "Lambda", "config": lambda_layer})
        file.attrs["model_config"] = json.dumps(config)
    with pytest.raises(ValueError, match="Lambda layer 'twist' holds code"):
        load_model(hdf5)


def test_external_storage_in_an_h5_model(hdf5, tmp_path):
    import h5py

    (tmp_path / "secret").write_bytes(bytes(24))
    with h5py.File(hdf5, "r+") as file:
        group = file["model_weights/first/first"]
        del group["kernel"]
        group.create_dataset("kernel", (3, 2), "f4", external=[(str(tmp_path / "secret"), 0, 24)])
    with pytest.raises(ValueError, match=r"model\.h5:.*kernel: refused, the data set is stored in another file"):
        load_model(hdf5)


def test_a_config_that_is_not_json_and_one_that_is_missing(hdf5):
    import h5py

    with h5py.File(hdf5, "r+") as file:
        file.attrs["model_config"] = b"{"
    with pytest.raises(ValueError, match="its model_config is not JSON"):
        load_model(hdf5)
    with h5py.File(hdf5, "w") as file:
        file["x"] = np.zeros(3)
    with pytest.raises(ValueError, match=r"holds no model"):
        load_model(hdf5)
    with pytest.raises(ValueError, match=r"an HDF5 file, but not one of Keras \(it has x\)"):
        lanthorn.Sequential([lanthorn.Input((3,)), Dense(1)]).load_weights(hdf5)
