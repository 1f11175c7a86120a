"""Training goes on from a file exactly where it stopped: optimizer state, compile settings, statistics."""

import numpy as np
import pytest

import lanthorn
from lanthorn import layers as L
from lanthorn.saving import load_model

X = np.random.default_rng(0).standard_normal((16, 6)).astype("float32")
Y = np.random.default_rng(1).integers(0, 3, (16,))


def network(optimizer="adam"):
    x = lanthorn.Input((6,))
    y = L.BatchNormalization()(L.Dense(5, activation="relu")(x))
    model = lanthorn.Model(x, L.Dense(3)(y))
    loss = lanthorn.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model


def train(model, epochs=1):
    return model.fit(X, Y, batch_size=8, epochs=epochs, shuffle=False, verbose=0)


def assert_equal_weights(a, b):
    for ours, theirs in zip(a.get_weights(), b.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_on_each_engine_training_goes_on_as_if_nothing_had_happened(engine, tmp_path, suffix):
    model = network()
    train(model, 2)
    model.save(tmp_path / f"m{suffix}")
    opened = load_model(tmp_path / f"m{suffix}")
    assert opened.engine.name == engine
    assert int(opened.optimizer.iterations) == 4
    assert_equal_weights(opened, model)
    history, again = train(model), train(opened)
    assert again.history["loss"] == pytest.approx(history.history["loss"])
    assert again.history["accuracy"] == pytest.approx(history.history["accuracy"])
    for ours, theirs in zip(model.get_weights(), opened.get_weights(), strict=True):
        np.testing.assert_allclose(theirs, ours, rtol=1e-6, atol=1e-7)


OPTIMIZERS = {
    "momentum": lambda o: o.SGD(0.1, momentum=0.9, nesterov=True),
    "rmsprop": lambda o: o.RMSprop(0.01, centered=True),
    "adamw": lambda o: o.AdamW(0.01, weight_decay=0.1, clipnorm=1.0),
    "schedule": lambda o: o.Adam(o.schedules.ExponentialDecay(0.1, 3, 0.5)),
    "average": lambda o: o.SGD(0.1, use_ema=True, ema_momentum=0.9),
    "decay": lambda o: o.SGD(lr=0.1, decay=0.1),
}


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_keeps_its_state_and_settings(optimizer, suffix, one_engine, tmp_path):
    model = network(OPTIMIZERS[optimizer](lanthorn.optimizers))
    train(model)
    model.save(tmp_path / f"m{suffix}")
    opened = load_model(tmp_path / f"m{suffix}")
    assert opened.optimizer.get_config() == model.optimizer.get_config()
    for ours, theirs in zip(model.optimizer.get_weights(), opened.optimizer.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    train(model)
    train(opened)
    for ours, theirs in zip(model.get_weights(), opened.get_weights(), strict=True):
        np.testing.assert_allclose(theirs, ours, rtol=1e-6, atol=1e-7)


def test_keras_goes_on_from_our_file_and_we_from_keras(on_torch, keras, tmp_path):
    """As `.keras` files; Keras 3.15.1 cannot go on from an `.h5` file, not even from its own."""
    model = network()
    train(model)
    model.save(tmp_path / "ours.keras")
    theirs = keras.models.load_model(tmp_path / "ours.keras")
    assert int(theirs.optimizer.iterations) == 2
    train(model)
    train(theirs)
    assert_close_weights(model, theirs)
    theirs.save(tmp_path / "theirs.keras")
    theirs.save(tmp_path / "theirs.h5")
    train(theirs)
    for suffix in (".keras", ".h5"):
        back = load_model(tmp_path / f"theirs{suffix}")
        assert int(back.optimizer.iterations) == 4
        train(back)
        assert_close_weights(back, theirs)


def assert_close_weights(model, other):
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, np.asarray(b), rtol=1e-5, atol=1e-6)


def test_losses_and_metrics_of_several_outputs(one_engine, tmp_path):
    x = lanthorn.Input((6,))
    model = lanthorn.Model(x, {"a": L.Dense(1, name="a")(x), "b": L.Dense(3, activation="softmax", name="b")(x)})
    model.compile(
        "sgd",
        loss={"a": "mse", "b": lanthorn.losses.CategoricalCrossentropy(label_smoothing=0.1)},
        loss_weights={"a": 0.5, "b": 2.0},
        metrics={"a": ["mae", lanthorn.metrics.RootMeanSquaredError(name="rmse")], "b": "accuracy"},
    )
    y = {"a": Y[:, None].astype("float32"), "b": np.eye(3, dtype="float32")[Y]}
    model.fit(X, y, verbose=0)
    model.save(tmp_path / "m.keras")
    opened = load_model(tmp_path / "m.keras")
    ours, theirs = model.evaluate(X, y, verbose=0, return_dict=True), opened.evaluate(X, y, verbose=0, return_dict=True)
    assert theirs == pytest.approx(ours, rel=1e-5) and "a_rmse" in theirs


def test_without_compile_or_optimizer(one_engine, tmp_path):
    model = network()
    train(model)
    model.save(tmp_path / "whole.keras")
    assert not load_model(tmp_path / "whole.keras", compile=False).compiled
    for suffix in (".keras", ".h5"):
        model.save(tmp_path / f"bare{suffix}", include_optimizer=False)
        bare = load_model(tmp_path / f"bare{suffix}")
        assert not bare.compiled
        assert_equal_weights(bare, model)
    assert (tmp_path / "bare.keras").stat().st_size < (tmp_path / "whole.keras").stat().st_size


def odd_loss(y_true, y_pred):
    return lanthorn.ops.mean(lanthorn.ops.abs(y_pred), axis=-1)


def test_a_loss_of_ones_own_is_passed_or_left_out(one_engine, tmp_path):
    model = network()
    model.compile("sgd", odd_loss)
    for suffix in (".keras", ".h5"):
        path = tmp_path / f"m{suffix}"
        model.save(path)
        with pytest.raises(ValueError, match="cannot be compiled as it was: .*odd_loss.*compile=False"):
            load_model(path)
        assert load_model(path, compile=False).layers
        opened = load_model(path, custom_objects={"odd_loss": odd_loss})
        assert opened.evaluate(X, Y, verbose=0) == pytest.approx(model.evaluate(X, Y, verbose=0))


def test_frozen_layers_stay_frozen(one_engine, tmp_path):
    model = network()
    model.layers[1].trainable = False
    for suffix in (".keras", ".h5"):
        model.save(tmp_path / f"m{suffix}")
        opened = load_model(tmp_path / f"m{suffix}")
        assert [layer.trainable for layer in opened.layers] == [layer.trainable for layer in model.layers]
        assert len(opened.trainable_weights) == 4
    model.trainable = False
    model.save(tmp_path / "frozen.keras")
    assert load_model(tmp_path / "frozen.keras").trainable_weights == []
