"""JAX's own tools on a Lanthorn model: each test looks at what the tool must have changed."""

import copy
import os
import pickle
import subprocess
import sys
from functools import partial

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers

jax = pytest.importorskip("jax")
jnp = jax.numpy


def native(tool, checked, package="jax"):
    return pytest.mark.native(tool, checked, package=package)


@pytest.fixture(autouse=True)
def on_jax():
    keras.set_engine("jax")
    keras.set_random_seed(0)
    yield
    keras.set_engine(None)


def network(dropout=0.0):
    """Weights, statistics and, with dropout, a random state."""
    rate = [layers.Dropout(dropout, name="drop")] if dropout else []
    return keras.Sequential(
        [
            keras.Input((6,)), layers.Dense(8, name="first"), layers.BatchNormalization(name="norm"),
            layers.Activation("tanh"), *rate, layers.Dense(3, name="head"),
        ]
    )  # fmt: skip


def mlp():
    return keras.Sequential([keras.Input((6,)), layers.Dense(8, "tanh", name="first"), layers.Dense(3, name="head")])


def by_hand(params, x):
    """`mlp`, written in JAX."""
    hidden = jnp.tanh(x @ params["first"]["kernel"] + params["first"]["bias"])
    return hidden @ params["head"]["kernel"] + params["head"]["bias"]


def squared(apply):
    return lambda params, x, y: jnp.mean((apply(params, x) - y) ** 2)


def pure(net, training=False):
    return lambda params, x: net.apply(params, net.state, x, training=training)[0]


def close(a, b, tolerance=1e-5):
    a, b = jax.tree.leaves(a), jax.tree.leaves(b)
    assert len(a) == len(b) > 0
    for one, other in zip(a, b):
        np.testing.assert_allclose(np.asarray(one), np.asarray(other), atol=tolerance, rtol=tolerance)


def differ(a, b):
    assert all(
        np.abs(np.asarray(p) - np.asarray(q)).max() > 1e-7 for p, q in zip(jax.tree.leaves(a), jax.tree.leaves(b))
    )


@pytest.fixture
def x(rng):
    return jnp.asarray(rng.standard_normal((12, 6)).astype("float32"))


@pytest.fixture
def y(rng):
    return jnp.asarray(rng.standard_normal((12, 3)).astype("float32"))


# -- transformations ---------------------------------------------------------------------------------------------------
@native("jax.jit", "follows other params without compiling again")
def test_jit(x):
    net = mlp().jax()
    run = jax.jit(pure(net))
    first = run(net.params, x)
    other = jax.tree.map(lambda p: p + 1.0, net.params)
    close(run(other, x), by_hand(other, x))
    differ(first, run(other, x))
    assert run._cache_size() == 1


@native("jax.grad", "gradients of the network written by hand")
def test_grad(x, y):
    net = mlp().jax()
    found = jax.grad(squared(pure(net)))(net.params, x, y)
    close(found, jax.grad(squared(by_hand))(net.params, x, y))
    differ(found, jax.tree.map(jnp.zeros_like, found))


@native(
    "jax.value_and_grad over stateless_call", "loss falls, statistics move, the model stays as it is until assigned"
)
def test_stateless_call(x, y):
    model = network(dropout=0.2)
    before = model.get_weights()

    @jax.jit
    def step(trainable, rest):
        def loss(trainable):
            outputs, after = model.stateless_call(trainable, rest, x, training=True)
            return jnp.mean((outputs - y) ** 2), after

        (value, rest), grads = jax.value_and_grad(loss, has_aux=True)(trainable)
        return value, [w - 0.1 * g for w, g in zip(trainable, grads)], rest

    values, trainable, rest = [], model.trainable_variables, model.non_trainable_variables
    for _ in range(20):
        value, trainable, rest = step(trainable, rest)
        values.append(float(value))
    assert values[-1] < 0.7 * values[0]
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights()))
    differ(rest, [v.value.astype("float32") for v in model.non_trainable_variables])
    for variable, value in zip(model.trainable_variables, trainable):
        variable.assign(value)
    assert np.abs(model.get_weights()[0] - before[0]).max() > 1e-3


