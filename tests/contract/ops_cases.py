"""The test cases of the ops: for every row of the table its inputs and settings. `CASES[name]` is a list of Case.

What is expected comes from NumPy in float64 where NumPy has the function, else from Keras; `want` overrides that.
"""

from typing import Any, NamedTuple

import numpy as np


class Case(NamedTuple):
    args: tuple
    kwargs: dict[str, Any] = {}
    want: Any = None  # a function of the float64 arguments, or "keras", or "numpy"
    grad: bool = True
    tolerance: float = 1e-5
    traced: bool = True  # can be compiled: no shape depends on values


CASES: dict[str, list[Case]] = {}
_rng = np.random.default_rng(7)


def floats(*shape, low=None, high=None):
    """Normal numbers, or uniform ones from low to high; float32."""
    x = _rng.standard_normal(shape) if low is None else _rng.uniform(low, high, shape)
    return x.astype(np.float32)


def ints(*shape, low=0, high=5, dtype=np.int32):
    return _rng.integers(low, high, shape).astype(dtype)


def bools(*shape):
    return _rng.random(shape) > 0.5


def case(names, *args, want=None, grad=True, tolerance=1e-5, traced=True, **kwargs):
    for name in names.split():
        CASES.setdefault(name, []).append(Case(args, kwargs, want, grad, tolerance, traced))


X, Y, S = floats(3, 4), floats(3, 4), floats(4, 4)
CUBE = floats(2, 3, 4)
PLUS = floats(3, 4, low=0.2, high=3)
INNER = floats(3, 4, low=-0.9, high=0.9)
I, J = ints(3, 4), ints(3, 4, low=1)
B, C = bools(3, 4), bools(3, 4)
NAN = X.copy()
NAN[0, 1] = NAN[2, 3] = np.nan
ODD = np.array([[1.0, np.nan, np.inf], [-np.inf, 0.0, -0.0]], np.float32)
HALVES = np.array([0.5, 1.5, -0.5, 2.4, -2.6], np.float32)

