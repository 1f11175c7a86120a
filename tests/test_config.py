"""`lanthorn.config`, dtype policies and dtypes: each name by its effect."""

import logging
import subprocess
import sys

import numpy as np
import pytest

import lanthorn
from lanthorn import backend, config, dtype_policies, layers, losses, ops
from lanthorn.core.settings import _values as values


@pytest.fixture(autouse=True)
def put_back():
    kept = dict(values)
    lanthorn.set_dtype_policy(None)
    yield
    values.clear()
    values.update(kept)
    lanthorn.set_dtype_policy(None)
    config.disable_traceback_filtering()


def test_every_name_of_keras_is_there(keras):
    assert set(config.__all__) == {name for name in dir(keras.config) if not name.startswith("_")}


def test_floatx_is_the_dtype_of_what_is_given_none(any_engine):
    config.set_floatx("float16")
    assert layers.Dense(2).dtype == "float16" and config.dtype_policy().name == "float16"
    assert backend.standardize_dtype(ops.zeros((2,)).dtype) == backend.standardize_dtype(None) == "float16"
    config.set_floatx("float32")
    assert layers.Dense(2).dtype == "float32" and backend.standardize_dtype(ops.ones(()).dtype) == "float32"
    with pytest.raises(ValueError, match="floatx.*float8"):
        config.set_floatx("float8")


def test_epsilon_keeps_probabilities_from_zero(engine):
    y, p = np.array([[1.0]], "float32"), np.array([[0.0]], "float32")
    before = float(losses.BinaryCrossentropy()(y, p))
    config.set_epsilon(1e-2)
    after = float(losses.BinaryCrossentropy()(y, p))
    assert after == pytest.approx(-np.log(1e-2), rel=1e-4) and after < before
    assert float(losses.KLDivergence()(y, p)) == pytest.approx(-np.log(1e-2), rel=1e-4)


def test_image_data_format_is_where_layers_look_for_channels():
    config.set_image_data_format("channels_first")
    assert layers.MaxPooling2D().data_format == "channels_first"
    with pytest.raises(ValueError, match="image_data_format"):
        config.set_image_data_format("channels_middle")


def small():
    model = lanthorn.Sequential([lanthorn.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def test_fit_keeps_to_the_limits(one_engine, monkeypatch):
    seen = []
    watch = lanthorn.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(batch))
    x, y, model = np.ones((12, 2)), np.ones((12, 1)), small()
    config.set_max_epochs(2)
    config.set_max_steps_per_epoch(3)
    with pytest.warns(UserWarning, match="Limiting"):
        history = model.fit(x, y, batch_size=2, epochs=5, verbose=0, callbacks=[watch])
    assert seen == [0, 1, 2] * 2 and history.epoch == [0, 1]
    with pytest.warns(UserWarning, match="Limiting steps_per_epoch to 3"):
        assert len(model.predict(np.ones((40, 2)), batch_size=5, verbose=0)) == 15
    config.set_max_epochs(None)
    config.set_max_steps_per_epoch(None)
    monkeypatch.setenv("KERAS_MAX_EPOCHS", "1")
    with pytest.warns(UserWarning, match="Limiting epochs to 1"):
        assert model.fit(x, y, epochs=3, verbose=0).epoch == [0]


def test_progress_goes_to_the_log_where_that_is_asked_for(one_engine, capsys, caplog):
    assert config.is_interactive_logging_enabled()
    config.disable_interactive_logging()
    with caplog.at_level(logging.INFO, "lanthorn"):
        small().fit(np.ones((4, 2)), np.ones((4, 1)), verbose=1)
    assert capsys.readouterr().out == "" and "Epoch 1/1" in caplog.text and "loss:" in caplog.text
    lanthorn.utils.enable_interactive_logging()
    small().fit(np.ones((4, 2)), np.ones((4, 1)), verbose=1)
    assert "Epoch 1/1" in capsys.readouterr().out


def test_set_backend_chooses_the_engine():
    config.set_backend("numpy")
    assert config.backend() == "numpy" and isinstance(ops.ones(1), np.ndarray)
    lanthorn.set_engine(None)
    with pytest.raises(ValueError, match="no engine 'openvino'"):
        config.set_backend("openvino")


def test_flash_attention_is_torchs_switch(on_torch):
    import torch

    before = torch.backends.cuda.flash_sdp_enabled()
    try:
        lanthorn.engines.get("torch")
        config.disable_flash_attention()
        assert not torch.backends.cuda.flash_sdp_enabled() and config.is_flash_attention_enabled() is False
        config.enable_flash_attention()
        assert torch.backends.cuda.flash_sdp_enabled() and config.is_flash_attention_enabled()
    finally:
        torch.backends.cuda.enable_flash_sdp(before)
    assert config.is_nnx_enabled() is False


def test_tracebacks_are_whole_until_they_are_filtered(tmp_path):
    program = "import lanthorn\nlanthorn.config.{}()\nlanthorn.layers.Dense('many')\n"
    told = {}
    for name in ("enable_traceback_filtering", "disable_traceback_filtering"):
        command = [sys.executable, "-c", program.format(name)]
        told[name] = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path).stderr
    assert all("TypeError: Dense: `units`" in text for text in told.values())
    assert "core" in told["disable_traceback_filtering"] and "core" not in told["enable_traceback_filtering"]