@native("jax.vmap over params", "an ensemble of three gives each member's own outputs")
def test_vmap_over_params(x):
    net = mlp().jax()
    members = [jax.tree.map(lambda p, k=k: p * (1.0 + k), net.params) for k in range(3)]
    stacked = jax.tree.map(lambda *p: jnp.stack(p), *members)
    found = jax.vmap(pure(net), in_axes=(0, None))(stacked, x)
    close(found, jnp.stack([by_hand(member, x) for member in members]))


@native("jax.vmap of jax.grad", "gradients per sample, whose mean is that of the batch")
def test_gradients_per_sample(x, y):
    net = mlp().jax()
    loss = squared(lambda params, row: pure(net)(params, row[None])[0])
    each = jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))(net.params, x, y)
    assert each["head"]["kernel"].shape == (12, 8, 3)
    close(jax.tree.map(lambda g: g.mean(0), each), jax.grad(squared(by_hand))(net.params, x, y))


@native("jax.lax.scan", "a training loop inside one compiled call gives the weights of one step after the other")
def test_scan(x, y):
    net = mlp().jax()
    grad = jax.grad(squared(pure(net)))

    def step(params, _):
        return jax.tree.map(lambda p, g: p - 0.1 * g, params, grad(params, x, y)), squared(pure(net))(params, x, y)

    scanned, losses = jax.jit(lambda params: jax.lax.scan(step, params, length=8))(net.params)
    params = net.params
    for _ in range(8):
        params, _ = step(params, None)
    close(scanned, params)
    assert losses[-1] < losses[0]


@native("jax.checkpoint (remat)", "the same gradients; the forward pass is computed again")
def test_remat(x, y):
    net = mlp().jax()
    plain, again = squared(pure(net)), squared(jax.checkpoint(pure(net)))
    close(jax.grad(again)(net.params, x, y), jax.grad(plain)(net.params, x, y))
    count = [str(jax.make_jaxpr(jax.grad(f))(net.params, x, y)).count(" tanh") for f in (plain, again)]
    assert count[1] > count[0]


@native("jax.make_jaxpr", "weights are arguments, none is a constant of the program")
def test_no_weight_is_a_constant(x):
    net = network().jax()
    program = jax.make_jaxpr(net.apply)(net.params, net.state, x)
    assert max([np.size(c) for c in program.consts], default=0) <= 1
    assert len(program.in_avals) == len(jax.tree.leaves((net.params, net.state))) + 1


@native("jax.eval_shape", "shapes of outputs and state, nothing computed")
def test_eval_shape(x):
    net = network(dropout=0.5).jax()
    like = jax.tree.map(lambda a: jax.ShapeDtypeStruct(a.shape, a.dtype), (net.params, net.state))
    outputs, state = jax.eval_shape(partial(net.apply, training=True), *like, jax.ShapeDtypeStruct((5, 6), "float32"))
    assert outputs.shape == (5, 3)
    assert jax.tree.map(lambda s: s.shape, state) == jax.tree.map(lambda a: a.shape, net.state)


@native("jax.jacfwd, jax.jacrev, jax.hessian", "the Jacobian of the weights by hand; a Hessian that is symmetric")
def test_jacobians(x):
    net = mlp().jax()
    forward = jax.jacfwd(lambda row: pure(net)(net.params, row[None])[0])(x[0])
    close(forward, jax.jacrev(lambda row: by_hand(net.params, row))(x[0]))
    second = jax.hessian(lambda row: pure(net)(net.params, row[None]).sum())(x[0])
    assert np.abs(second).max() > 1e-4
    close(second, second.T)


@native("jax.jvp and jax.vjp", "the same directional derivative from both sides")
def test_jvp_and_vjp(x):
    net = mlp().jax()
    direction = jax.tree.map(jnp.ones_like, net.params)
    _, forward = jax.jvp(lambda p: pure(net)(p, x).sum(), (net.params,), (direction,))
    _, back = jax.vjp(lambda p: pure(net)(p, x).sum(), net.params)
    total = sum(g.sum() for g in jax.tree.leaves(back(jnp.float32(1.0))[0]))
    assert abs(float(forward)) > 1e-3
    close(forward, total, 1e-4)


@native("jax.experimental.checkify", "a NaN inside a layer is reported, a clean input is not")
def test_checkify(x):
    from jax.experimental import checkify

    net = mlp().jax()
    checked = jax.jit(checkify.checkify(pure(net), errors=checkify.nan_checks))
    assert checked(net.params, x)[0].get() is None
    broken = jax.tree.map(lambda p: p * jnp.inf, net.params)
    assert "nan" in checked(broken, x)[0].get()