# -- elementwise -----------------------------------------------------------------------------------------------------
case(
    "abs absolute negative sign square exp expm1 exp2 sin cos tan sinh cosh tanh arcsinh arctan floor ceil trunc fabs "
    "cbrt deg2rad rad2deg sinc i0 real imag conj conjugate angle signbit isreal",
    X,
)
case("abs absolute negative sign square exp sin tanh trunc fabs real", I)
case("floor ceil", I, want=lambda x: x.astype(np.float64))
case("sqrt log log1p log2 log10 reciprocal", PLUS)
case("sqrt log1p", I, grad=False)
case("rsqrt", PLUS, want=lambda x: 1 / np.sqrt(x))
case("arcsin arccos arctanh", INNER)
case("arccosh", PLUS + 1)
case("round", HALVES, want="numpy", grad=False)
case("round", X, decimals=1, grad=False)
case("round", I, want=lambda x: x.astype(np.float64))
case("isnan isinf isfinite isposinf isneginf signbit", ODD)
case("isnan isinf isfinite", I)
case("logical_not", B)
case("logical_not", I)
case("erf erfc erfinv", INNER, want="keras", tolerance=3e-5)
case("clip", X, -0.5, 0.5)
case("clip", X, -0.5, np.full(4, 0.3, np.float32))
case("clip", I, 1, 3)
case(
    "nan_to_num",
    ODD,
    want=lambda x: np.where(np.isinf(x), np.sign(x) * 3.4028234663852886e38, np.nan_to_num(x)),
    grad=False,
)
case("nan_to_num", ODD, nan=1.0, posinf=2.0, neginf=-2.0, grad=False)
case("stop_gradient", X, want=lambda x: x, grad=False)
case("add subtract multiply divide true_divide maximum minimum arctan2 hypot logaddexp logaddexp2 fmax fmin", X, Y)
case("add subtract multiply divide true_divide maximum minimum", I, J)
case("add subtract multiply divide maximum minimum", X, 2.5)
case("add subtract multiply divide maximum minimum", 2.5, PLUS)
case("add subtract multiply divide", I, 2.5)
case("add multiply maximum", X, I)
case("add multiply", CUBE, floats(4))
case("floor_divide mod fmod", X * 3, PLUS, grad=False)
case("floor_divide mod fmod", I, J)
case("power", PLUS, Y)
case("power", X, 2)
case("power", 2.0, X)
case("equal not_equal greater greater_equal less less_equal", I, J)
case("equal not_equal greater greater_equal less less_equal", X, 0.0)
case("equal greater", I, 2)
case("equal greater", 2, I)
case("equal", X, I)
case("logical_and logical_or logical_xor", B, C)
case("logical_and logical_or logical_xor", I, J)
case("logical_and", B, True)
case("where", B, X, Y)
case("where", B, X, 0.0)
case("where", B, I, X)
case("where", B, 1.0, X)
case("where", B, traced=False)
case("fmax fmin", NAN, Y, grad=False)
case("heaviside", np.array([-1.0, 0.0, 2.0], np.float32), 0.5, grad=False)
case("heaviside", np.array([-1.0, 0.0, 2.0], np.float32), np.array([0.5, 0.3, 0.1], np.float32), grad=False)
case("divide_no_nan", X, np.array([1.0, 0.0, 2.0, -3.0], np.float32), want="keras", grad=False)
case("divide_no_nan", X, PLUS, want="keras")
case("divide_no_nan", I, ints(3, 4), want="keras")
case("nextafter", X, Y, want="keras", grad=False)
case("ldexp", X, I)
case("gcd lcm", ints(3, 4, low=-20, high=20), ints(3, 4, low=-20, high=20))
case("isclose", X, X + 1e-9)
case("isclose", NAN, NAN, equal_nan=True)
case("isclose", X, Y, rtol=0.5, atol=0.5)
case("allclose", X, X + 1e-9)
case("allclose", X, Y)
case("bitwise_not bitwise_invert", I)
case(
    "bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift left_shift right_shift",
    I,
    J,
    want="keras",
)

# -- reductions ------------------------------------------------------------------------------------------------------
AXES = [{}, {"axis": 1}, {"axis": -1, "keepdims": True}, {"axis": (0, 2)}, {"axis": (0, -1), "keepdims": True}]
for _axes in AXES:
    case("sum mean max min amax amin var std prod", CUBE, **_axes)
    case("logsumexp", CUBE, want="keras", **_axes)
    case("all any", CUBE > 0, **_axes)
    case("quantile", CUBE, 0.3, **_axes)
    case("nansum nanmean nanmax nanmin nanprod nanvar nanstd", CUBE, **_axes)
    case("ptp median nanmedian", CUBE, **_axes)
case("sum prod max min all any", I, axis=0)
case("mean var std", I, axis=0)
case("sum mean", B)
case("max", X, axis=0, initial=0.5)
case("min", X, axis=0, initial=-0.5)
for _axes in ({}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"keepdims": True}):
    case("argmax argmin", CUBE, **_axes)
    case("nansum nanmean nanmax nanmin nanprod nanvar nanstd nanmedian nanargmax nanargmin", NAN, grad=False, **_axes)
