"""What the tests of JAX's tools share: small networks, the same written by hand, and comparisons of pytrees."""

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers

jax = pytest.importorskip("jax")
jnp = jax.numpy


def native(tool, checked, package="jax"):
    return pytest.mark.native(tool, checked, package=package)


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
