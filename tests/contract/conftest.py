"""What the tables of this folder share: a value and its gradient, by each engine's own differentiation."""

import numpy as np
import pytest


def _by_torch(f, x, weights):
    import torch

    x = torch.tensor(x, requires_grad=True)
    y = f(x)
    (y * torch.tensor(weights)).sum().backward()
    return y.detach().numpy(), x.grad.numpy()


def _by_jax(f, x, weights):
    import jax
    import jax.numpy as jnp

    x = jnp.asarray(x)
    return np.asarray(f(x)), np.asarray(jax.grad(lambda x: jnp.sum(f(x) * weights))(x))


def _by_tensorflow(f, x, weights):
    import tensorflow as tf

    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
        total = tf.reduce_sum(y * weights)
    return y.numpy(), tape.gradient(total, x).numpy()


@pytest.fixture
def derived(engine):
    """(f, x, weights) -> f(x) and the gradient of sum(weights * f(x)) in x, on the engine of the test."""
    return {"torch": _by_torch, "jax": _by_jax, "tensorflow": _by_tensorflow}[engine]


@pytest.fixture
def keras_derived():
    """The same for a function of Keras, which runs on torch."""
    return _by_torch
