"""Random numbers: distributions, seeds, and keys that count inside a compiled step."""

import numpy as np
import pytest

import lanthorn
from lanthorn import ops, random


def values(x):
    return np.asarray(ops.convert_to_numpy(x))


def test_moments_of_the_distributions(any_engine):
    n = (4000,)
    x = values(random.normal(n, mean=1.0, stddev=2.0, seed=1))
    assert abs(x.mean() - 1) < 0.2 and abs(x.std() - 2) < 0.2
    x = values(random.uniform(n, 2.0, 4.0, seed=1))
    assert x.min() >= 2 and x.max() < 4 and abs(x.mean() - 3) < 0.1
    x = values(random.truncated_normal(n, stddev=3.0, seed=1))
    assert np.abs(x).max() <= 6.001 and 2.4 < x.std() < 2.9
    x = values(random.randint(n, 0, 3, seed=1))
    assert set(x.tolist()) == {0, 1, 2}
    logits = ops.convert_to_tensor(np.log(np.array([[0.1, 0.9], [0.5, 0.5]], "float32")))
    x = values(random.categorical(logits, 2000, seed=1))
    assert x.shape == (2, 2000) and abs(x[0].mean() - 0.9) < 0.05
    assert sorted(values(random.shuffle(ops.arange(9), seed=1)).tolist()) == list(range(9))


def test_gamma_beta_and_binomial(any_engine):
    n, alpha = (6000, 2), np.array([0.5, 3.0], "float32")
    x = values(random.gamma(n, alpha, seed=1))
    assert np.allclose(x.mean(0), alpha, atol=0.15) and np.allclose(x.var(0), alpha, rtol=0.15)
    x = values(random.beta(n, alpha, 2.0, seed=random.SeedGenerator(2)))
    assert np.allclose(x.mean(0), alpha / (alpha + 2), atol=0.02) and x.min() >= 0 and x.max() <= 1
    x = values(random.binomial(n, 10, np.array([0.2, 0.7]), dtype="int32", seed=3))
    assert np.allclose(x.mean(0), [2, 7], atol=0.1) and np.allclose(x.var(0), [1.6, 2.1], rtol=0.1)
    assert x.dtype == np.int32


def test_a_number_repeats_and_a_generator_goes_on(any_engine):
    assert (values(random.normal((5,), seed=3)) == values(random.normal((5,), seed=3))).all()
    seed = random.SeedGenerator(3)
    assert (values(random.normal((5,), seed=seed)) != values(random.normal((5,), seed=seed))).any()
    assert (values(random.normal((5,))) != values(random.normal((5,)))).any()


def test_set_random_seed_repeats_everything(any_engine):
    def draw():
        lanthorn.set_random_seed(5)
        seed = random.SeedGenerator()
        return values(random.normal((4,), seed=seed)), values(random.uniform((4,)))

    for a, b in zip(draw(), draw(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_dropout(any_engine):
    x = ops.ones((100, 20))
    y = values(random.dropout(x, 0.25, seed=random.SeedGenerator(1)))
    np.testing.assert_allclose(np.unique(y), [0, 1 / 0.75], rtol=1e-6)
    assert abs((y == 0).mean() - 0.25) < 0.05
    rows = values(random.dropout(x, 0.5, noise_shape=(None, 1), seed=random.SeedGenerator(1)))
    assert (rows == rows[:, :1]).all()
    assert (values(random.dropout(x, 0.0)) == 1).all()


def test_keys_count_inside_jit():
    jax = pytest.importorskip("jax")
    seed = random.SeedGenerator(1)
    seed.build("jax")

    def step(state):
        seed.state.value = state
        return random.normal((3,), seed=seed), seed.state.value

    step = jax.jit(step)
    start = seed.state.value
    first, after = step(start)
    second, _ = step(after)
    assert (np.asarray(first) != np.asarray(second)).any()
    assert np.asarray(after).tolist() == [1, 1]


def test_wrong_seed_is_named():
    with pytest.raises(ValueError, match="SeedGenerator: `seed` must be a whole number"):
        random.SeedGenerator(-1)
