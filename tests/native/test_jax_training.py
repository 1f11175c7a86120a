"""Training by JAX's own means: optax, stateless calls, steps of the form (state, data), several devices."""

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers

from .jax_networks import by_hand, close, differ, jax, jnp, mlp, native, pure, squared

pytestmark = pytest.mark.usefixtures("on_jax")


# -- optimizers --------------------------------------------------------------------------------------------------------
@native("optimizer.stateless_apply", "the weights of Adam's own apply, under jit; the optimizer stays as it is")
def test_stateless_apply(x, y):
    model, twin = mlp(), mlp()
    twin.set_weights(model.get_weights())
    ours, theirs = keras.optimizers.Adam(0.05, clipnorm=1.0), keras.optimizers.Adam(0.05, clipnorm=1.0)
    ours.build(model.trainable_variables)

    def grads_of(m, values):
        return jax.grad(lambda v: jnp.mean((m.stateless_call(v, [], x)[0] - y) ** 2))(values)

    weights, state = [v.value for v in model.trainable_variables], [v.value for v in ours.variables]
    step = jax.jit(lambda w, s: ours.stateless_apply(s, grads_of(model, w), w))
    for _ in range(3):
        weights, state = step(weights, state)
        theirs.apply(grads_of(twin, [v.value for v in twin.trainable_variables]), twin.trainable_variables)
    close(weights, [v.value for v in twin.trainable_variables])
    close(state, [v.value for v in theirs.variables])
    assert int(ours.iterations.numpy()) == 0 and int(state[0]) == 3


@native("optax.adam", "the losses of Lanthorn's own fit with Adam", "optax")
def test_optax(x, y):
    optax = pytest.importorskip("optax")
    model = mlp()
    net, twin = model.jax(), mlp()
    twin.set_weights(model.get_weights())
    adam = optax.adam(0.01, eps=1e-7)

    @jax.jit
    def step(params, state):
        loss, grads = jax.value_and_grad(squared(pure(net)))(params, x, y)
        updates, state = adam.update(grads, state)
        return loss, optax.apply_updates(params, updates), state

    losses, params, state = [], net.params, adam.init(net.params)
    for _ in range(5):
        loss, params, state = step(params, state)
        losses.append(float(loss))
    twin.compile(keras.optimizers.Adam(0.01), "mse")
    history = twin.fit(np.asarray(x), np.asarray(y), batch_size=12, epochs=5, verbose=0).history["loss"]
    close(losses, history)
    assert losses[-1] < losses[0]


@native("optax.multi_transform", "learning rates per layer: the head moves ten times as far", "optax")
def test_rates_per_layer(x, y):
    optax = pytest.importorskip("optax")
    net = mlp().jax()
    kinds = {name: jax.tree.map(lambda _, name=name: name, part) for name, part in net.params.items()}
    update = optax.multi_transform({"first": optax.sgd(0.01), "head": optax.sgd(0.1)}, kinds)
    grads = jax.grad(squared(pure(net)))(net.params, x, y)
    changes, _ = update.update(grads, update.init(net.params))
    close(changes["first"], jax.tree.map(lambda g: -0.01 * g, grads["first"]))
    close(changes["head"], jax.tree.map(lambda g: -0.1 * g, grads["head"]))
    differ(changes, jax.tree.map(jnp.zeros_like, changes))


@native("optax.masked", "what is masked stays, the rest moves", "optax")
def test_masked(x, y):
    optax = pytest.importorskip("optax")
    net = mlp().jax()
    frozen = {name: jax.tree.map(lambda _, name=name: name == "first", part) for name, part in net.params.items()}
    update = optax.chain(optax.sgd(0.1), optax.masked(optax.set_to_zero(), frozen))
    changes, _ = update.update(jax.grad(squared(pure(net)))(net.params, x, y), update.init(net.params))
    params = optax.apply_updates(net.params, changes)
    close(params["first"], net.params["first"], 0)
    differ(params["head"], net.params["head"])


@native("layer.trainable = False", "frozen weights are state: no gradient is taken for them")
def test_frozen(x, y):
    model = mlp()
    model.get_layer("first").trainable = False
    net = model.jax()
    assert list(net.params) == ["head"] and "first" in net.state
    grads = jax.grad(squared(pure(net)))(net.params, x, y)
    assert list(grads) == ["head"]
    differ(grads, jax.tree.map(jnp.zeros_like, grads))


@native("moving average by jax.tree.map", "the averaged weights, loaded, are what the model predicts with")
def test_moving_average(x):
    model = mlp()
    net = model.jax()
    other = jax.tree.map(lambda p: p + 1.0, net.params)
    average = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, net.params, other)
    net.load(average)
    close(model.predict(np.asarray(x), verbose=0), by_hand(average, x))


