"""ONNX: elementwise ops, reductions, shapes, products."""

import numpy as np

from . import convert
from .graph import OnnxArray


def _spread(a: tuple, b: tuple) -> tuple:
    """The shape of two shapes broadcast together; None where unknown."""
    rank = max(len(a), len(b))
    a, b = (1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b
    return tuple(n if m == 1 else m if n == 1 else (m if m is not None else n) for m, n in zip(a, b, strict=True))


def unary(kind: str, **attributes):
    """An elementwise op of one array: the layout stays."""

    def run(x):
        name = x.graph.node(kind, [x.first if x.is_first else x.plain], **attributes)
        held = {"first": name} if x.is_first else {"plain": name}
        return OnnxArray(x.graph, x.shape, x.dtype, **held)

    return run


def _as_first(x: OnnxArray) -> str | None:
    """Name of `x` as it must be to meet a rank-4 array held channels first; None if that needs a transposition."""
    if x.constant is not None:
        value = x.constant.reshape((1,) * (4 - x.ndim) + x.shape)
        return x.graph.initializer(value.transpose(0, 3, 1, 2))
    return x.first if x.ndim == 4 and x.is_first else None


def binary(kind: str, dtype: str | None = None):
    """An elementwise op of two arrays, broadcast; channels first where both can be."""

    def run(x1, x2):
        lead = x1 if isinstance(x1, OnnxArray) else x2
        x1, x2 = convert(x1, lead, not isinstance(x1, OnnxArray)), convert(x2, lead, not isinstance(x2, OnnxArray))
        shape = _spread(x1.shape, x2.shape)
        if x1.dtype != x2.dtype:
            wider = np.result_type(x1.dtype, x2.dtype).name.replace("float64", "float32")
            x1, x2 = cast(x1, wider), cast(x2, wider)
        if x1.is_first or x2.is_first:
            names = _as_first(x1), _as_first(x2)
            if None not in names:
                return OnnxArray(x1.graph, shape, dtype or x1.dtype, first=x1.graph.node(kind, list(names)))
        name = x1.graph.node(kind, [x1.plain, x2.plain])
        return OnnxArray(x1.graph, shape, dtype or x1.dtype, plain=name)

    return run


add, subtract, multiply = binary("Add"), binary("Sub"), binary("Mul")
divide = true_divide = binary("Div")
power, maximum, minimum = binary("Pow"), binary("Max"), binary("Min")
greater, greater_equal = binary("Greater", "bool"), binary("GreaterOrEqual", "bool")
less, less_equal, equal = binary("Less", "bool"), binary("LessOrEqual", "bool"), binary("Equal", "bool")
negative, absolute, exp, log, sqrt = unary("Neg"), unary("Abs"), unary("Exp"), unary("Log"), unary("Sqrt")
tanh, floor, ceil, sign = unary("Tanh"), unary("Floor"), unary("Ceil"), unary("Sign")
sigmoid, softsign, erf = unary("Sigmoid"), unary("Softsign"), unary("Erf")
abs_ = absolute


def square(x):
    return multiply(x, x)


def rsqrt(x):
    return divide(1.0, sqrt(x))


def where(condition, x1, x2):
    lead = next(a for a in (condition, x1, x2) if isinstance(a, OnnxArray))
    kept = [convert(a, lead, not isinstance(a, OnnxArray)) for a in (x1, x2)]
    name = lead.graph.node("Where", [condition.plain, *(a.plain for a in kept)])
    return OnnxArray(
        lead.graph, _spread(condition.shape, _spread(kept[0].shape, kept[1].shape)), kept[0].dtype, plain=name
    )


def clip(x, x_min, x_max):
    bounds = [x.graph.constant(np.asarray(b, x.dtype)).plain for b in (x_min, x_max)]
    name = x.graph.node("Clip", [x.first if x.is_first else x.plain, *bounds])
    return OnnxArray(x.graph, x.shape, x.dtype, **{"first" if x.is_first else "plain": name})


def cast(x, dtype):
    from onnx import helper

    if x.dtype == dtype:
        return x
    if x.constant is not None:
        return x.graph.constant(x.constant, dtype)
    name = x.graph.node("Cast", [x.plain], to=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))
    return OnnxArray(x.graph, x.shape, dtype, plain=name)


# -- reductions --------------------------------------------------------------------------------------------------
def _reduction(kind: str, axes_as_input: bool = False):
    def run(x, axis=None, keepdims=False):
        axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
        axes = sorted(a % x.ndim for a in axes)
        shape = tuple(1 if i in axes else s for i, s in enumerate(x.shape) if keepdims or i not in axes)
        if x.is_first and axes == [1, 2] and not keepdims:  # global pooling: over the places, wherever they are
            source, axes = x.first, [2, 3]
        else:
            source = x.plain
        if axes_as_input:
            name = x.graph.node(kind, [source, x.graph.initializer(np.array(axes, "int64"))], keepdims=int(keepdims))
        else:
            name = x.graph.node(kind, [source], axes=axes, keepdims=int(keepdims))
        return OnnxArray(x.graph, shape, x.dtype, plain=name)

    return run


mean, max_, min_ = _reduction("ReduceMean"), _reduction("ReduceMax"), _reduction("ReduceMin")
sum_, prod = _reduction("ReduceSum", axes_as_input=True), _reduction("ReduceProd")


# -- shapes ------------------------------------------------------------------------------------------------------
def shape(x):
    return x.shape