# -- state -------------------------------------------------------------------------------------------------------------
@native("jax.random state of Dropout", "another mask at each call, the same from the same state")
def test_dropout_state(x):
    net = network(dropout=0.5).jax()
    run = jax.jit(partial(net.apply, training=True))
    first, after = run(net.params, net.state, x)
    second, _ = run(net.params, after, x)
    again, _ = run(net.params, net.state, x)
    differ(first, second)
    close(first, again, 0)


@native("BatchNormalization state", "moves as Keras says in training, stays in inference")
def test_statistics(x):
    net = network().jax()
    _, state = jax.jit(partial(net.apply, training=True))(net.params, net.state, x)
    hidden = x @ net.params["first"]["kernel"]
    close(state["norm"]["moving_mean"], 0.01 * hidden.mean(0))
    _, same = net.apply(net.params, state, x)
    close(same["norm"], state["norm"], 0)


@native("donate_argnums", "the given arrays are used up, the model's own are not, and it trains on")
def test_donated_buffers(x, y):
    model = network()
    net = model.jax()

    @partial(jax.jit, donate_argnums=(0, 1))
    def step(params, state):
        def loss(params):
            outputs, after = net.apply(params, state, x, training=True)
            return jnp.mean((outputs - y) ** 2), after

        grads, state = jax.grad(loss, has_aux=True)(params)
        return jax.tree.map(lambda p, g: p - 0.1 * g, params, grads), state

    given = net.params
    params, state = step(given, net.state)
    assert given["head"]["kernel"].is_deleted()
    params, state = step(params, state)
    net.load(params, state)
    close(model.get_layer("head").kernel.value, params["head"]["kernel"])
    assert np.isfinite(np.asarray(model(x))).all()


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


# -- carrying ----------------------------------------------------------------------------------------------------------
@native("jax.export", "serialized, read again and run on any batch: the model's outputs")
def test_export(x):
    from jax import export

    net = network().jax()
    shape = jax.ShapeDtypeStruct(export.symbolic_shape("b, 6"), "float32")
    made = export.export(jax.jit(lambda x: net.apply(net.params, net.state, x)[0]))(shape)
    again = export.deserialize(made.serialize())
    for n in (12, 5):
        close(again.call(x[:n]), net.model(x[:n]))


@native(
    "orbax.checkpoint",
    "params and state saved, restored and loaded into a new model: the same outputs",
    "orbax-checkpoint",
)
@pytest.mark.slow
def test_orbax(x, tmp_path):
    ocp = pytest.importorskip("orbax.checkpoint")
    model = network(dropout=0.5)
    model.compile("sgd", "mse")
    model.fit(np.asarray(x), np.ones((12, 3), "float32"), epochs=2, verbose=0)
    net, saver = model.jax(), ocp.StandardCheckpointer()
    saver.save(tmp_path / "kept", {"params": net.params, "state": net.state})
    saver.wait_until_finished()
    other = network(dropout=0.5)
    target = other.jax()
    differ(other(x), model(x))
    kept = saver.restore(tmp_path / "kept", {"params": target.params, "state": target.state})
    target.load(kept["params"], kept["state"])
    close(other(x), model(x), 0)


@native("pickle and copy.deepcopy", "of params and of the model: equal values, and none shared")
def test_copies(x):
    model = network()
    net = model.jax()
    close(pickle.loads(pickle.dumps(net.params)), net.params, 0)
    twin, read = copy.deepcopy(model), pickle.loads(pickle.dumps(model))
    before = model(x)
    net.load(jax.tree.map(lambda p: p + 1.0, net.params))
    close(twin(x), before)
    close(read(x), before)
    differ(model(x), before)


