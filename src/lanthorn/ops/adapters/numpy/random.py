"""NumPy: random numbers from a Generator made from (seed, how many keys were drawn)."""

import numpy as np

from ....core import seeds
from ...dtypes import standardize

KEYED = False


def next_key(generator):
    """The next key of a SeedGenerator, which counts for us."""
    generator._count += 1
    return generator.seed, generator._count - 1


def key(seed):
    return (seeds.draw_seed() if seed is None else seed), 0


def _rng(key):
    return np.random.Generator(np.random.Philox(key=list(key)))


def normal(key, shape, mean, stddev, dtype, like):
    return (_rng(key).standard_normal(shape) * stddev + mean).astype(standardize(dtype))


def truncated_normal(key, shape, dtype, like):
    rng = _rng(key)
    x = rng.standard_normal(shape)
    while (far := np.abs(x) > 2).any():
        x[far] = rng.standard_normal(int(far.sum()))
    return x.astype(standardize(dtype))


def uniform(key, shape, minval, maxval, dtype, like):
    return (_rng(key).random(shape) * (maxval - minval) + minval).astype(standardize(dtype))


def randint(key, shape, minval, maxval, dtype, like):
    return _rng(key).integers(minval, maxval, shape).astype(standardize(dtype))


def categorical(key, logits, num_samples, dtype):
    noise = _rng(key).gumbel(size=(*logits.shape[:-1], num_samples, logits.shape[-1]))
    return np.argmax(logits[..., None, :] + noise, -1).astype(standardize(dtype))


def shuffle(key, x, axis):
    return np.take(x, _rng(key).permutation(x.shape[axis]), axis)


def dropout(key, x, rate, noise_shape):
    shape = (
        x.shape if noise_shape is None else [n if s is None else s for n, s in zip(x.shape, noise_shape, strict=True)]
    )
    return np.where(_rng(key).random(shape) >= rate, x / (1 - rate), 0).astype(x.dtype)


def gamma(key, shape, alpha, dtype, like):
    return _rng(key).gamma(alpha, size=shape).astype(standardize(dtype))


def beta(key, shape, alpha, beta, dtype, like):
    return _rng(key).beta(alpha, beta, shape).astype(standardize(dtype))


def binomial(key, shape, counts, probabilities, dtype, like):
    return _rng(key).binomial(np.asarray(counts).astype(int), probabilities, shape).astype(standardize(dtype))
