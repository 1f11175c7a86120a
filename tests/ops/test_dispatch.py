"""Which engine runs, who follows whom, and that ops can be traced, copied and pickled."""

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest

import lanthorn
from lanthorn import ops
from lanthorn.core.variable import Variable
from lanthorn.ops import dispatch, stub


def tensor(x, dtype="float32"):
    return ops.convert_to_tensor(np.asarray(x, dtype))


def test_import_loads_no_engine():
    code = "import sys, lanthorn.ops; print([m for m in ('torch', 'jax', 'tensorflow') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_numpy_and_numbers_follow_the_engine(engine):
    x = tensor([1.0, 2.0])
    for y in (ops.add(x, np.array([1.0, 1.0])), ops.add(np.array([1.0, 1.0]), x), ops.add(1.0, x), ops.add(x, 1)):
        assert dispatch.kind(y) == engine
        assert ops.dtype(y) == "float32"
    assert dispatch.kind(ops.where(np.array([True, False]), 0.0, x)) == engine
    assert dispatch.kind(ops.concatenate([np.zeros(2, "float32"), x])) == engine


def test_numpy_alone_stays_numpy_and_nothing_takes_the_default(engine):
    assert isinstance(ops.sum(np.ones(3)), np.generic | np.ndarray)
    assert dispatch.kind(ops.zeros((2,))) == engine
    assert dispatch.kind(ops.sqrt(4.0)) == engine
    assert dispatch.kind(ops.convert_to_tensor(np.ones(2))) == engine


def test_variables_are_unwrapped_wherever_they_stand(any_engine):
    v = Variable([1.0, 2.0], engine=any_engine)
    x = tensor([3.0, 4.0])
    for y in (ops.add(v, x), ops.add(x, v), ops.add(x1=v, x2=x), ops.maximum(v, 1.5), ops.stack([x, v])[1] + 2):
        np.testing.assert_allclose(np.asarray(ops.convert_to_numpy(y)).shape, (2,))
    np.testing.assert_allclose(
        ops.convert_to_numpy(ops.linear(tensor(np.eye(2)), Variable(np.eye(2), engine=any_engine), v)), [[2, 2], [1, 3]]
    )
    np.testing.assert_allclose(ops.convert_to_numpy(ops.square(v)), [1, 4])


def test_two_engines_in_one_process():
    torch, jax = pytest.importorskip("torch"), pytest.importorskip("jax")
    assert type(ops.add(torch.ones(2), 1.0)) is torch.Tensor
    assert isinstance(ops.add(jax.numpy.ones(2), 1.0), jax.Array)
    assert type(ops.zeros((2,), like=torch.ones(1))) is torch.Tensor


def test_float64_numpy_does_not_widen(engine):
    assert ops.dtype(ops.multiply(tensor([1.0]), np.array([2.0]))) == "float32"
    assert ops.dtype(ops.divide(tensor([1], "int32"), 2)) == "float32"
    assert ops.dtype(ops.mean(tensor([1, 2], "int32"))) == "float32"


@pytest.mark.parametrize("name", ["relu", "matmul", "concatenate", "abs", "map"])
def test_ops_are_pickled_and_copied_by_name(name):
    op = getattr(ops, name)
    assert pickle.loads(pickle.dumps(op)) is op
    assert copy.deepcopy(op) is op
    assert op.__module__ == "lanthorn.ops" and op.__qualname__ == name
    assert pickle.loads(pickle.dumps(ops.image.resize)) is ops.image.resize


def network(x, picture, kernel):
    y = ops.softmax(ops.linear(x, ops.ones((3, 4), like=x), ops.zeros((4,), like=x)), axis=-1)
    z = ops.max_pool(ops.relu(ops.conv(picture, kernel, strides=2, padding="same")), 2)
    return ops.sum(ops.concatenate([y, y * 2], axis=-1)) + ops.mean(z) + ops.sum(ops.where(y > 0.2, y, 0.0))


def arguments():
    rng = np.random.default_rng(0)
    return [rng.standard_normal(s).astype("float32") for s in ((2, 3), (1, 8, 8, 2), (3, 3, 2, 4))]


def test_torch_compiles_without_a_break():
    torch = pytest.importorskip("torch")
    args = [torch.tensor(a) for a in arguments()]
    compiled = torch.compile(network, fullgraph=True, backend="aot_eager")
    torch.testing.assert_close(compiled(*args), network(*args))


def test_jax_jit():
    jax = pytest.importorskip("jax")
    args = [jax.numpy.asarray(a) for a in arguments()]
    np.testing.assert_allclose(jax.jit(network)(*args), network(*args), rtol=1e-5)


def test_tf_function():
    tf = pytest.importorskip("tensorflow")
    args = [tf.constant(a) for a in arguments()]
    np.testing.assert_allclose(tf.function(network)(*args), network(*args), rtol=1e-5)


def test_stub_is_up_to_date():
    for path, content in stub.files().items():
        assert path.read_text(encoding="utf-8") == content, "run: python -m lanthorn.ops.stub"


def test_unknown_padding_is_named():
    with pytest.raises(ValueError, match="'valid', 'same' or 'causal', got 'middle'"):
        ops.conv(np.zeros((1, 4, 4, 1), "float32"), np.zeros((2, 2, 1, 1), "float32"), padding="middle")


def test_default_engine_is_the_one_set():
    lanthorn.set_engine("numpy")
    try:
        assert isinstance(ops.zeros((2,)), np.ndarray)
    finally:
        lanthorn.set_engine(None)
