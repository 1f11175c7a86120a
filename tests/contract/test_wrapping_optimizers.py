"""Optimizers that hold others, against Keras: steps, state, files, and what they do in `fit`."""

import json

import numpy as np
import pytest

import lanthorn
from lanthorn import layers, optimizers


def scaled(module):
    inner = module.optimizers.Adam(0.1, clipnorm=1.0, weight_decay=0.01)
    return module.optimizers.LossScaleOptimizer(inner, initial_scale=8.0, dynamic_growth_steps=3)


def several(module):
    found = module.optimizers.OptimizerMap(module.optimizers.SGD(0.1, momentum=0.5))
    found["w1.*"] = module.optimizers.Adam(0.1)
    return module.optimizers.MultiOptimizer(found, loss_scale_factor=2.0)


@pytest.mark.parametrize("make", [scaled, several])
def test_steps(make, engine, keras, rng):
    """Ten steps, one of them with a gradient that is infinite."""
    start = [rng.normal(size=shape).astype("float32") for shape in ((3, 4), (4,))]
    theirs = [keras.Variable(w, name=f"w{i}") for i, w in enumerate(start)]
    mine = [lanthorn.Variable(w, name=f"w{i}", engine=engine) for i, w in enumerate(start)]
    oracle, optimizer = make(keras), make(lanthorn)
    oracle.build(theirs), optimizer.build(mine)
    eng = lanthorn.engines.get(engine)
    for step in range(10):
        grads = [8.0 * rng.normal(size=w.shape).astype("float32") for w in start]
        if step == 4 and make is scaled:
            grads[1][2] = np.inf
        oracle.apply([keras.ops.convert_to_tensor(g) for g in grads], theirs)
        optimizer.apply([eng.array(g) for g in grads], mine)
        assert float(optimizer.scale_loss(eng.array(np.float32(1)))) == float(oracle.scale_loss(1.0))
        for a, b in zip(mine, theirs, strict=True):
            np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-5, atol=1e-5)
    state = [keras.ops.convert_to_numpy(v) for v in oracle.variables]
    assert len(state) == len(optimizer.variables)
    for variable, want in zip(optimizer.variables, state, strict=True):
        np.testing.assert_allclose(variable.numpy(), want, rtol=1e-4, atol=1e-5)


def unnamed(config):
    """Without the names, which Keras numbers."""
    return {k: unnamed(v) for k, v in config.items() if k != "name"} if isinstance(config, dict) else config


@pytest.mark.parametrize("make", [scaled, several])
def test_settings(make, keras):
    mine, theirs = make(lanthorn), make(keras)
    data = json.loads(json.dumps(optimizers.serialize(mine)))
    for read in (optimizers.deserialize(data), optimizers.deserialize(keras.optimizers.serialize(theirs))):
        assert unnamed(optimizers.serialize(read)["config"]) == unnamed(data["config"])
    assert repr(mine).startswith(f"{type(mine).__name__}(") and "Adam(" in repr(mine)
    back = keras.saving.deserialize_keras_object(data | {"module": "keras.optimizers"})
    assert type(back).__name__ == type(mine).__name__


def network(optimizer):
    model = lanthorn.Sequential([lanthorn.Input((4,)), layers.Dense(3, "tanh", name="w1"), layers.Dense(1)])
    model.compile(optimizer, "mse")
    return model


