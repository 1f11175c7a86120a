"""to_categorical and normalize, against Keras."""

import numpy as np
import pytest

import lanthorn
from lanthorn.utils import normalize, np_utils, to_categorical


@pytest.mark.parametrize(
    "x, classes", [([0, 2, 1], None), ([0, 2], 5), (np.array([[0], [3]]), None), (np.array([[0, 1], [2, 2]]), 3)]
)
def test_to_categorical_is_that_of_keras(keras, x, classes):
    found, wanted = to_categorical(x, classes), keras.utils.to_categorical(x, classes)
    np.testing.assert_array_equal(found, wanted)
    assert found.dtype == np.float32


def test_to_categorical_of_engine_arrays(any_engine):
    found = to_categorical(lanthorn.ops.convert_to_tensor(np.array([0, 2])))
    assert not isinstance(found, np.ndarray) or any_engine == "numpy"
    np.testing.assert_array_equal(lanthorn.ops.convert_to_numpy(found), [[1, 0, 0], [0, 0, 1]])


@pytest.mark.parametrize("x, classes", [([0, -1], None), ([0, 3], 3), ([0.5], None), (["a"], None)])
def test_to_categorical_refuses_what_is_no_class_number(x, classes):
    with pytest.raises(ValueError, match="class numbers must be"):
        to_categorical(x, classes)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("axis", [1, -1])
def test_normalize_is_that_of_keras(keras, rng, axis, order):
    x = rng.normal(size=(3, 4))
    x[1] = 0
    np.testing.assert_allclose(normalize(x, axis, order), keras.utils.normalize(x, axis, order), rtol=1e-6)


def test_normalize_along_the_first_axis():
    np.testing.assert_allclose(normalize([[3.0, 0.0], [4.0, 0.0]], axis=0), [[0.6, 0], [0.8, 0]])


def test_normalize_of_engine_arrays(engine):
    found = normalize(lanthorn.ops.convert_to_tensor(np.array([[3.0, 4.0]], "float32")))
    np.testing.assert_allclose(lanthorn.ops.convert_to_numpy(found), [[0.6, 0.8]], rtol=1e-6)


def test_names_of_2018():
    assert np_utils.to_categorical is to_categorical
