"""Every row of the table of ops, on every engine, against NumPy in float64 or Keras: value, dtype, gradient."""

import inspect

import numpy as np
import pytest

from lanthorn import ops
from lanthorn.ops import dispatch

from . import ops_cases_control, ops_cases_nn  # noqa: F401 (they fill CASES)
from .ops_cases import CASES

ROWS = dispatch.ROWS
FOR_KERAS = {"bool": "bool"}


def leaves(y):
    """What an op gave, as a flat list of arrays."""
    if isinstance(y, (list, tuple)):
        return [leaf for part in y for leaf in leaves(part)]
    return [y]


def mapped(f, y):
    if isinstance(y, (list, tuple)):
        return type(y)(mapped(f, part) for part in y)
    return f(y) if isinstance(y, np.ndarray) else y


def wide(x):
    return x.astype(np.float64) if x.dtype == np.float32 else x.astype(np.int64) if x.dtype == np.int32 else x


def expected(name, case, keras):
    """The values that the op should give, from NumPy in float64 or from Keras."""
    args, kwargs = mapped(wide, case.args), {k: mapped(wide, v) for k, v in case.kwargs.items()}
    if callable(case.want):
        return case.want(*args, **kwargs)
    if case.want == "numpy engine":  # Keras on torch has it otherwise than TensorFlow, whose rule holds here
        return find(name)(*args, **kwargs)
    if case.want == "linalg":
        return getattr(np.linalg, name)(*args, **kwargs)
    if case.want != "keras" and hasattr(np, name):
        with np.errstate(all="ignore"):
            return getattr(np, name)(*args, **kwargs)
    space = keras.ops
    for part in name.split("."):
        space = getattr(space, part)
    y = space(*mapped(keras.ops.convert_to_tensor, case.args), **case.kwargs)
    return mapped_tensors(keras.ops.convert_to_numpy, y)


def mapped_tensors(f, y):
    if isinstance(y, (list, tuple)):
        return [mapped_tensors(f, part) for part in y]
    return f(y)


def to_engine(x):
    return mapped(lambda a: ops.convert_to_tensor(a), x)


def run(name, case, args=None, convert=to_engine):
    function = find(name)
    kwargs = {k: convert(v) for k, v in case.kwargs.items()}
    return function(*(convert(case.args) if args is None else args), **kwargs)


def compiled(name, case):
    """The op under jax.jit: one compilation instead of one for each of its parts, and a proof that it can be traced."""
    import jax

    flat = leaves(case.args)
    arrays = [a for a in flat if isinstance(a, np.ndarray)]

    def traced(*arrays):
        given = iter(arrays)
        moved = [next(given) if isinstance(a, np.ndarray) else a for a in flat]
        return run(name, case, packed(case.args, iter(moved)))

    return jax.jit(traced)(*map(ops.convert_to_tensor, arrays))


def find(name):
    found = ops
    for part in name.split("."):
        found = getattr(found, part)
    return found


def to_numpy(y):
    return [np.asarray(ops.convert_to_numpy(v)) if ops.is_tensor(v) else np.asarray(v) for v in leaves(y)]


def numbered():
    return [pytest.param(name, case, id=f"{name}-{i}") for name in CASES for i, case in enumerate(CASES[name])]


def test_every_row_has_a_case():
    assert set(ROWS) - set(CASES) - set(ops_cases_control.CHECKS) == set()
    assert set(CASES) | set(ops_cases_control.CHECKS) <= set(ROWS)


REBUILD = {
    "svd": lambda u, s, vh: u * s @ vh,
    "qr": lambda q, r: q @ r,
    "eigh": lambda w, v: v * w @ v.T,
    "eig": lambda w, v: (v * w @ np.linalg.inv(v)).real,
}


@pytest.mark.parametrize(("name", "case"), numbered())
def test_value_and_dtype(any_engine, keras, name, case):
    result = compiled(name, case) if any_engine == "jax" and case.traced else run(name, case)
    found = to_numpy(result)
    if case.want == "rebuild":  # signs and order are free: what counts is the product
        np.testing.assert_allclose(REBUILD[name](*found), case.args[0], atol=1e-4)
        return
    want = expected(name, case, keras)
    if want is not None:
        want = [np.asarray(w) for w in leaves(want)]
        assert [f.shape for f in found] == [w.shape for w in want]
        for f, w in zip(found, want, strict=True):
            if f.dtype.kind == "U":
                assert f == w
                continue
            np.testing.assert_allclose(f, w, rtol=case.tolerance, atol=case.tolerance)
    dtypes = [ops.dtype(v) if ops.is_tensor(v) else None for v in leaves(result)]
    with np.errstate(all="ignore"):
        reference = leaves(
            run(name, case, convert=lambda x: x) if any_engine != "numpy" and ROWS_BY_NUMPY(name, case) else result
        )
    assert dtypes == [None if d is None else str(np.asarray(r).dtype) for d, r in zip(dtypes, reference, strict=True)]
    assert "float64" not in dtypes and "int64" not in dtypes


def ROWS_BY_NUMPY(name, case):  # noqa: N802
    """Whether the numpy engine decides when the arguments are NumPy arrays: it does unless there are none."""
    return any(isinstance(a, np.ndarray) for a in leaves(case.args)) and ROWS[name].numpy_decides