@pytest.mark.parametrize("make", [scaled, several])
def test_fit_and_files(make, engine, rng, tmp_path):
    x, y = rng.normal(size=(64, 4)).astype("float32"), rng.normal(size=(64, 1)).astype("float32")
    model = network(make(lanthorn))
    losses = model.fit(x, y, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    model.save(tmp_path / "model.keras")
    again = lanthorn.saving.load_model(tmp_path / "model.keras")
    assert type(again.optimizer) is type(model.optimizer)
    for a, b in zip(again.optimizer.get_weights(), model.optimizer.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    model.fit(x, y, verbose=0, shuffle=False)
    again.fit(x, y, verbose=0, shuffle=False)
    for a, b in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["Adafactor", "Lamb", "Muon", "ScheduleFreeAdamW"])
def test_others_fit_and_go_on_from_a_file(name, engine, rng, tmp_path):
    x, y = rng.normal(size=(64, 4)).astype("float32"), rng.normal(size=(64, 1)).astype("float32")
    model = network(getattr(optimizers, name)(0.05))
    losses = model.fit(x, y, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    model.save(tmp_path / "model.keras")
    again = lanthorn.saving.load_model(tmp_path / "model.keras")
    for part in (model, again):
        part.fit(x, y, verbose=0, shuffle=False)
    for a, b in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_mixed_float16_trains(engine, rng):
    """`compile` scales the loss by itself; a gradient that overflows leaves the weights and halves the scale."""
    x = rng.normal(size=(64, 4)).astype("float32")
    y = x.sum(axis=1, keepdims=True)
    lanthorn.set_dtype_policy("mixed_float16")
    try:
        model = lanthorn.Sequential([lanthorn.Input((4,)), layers.Dense(8, "tanh"), layers.Dense(1, dtype="float32")])
        model.compile(optimizers.SGD(0.05), "mse")
    finally:
        lanthorn.set_dtype_policy("float32")
    optimizer = model.optimizer
    assert isinstance(optimizer, optimizers.LossScaleOptimizer)
    losses = model.fit(x, y, epochs=4, verbose=0).history["loss"]
    assert losses[-1] < 0.7 * losses[0] and int(optimizer.iterations) > 0
    before, scale, steps = model.get_weights(), float(optimizer.dynamic_scale.numpy()), int(optimizer.iterations)
    model.fit(x[:32], 1e6 * y[:32], verbose=0)  # times the scale, more than 65504 in the gradients of halves
    for a, b in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)
    assert float(optimizer.dynamic_scale.numpy()) == scale / 2 and int(optimizer.iterations) == steps
    assert model.optimizer.learning_rate is optimizer.inner_optimizer.learning_rate


def test_stateless_calls(engine, rng):
    """`stateless_apply` gives what `apply` does, and leaves the optimizer as it is."""
    eng = lanthorn.engines.get(engine)
    for make in (scaled, several):
        weights = [lanthorn.Variable(rng.normal(size=(3, 2)), name=f"w{i}", engine=engine) for i in range(2)]
        optimizer = make(lanthorn)
        optimizer.build(weights)
        grads = [eng.array(rng.normal(size=(3, 2)).astype("float32")) for _ in weights]
        before = optimizer.get_weights()
        moved, state = optimizer.stateless_apply(optimizer.variables, grads, weights)
        for a, b in zip(optimizer.get_weights(), before, strict=True):
            np.testing.assert_array_equal(a, b)
        moved, state = [eng.to_numpy(v) for v in moved], [eng.to_numpy(v) for v in state]
        optimizer.apply(grads, weights)
        for a, b in zip([*weights, *optimizer.variables], [*moved, *state], strict=True):
            np.testing.assert_allclose(a.numpy(), b, rtol=1e-5, atol=1e-6)


def test_errors():
    with pytest.raises(ValueError, match="LossScaleOptimizer: `clipnorm` is a setting of the inner optimizer"):
        optimizers.LossScaleOptimizer("adam", clipnorm=1.0)
    with pytest.raises(ValueError, match="loss_scale_factor"):
        optimizers.LossScaleOptimizer("adam", dynamic=False)
    found = optimizers.OptimizerMap("sgd", {"a.*": "adam", ".*b": "adam"})
    with pytest.raises(ValueError, match="several keys match 'ab'"):
        found["ab"]
    with pytest.raises(ValueError, match="a key must be a new text"):
        found["a.*"] = "sgd"
    with pytest.raises(TypeError, match="expected a plain optimizer"):
        found["c"] = scaled(lanthorn)
    with pytest.raises(AttributeError, match="a learning rate of its own"):
        optimizers.MultiOptimizer(found).learning_rate
    with pytest.raises(TypeError, match="cannot hold a function"):
        optimizers.MultiOptimizer(lambda variable: optimizers.SGD()).get_config()