@native("bfloat16 by jax.tree.map", "params of another dtype are computed in that dtype")
def test_other_dtype(x):
    net = mlp().jax()
    half = jax.tree.map(lambda p: p.astype(jnp.bfloat16), net.params)
    outputs = jax.jit(pure(net))(half, x.astype(jnp.bfloat16))
    assert outputs.dtype == jnp.bfloat16
    np.testing.assert_allclose(np.asarray(outputs, "float32"), by_hand(net.params, x), atol=0.05)
    differ(outputs.astype("float32"), by_hand(net.params, x))


# -- metrics and steps -------------------------------------------------------------------------------------------------
@native("metric.stateless_*", "the accuracy of a loop under jit; the metric itself has seen nothing")
def test_stateless_metric(x, rng):
    metric = keras.metrics.SparseCategoricalAccuracy()
    labels = jnp.asarray(rng.integers(0, 3, 12))
    outputs = mlp()(x)
    update = jax.jit(metric.stateless_update_state)
    state = metric.variables
    for part in (slice(0, 5), slice(5, 12)):
        state = update(state, labels[part], outputs[part])
    expected = float((np.asarray(outputs).argmax(-1) == np.asarray(labels)).mean())
    assert 0 < expected < 1
    close(jax.jit(metric.stateless_result)(state), expected)
    assert float(metric.result()) == 0.0
    for variable, value in zip(metric.variables, state):
        variable.assign(value)
    close(metric.result(), expected)
    assert [float(v) for v in metric.stateless_reset_state()] == [0.0, 0.0]
    close(metric.result(), expected)


@native(
    "Keras's guide: a training loop in JAX", "Variables given to jit; accuracy rises; stored values are the model's"
)
def test_keras_guide(rng):
    x = rng.standard_normal((256, 20)).astype("float32")
    y = keras.utils.to_categorical(x[:, :3].argmax(1))
    inputs = keras.Input(shape=(20,), name="digits")
    hidden = layers.Dense(64, activation="relu")(inputs)
    hidden = layers.Dropout(0.1)(layers.BatchNormalization()(hidden))
    model = keras.Model(inputs=inputs, outputs=layers.Dense(3, name="predictions")(hidden))
    loss_fn = keras.losses.CategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(learning_rate=1e-2)
    metric = keras.metrics.CategoricalAccuracy()

    def compute_loss_and_updates(trainable_variables, non_trainable_variables, metric_variables, x, y):
        y_pred, non_trainable_variables = model.stateless_call(
            trainable_variables, non_trainable_variables, x, training=True
        )
        metric_variables = metric.stateless_update_state(metric_variables, y, y_pred)
        return loss_fn(y, y_pred), (non_trainable_variables, metric_variables)

    grad_fn = jax.value_and_grad(compute_loss_and_updates, has_aux=True)

    @jax.jit
    def train_step(state, data):
        trainable_variables, non_trainable_variables, optimizer_variables, metric_variables = state
        (loss, (non_trainable_variables, metric_variables)), grads = grad_fn(
            trainable_variables, non_trainable_variables, metric_variables, *data
        )
        trainable_variables, optimizer_variables = optimizer.stateless_apply(
            optimizer_variables, grads, trainable_variables
        )
        return loss, (trainable_variables, non_trainable_variables, optimizer_variables, metric_variables)

    optimizer.build(model.trainable_variables)
    before = model.get_weights()
    state = model.trainable_variables, model.non_trainable_variables, optimizer.variables, metric.variables
    reached = []
    for _ in range(4):
        for i in range(0, 256, 32):
            loss, state = train_step(state, (x[i : i + 32], y[i : i + 32]))
        for variable, value in zip(metric.variables, state[3]):
            variable.assign(value)
        reached.append(float(metric.result()))
        state = (*state[:3], metric.stateless_reset_state())
    assert reached[0] < 0.8 < 0.9 < reached[-1]
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights()))
    for group, values in zip((model.trainable_variables, model.non_trainable_variables), state):
        for variable, value in zip(group, values):
            variable.assign(value)
    model.compile(loss=loss_fn, metrics=["accuracy"])
    assert model.evaluate(x, y, verbose=0)[1] > 0.95


