"""Initializers: distribution facts against Keras, seeds, names and settings."""

import importlib
import json

import numpy as np
import pytest

RANDOM = [
    ("RandomNormal", {}),
    ("RandomNormal", {"mean": 0.3, "stddev": 0.2}),
    ("RandomUniform", {}),
    ("RandomUniform", {"minval": -0.2, "maxval": 0.7}),
    ("TruncatedNormal", {}),
    ("TruncatedNormal", {"mean": -0.1, "stddev": 0.3}),
    *((name, {}) for name in (
        "GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal", "LecunUniform", "LecunNormal", "VarianceScaling",
    )),
    *(
        ("VarianceScaling", {"scale": 2.0, "mode": mode, "distribution": distribution})
        for mode in ("fan_in", "fan_out", "fan_avg")
        for distribution in ("uniform", "truncated_normal", "untruncated_normal")
    ),
    ("VarianceScaling", {"input_axes": [0, 1], "output_axes": [3]}),
]  # fmt: skip
OTHERS = [
    ("Zeros", {}),
    ("Ones", {}),
    ("Constant", {"value": 0.25}),
    ("Identity", {"gain": 2.0}),
    ("Orthogonal", {"gain": 0.5}),
]


@pytest.mark.parametrize("shape", [(3, 3, 40, 70), (300, 200)], ids=str)
@pytest.mark.parametrize(("name", "settings"), RANDOM, ids=lambda v: str(v))
def test_distributions(keras, name, settings, shape):
    """Mean, deviation and limits of 25,200 or 60,000 values: what Keras draws, within what chance allows."""
    from lanthorn import initializers

    if "input_axes" in settings and len(shape) == 2:
        pytest.skip("these axes are those of a 4-D kernel")
    mine = getattr(initializers, name)(**settings, seed=1)(shape)
    theirs = np.array(keras.ops.convert_to_numpy(getattr(keras.initializers, name)(**settings, seed=1)(shape)))
    assert mine.shape == shape and mine.dtype == np.float32
    spread = theirs.std()
    assert abs(mine.mean() - theirs.mean()) < 0.03 * spread
    assert abs(mine.std() - spread) < 0.015 * spread
    if (
        "Uniform" in name
        or "TruncatedNormal" in name
        or settings.get("distribution") in ("uniform", "truncated_normal")
    ):
        for a, b in ((mine.max(), theirs.max()), (mine.min(), theirs.min())):
            assert abs(a - b) < 0.01 * spread  # both come close to the limit, neither goes beyond
    elif name == "RandomNormal":
        assert np.abs(mine - mine.mean()).max() > 3.5 * spread  # nothing was cut off
    for q in (0.05, 0.25, 0.5, 0.75, 0.95):
        assert abs(np.quantile(mine, q) - np.quantile(theirs, q)) < 0.04 * spread


@pytest.mark.parametrize(("name", "settings"), OTHERS, ids=lambda v: str(v))
def test_fixed(keras, name, settings):
    from lanthorn import initializers

    mine = getattr(initializers, name)(**settings)((5, 3))
    if name == "Orthogonal":
        np.testing.assert_allclose(mine.T @ mine, 0.25 * np.eye(3), atol=1e-6)
        wide = initializers.Orthogonal()((2, 3, 10))
        np.testing.assert_allclose(wide.reshape(6, 10) @ wide.reshape(6, 10).T, np.eye(6), atol=1e-6)
        with pytest.raises(ValueError, match="two or more axes"):
            initializers.Orthogonal()((3,))
        return
    theirs = keras.ops.convert_to_numpy(getattr(keras.initializers, name)(**settings)((5, 3)))
    np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("settings", [
    {}, {"side": "imag", "scaling": "spectrum", "periodic": True}, {"window": None},
    {"window": "hamming", "scaling": None}, {"window": "blackman", "periodic": True}, {"window": "tukey"},
    {"window": [0.25] * 32},
], ids=str)  # fmt: skip
def test_stft(keras, settings):
    from lanthorn import initializers

    mine, theirs = (m.initializers.STFTInitializer(**settings) for m in (importlib.import_module("lanthorn"), keras))
    np.testing.assert_allclose(mine((32, 1, 17)), keras.ops.convert_to_numpy(theirs((32, 1, 17))), atol=2e-6)
    assert initializers.get(keras.initializers.serialize(theirs)).get_config() == mine.get_config()
    assert type(initializers.get("stft")) is initializers.STFT
    for wrong in ({"side": "both"}, {"scaling": "power"}, {"window": "no such window"}):
        with pytest.raises(ValueError):
            initializers.STFT(**wrong)
    with pytest.raises(ValueError, match="frame_length"):
        initializers.STFT(window=[1.0])((8, 1, 5))