case(
    "nanargmax", np.array([[np.nan, np.nan], [1.0, np.nan]], np.float32), axis=1, want=lambda x, axis: np.array([-1, 0])
)
case(
    "nanargmin", np.array([[np.nan, np.nan], [1.0, np.nan]], np.float32), axis=1, want=lambda x, axis: np.array([-1, 0])
)
case("nanmax nanmin", np.array([[np.nan, np.nan], [1.0, np.nan]], np.float32), axis=1, want="keras", grad=False)
case("count_nonzero", I)
case("count_nonzero", I, axis=1)
case("cumsum cumprod", CUBE, axis=1)
case("cumsum cumprod", X)
case("cumsum cumprod", I, axis=0)
case("cumsum", I, axis=0, dtype="float32")
case("nancumsum nancumprod", NAN, axis=1, grad=False)
case("nancumsum", NAN, grad=False)
case("sort argsort", X)
case("sort argsort", X, axis=0)
case("argsort", I, axis=-1, want=lambda x, axis: np.argsort(x, axis, kind="stable"))
case("sort", I, axis=None)
case("top_k", X, 2, want="keras")
case("top_k", np.array([[3, 1, 2], [0, 5, 4]], np.int32), 1, want="keras")
case("in_top_k", ints(3), X, 2, want="keras")
case("searchsorted", np.sort(floats(6)), X)
case("searchsorted", np.array([1, 2, 2, 3], np.int32), np.array([2, 0, 4], np.int32), side="right")
case("norm", X)
for _order in (1, 2, np.inf, -np.inf, 0, 3):
    case("norm", CUBE, ord=_order, axis=1, want=lambda x, **k: np.linalg.norm(x, **k), grad=_order != 0)
for _order in ("fro", "nuc", 1, -1, 2, -2, np.inf):
    case("norm", CUBE, ord=_order, axis=(1, 2), keepdims=True, want=lambda x, **k: np.linalg.norm(x, **k), grad=False)
case("norm", X, want=lambda x: np.linalg.norm(x))
CASES["norm"].pop(0)
case("moments", CUBE, (0, 1), want="keras")
case("moments", CUBE, (0, 2), keepdims=True, want="keras")
case("average", X)
case("average", X, axis=0, weights=PLUS)
case("average", X, axis=1, weights=np.array([1, 2, 3, 4], np.float32))
case("quantile nanquantile", X, np.array([0.1, 0.5, 0.9], np.float32), axis=1)
case("percentile nanpercentile", X, 30.0, axis=1)
case("nanquantile", NAN, 0.4, axis=1, grad=False)
case("nanpercentile", NAN, 40.0, axis=1, grad=False)
for _method in ("lower", "higher", "midpoint", "nearest"):
    case("quantile", X, 0.4, axis=0, method=_method, grad=False)
case("diff", X)
case("diff", X, n=2, axis=0)
case("trapezoid", X, want=lambda y: np.trapezoid(y))
case("trapezoid", X, x=np.sort(floats(4)), want=lambda y, x: np.trapezoid(y, x))
case("trapezoid", X, dx=0.5, axis=0, want=lambda y, dx, axis: np.trapezoid(y, dx=dx, axis=axis))
case("corrcoef", X)
case("bincount", ints(9), traced=False)
case("bincount", ints(9), minlength=8, traced=False)
case("bincount", ints(9), weights=floats(9), traced=False)
case("histogram", X, traced=False, grad=False)
case("histogram", X, bins=4, range=(-1, 1), traced=False, grad=False)
case("digitize", X, np.array([-1.0, 0.0, 1.0], np.float32))
case("argpartition", X, 1, want=lambda x, kth: np.argsort(x, -1))
case("unique", I, traced=False)
case("unique", I, return_index=True, return_inverse=True, return_counts=True, traced=False)
case("isin", I, np.array([1, 3], np.int32))
case("isin", I, np.array([1, 3], np.int32), invert=True)
case("nonzero", I, traced=False)
case("trace", X)
case("trace", CUBE, offset=1, axis1=1, axis2=2)
case(
    "segment_sum segment_max segment_min segment_prod",
    floats(5, 2),
    np.array([0, 1, 0, 2, 1], np.int32),
    num_segments=3,
    want="keras",
)
case("segment_sum", floats(5), np.array([0, 1, 0, 2, 1], np.int32), want="keras", traced=False)

