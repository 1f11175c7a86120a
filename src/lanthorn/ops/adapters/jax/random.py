"""JAX: random numbers from a key of two uint32."""

import jax
import jax.numpy as jnp
import numpy as np

from ....core import seeds
from . import jax_dtype

KEYED = True


def key(seed):
    return np.array([seeds.draw_seed() if seed is None else seed, 0], np.uint32)


def count_up(pair):
    return pair + np.array([0, 1], np.uint32)


def _key(pair):
    return jax.random.wrap_key_data(jnp.asarray(pair), impl="threefry2x32")


def normal(key, shape, mean, stddev, dtype, like):
    return jax.random.normal(_key(key), shape, jax_dtype(dtype)) * stddev + mean


def truncated_normal(key, shape, dtype, like):
    return jax.random.truncated_normal(_key(key), -2.0, 2.0, shape, jax_dtype(dtype))


def uniform(key, shape, minval, maxval, dtype, like):
    return jax.random.uniform(_key(key), shape, jax_dtype(dtype), minval, maxval)


def randint(key, shape, minval, maxval, dtype, like):
    return jax.random.randint(_key(key), shape, minval, maxval, jax_dtype(dtype))


def categorical(key, logits, num_samples, dtype):
    shape = (num_samples, *logits.shape[:-1])
    return jnp.moveaxis(jax.random.categorical(_key(key), logits, -1, shape), 0, -1).astype(jax_dtype(dtype))


def shuffle(key, x, axis):
    return jax.random.permutation(_key(key), x, axis)


def dropout(key, x, rate, noise_shape):
    shape = (
        x.shape if noise_shape is None else [n if s is None else s for n, s in zip(x.shape, noise_shape, strict=True)]
    )
    keep = jax.random.bernoulli(_key(key), 1.0 - rate, shape)
    return jnp.where(keep, x / (1.0 - rate), jnp.zeros((), x.dtype))


def gamma(key, shape, alpha, dtype, like):
    return jax.random.gamma(_key(key), alpha, shape, jax_dtype(dtype))


def beta(key, shape, alpha, beta, dtype, like):
    return jax.random.beta(_key(key), alpha, beta, shape, jax_dtype(dtype))


def binomial(key, shape, counts, probabilities, dtype, like):
    counts, probabilities = jnp.asarray(counts, jnp.float32), jnp.asarray(probabilities, jnp.float32)
    return jax.random.binomial(_key(key), counts, probabilities, shape).astype(jax_dtype(dtype))