def positional(name, case):
    """The same call with every setting by position, as far as they are given without a gap."""
    parameters = list(inspect.signature(find(name)).parameters.values())
    args, left = list(case.args), dict(case.kwargs)
    for parameter in parameters[len(args) :]:
        if not left:
            break
        args.append(left.pop(parameter.name, parameter.default))
    return args


@pytest.mark.parametrize("name", [n for n in CASES if any(c.kwargs for c in CASES[n]) and n != "rearrange"])
def test_settings_by_position(any_engine, name):
    case = next(c for c in CASES[name] if c.kwargs)
    if any(
        p.kind is p.VAR_POSITIONAL or p.kind is p.KEYWORD_ONLY
        for p in inspect.signature(find(name)).parameters.values()
    ):
        case = case._replace(kwargs={})
    by_name, by_position = run(name, case), find(name)(*to_engine(positional(name, case)))
    for a, b in zip(to_numpy(by_name), to_numpy(by_position), strict=True):
        np.testing.assert_array_equal(a, b)


def is_float(x):
    return isinstance(x, np.ndarray) and x.dtype == np.float32


DIFFERENTIABLE = [p for p in numbered() if p.values[1].grad and any(is_float(a) for a in leaves(p.values[1].args))]


@pytest.mark.parametrize(("name", "case"), DIFFERENTIABLE)
def test_gradient(engine, name, case):
    """The derivative along one random direction, against central differences of the numpy engine in float64."""
    rng = np.random.default_rng(3)
    floating = [i for i, a in enumerate(leaves(case.args)) if is_float(a)]
    flat = leaves(case.args)
    directions = {i: rng.standard_normal(flat[i].shape) for i in floating}

    def at(step):
        moved = [wide(a) + step * directions[i] if i in directions else a for i, a in enumerate(flat)]
        kwargs = {k: mapped(wide, v) for k, v in case.kwargs.items()}
        return [np.asarray(v) for v in leaves(find(name)(*packed(case.args, iter(moved)), **kwargs))]

    plain = at(0.0)
    weights = [rng.standard_normal(v.shape) if v.dtype.kind == "f" else None for v in plain]
    if all(w is None for w in weights):
        return  # whole numbers and truths have no gradient

    def weighted(values):
        return sum(float(np.sum(v * w)) for v, w in zip(values, weights, strict=True) if w is not None)

    h = 1e-6
    want = (weighted(at(h)) - weighted(at(-h))) / (2 * h)

    def loss(*arrays):
        moved = [arrays[floating.index(i)] if i in directions else to_engine(a) for i, a in enumerate(flat)]
        outputs = leaves(
            find(name)(*packed(case.args, iter(moved)), **{k: to_engine(v) for k, v in case.kwargs.items()})
        )
        return sum(
            ops.sum(ops.multiply(v, w.astype(np.float32)))
            for v, w in zip(outputs, weights, strict=True)
            if w is not None
        )

    arrays = [flat[i] for i in floating]
    if engine == "jax" and (name == "segment_prod" or case.kwargs.get("reduction") == "mul"):
        with pytest.raises(NotImplementedError, match="unique_indices"):  # JAX itself has no such gradient
            gradients(engine, loss, arrays)
        return
    grads = gradients(engine, loss, arrays, case.traced)
    got = sum(float(np.sum(g * directions[i])) for g, i in zip(grads, floating, strict=True))
    scale = sum(float(np.sum(np.abs(g * directions[i]))) for g, i in zip(grads, floating, strict=True))
    assert got == pytest.approx(want, rel=1e-4, abs=3e-5 * max(scale, 1.0) * (case.tolerance / 1e-5))


def packed(structure, flat):
    if isinstance(structure, (list, tuple)):
        return type(structure)(packed(part, flat) for part in structure)
    return next(flat)


def gradients(engine, loss, arrays, traced=True):
    """Gradients of a scalar with the engine's own means, as NumPy arrays; zeros where nothing flows."""
    if engine == "torch":
        import torch

        tensors = [torch.tensor(a, requires_grad=True) for a in arrays]
        value = loss(*tensors)
        if not getattr(value, "requires_grad", False):
            return [np.zeros_like(a) for a in arrays]
        grads = torch.autograd.grad(value, tensors, allow_unused=True)
    elif engine == "jax":
        import jax

        grad = jax.grad(loss, argnums=tuple(range(len(arrays))))
        grads = (jax.jit(grad) if traced else grad)(*map(jax.numpy.asarray, arrays))
    else:
        import tensorflow as tf

        tensors = [tf.constant(a) for a in arrays]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            value = loss(*tensors)
        grads = [None if g is None else tf.convert_to_tensor(g) for g in tape.gradient(value, tensors)]
    return [np.zeros_like(a) if g is None else np.asarray(g) for g, a in zip(grads, arrays, strict=True)]


@pytest.mark.parametrize("name", list(ops_cases_control.CHECKS))
def test_control_flow(any_engine, name):
    def array(x, dtype="float32"):
        return ops.convert_to_tensor(np.array(x, dtype))

    ops_cases_control.CHECKS[name](ops, array)