# -- several devices ---------------------------------------------------------------------------------------------------
SHARDED = """
import os
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8"
os.environ["JAX_PLATFORMS"] = "cpu"
import jax, jax.numpy as jnp, numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec as P
import lanthorn as keras
from lanthorn import layers

keras.set_random_seed(0)
first, head = layers.Dense(16, "tanh", name="first"), layers.Dense(3, name="head")
model = keras.Sequential([keras.Input((6,), engine="jax"), first, head])
net = model.jax()
rng = np.random.default_rng(0)
x, y = (jnp.asarray(rng.standard_normal((16, n)).astype("float32")) for n in (6, 3))
assert len(jax.devices()) == 8
mesh = Mesh(np.array(jax.devices()).reshape(4, 2), ("data", "model"))

def loss(params, x, y):
    return jnp.mean((net.apply(params, net.state, x)[0] - y) ** 2)

def step(params, x, y):
    value, grads = jax.value_and_grad(loss)(params, x, y)
    return value, jax.tree.map(lambda p, g: p - 0.1 * g, params, grads)
"""


def in_eight_devices(code):
    root = os.path.join(os.path.dirname(keras.__file__), "..")
    environment = {**os.environ, "PYTHONPATH": root}
    done = subprocess.run([sys.executable, "-c", SHARDED + code], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr[-3000:]


@native("NamedSharding over 8 host devices", "data and weights split, the losses and weights of one device")
@pytest.mark.slow
def test_sharding():
    in_eight_devices("""
alone = net.params
specs = {"first": {"kernel": P(None, "model"), "bias": P("model")}, "head": {"kernel": P("model"), "bias": P()}}
put = lambda value, spec: jax.device_put(value, NamedSharding(mesh, spec))
params = jax.tree.map(put, net.params, specs)
xs, ys = put(x, P("data")), put(y, P("data"))
assert len(params["first"]["kernel"].sharding.device_set) == 8
assert params["first"]["kernel"].addressable_shards[0].data.shape == (6, 8)
losses, wanted = [], []
for _ in range(5):
    value, params = jax.jit(step)(params, xs, ys); losses.append(float(value))
    value, alone = jax.jit(step)(alone, x, y); wanted.append(float(value))
np.testing.assert_allclose(losses, wanted, rtol=1e-4)
assert losses[-1] < losses[0]
assert params["first"]["kernel"].addressable_shards[0].data.shape == (6, 8)
net.load(params)
np.testing.assert_allclose(model.get_layer("first").kernel.numpy(), alone["first"]["kernel"], atol=1e-5)
""")


@native("jax.shard_map over 8 host devices", "gradients averaged by pmean are those of the whole batch")
@pytest.mark.slow
def test_shard_map():
    in_eight_devices("""
line = Mesh(np.array(jax.devices()), ("data",))
def local(params, x, y):
    own = jax.tree.map(lambda p: jax.lax.pcast(p, "data", to="varying"), params)
    return jax.tree.map(lambda g: jax.lax.pmean(g, "data"), jax.grad(loss)(own, x, y))
mapped = jax.shard_map(local, mesh=line, in_specs=(P(), P("data"), P("data")), out_specs=P())
found = jax.jit(mapped)(net.params, x, y)
wanted = jax.grad(loss)(net.params, x, y)
for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(wanted)):
    np.testing.assert_allclose(a, b, atol=1e-6)
    assert np.abs(a).max() > 1e-6
""")


@native("jax.pmap over 8 host devices", "each device has its own shard of the batch")
@pytest.mark.slow
def test_pmap():
    in_eight_devices("""
run = jax.pmap(lambda params, x: net.apply(params, net.state, x)[0], in_axes=(None, 0))
found = run(net.params, x.reshape(8, 2, 6))
assert len(found.sharding.device_set) == 8
np.testing.assert_allclose(np.asarray(found).reshape(16, 3), model(x), atol=1e-5)
""")


# -- Flax --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def linen():
    return pytest.importorskip("flax.linen")


@pytest.fixture
def nnx():
    return pytest.importorskip("flax.nnx")


def trained(model, x, y, epochs=3):
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model.fit(np.asarray(x), np.asarray(y), batch_size=12, epochs=epochs, verbose=0).history["loss"]


@native("flax.linen.Module in Sequential", "trained by fit as by Flax's own loop; its weights saved and loaded", "flax")
def test_linen_in_a_model(linen, x, y, tmp_path):
    class Block(linen.Module):
        @linen.compact
        def __call__(self, x, train: bool):
            x = linen.BatchNorm(use_running_average=not train, momentum=0.9)(linen.Dense(8)(x))
            return linen.Dense(3)(linen.tanh(x))

    block = Block()
    model = keras.Sequential([keras.Input((6,)), block])
    layer = model.layers[0]
    params, stats = (
        {k: jax.tree.map(lambda v: v, part)} for k, part in {**layer._params.values(), **layer._state.values()}.items()
    )

    def loss(params, stats):
        outputs, stats = block.apply({**params, **stats}, x, train=True, mutable=["batch_stats"])
        return jnp.mean((outputs - y) ** 2), stats

    wanted = []
    for _ in range(3):
        (value, stats), grads = jax.value_and_grad(loss, has_aux=True)(params, stats)
        params = jax.tree.map(lambda p, g: p - 0.1 * g, params, grads)
        wanted.append(float(value))
    close(trained(model, x, y), wanted)
    close(layer.trained_module().variables["params"], params["params"])
    close(model.predict(np.asarray(x), verbose=0), block.apply({**params, **stats}, x, train=False), 1e-4)

    model.save_weights(tmp_path / "kept.weights.h5")
    other = keras.Sequential([keras.Input((6,)), Block()])
    differ(other(x), model(x))
    other.load_weights(tmp_path / "kept.weights.h5")
    close(other(x), model(x))
    shown = []
    model.summary(print_fn=shown.append)
    assert "FlaxLayer" in shown[0] and str(model.count_params()) in shown[0]


@native("flax.nnx.Module in Sequential", "starts from its weights, is trained by fit, given back as a module", "flax")
def test_nnx_in_a_model(nnx, x, y):
    block = nnx.Sequential(nnx.Linear(6, 8, rngs=nnx.Rngs(0)), nnx.BatchNorm(8, rngs=nnx.Rngs(0)),
                           nnx.Dropout(0.5, rngs=nnx.Rngs(1)), nnx.Linear(8, 3, rngs=nnx.Rngs(2)))  # fmt: skip
    model = keras.Sequential([keras.Input((6,)), block])
    block.eval()
    close(model(x), block(x))
    differ(model(x, training=True), model(x, training=True))
    losses = trained(model, x, y, epochs=30)
    assert losses[-1] < losses[0]
    after = model.layers[0].trained_module()
    differ(after.layers[3].kernel[...], block.layers[3].kernel[...])
    close(after(x), model(x))
    assert np.abs(after.layers[1].mean[...]).max() > 1e-3


@native("flax.linen.Dropout and flags", "drops in training, by another mask each time, and not in inference", "flax")
def test_linen_dropout(linen, x):
    model = keras.Sequential([keras.Input((6,)), linen.Dropout(0.5)])
    close(model(x), x, 0)
    first, second = model(x, training=True), model(x, training=True)
    assert 0.2 < float((np.asarray(first) == 0).mean()) < 0.8
    assert not np.array_equal(first, second)


@native("our model inside a flax.linen.Module", "its weights are the module's params and are trained there", "flax")
def test_our_model_in_linen(linen, x, y):
    net = mlp().jax()

    class Whole(linen.Module):
        @linen.compact
        def __call__(self, x):
            params = self.param("backbone", lambda rng: net.params)
            return linen.Dense(3)(net.apply(params, net.state, x)[0])

    whole = Whole()
    variables = whole.init(jax.random.key(0), x)
    close(variables["params"]["backbone"], net.params, 0)
    grads = jax.grad(lambda v: jnp.mean((whole.apply(v, x) - y) ** 2))(variables)
    differ(grads, jax.tree.map(jnp.zeros_like, grads))
    changed = jax.tree.map(lambda p: p + 1.0, variables)
    differ(whole.apply(changed, x), whole.apply(variables, x))


@native("layers.JaxLayer", "a pure function with params and state is trained, its state kept")
def test_jax_layer(x, y):
    def init(rng, inputs):
        return {"w": jax.random.normal(rng, (inputs.shape[-1], 3))}, {"calls": jnp.zeros((), "int32")}

    def call(params, state, inputs, training):
        return inputs @ params["w"], {"calls": state["calls"] + (1 if training else 0)}

    model = keras.Sequential([keras.Input((6,)), layers.JaxLayer(call, init)])
    start = model.layers[0].params["w"].numpy()
    losses = trained(model, x, y, epochs=4)
    grad = jax.grad(lambda w: jnp.mean((x @ w - y) ** 2))
    for _ in range(4):
        start = start - 0.1 * grad(start)
    close(model.layers[0].params["w"].numpy(), start)
    assert losses[-1] < losses[0] and int(model.layers[0].state["calls"].numpy()) == 4
