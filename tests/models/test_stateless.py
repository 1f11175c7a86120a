"""Calls without side effects, with Keras 3's names, on each engine."""

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers, ops


def network():
    keras.set_random_seed(0)
    x = keras.Input((4,))
    h = layers.Dense(5, activity_regularizer="l2", kernel_regularizer="l2", name="dense")(x)
    return keras.Model(x, layers.Dense(2, name="head")(layers.BatchNormalization(name="norm")(h)))


def numpy(values):
    return [ops.convert_to_numpy(v) for v in values]


@pytest.fixture
def x(rng):
    return rng.standard_normal((8, 4)).astype("float32")


def test_stateless_call_uses_what_it_is_given_and_changes_nothing(engine, x):
    model, other = network(), network()
    other.set_weights([w + 0.5 for w in model.get_weights()])
    before = model.get_weights()
    outputs, state, losses = model.stateless_call(
        other.trainable_variables,
        [v.value for v in other.non_trainable_variables],
        x,
        return_losses=True,
        training=True,
    )
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights()))
    assert model.losses and len(model.losses) == 1  # the penalty alone: it was not called
    untouched = [v.numpy().copy() for v in other.non_trainable_variables]
    wanted = other(x, training=True)
    np.testing.assert_allclose(numpy([outputs])[0], numpy([wanted])[0], atol=1e-5)
    for found, variable, old in zip(numpy(state), other.non_trainable_variables, untouched):
        np.testing.assert_allclose(found, variable.numpy(), atol=1e-5)
        assert np.abs(found - old).max() > 1e-4
    np.testing.assert_allclose(sorted(map(float, numpy(losses))), sorted(map(float, numpy(other.losses))), rtol=1e-5)


def test_stateless_call_of_one_layer(engine, x):
    layer = layers.Dense(3)
    layer.build((None, 4))
    outputs, state = layer.stateless_call([np.ones((4, 3), "float32"), np.ones(3, "float32")], [], x)
    np.testing.assert_allclose(numpy([outputs])[0], np.repeat(x.sum(1, keepdims=True) + 1, 3, 1), atol=1e-5)
    assert state == []


def test_errors_say_what_is_missing(engine, x):
    with pytest.raises(ValueError, match="none yet"):
        layers.Dense(3).stateless_call([], [], x)
    model = network()
    values = [v.value for v in model.non_trainable_variables]
    with pytest.raises(
        ValueError, match="`trainable_variables` must hold one array for each of its 6 variables, got 1"
    ):
        model.stateless_call([x], values, x)
    with pytest.raises(ValueError, match=r"shape \(8, 4\) for 'dense/kernel'"):
        model.stateless_call([x] * 6, values, x)
    with pytest.raises(ValueError, match="build"):
        keras.optimizers.Adam().stateless_apply([], [], [])
    with pytest.raises(ValueError, match="metric_variables"):
        keras.metrics.Mean().stateless_result([1.0])


def test_gradients_pass_through_stateless_call_on_torch(x):
    torch = pytest.importorskip("torch")
    keras.set_engine("torch")
    try:
        model = network()
        values = [v.value.detach().clone().requires_grad_() for v in model.trainable_variables]
        outputs, _ = model.stateless_call(values, model.non_trainable_variables, torch.from_numpy(x))
        grads = torch.autograd.grad((outputs**2).sum(), values)
        assert all(torch.isfinite(g).all() for g in grads) and grads[0].abs().max() > 1e-4
    finally:
        keras.set_engine(None)


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop"])
def test_stateless_apply_moves_values_as_apply_moves_weights(engine, rng, name):
    def made():
        keras.set_random_seed(0)
        layer = layers.Dense(3)
        layer.build((None, 4))
        optimizer = getattr(keras.optimizers, name)(0.1)
        optimizer.build(layer.trainable_variables)
        return layer, optimizer

    (pure, ours), (real, theirs) = made(), made()
    before = pure.get_weights()
    weights, state = pure.trainable_variables, ours.variables
    for _ in range(3):
        grads = [rng.standard_normal(w.shape).astype("float32") for w in before]
        weights, state = ours.stateless_apply(state, [ops.convert_to_tensor(g) for g in grads], weights)
        theirs.apply([ops.convert_to_tensor(g) for g in grads], real.trainable_variables)
    assert all(np.array_equal(a, b) for a, b in zip(before, pure.get_weights()))
    assert int(ours.iterations.numpy()) == 0
    for found, wanted, old in zip(numpy(weights), real.get_weights(), before):
        np.testing.assert_allclose(found, wanted, atol=1e-5)
        assert np.abs(found - old).max() > 1e-3
    for found, wanted in zip(numpy(state), theirs.variables):
        np.testing.assert_allclose(found, wanted.numpy(), atol=1e-5)