# -- shapes ----------------------------------------------------------------------------------------------------------
case("zeros ones", (2, 3))
case("zeros ones", (2, 3), dtype="int32")
case("empty", (2, 3), want=lambda shape: None)
case("full", (2, 3), 1.5)
case("full", (2, 3), 2, dtype="int32")
case("eye", 3)
case("eye", 3, 4, k=1, dtype="int32")
case("identity", 3)
case("tri", 3, 4, k=-1)
case("tri", 3)
case("arange", 5)
case("arange", 1, 7, 2)
case("arange", 0.5, 3.0, 0.5)
case("arange", 3, dtype="float32")
case("linspace", 0, 1, num=5)
case("linspace", 1.0, 3.0, num=4, endpoint=False)
case("linspace", floats(2), floats(2), num=3)
case("linspace", floats(2), floats(2), num=3, axis=-1)
case("logspace", 0, 2, num=5)
case("logspace", 0, 2, num=3, base=2)
case("geomspace", 1, 100, num=3)
case("geomspace", 1, 100, num=4, endpoint=False)
case("zeros_like ones_like", X)
case("zeros_like ones_like", X, dtype="int32")
case("full_like", X, 2.0)
case("full_like", I, 2)
case("empty_like", X, want=lambda x: None, grad=False)
case("array convert_to_tensor", X, want=lambda x: x, grad=False)
case("array convert_to_tensor", [1, 2, 3], want=lambda x: np.array(x), grad=False)
case("array convert_to_tensor", [1.5, 2], dtype="int32", want=lambda x, dtype: np.array([1, 2]), grad=False)
case("convert_to_numpy", X, want=lambda x: x, grad=False, traced=False)
case("copy", X)
case("shape", CUBE, want=lambda x: (2, 3, 4), traced=False)
case("ndim size", CUBE, traced=False)
case("dtype", X, want=lambda x: "float32", traced=False)
case("cast", X, "int32", want=lambda x, d: x.astype(d))
case("cast", I, "float32", want=lambda x, d: x)
case("cast", X, "bool", want=lambda x, d: x != 0)
case("saturate_cast", np.array([-5.0, 3.7, 400.0], np.float32), "uint8", want="keras")
case("saturate_cast", np.array([-5, 300], np.int32), "uint8", want="keras")
case("reshape", CUBE, (4, 6))
case("reshape", CUBE, (-1, 2))
case("transpose", CUBE)
case("transpose", CUBE, (1, 2, 0))
case("transpose", CUBE, axes=(0, 2, 1))
case("expand_dims", X, 1)
case("expand_dims", X, axis=(0, -1))
case("squeeze", floats(2, 1, 3, 1))
case("squeeze", floats(2, 1, 3, 1), axis=1)
case("squeeze", floats(2, 1, 3, 1), axis=(1, -1))
case("ravel", X)
case("moveaxis", CUBE, 0, -1)
case("moveaxis", CUBE, (0, 1), (-1, 0))
case("swapaxes", CUBE, 0, 2)
case("broadcast_to", floats(4), (3, 4))
case("flip fliplr flipud", X)
case("flip", CUBE, axis=1)
case("flip", CUBE, axis=(0, 2))
case("roll", X, 1)
case("roll", X, -2, axis=1)
case("roll", X, (1, 2), axis=(0, 1))
case("tile", X, (2, 1))
case("tile", X, (2, 1, 3))
case("tile", X, 2)
case("repeat", X, 2)
case("repeat", X, 2, axis=1)
case("repeat", X, np.array([1, 0, 2], np.int32), axis=0, traced=False)
case("pad", X, ((1, 2), (0, 1)))
case("pad", X, 1, constant_values=2.5)
case("pad", X, (1, 2))
case("pad", X, ((1, 1),))
case("pad", X, ((1, 2), (0, 1)), mode="reflect")
case("pad", X, ((1, 2), (0, 1)), mode="symmetric")
case("diag", floats(3))
case("diag", floats(3), k=1)
case("diag", S, k=-1)
case("diagflat", X)
case("diagonal", CUBE)
case("diagonal", CUBE, offset=1, axis1=1, axis2=2)
case("tril triu", S)
case("tril triu", CUBE, k=1)
case("tril triu", I, k=-1)
case("concatenate stack", [X, Y])
case("concatenate stack", [X, Y], axis=-1)
case("concatenate", [X, I], axis=1)
case("hstack vstack dstack", [X, Y])
case("hstack vstack dstack", [floats(3), floats(3)])
case("append", X, Y)
case("append", X, Y, axis=1)
case("unstack", CUBE, want="keras")
case("unstack", CUBE, axis=1, want="keras")
case("split", floats(6, 2), 3)
case("split", floats(6, 4), 2, axis=1)
case("split", floats(6, 2), [1, 4])
case("array_split", floats(7, 2), 3)
case("hsplit", floats(4, 4, 2), 2)
case("vsplit", floats(4, 4, 2), 2)
case("dsplit", floats(4, 4, 2), 2)
case("meshgrid", floats(3), floats(2))
case("meshgrid", floats(3), floats(2), indexing="ij")
case("take", X, np.array([0, 2], np.int32), axis=0)
case("take", CUBE, np.array([[0, 2], [-1, 1]], np.int32), axis=1)
case("take", X, np.array([0, 5], np.int32))
case("take", X, 1, axis=1)
case("take", X, [0, 1], axis=-1)
case("take_along_axis", X, np.argsort(X, 1).astype(np.int32), axis=1)
case("take_along_axis", CUBE, np.array([[[0], [2], [-1]]], np.int32), axis=-1)
case("take_along_axis", CUBE, np.zeros((2, 1, 4), np.int32), axis=1)
case(
    "one_hot",
    np.array([0, 2, -1, 5], np.int32),
    3,
    want=lambda x, n: np.array([[1, 0, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0]]),
)
case("one_hot", I, 5, axis=1, want="keras")
case("one_hot", I, 5, dtype="int32", want="keras")
case("slice", CUBE, (0, 1, 1), (2, 2, 3), want="keras")
case("slice_update", CUBE, (0, 1, 1), floats(2, 2, 3), want="keras")
case("scatter", np.array([[0, 1], [2, 0], [0, 1]], np.int32), floats(3), (3, 2), want="keras")
case("scatter_update", X, np.array([[0, 1], [2, 0]], np.int32), floats(2), want="keras")
case("scatter_update", X, np.array([[0], [2]], np.int32), floats(2, 4), want="keras")
for _reduction in ("add", "max", "min", "mul"):
    case(
        "scatter_update", X, np.array([[0, 1], [2, 0], [0, 1]], np.int32), floats(3), reduction=_reduction, want="keras"
    )