class GuideModel(keras.Model):
    """As Keras's guide on `fit` with JAX has it."""

    calls = 0

    def compute_loss_and_updates(self, trainable, rest, metrics, x, y, training=False):
        outputs, rest = self.stateless_call(trainable, rest, x, training=training)
        loss, (trainable, rest, metrics) = self.stateless_compute_loss(
            trainable, rest, metrics, x=x, y=y, y_pred=outputs, training=training
        )
        return loss, (outputs, rest, metrics)

    def measured(self, variables, loss, y, outputs):
        logs, new = {}, []
        for metric in self.metrics:
            own = variables[len(new) : len(new) + len(metric.variables)]
            given = (loss,) if metric.name == "loss" else (y, outputs)
            own = metric.stateless_update_state(own, *given)
            logs[metric.name] = metric.stateless_result(own)
            new += own
        return logs, new

    def train_step(self, state, data):
        type(self).calls += 1
        trainable, rest, optimizer, metrics = state
        x, y = data
        grad = jax.value_and_grad(self.compute_loss_and_updates, has_aux=True)
        (loss, (outputs, rest, metrics)), grads = grad(trainable, rest, metrics, x, y, training=True)
        trainable, optimizer = self.optimizer.stateless_apply(optimizer, grads, trainable)
        logs, metrics = self.measured(metrics, loss, y, outputs)
        return logs, (trainable, rest, optimizer, metrics)

    def test_step(self, state, data):
        trainable, rest, metrics = state
        x, y = data
        loss, (outputs, rest, metrics) = self.compute_loss_and_updates(trainable, rest, metrics, x, y)
        logs, metrics = self.measured(metrics, loss, y, outputs)
        return {"seen": logs["mae"] * 0 + 7.0, **logs}, (trainable, rest, metrics)


def guide(cls):
    keras.set_random_seed(3)
    inputs = keras.Input((6,))
    hidden = layers.Dense(8, "tanh", kernel_regularizer="l2")(inputs)
    model = cls(inputs, layers.Dense(3)(layers.BatchNormalization()(hidden)))
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    return model


@native("train_step(self, state, data)", "fit gives the losses of the built-in step; it is compiled once; evaluate too")
def test_train_step(x, y):
    x, y = np.asarray(x), np.asarray(y)
    GuideModel.calls = 0
    ours, plain = guide(GuideModel), guide(keras.Model)
    found = ours.fit(x, y, batch_size=6, epochs=4, shuffle=False, verbose=0, validation_data=(x, y)).history
    wanted = plain.fit(x, y, batch_size=6, epochs=4, shuffle=False, verbose=0, validation_data=(x, y)).history
    assert GuideModel.calls == 1 and found.pop("val_seen") == [7.0] * 4
    assert found.keys() == wanted.keys() and found["loss"][-1] < found["loss"][0]
    for name in found:
        close(found[name], wanted[name], 1e-4)
    for a, b in zip(ours.get_weights(), plain.get_weights()):
        close(a, b, 1e-4)
    assert ours.evaluate(x, y, verbose=0, return_dict=True)["seen"] == 7.0


class ExtendedModel(keras.Model):
    """Steps that extend those of the base class."""

    def train_step(self, state, data):
        logs, state = super().train_step(state, data)
        return {**logs, "length": sum(jnp.sum(w**2) for w in state[0])}, state

    def predict_step(self, state, data):
        outputs, rest = super().predict_step(state, data)
        return outputs + 100.0, rest


@native("super().train_step(state, data)", "what Keras's base class does, with a log of one's own")
def test_extended_step(x, y):
    x, y = np.asarray(x), np.asarray(y)
    ours, plain = guide(ExtendedModel), guide(keras.Model)
    found = ours.fit(x, y, batch_size=5, epochs=3, shuffle=False, verbose=0).history
    close(found["loss"], plain.fit(x, y, batch_size=5, epochs=3, shuffle=False, verbose=0).history["loss"], 1e-4)
    close(found["length"][-1], sum((w.numpy() ** 2).sum() for w in ours.trainable_variables), 1e-4)
    close(ours.predict(x, verbose=0), plain.predict(x, verbose=0) + 100.0, 1e-3)


@native("train_step(self, state, data)", "a layer frozen between two fits stays, the other trains on with its moments")
def test_frozen_between_fits(x, y):
    x, y = np.asarray(x), np.asarray(y)
    model = guide(GuideModel)
    model.fit(x, y, epochs=1, verbose=0)
    model.layers[1].trainable = False
    before = [layer.get_weights()[0] for layer in (model.layers[1], model.layers[-1])]
    model.fit(x, y, epochs=2, verbose=0)
    assert np.array_equal(before[0], model.layers[1].get_weights()[0])
    assert np.abs(before[1] - model.layers[-1].get_weights()[0]).max() > 1e-3
    assert int(model.optimizer.iterations.numpy()) == 3