def test_code_in_files_stays_refused():
    with pytest.warns(UserWarning, match="custom_objects"):
        config.enable_unsafe_deserialization()


# -- dtype policies ---------------------------------------------------------------------------------------------------
def test_policies_read_and_write_as_keras_does(keras):
    for name in ("float32", "mixed_bfloat16", "float16", None):
        ours, theirs = dtype_policies.get(name), keras.dtype_policies.get(name)
        assert repr(ours) == repr(theirs) and ours.get_config() == theirs.get_config()
        assert (ours.compute_dtype, ours.variable_dtype) == (theirs.compute_dtype, theirs.variable_dtype)
        assert ours.quantization_mode is None
        assert dtype_policies.serialize(ours) == keras.dtype_policies.serialize(theirs)
        assert dtype_policies.deserialize(keras.dtype_policies.serialize(theirs)) == ours
    assert lanthorn.FloatDTypePolicy("float16") == lanthorn.DTypePolicy("float16")
    assert dtype_policies.get(np.float16).name == "float16"
    with pytest.raises(TypeError, match="'name' must be a string"):
        lanthorn.DTypePolicy(16)
    with pytest.raises(ValueError, match="int8_from"):
        dtype_policies.get("int8_from_float32")


def test_a_policy_converts_inputs(any_engine):
    policy = lanthorn.DTypePolicy("mixed_float16")
    for x, autocast, wanted in (
        (np.ones(2, "float32"), True, "float16"),
        (np.ones(2, "float32"), False, "float32"),
        (np.ones(2, "int32"), True, "int32"),
    ):
        assert backend.standardize_dtype(policy.convert_input(x, autocast, "float16").dtype) == wanted
    assert policy.convert_input("a word", True, "float16") == "a word"


def test_a_map_gives_each_layer_its_policy():
    policies = dtype_policies.DTypePolicyMap("float32", {"first": "float16"})
    policies["enc.*"] = "mixed_bfloat16"
    names = {"first": "float16", "encoder_1": "mixed_bfloat16", "other": "float32"}
    assert {name: layers.Dense(1, dtype=policies, name=name).dtype_policy.name for name in names} == names
    again = dtype_policies.deserialize(dtype_policies.serialize(policies))
    assert again == policies and again["encoder"].compute_dtype == "bfloat16" and len(again) == 2
    assert policies.name == "map_float32" and "first" in policies and list(policies) == ["first", "enc.*"]
    with pytest.raises(ValueError, match="already exist"):
        policies["first"] = "float32"
    policies["e.*"] = "float16"
    with pytest.raises(ValueError, match="matches multiple"):
        policies["encoder"]
    del policies["e.*"]
    with pytest.raises(ValueError, match="cannot be a"):
        dtype_policies.DTypePolicyMap(policies)


# -- dtypes -----------------------------------------------------------------------------------------------------------
DTYPES = ("bool", "uint8", "int8", "int32", "float16", "bfloat16", "float32", "float64", int, float)


@pytest.mark.parametrize("a", DTYPES)
def test_result_type_is_keras_own(keras, on_torch, a):
    for b in DTYPES:
        assert backend.result_type(a, b) == keras.backend.result_type(a, b), (a, b)
    for name in ("is_float_dtype", "is_int_dtype", "standardize_dtype"):
        assert getattr(backend, name)(a) == getattr(keras.backend, name)(a)
    assert backend.result_type() == "float32" and lanthorn.utils.standardize_dtype(None) == "float32"
    with pytest.raises(ValueError, match="Invalid dtype"):
        backend.standardize_dtype("float31")


def test_a_config_is_a_dict_with_attributes():
    found = lanthorn.utils.Config(rate=0.1)
    found.layers = 3
    found["seed"] = 1
    assert (found.rate, found["layers"], found.get("nothing", 5), len(found)) == (0.1, 3, 5, 3)
    assert found.as_dict() == {"rate": 0.1, "layers": 3, "seed": 1} and list(found) == ["layers", "rate", "seed"]
    assert found.to_json() == '{"rate": 0.1, "layers": 3, "seed": 1}' and repr(found).startswith("<Config {")
    found.freeze()
    for change in (lambda: setattr(found, "rate", 1), lambda: found.pop("rate"), lambda: found.update(rate=2)):
        with pytest.raises(ValueError, match="frozen"):
            change()
    found.unfreeze()
    assert found.pop("rate") == 0.1 and not found.frozen
    with pytest.raises(AttributeError, match="Unknown attribute: 'layer'. Did you mean 'layers'"):
        found.layer  # noqa: B018