case("get_item", CUBE, 1, want=lambda x, k: x[k])
case("get_item", CUBE, (slice(None), 1, slice(1, 3)), want=lambda x, k: x[k], grad=False)
case("rot90", CUBE)
case("rot90", CUBE, k=2, axes=(1, 2))
case("rot90", CUBE, k=3)
case("vander", floats(3))
case("vander", floats(3), N=2, increasing=True)
case("unravel_index", np.array([1, 5, 11], np.int32), (3, 4))
case("select", [B, C], [X, Y], want=lambda c, x: np.select(c, x))
case("select", [B, C], [X, Y], default=1.5, want=lambda c, x, default: np.select(c, x, default))
case("bartlett blackman hamming hanning", 7, traced=False)
case("kaiser", 7, 5.0, traced=False)
case("depth_to_space", floats(2, 2, 3, 8), 2, want="keras")
case("depth_to_space", floats(2, 8, 2, 3), 2, data_format="channels_first", want="numpy engine")
case("space_to_depth", floats(2, 4, 6, 2), 2, want="keras")
case("space_to_depth", floats(2, 2, 4, 6), 2, data_format="channels_first", want="numpy engine")
case("extract_sequences", floats(2, 10), 4, 3, want="keras")
case("rearrange", CUBE, "a b c -> c (b a)", want="keras")
case("rearrange", floats(2, 6, 4), "a (b x) c -> (a x) b c", x=3, want="keras")
case("view", X, "int32", want=lambda x, dtype: x.astype("float32").view(dtype), grad=False)
case("view", I, dtype="int16", want=lambda x, dtype: x.astype("int32").view(dtype), grad=False)
case("view", ints(2, 4, dtype=np.int16), dtype="int32", want="keras", grad=False)
