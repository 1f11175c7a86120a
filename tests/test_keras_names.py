"""Names that programs for Keras 3 use past the common ones, with Keras's signatures."""

import importlib

import numpy as np
import pytest

import lanthorn
from lanthorn import ops


def test_name_spaces_of_ops_hold_its_functions(keras):
    for space in ("nn", "linalg", "numpy", "image"):
        ours, theirs = importlib.import_module(f"lanthorn.ops.{space}"), getattr(keras.ops, space)
        assert getattr(ops, space) is ours
        if space != "image":
            wanted = {n for n in dir(theirs) if not n.startswith("_") and hasattr(ops, n)}
            assert set(ours.__all__) == wanted
            assert all(getattr(ours, n) is getattr(ops, n) for n in wanted)


def test_they_compute(engine):
    x = lanthorn.engines.get(engine).array(np.array([[3.0, -4.0]], "float32"))
    assert ops.convert_to_numpy(ops.nn.relu(x)).tolist() == [[3, 0]]
    assert float(ops.linalg.norm(x)) == 5 and float(ops.numpy.sum(x)) == -1


def test_keras_tensor_has_keras_signature(engine):
    x = lanthorn.KerasTensor((None, 3), "float32", name="x")
    assert (x.shape, x.dtype, x.name, x.engine.name) == ((None, 3), "float32", "x", engine)
    assert lanthorn.KerasTensor((2, 3), dtype="int32", sparse=False).dtype == "int32"
    assert ops.mean(x, axis=1).shape == (None,)
    layer = lanthorn.layers.Dense(2)
    spec = layer.compute_output_spec(x)
    assert isinstance(spec, lanthorn.KerasTensor) and spec.shape == (None, 2) and not layer._nodes
    with pytest.raises(ValueError, match="sparse"):
        lanthorn.KerasTensor((2,), sparse=True)


def test_variable_has_keras_signature(engine):
    backend = lanthorn.backend
    assert backend.Variable is lanthorn.Variable
    made = backend.Variable("ones", shape=(2, 3), dtype="float32", trainable=False, name="w")
    assert made.numpy().tolist() == [[1, 1, 1]] * 2 and not made.trainable and made.name == "w"
    assert backend.Variable(lanthorn.initializers.Constant(3.0), (2,)).numpy().tolist() == [3, 3]
    assert backend.Variable(np.zeros(2), None, "int32").dtype == "int32"
    assert backend.Variable(lambda shape, dtype: np.full(shape, 2, dtype), shape=(1,)).numpy().tolist() == [2]
    with pytest.raises(ValueError, match="shape"):
        backend.Variable("zeros")
