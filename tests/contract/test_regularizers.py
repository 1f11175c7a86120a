"""Regularizers and constraints against Keras, on each engine."""

import json

import numpy as np
import pytest

REGULARIZERS = [
    ("L1", {}),
    ("L1", {"l1": 0.3}),
    ("L2", {}),
    ("L2", {"l2": 0.3}),
    ("L1L2", {}),
    ("L1L2", {"l1": 0.2}),
    ("L1L2", {"l2": 0.2}),
    ("L1L2", {"l1": 0.1, "l2": 0.2}),
    ("OrthogonalRegularizer", {}),
    ("OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"}),
]
CONSTRAINTS = [
    ("MaxNorm", {}),
    ("MaxNorm", {"max_value": 1.0, "axis": 1}),
    ("MaxNorm", {"max_value": 1, "axis": [0, 1]}),
    ("MinMaxNorm", {}),
    ("MinMaxNorm", {"min_value": 0.5, "max_value": 1.5, "rate": 0.3, "axis": 1}),
    ("UnitNorm", {}),
    ("UnitNorm", {"axis": 1}),
    ("NonNeg", {}),
]


def weight():
    return np.random.default_rng(2).normal(size=(5, 3)).astype("float32")


@pytest.mark.parametrize(("name", "settings"), REGULARIZERS, ids=str)
def test_regularizers(engine, keras, derived, keras_derived, name, settings):
    from lanthorn import regularizers

    mine, theirs = getattr(regularizers, name)(**settings), getattr(keras.regularizers, name)(**settings)
    got = derived(lambda x: mine(x) + 0.0 * x[0, 0], weight(), np.float32(1.0))
    want = keras_derived(lambda x: theirs(x) + 0.0 * x[0, 0], weight(), np.float32(1.0))
    for a, b in zip(got, want, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("name", "settings"), CONSTRAINTS, ids=str)
def test_constraints(engine, keras, name, settings):
    import lanthorn
    from lanthorn import constraints

    mine, theirs = getattr(constraints, name)(**settings), getattr(keras.constraints, name)(**settings)
    want = keras.ops.convert_to_numpy(theirs(keras.ops.convert_to_tensor(weight())))
    variable = lanthorn.Variable(weight(), engine=engine)
    variable.assign(mine(variable.value))
    np.testing.assert_allclose(variable.numpy(), want, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("kind", ["regularizers", "constraints"])
def test_settings(keras, kind):
    import importlib

    mine, theirs = importlib.import_module(f"lanthorn.{kind}"), getattr(keras, kind)
    for name, settings in REGULARIZERS if kind == "regularizers" else CONSTRAINTS:
        ours, their = getattr(mine, name)(**settings), getattr(theirs, name)(**settings)
        data = json.loads(json.dumps(mine.serialize(ours)))
        assert mine.deserialize(data).get_config() == ours.get_config()
        for config in (mine.deserialize(theirs.serialize(their)).get_config(), theirs.deserialize(data).get_config()):
            assert set(config) == set(ours.get_config())
            for key, value in ours.get_config().items():
                assert config[key] == (pytest.approx(value) if isinstance(value, float) else value)


def test_names_and_errors():
    from lanthorn import constraints, regularizers

    assert regularizers.get("l2").l2 == 0.01 and regularizers.get("l1_l2").l1 == 0.0
    assert regularizers.l2(0.5).l2 == 0.5 and regularizers.get(None) is None
    for name in ("max_norm", "maxnorm", "MaxNorm"):
        assert type(constraints.get(name)).__name__ == "MaxNorm"
    with pytest.raises(ValueError, match="L2: `l2` must be a number of 0 or more"):
        regularizers.L2(-0.1)
    with pytest.raises(TypeError, match="L2: `l2` must be float"):
        regularizers.L2("much")
    with pytest.raises(ValueError, match="expected a matrix"):
        regularizers.OrthogonalRegularizer()(np.zeros((2, 2, 2), "float32"))
    with pytest.raises(ValueError, match="'rows' or 'columns'"):
        regularizers.OrthogonalRegularizer(mode="both")
    with pytest.raises(ValueError, match="no constraint is named"):
        constraints.get("max")