def test_stateless_metric_is_the_metric(engine, rng):
    y, p = rng.integers(0, 2, (6, 1)).astype("float32"), rng.random((6, 1)).astype("float32")
    pure, real = keras.metrics.AUC(), keras.metrics.AUC()
    state = pure.variables
    for _ in range(2):
        state = pure.stateless_update_state(state, y, p)
        real.update_state(y, p)
    found = float(ops.convert_to_numpy(pure.stateless_result(state)))
    assert found == pytest.approx(float(real.result()), abs=1e-6) and found > 0
    assert all((v.numpy() == 0).all() for v in pure.variables)
    assert all((v == 0).all() for v in numpy(pure.stateless_reset_state()))


def test_stateless_compute_loss_has_the_penalties_of_the_given_weights(engine, x):
    model = network()
    model.compile("sgd", "mse")
    y = np.zeros((8, 2), "float32")
    weights = [np.full(v.shape, 2.0, "float32") for v in model.trainable_variables]
    loss, (same, rest, metrics) = model.stateless_compute_loss(
        weights, model.non_trainable_variables, [], y=y, y_pred=ops.convert_to_tensor(y + 1.0)
    )
    assert float(loss) == pytest.approx(1.0 + 0.01 * 4.0 * 20, rel=1e-5)
    assert len(same) == 6 and len(rest) == 2 and metrics == []


def test_stateless_scope_keeps_what_is_assigned(any_engine):
    v = keras.Variable([1.0, 2.0])
    with keras.StatelessScope([(v, ops.convert_to_tensor(np.array([5.0, 6.0], "float32")))]) as scope:
        assert v.numpy().tolist() == [5.0, 6.0]
        v.assign([7.0, 8.0])
        assert numpy([scope.get_current_value(v)])[0].tolist() == [7.0, 8.0]
        scope.add_update((v, np.array([9.0, 9.0], "float32")))
    assert numpy([scope.get_current_value(v)])[0].tolist() == [9.0, 9.0]
    assert v.numpy().tolist() == [1.0, 2.0]


def test_a_step_of_jaxs_form_elsewhere_says_what_to_write(x):
    class Stateful(keras.Model):
        def train_step(self, state, data):
            return {}, state

    pytest.importorskip("torch")
    inputs = keras.Input((4,), engine="torch")
    model = Stateful(inputs, layers.Dense(1)(inputs))
    model.compile("sgd", "mse")
    with pytest.raises(TypeError, match=r"train_step\(self, data\), or move the model"):
        model.fit(x, x[:, :1], verbose=0)


def test_a_flax_module_on_another_engine_says_so():
    linen = pytest.importorskip("flax.linen")
    pytest.importorskip("torch")
    with pytest.raises(ValueError, match="module of jax and cannot run on torch.*engine='jax'"):
        keras.Sequential([keras.Input((4,), engine="torch"), linen.Dense(2)])
    model = keras.Sequential([keras.Input((4,), engine="jax"), linen.Dense(2)])
    with pytest.raises(ValueError, match="cannot run on torch"):
        model.to("torch")
    assert model.engine.name == "jax" and model(np.ones((1, 4), "float32")).shape == (1, 2)


def test_a_file_with_a_flax_module_is_refused(tmp_path):
    linen = pytest.importorskip("flax.linen")
    model = keras.Sequential([keras.Input((4,), engine="jax"), linen.Dense(2)])
    for name in ("model.keras", "model.h5"):
        with pytest.raises(ValueError, match="save_weights"):
            model.save(tmp_path / name)
    assert not list(tmp_path.iterdir())
