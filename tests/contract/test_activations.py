"""Every activation against Keras: value and gradient, on each engine."""

import numpy as np
import pytest

CASES = [
    *((name, {}) for name in (
        "linear", "relu", "relu6", "leaky_relu", "elu", "celu", "selu", "gelu", "silu", "mish", "glu", "sigmoid",
        "log_sigmoid", "hard_sigmoid", "hard_silu", "tanh", "hard_tanh", "tanh_shrink", "hard_shrink", "soft_shrink",
        "softplus", "softsign", "squareplus", "sparse_plus", "sparse_sigmoid", "softmax", "log_softmax",
        "exponential",
    )),
    ("relu", {"negative_slope": 0.1}),
    ("relu", {"max_value": 1.5}),
    ("relu", {"max_value": 6.0}),
    ("relu", {"threshold": 0.7}),
    ("relu", {"negative_slope": 0.2, "max_value": 1.0, "threshold": 0.3}),
    ("leaky_relu", {"negative_slope": 0.3}),
    ("elu", {"alpha": 0.5}),
    ("celu", {"alpha": 0.5}),
    ("gelu", {"approximate": True}),
    ("hard_shrink", {"threshold": 1.0}),
    ("soft_shrink", {"threshold": 1.0}),
    ("squareplus", {"b": 2}),
    ("threshold", {"threshold": 0.4, "default_value": -1.0}),
    ("softmax", {"axis": 0}),
    ("log_softmax", {"axis": 1}),
    ("glu", {"axis": 1}),
]  # fmt: skip
IDS = [f"{name}-{'-'.join(f'{k}={v}' for k, v in settings.items())}" for name, settings in CASES]


def inputs(name):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(4, 6), scale=2.0).astype("float32")
    return x, rng.normal(size=(4, 3) if name == "glu" else (4, 6)).astype("float32")


@pytest.mark.parametrize(("name", "settings"), CASES, ids=IDS)
def test_value_and_gradient(engine, keras, derived, keras_derived, name, settings):
    from lanthorn import activations

    mine, theirs = getattr(activations, name), getattr(keras.activations, name)
    x, weights = inputs(name)
    weights = weights if settings.get("axis") != 1 or name != "glu" else weights[:, :3]
    got = derived(lambda x: mine(x, **settings), x, weights)
    want = keras_derived(lambda x: theirs(x, **settings), x, weights)
    for a, b in zip(got, want, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=2e-6)


def test_sparsemax(derived):
    """The nearest point of the simplex. (Keras 3.15.1 gives rows that do not sum to 1.)"""
    from lanthorn import activations

    x = np.random.default_rng(1).normal(size=(4, 6), scale=2.0).astype("float32")
    weights = np.random.default_rng(2).normal(size=(4, 6)).astype("float32")
    y, gradient = derived(activations.sparsemax, x, weights)
    np.testing.assert_allclose(y.sum(-1), 1.0, rtol=1e-6)
    assert (y >= 0).all()
    shift = x - y  # the same for all that are left, and no more than it for the others
    for row, kept, w, g in zip(shift, y > 0, weights, gradient, strict=True):
        np.testing.assert_allclose(row[kept], row[kept][0], rtol=1e-5)
        assert (row[~kept] <= row[kept][0] + 1e-6).all()
        np.testing.assert_allclose(g, np.where(kept, w - w[kept].mean(), 0.0), atol=1e-6)


def test_all_of_keras(keras):
    """No activation of Keras is missing, and names go both ways."""
    from lanthorn import activations

    for name in dir(keras.activations):
        if name.startswith("_") or name in ("get", "serialize", "deserialize"):
            continue
        mine = getattr(activations, name)
        assert activations.get(name) is mine
        written = activations.serialize(mine)
        assert written == keras.activations.serialize(getattr(keras.activations, name))
        assert activations.deserialize(written) is mine
    assert activations.get(None) is activations.linear


def test_what_users_write():
    from lanthorn import activations

    def double(x):
        return 2 * x

    assert activations.get(double) is double
    with pytest.raises(ValueError, match="no activation is named 'rellu'.*Did you mean 'relu'"):
        activations.get("rellu")
    with pytest.raises(TypeError, match="got 3"):
        activations.get(3)
