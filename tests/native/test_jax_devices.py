"""A model over eight devices of JAX, which are told from one host."""

import os
import subprocess
import sys

import pytest

import lanthorn as keras

from .jax_networks import native

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
