"""Fixtures of the tests of JAX's tools."""

import pytest

import lanthorn as keras


@pytest.fixture
def on_jax():
    """JAX is the default engine, weights are drawn from one seed."""
    pytest.importorskip("jax")
    keras.set_engine("jax")
    keras.set_random_seed(0)
    yield
    keras.set_engine(None)


@pytest.fixture
def x(rng):
    """Inputs of the networks in `jax_networks.py`, as JAX's array."""
    return pytest.importorskip("jax").numpy.asarray(rng.standard_normal((12, 6)).astype("float32"))


@pytest.fixture
def y(rng):
    """Targets for them."""
    return pytest.importorskip("jax").numpy.asarray(rng.standard_normal((12, 3)).astype("float32"))
