"""JAX's transformations on a Lanthorn model: each test looks at what the tool must have changed."""

import copy
import pickle
from functools import partial

import numpy as np
import pytest

from .jax_networks import by_hand, close, differ, jax, jnp, mlp, native, network, pure, squared

pytestmark = pytest.mark.usefixtures("on_jax")


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


# -- carrying ----------------------------------------------------------------------------------------------------------
@native("jax.export", "serialized, read again and run on any batch: the model's outputs")
def test_export(x):
    from jax import export

    pytest.importorskip("flatbuffers", reason="jax.export writes with flatbuffers, which is not installed")
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