def reshape(x, newshape):
    wanted = [newshape] if isinstance(newshape, int) else list(newshape)
    if -1 in wanted and None not in x.shape:
        wanted[wanted.index(-1)] = int(np.prod(x.shape)) // int(-np.prod(wanted))
    known = tuple(None if s in (-1, None) else s for s in wanted)
    target = np.array([-1 if s is None else s for s in wanted], "int64")
    return OnnxArray(x.graph, known, x.dtype, plain=x.graph.node("Reshape", [x.plain, x.graph.initializer(target)]))


def transpose(x, axes=None):
    axes = tuple(reversed(range(x.ndim))) if axes is None else tuple(a % x.ndim for a in axes)
    if x.constant is not None:
        return x.graph.constant(x.constant.transpose(axes))
    name = x.graph.node("Transpose", [x.plain], perm=axes)
    return OnnxArray(x.graph, tuple(x.shape[a] for a in axes), x.dtype, plain=name)


def expand_dims(x, axis):
    axes = [axis] if isinstance(axis, int) else list(axis)
    rank = x.ndim + len(axes)
    places = sorted(a % rank for a in axes)
    sizes = iter(x.shape)
    known = tuple(1 if i in places else next(sizes) for i in range(rank))
    name = x.graph.node("Unsqueeze", [x.plain, x.graph.initializer(np.array(places, "int64"))])
    return OnnxArray(x.graph, known, x.dtype, plain=name)


def squeeze(x, axis=None):
    axes = [i for i, s in enumerate(x.shape) if s == 1] if axis is None else [axis] if isinstance(axis, int) else axis
    places = sorted(a % x.ndim for a in axes)
    known = tuple(s for i, s in enumerate(x.shape) if i not in places)
    name = x.graph.node("Squeeze", [x.plain, x.graph.initializer(np.array(places, "int64"))])
    return OnnxArray(x.graph, known, x.dtype, plain=name)


def concatenate(xs, axis=0):
    lead = next(x for x in xs if isinstance(x, OnnxArray))
    xs = [convert(x, lead) for x in xs]
    axis = axis % lead.ndim
    sizes = [x.shape[axis] for x in xs]
    whole = tuple(
        (None if None in sizes else np.sum(sizes).item()) if i == axis else s for i, s in enumerate(lead.shape)
    )
    if any(x.is_first for x in xs):
        name = lead.graph.node("Concat", [x.first for x in xs], axis=(0, 2, 3, 1)[axis])
        return OnnxArray(lead.graph, whole, lead.dtype, first=name)
    return OnnxArray(lead.graph, whole, lead.dtype, plain=lead.graph.node("Concat", [x.plain for x in xs], axis=axis))


def pad(x, pad_width, mode="constant", constant_values=None):
    pairs = [pad_width] * x.ndim if isinstance(pad_width[0], int) else list(pad_width)
    known = tuple(None if s is None else s + a + b for s, (a, b) in zip(x.shape, pairs, strict=True))
    order = (0, 3, 1, 2) if x.is_first else range(x.ndim)
    amounts = [pairs[i][0] for i in order] + [pairs[i][1] for i in order]
    inputs = [x.first if x.is_first else x.plain, x.graph.initializer(np.array(amounts, "int64"))]
    if mode == "constant":
        inputs.append(x.graph.initializer(np.asarray(constant_values or 0, x.dtype)))
    name = x.graph.node("Pad", inputs, mode={"symmetric": "wrap"}.get(mode, mode))
    return OnnxArray(x.graph, known, x.dtype, **{"first" if x.is_first else "plain": name})


def get_item(x, key):
    keys = key if isinstance(key, tuple) else (key,)
    if any(not isinstance(k, (int, slice)) or (isinstance(k, slice) and k.step not in (None, 1)) for k in keys):
        raise NotImplementedError("ops.get_item: on ONNX graphs only with numbers and plain slices.")
    starts, ends, axes, squeezed, sizes = [], [], [], [], list(x.shape)
    for axis, k in enumerate(keys):
        if isinstance(k, int):
            starts, ends, axes = [*starts, k], [*ends, k + 1 if k != -1 else 2**62], [*axes, axis]
            squeezed.append(axis)
            sizes[axis] = 1
        elif k != slice(None):
            starts, ends, axes = [*starts, k.start or 0], [*ends, 2**62 if k.stop is None else k.stop], [*axes, axis]
            sizes[axis] = None if sizes[axis] is None else len(range(*k.indices(sizes[axis])))
    name = x.plain
    if axes:
        name = x.graph.node("Slice", [name, *(x.graph.initializer(np.array(v, "int64")) for v in (starts, ends, axes))])
    out = OnnxArray(x.graph, tuple(sizes), x.dtype, plain=name)
    return squeeze(out, squeezed) if squeezed else out


# -- products ----------------------------------------------------------------------------------------------------
def matmul(x1, x2):
    lead = x1 if isinstance(x1, OnnxArray) else x2
    x1, x2 = convert(x1, lead), convert(x2, lead)
    whole = (*_spread(x1.shape[:-2], x2.shape[:-2]), x1.shape[-2], x2.shape[-1])
    return OnnxArray(lead.graph, whole, x1.dtype, plain=lead.graph.node("MatMul", [x1.plain, x2.plain]))


def linear(x, kernel, bias=None):
    y = matmul(x, kernel)
    return y if bias is None else add(y, bias)


def copy(x):
    return x


def stop_gradient(x):
    return x


def zeros_like(x, dtype=None):
    return x.graph.constant(np.zeros((), dtype or x.dtype))


def ones_like(x, dtype=None):
    return x.graph.constant(np.ones((), dtype or x.dtype))