def test_seeds():
    from lanthorn import initializers

    seeded = initializers.HeNormal(seed=3)
    np.testing.assert_array_equal(seeded((4, 5)), seeded((4, 5)))
    np.testing.assert_array_equal(seeded((4, 5)), seeded((4, 5), rng=np.random.default_rng(7)))
    assert (seeded((4, 5)) != initializers.HeNormal(seed=4)((4, 5))).all()
    free = initializers.HeNormal()
    assert (free((4, 5)) != free((4, 5))).all()
    first, again = (free((4, 5), rng=np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    np.random.seed(5)
    first = free((4, 5))
    np.random.seed(5)
    np.testing.assert_array_equal(first, free((4, 5)))


def test_dtypes_and_shapes():
    from lanthorn import initializers

    for name in ("zeros", "ones", "normal", "glorot_uniform", "truncated_normal", "uniform"):
        f = initializers.get(name)
        assert f((), "float32").shape == () and f((2, 0)).shape == (2, 0)
        assert f((2,), "float64").dtype == np.float64 and f((2,), "float16").dtype == np.float16
        assert f((2,), "bfloat16").dtype == np.float32  # NumPy lacks it: the variable casts
    with pytest.raises(ValueError, match="Identity: expected the shape of a matrix"):
        initializers.Identity()((2, 2, 2))


def test_names_and_settings(keras):
    """Keras's names, those of Keras 2 and of 2018; both libraries read what the other writes."""
    from lanthorn import initializers

    aliases = {"normal": "RandomNormal", "uniform": "RandomUniform", "zero": "Zeros", "one": "Ones", "zeros": "Zeros",
               "glorot_uniform": "GlorotUniform", "he_normal": "HeNormal", "lecun_uniform": "LecunUniform",
               "orthogonal": "Orthogonal", "identity": "Identity", "variance_scaling": "VarianceScaling"}  # fmt: skip
    for alias, name in aliases.items():
        assert type(initializers.get(alias)).__name__ == name
    for name, settings in RANDOM + OTHERS:
        mine, theirs = getattr(initializers, name)(**settings), getattr(keras.initializers, name)(**settings)
        data = json.loads(json.dumps(initializers.serialize(mine)))
        assert initializers.deserialize(data).get_config() == mine.get_config()
        assert initializers.deserialize(keras.initializers.serialize(theirs)).get_config() == {
            **mine.get_config(), **({"gain": 1.0} if name == "Identity" else {})  # Keras forgets to write it
        }  # fmt: skip
        assert keras.initializers.deserialize(data).get_config() == theirs.get_config()
    old = {"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "normal",
                                                       "seed": None, "dtype": "float32"}}  # fmt: skip
    assert initializers.get(old).distribution == "truncated_normal"


def test_what_users_write():
    from lanthorn import initializers

    def halves(shape, dtype=None):
        return np.full(shape, 0.5)

    assert initializers.get(halves) is halves
    assert initializers.get(None) is None
    given = initializers.get(np.eye(2))
    np.testing.assert_array_equal(given((2, 2)), np.eye(2))
    assert initializers.serialize(given)["class_name"] == "Constant"
    with pytest.raises(ValueError, match="array of shape"):
        given((3, 3))
    with pytest.raises(ValueError, match="Did you mean 'glorot_"):
        initializers.get("glorot")
    with pytest.raises(ValueError, match="`mode` must be one of"):
        initializers.VarianceScaling(mode="fan")
    with pytest.raises(ValueError, match="`scale` must be positive"):
        initializers.VarianceScaling(scale=0.0)
    assert repr(initializers.HeNormal(seed=3)) == "HeNormal(seed=3)"
