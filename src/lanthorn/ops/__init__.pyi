# ruff: noqa
"""The ops of lanthorn.ops. Written by `python -m lanthorn.ops.stub`: do not edit."""

from collections.abc import Callable, Sequence
from typing import Any

Array = Any
Axis = int | Sequence[int] | None
Shape = Sequence[Any] | Any
DType = Any

from . import image as image
from . import linalg as linalg
from . import nn as nn
from . import numpy as numpy

def is_tensor(x: Any) -> bool:
    """Whether x is an array of an engine."""

def abs(x: Array) -> Any:
    """Absolute value."""

def absolute(x: Array) -> Any:
    """Absolute value."""

def negative(x: Array) -> Any:
    """-x."""

def sign(x: Array) -> Any:
    """-1, 0 or 1."""

def square(x: Array) -> Any:
    """x times x."""

def sqrt(x: Array) -> Any:
    """Square root."""

def rsqrt(x: Array) -> Any:
    """One over the square root."""

def reciprocal(x: Array) -> Any:
    """One over x."""

def exp(x: Array) -> Any:
    """e to the power x."""

def expm1(x: Array) -> Any:
    """exp(x) - 1, exact near zero."""

def exp2(x: Array) -> Any:
    """2 to the power x."""

def log(x: Array) -> Any:
    """Natural logarithm."""

def log1p(x: Array) -> Any:
    """log(1 + x), exact near zero."""

def log2(x: Array) -> Any:
    """Logarithm to base 2."""

def log10(x: Array) -> Any:
    """Logarithm to base 10."""

def sin(x: Array) -> Any:
    """Sine of x in radians."""

def cos(x: Array) -> Any:
    """Cosine of x in radians."""

def tan(x: Array) -> Any:
    """Tangent of x in radians."""

def arcsin(x: Array) -> Any:
    """Inverse sine, in radians."""

def arccos(x: Array) -> Any:
    """Inverse cosine, in radians."""

def arctan(x: Array) -> Any:
    """Inverse tangent, in radians."""

def sinh(x: Array) -> Any:
    """Hyperbolic sine."""

def cosh(x: Array) -> Any:
    """Hyperbolic cosine."""

def tanh(x: Array) -> Any:
    """Hyperbolic tangent."""

def arcsinh(x: Array) -> Any:
    """Inverse hyperbolic sine."""

def arccosh(x: Array) -> Any:
    """Inverse hyperbolic cosine."""

def arctanh(x: Array) -> Any:
    """Inverse hyperbolic tangent."""

def floor(x: Array) -> Any:
    """The next whole number below."""

def ceil(x: Array) -> Any:
    """The next whole number above."""

def trunc(x: Array) -> Any:
    """The whole part of x."""

def round(x: Array, decimals: Any = 0) -> Any:
    """x rounded to so many decimals, halves to even."""

def isnan(x: Array) -> Any:
    """Where x is not a number."""

def isinf(x: Array) -> Any:
    """Where x is infinite."""

def isfinite(x: Array) -> Any:
    """Where x is neither infinite nor not a number."""

def logical_not(x: Array) -> Any:
    """Where x is false."""

def erf(x: Array) -> Any:
    """The error function."""

def clip(x: Array, x_min: Array, x_max: Array) -> Any:
    """x, but not below x_min and not above x_max."""

def nan_to_num(x: Array, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """x with numbers in place of NaN and infinity."""

def stop_gradient(variable: Any) -> Any:
    """The same values; no gradient flows through."""

def add(x1: Array, x2: Array) -> Any:
    """x1 + x2."""

def subtract(x1: Array, x2: Array) -> Any:
    """x1 - x2."""

def multiply(x1: Array, x2: Array) -> Any:
    """x1 times x2."""

def divide(x1: Array, x2: Array) -> Any:
    """x1 / x2; whole numbers give floats."""

def true_divide(x1: Array, x2: Array) -> Any:
    """x1 / x2; whole numbers give floats."""

def floor_divide(x1: Array, x2: Array) -> Any:
    """x1 / x2 rounded down."""

def mod(x1: Array, x2: Array) -> Any:
    """What is left of x1 after division by x2; it has the sign of x2."""

def power(x1: Array, x2: Array) -> Any:
    """x1 to the power x2."""

def maximum(x1: Array, x2: Array) -> Any:
    """The larger of two, element by element."""

def minimum(x1: Array, x2: Array) -> Any:
    """The smaller of two, element by element."""

def arctan2(x1: Array, x2: Array) -> Any:
    """The angle of the point (x2, x1), in radians."""

def equal(x1: Array, x2: Array) -> Any:
    """Where x1 equals x2."""

def not_equal(x1: Array, x2: Array) -> Any:
    """Where x1 differs from x2."""

def greater(x1: Array, x2: Array) -> Any:
    """Where x1 > x2."""

def greater_equal(x1: Array, x2: Array) -> Any:
    """Where x1 >= x2."""

def less(x1: Array, x2: Array) -> Any:
    """Where x1 < x2."""

def less_equal(x1: Array, x2: Array) -> Any:
    """Where x1 <= x2."""

def logical_and(x1: Array, x2: Array) -> Any:
    """Where both are true."""

def logical_or(x1: Array, x2: Array) -> Any:
    """Where at least one is true."""

def logical_xor(x1: Array, x2: Array) -> Any:
    """Where exactly one is true."""

def where(condition: Array, x1: Array = None, x2: Array = None) -> Any:
    """x1 where the condition holds, x2 elsewhere; indices if only a condition."""

def fabs(x: Array) -> Any:
    """Absolute value as a float."""

def cbrt(x: Array) -> Any:
    """Cube root."""

def deg2rad(x: Array) -> Any:
    """Degrees as radians."""

def rad2deg(x: Array) -> Any:
    """Radians as degrees."""

def erfc(x: Array) -> Any:
    """1 - erf(x)."""

def erfinv(x: Array) -> Any:
    """Inverse of the error function."""

def sinc(x: Array) -> Any:
    """sin(pi x) / (pi x)."""

def i0(x: Array) -> Any:
    """Modified Bessel function of order 0."""

def signbit(x: Array) -> Any:
    """Where the sign is minus, for zero too."""

def isposinf(x: Array) -> Any:
    """Where x is plus infinity."""

def isneginf(x: Array) -> Any:
    """Where x is minus infinity."""

def isreal(x: Array) -> Any:
    """Where the imaginary part is zero."""

def real(x: Array) -> Any:
    """Real part."""

def imag(x: Array) -> Any:
    """Imaginary part."""

def angle(x: Array) -> Any:
    """Angle of a complex number, in radians."""

def conj(x: Array) -> Any:
    """Complex conjugate."""

def conjugate(x: Array) -> Any:
    """Complex conjugate."""

def bitwise_not(x: Array) -> Any:
    """Bits turned."""

def bitwise_invert(x: Array) -> Any:
    """Bits turned."""

def fmax(x1: Array, x2: Array) -> Any:
    """The larger of two; a number rather than NaN."""

def fmin(x1: Array, x2: Array) -> Any:
    """The smaller of two; a number rather than NaN."""

def fmod(x1: Array, x2: Array) -> Any:
    """What is left of x1 after division by x2; it has the sign of x1."""

def hypot(x1: Array, x2: Array) -> Any:
    """sqrt(x1^2 + x2^2)."""

def heaviside(x1: Array, x2: Array) -> Any:
    """0 below zero, 1 above, x2 at zero."""

def logaddexp(x1: Array, x2: Array) -> Any:
    """log(exp(x1) + exp(x2))."""

def logaddexp2(x1: Array, x2: Array) -> Any:
    """log2(2^x1 + 2^x2)."""

def divide_no_nan(x1: Array, x2: Array) -> Any:
    """x1 / x2, and 0 where x2 is 0."""

def nextafter(x1: Array, x2: Array) -> Any:
    """The next number after x1 toward x2."""

def ldexp(x1: Array, x2: Array) -> Any:
    """x1 times 2 to the power x2."""

def gcd(x1: Array, x2: Array) -> Any:
    """Greatest common divisor."""

def lcm(x1: Array, x2: Array) -> Any:
    """Least common multiple."""

def isclose(x1: Array, x2: Array, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: Any = False) -> Any:
    """Where |x1 - x2| <= atol + rtol |x2|."""

def allclose(x1: Array, x2: Array, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: Any = False) -> Any:
    """Whether isclose everywhere."""

def bitwise_and(x: Array, y: Array) -> Any:
    """Bits that are 1 in both."""

def bitwise_or(x: Array, y: Array) -> Any:
    """Bits that are 1 in at least one."""

def bitwise_xor(x: Array, y: Array) -> Any:
    """Bits that are 1 in exactly one."""

def bitwise_left_shift(x: Array, y: Array) -> Any:
    """Bits moved up."""

def bitwise_right_shift(x: Array, y: Array) -> Any:
    """Bits moved down."""

def left_shift(x: Array, y: Array) -> Any:
    """Bits moved up."""

def right_shift(x: Array, y: Array) -> Any:
    """Bits moved down."""

def polar(abs_: Array, angle: Array) -> Any:
    """Complex numbers from absolute values and angles in radians."""

def view_as_complex(x: Array) -> Any:
    """Complex numbers from a last axis (real, imaginary)."""

def view_as_real(x: Array) -> Any:
    """Real and imaginary parts on a new last axis."""

def sum(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Sum over axes."""

def mean(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Mean over axes."""

def prod(x: Array, axis: Axis = None, keepdims: bool = False, dtype: DType = None) -> Any:
    """Product over axes."""

def max(x: Array, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Any:
    """Largest element over axes."""

def min(x: Array, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Any:
    """Smallest element over axes."""

def amax(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Largest element over axes."""

def amin(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Smallest element over axes."""

def var(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Variance over axes (divided by n)."""

def std(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Standard deviation over axes (divided by n)."""

def all(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Whether all are true, over axes."""

def any(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Whether any is true, over axes."""

def argmax(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Index of the largest element (int32)."""

def argmin(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Index of the smallest element (int32)."""

def logsumexp(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """log(sum(exp(x))), without overflow."""

def count_nonzero(x: Array, axis: Axis = None) -> Any:
    """How many elements are not zero, over axes (int32)."""

def cumsum(x: Array, axis: Axis = None, dtype: DType = None) -> Any:
    """Running sum along an axis."""

def cumprod(x: Array, axis: Axis = None, dtype: DType = None) -> Any:
    """Running product along an axis."""

def sort(x: Array, axis: Axis = -1) -> Any:
    """Elements in rising order along an axis."""

def argsort(x: Array, axis: Axis = -1) -> Any:
    """Indices (int32) that sort along an axis; equal elements keep their order."""

def top_k(x: Array, k: Any, sorted: Any = True) -> Any:
    """The k largest elements of the last axis, and their indices (int32)."""

def in_top_k(targets: Array, predictions: Array, k: Any) -> Any:
    """Whether the target class is among the k largest predictions of its row."""

def searchsorted(sorted_sequence: Array, values: Array, side: Any = "left") -> Any:
    """Where to insert values into a sorted sequence (int32)."""

def norm(x: Array, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Any:
    """Norm of vectors or matrices."""

def moments(x: Array, axes: Any, keepdims: bool = False, synchronized: Any = False) -> Any:
    """Mean and variance over axes."""

def ptp(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Largest minus smallest element over axes."""

def average(x: Array, axis: Axis = None, weights: Array = None) -> Any:
    """Weighted mean over axes."""

def median(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Median over axes."""

def quantile(x: Array, q: Array, axis: Axis = None, method: Any = "linear", keepdims: bool = False) -> Any:
    """Quantiles q (0 to 1) over axes."""

def percentile(x: Array, q: Array, axis: Axis = None, method: Any = "linear", keepdims: bool = False) -> Any:
    """Percentiles q (0 to 100) over axes."""

def nansum(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Sum over axes, without NaN."""

def nanmean(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Mean over axes, without NaN."""

def nanmax(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Largest element over axes, without NaN."""

def nanmin(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Smallest element over axes, without NaN."""

def nanprod(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Product over axes, without NaN."""

def nanvar(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Variance over axes, without NaN."""

def nanstd(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Standard deviation over axes, without NaN."""

def nanmedian(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Median over axes, without NaN."""

def nanquantile(x: Array, q: Array, axis: Axis = None, method: Any = "linear", keepdims: bool = False) -> Any:
    """Quantiles over axes, without NaN."""

def nanpercentile(x: Array, q: Array, axis: Axis = None, method: Any = "linear", keepdims: bool = False) -> Any:
    """Percentiles over axes, without NaN."""

def nanargmax(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Index of the largest number (int32); -1 if all are NaN."""

def nanargmin(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Index of the smallest number (int32); -1 if all are NaN."""

def nancumsum(x: Array, axis: Axis = None, dtype: DType = None) -> Any:
    """Running sum along an axis, NaN counted as 0."""

def nancumprod(x: Array, axis: Axis = None, dtype: DType = None) -> Any:
    """Running product along an axis, NaN counted as 1."""

def diff(a: Array, n: Any = 1, axis: Axis = -1) -> Any:
    """Differences of neighbours along an axis, n times."""

def trapezoid(y: Array, x: Array = None, dx: Any = 1.0, axis: Axis = -1) -> Any:
    """Integral along an axis by the trapezoidal rule."""

def corrcoef(x: Array) -> Any:
    """Correlation coefficients of the rows."""

def bincount(x: Array, weights: Array = None, minlength: Any = 0, sparse: Any = False) -> Any:
    """How often each whole number occurs, or the sum of its weights."""

def histogram(x: Array, bins: Array = 10, range: Any = None) -> Any:
    """Counts in bins of equal width, and the edges of the bins."""

def digitize(x: Array, bins: Array) -> Any:
    """The bin that each number falls into (int32)."""

def argpartition(x: Array, kth: Any, axis: Axis = -1) -> Any:
    """Indices (int32) with the kth smallest at its place and the smaller ones before it."""

def unique(x: Array, sorted: Any = True, return_index: Any = False, return_inverse: Any = False, return_counts: Any = False, axis: Axis = None, size: Any = None, fill_value: Any = None) -> Any:
    """Every value once, in rising order."""

def isin(x1: Array, x2: Array, assume_unique: Any = False, invert: Any = False) -> Any:
    """Where x1 is one of the values in x2."""

def nonzero(x: Array) -> Any:
    """Indices (int32) of what is not zero, one array per axis."""

def trace(x: Array, offset: Array = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    """Sum of the diagonal over two axes."""

def segment_sum(data: Array, segment_ids: Array, num_segments: Any = None, sorted: Any = False) -> Any:
    """Sums of the slices with the same id."""

def segment_max(data: Array, segment_ids: Array, num_segments: Any = None, sorted: Any = False) -> Any:
    """Largest of the slices with the same id."""

def segment_min(data: Array, segment_ids: Array, num_segments: Any = None, sorted: Any = False) -> Any:
    """Smallest of the slices with the same id."""

def segment_prod(data: Array, segment_ids: Array, num_segments: Any = None, sorted: Any = False) -> Any:
    """Products of the slices with the same id."""

def zeros(shape: Shape, dtype: DType = None, like: Array = None) -> Any:
    """An array of zeros (float32 by default)."""

def ones(shape: Shape, dtype: DType = None, like: Array = None) -> Any:
    """An array of ones (float32 by default)."""

def full(shape: Shape, fill_value: Any, dtype: DType = None, like: Array = None) -> Any:
    """An array filled with one value."""

def empty(shape: Shape, dtype: DType = None, like: Array = None) -> Any:
    """An array whose values nobody has set."""

def eye(N: Any, M: Any = None, k: Any = 0, dtype: DType = None, like: Array = None) -> Any:
    """Ones on the k-th diagonal, zeros elsewhere."""

def identity(n: Any, dtype: DType = None, like: Array = None) -> Any:
    """The identity matrix."""

def arange(start: Any, stop: Any = None, step: Any = None, dtype: DType = None, like: Array = None) -> Any:
    """Numbers from start up to, without, stop."""

def linspace(start: Any, stop: Any, num: Any = 50, endpoint: Any = True, retstep: Any = False, dtype: DType = None, axis: Axis = 0, like: Array = None) -> Any:
    """num numbers from start to stop at equal distances."""

def tri(N: Any, M: Any = None, k: Any = 0, dtype: DType = None, like: Array = None) -> Any:
    """Ones at and below the k-th diagonal."""

def zeros_like(x: Array, dtype: DType = None) -> Any:
    """Zeros in the shape and dtype of x."""

def ones_like(x: Array, dtype: DType = None) -> Any:
    """Ones in the shape and dtype of x."""

def full_like(x: Array, fill_value: Any, dtype: DType = None) -> Any:
    """One value in the shape and dtype of x."""

def empty_like(x: Array, dtype: DType = None) -> Any:
    """An array like x whose values nobody has set."""

def array(x: Array, dtype: DType = None, like: Array = None) -> Any:
    """x as an array of the engine."""

def convert_to_tensor(x: Array, dtype: DType = None, sparse: Any = None, ragged: Any = None, like: Array = None) -> Any:
    """x as an array of the engine."""

def convert_to_numpy(x: Array) -> Any:
    """A NumPy array with the values of x."""

def copy(x: Array) -> Any:
    """A copy of x."""

def shape(x: Array) -> Any:
    """The shape as a tuple of ints; a size a TensorFlow graph does not know is a scalar tensor."""

def ndim(x: Array) -> Any:
    """How many axes."""

def size(x: Array) -> Any:
    """How many elements."""

def dtype(x: Array) -> Any:
    """The dtype by name, such as 'float32'."""

def cast(x: Array, dtype: DType) -> Any:
    """x in another dtype."""

def reshape(x: Array, newshape: Shape) -> Any:
    """The same elements in another shape; one size may be -1."""

def transpose(x: Array, axes: Any = None) -> Any:
    """Axes in another order; reversed by default."""

def expand_dims(x: Array, axis: Axis) -> Any:
    """New axes of size 1."""

def squeeze(x: Array, axis: Axis = None) -> Any:
    """Without axes of size 1."""

def ravel(x: Array) -> Any:
    """All elements in one row."""

def moveaxis(x: Array, source: Any, destination: Any) -> Any:
    """Axes moved to new places."""

def swapaxes(x: Array, axis1: Any, axis2: Any) -> Any:
    """Two axes exchanged."""

def broadcast_to(x: Array, shape: Shape) -> Any:
    """x repeated along axes of size 1 to fill a shape."""

def flip(x: Array, axis: Axis = None) -> Any:
    """Elements in reverse order along axes."""

def roll(x: Array, shift: Any, axis: Axis = None) -> Any:
    """Elements moved along axes; what falls off comes back on the other side."""

def tile(x: Array, repeats: Any) -> Any:
    """x repeated as a whole along each axis."""

def repeat(x: Array, repeats: Any, axis: Axis = None) -> Any:
    """Each element repeated along an axis."""

def pad(x: Array, pad_width: Any, mode: Any = "constant", constant_values: Any = None) -> Any:
    """x with a border: constant, reflect or symmetric."""

def diag(x: Array, k: Any = 0) -> Any:
    """A vector as the k-th diagonal of a matrix, or the diagonal of a matrix."""

def diagonal(x: Array, offset: Array = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    """The diagonal over two axes."""

def tril(x: Array, k: Any = 0) -> Any:
    """x with zeros above the k-th diagonal."""

def triu(x: Array, k: Any = 0) -> Any:
    """x with zeros below the k-th diagonal."""

def concatenate(xs: Any, axis: Axis = 0) -> Any:
    """Arrays one after the other along an axis."""

def stack(x: Any, axis: Axis = 0) -> Any:
    """Arrays of one shape along a new axis."""

def unstack(x: Array, num: Any = None, axis: Axis = 0) -> Any:
    """A list of the slices of x along an axis."""

def split(x: Array, indices_or_sections: Any, axis: Axis = 0) -> Any:
    """A list of parts: equal ones, or cut at these indices."""

def meshgrid(*x: Array, indexing: Any = "xy") -> Any:
    """Coordinate matrices from coordinate vectors."""

def take(x: Array, indices: Array, axis: Axis = None) -> Any:
    """The elements of x at these indices along an axis."""

def take_along_axis(x: Array, indices: Array, axis: Axis = None) -> Any:
    """For every place along the other axes, the elements at its own indices."""

def one_hot(x: Array, num_classes: Any, axis: Axis = -1, dtype: DType = None, sparse: Any = False) -> Any:
    """Class numbers as vectors with a single 1; a row of zeros for a number out of range."""

def slice(inputs: Array, start_indices: Any, shape: Shape) -> Any:
    """A block of x of this shape, from these indices on."""

def slice_update(inputs: Array, start_indices: Any, updates: Array) -> Any:
    """x with a block written at these indices."""

def scatter(indices: Array, values: Array, shape: Shape) -> Any:
    """Zeros in this shape with values added at these indices."""

def scatter_update(inputs: Array, indices: Array, updates: Array, reduction: Any = None) -> Any:
    """x with updates written (or added, max, min, mul) at these indices."""

def get_item(x: Array, key: Any) -> Any:
    """x[key]."""

def append(x1: Array, x2: Array, axis: Axis = None) -> Any:
    """x2 after x1 along an axis; both flat without one."""

def hstack(xs: Any) -> Any:
    """Arrays side by side: along axis 1, or 0 for vectors."""

def vstack(xs: Any) -> Any:
    """Arrays one above the other: along axis 0; vectors are rows."""

def dstack(xs: Any) -> Any:
    """Arrays one behind the other: along axis 2."""

def array_split(x: Array, indices_or_sections: Any, axis: Axis = 0) -> Any:
    """A list of parts whose sizes differ by at most one."""

def hsplit(x: Array, indices_or_sections: Any) -> Any:
    """A list of parts along axis 1, or 0 for a vector."""

def vsplit(x: Array, indices_or_sections: Any) -> Any:
    """A list of parts along axis 0."""

def dsplit(x: Array, indices_or_sections: Any) -> Any:
    """A list of parts along axis 2."""

def diagflat(x: Array, k: Any = 0) -> Any:
    """All elements as the k-th diagonal of a matrix."""

def fliplr(x: Array) -> Any:
    """Columns in reverse order."""

def flipud(x: Array) -> Any:
    """Rows in reverse order."""

def rot90(array: Array, k: Any = 1, axes: Any = (0, 1)) -> Any:
    """Turned by k times 90 degrees in the plane of two axes."""

def vander(x: Array, N: Any = None, increasing: Any = False) -> Any:
    """Vandermonde matrix: the powers of x as columns."""

def unravel_index(indices: Array, shape: Shape) -> Any:
    """Flat indices as one index array (int32) per axis."""

def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """The choice of the first condition that holds."""

def geomspace(start: Any, stop: Any, num: Any = 50, endpoint: Any = True, dtype: DType = None, axis: Axis = 0, like: Array = None) -> Any:
    """num numbers from start to stop with equal ratios."""

def logspace(start: Any, stop: Any, num: Any = 50, endpoint: Any = True, base: Any = 10, dtype: DType = None, axis: Axis = 0, like: Array = None) -> Any:
    """base to the power of num numbers from start to stop."""

def bartlett(x: Array) -> Any:
    """Triangular window of x points."""

def blackman(x: Array) -> Any:
    """Blackman window of x points."""

def hamming(x: Array) -> Any:
    """Hamming window of x points."""

def hanning(x: Array) -> Any:
    """Hann window of x points."""

def kaiser(x: Array, beta: Array) -> Any:
    """Kaiser window of x points."""

def saturate_cast(x: Array, dtype: DType) -> Any:
    """x in another dtype, clipped to what it can hold."""

def depth_to_space(x: Array, block_size: Any, data_format: str | None = "channels_last") -> Any:
    """Blocks of channels laid out as pixels."""

def space_to_depth(x: Array, block_size: Any, data_format: str | None = "channels_last") -> Any:
    """Blocks of pixels stacked as channels."""

def extract_sequences(x: Array, sequence_length: Any, sequence_stride: Any) -> Any:
    """Overlapping pieces of the last axis."""

def rearrange(tensor: Array, pattern: Any, **axes_lengths: Any) -> Any:
    """Axes split, moved and joined as 'b (h x) c -> b x (h c)' says; sizes of new axes by name."""

def view(x: Array, dtype: DType = None) -> Any:
    """The same bytes read as another dtype; the last axis has as many as they make."""

def matmul(x1: Array, x2: Array) -> Any:
    """Matrix product over the last two axes."""

def linear(x: Array, kernel: Array, bias: Array = None) -> Any:
    """x @ kernel + bias in one kernel call where the engine has one."""

def dot(x1: Array, x2: Array) -> Any:
    """Dot product: last axis of x1 with the second last of x2."""

def tensordot(x1: Array, x2: Array, axes: Any = 2) -> Any:
    """Sum of products over given axes."""

def einsum(subscripts: Any, *operands: Array, **kwargs: Any) -> Any:
    """Sum of products in Einstein's notation."""

def outer(x1: Array, x2: Array) -> Any:
    """All products of two vectors."""

def inner(x1: Array, x2: Array) -> Any:
    """Sum of products over the last axes."""

def vdot(x1: Array, x2: Array) -> Any:
    """Sum of products of all elements, x1 conjugated."""

def cross(x1: Array, x2: Array, axisa: Any = -1, axisb: Any = -1, axisc: Any = -1, axis: Axis = None) -> Any:
    """Cross product of vectors in space."""

def kron(x1: Array, x2: Array) -> Any:
    """Kronecker product."""

def correlate(x1: Array, x2: Array, mode: Any = "valid") -> Any:
    """Cross-correlation of two vectors."""

def cdist(x: Array, y: Array) -> Any:
    """Euclidean distances between the rows of x and of y."""

def cholesky(x: Array, upper: Any = False) -> Any:
    """Lower (or upper) triangular factor of a positive matrix."""

def cholesky_inverse(x: Array, upper: Any = False) -> Any:
    """Inverse of a matrix from its triangular factor."""

def det(x: Array) -> Any:
    """Determinant."""

def slogdet(x: Array) -> Any:
    """Sign and logarithm of the absolute value of the determinant."""

def logdet(x: Array) -> Any:
    """Logarithm of the determinant of a positive matrix."""

def inv(x: Array) -> Any:
    """Inverse of a matrix."""

def pinv(x: Array, rcond: Any = None) -> Any:
    """Pseudo-inverse of a matrix."""

def solve(a: Array, b: Array) -> Any:
    """x such that a @ x = b."""

def solve_triangular(a: Array, b: Array, lower: Any = False) -> Any:
    """x such that a @ x = b, a triangular."""

def lstsq(a: Array, b: Array, rcond: Any = None) -> Any:
    """x with the smallest |a @ x - b|."""

def qr(x: Array, mode: Any = "reduced") -> Any:
    """Orthonormal and triangular factors."""

def svd(x: Array, full_matrices: Any = True, compute_uv: Any = True) -> Any:
    """Singular value decomposition u, s, vh."""

def eigh(x: Array) -> Any:
    """Eigenvalues and eigenvectors of a symmetric matrix."""

def eig(x: Array) -> Any:
    """Complex eigenvalues and eigenvectors of a matrix."""

def lu_factor(x: Array) -> Any:
    """Factors of a matrix in one matrix, and the rows exchanged."""

def matrix_rank(x: Array, tol: Any = None) -> Any:
    """Number of singular values above a tolerance."""

def relu(x: Array) -> Any:
    """max(x, 0)."""

def relu6(x: Array) -> Any:
    """min(max(x, 0), 6)."""

def leaky_relu(x: Array, negative_slope: Any = 0.2) -> Any:
    """x above zero, negative_slope * x below."""

def elu(x: Array, alpha: Any = 1.0) -> Any:
    """x above zero, alpha * (exp(x) - 1) below."""

def selu(x: Array) -> Any:
    """Scaled elu of self-normalizing networks (arXiv 1706.02515)."""

def celu(x: Array, alpha: Any = 1.0) -> Any:
    """x above zero, alpha * (exp(x / alpha) - 1) below."""

def gelu(x: Array, approximate: Any = True) -> Any:
    """x times the normal distribution function (arXiv 1606.08415)."""

def silu(x: Array) -> Any:
    """x * sigmoid(x)."""

def swish(x: Array) -> Any:
    """x * sigmoid(x)."""

def sigmoid(x: Array) -> Any:
    """1 / (1 + exp(-x))."""

def log_sigmoid(x: Array) -> Any:
    """log(sigmoid(x)), without overflow."""

def hard_sigmoid(x: Array) -> Any:
    """clip(x / 6 + 1/2, 0, 1)."""

def hard_silu(x: Array) -> Any:
    """x * hard_sigmoid(x)."""

def hard_swish(x: Array) -> Any:
    """x * hard_sigmoid(x)."""

def hard_tanh(x: Array) -> Any:
    """x, but not below -1 and not above 1."""

def softplus(x: Array) -> Any:
    """log(1 + exp(x))."""

def softsign(x: Array) -> Any:
    """x / (1 + |x|)."""

def softmax(x: Array, axis: Axis = -1) -> Any:
    """exp(x) / sum(exp(x)) along an axis."""

def log_softmax(x: Array, axis: Axis = -1) -> Any:
    """log(softmax(x)) along an axis, without overflow."""

def glu(x: Array, axis: Axis = -1) -> Any:
    """First half times sigmoid of the second half."""

def sparsemax(x: Array, axis: Axis = -1) -> Any:
    """Projection onto the simplex (arXiv 1602.02068)."""

def tanh_shrink(x: Array) -> Any:
    """x - tanh(x)."""

def soft_shrink(x: Array, threshold: Any = 0.5) -> Any:
    """x moved toward zero by threshold."""

def hard_shrink(x: Array, threshold: Any = 0.5) -> Any:
    """x where |x| > threshold, else 0."""

def squareplus(x: Array, b: Array = 4) -> Any:
    """(x + sqrt(x * x + b)) / 2."""

def threshold(x: Array, threshold: Any, default_value: Any) -> Any:
    """x where x > threshold, else default_value."""

def normalize(x: Array, axis: Axis = -1, order: Any = 2, epsilon: Any = None) -> Any:
    """x divided by its norm along axes."""

def batch_normalization(x: Array, mean: Array, variance: Array, axis: Axis, offset: Array = None, scale: Array = None, epsilon: Any = 0.001) -> Any:
    """(x - mean) / sqrt(variance + epsilon) * scale + offset along one axis."""

def batch_norm_train(x: Array, gamma: Array = None, beta: Array = None, axis: Axis = -1, epsilon: Any = 0.001) -> Any:
    """(y, mean, variance): x normalized along one axis by the mean and variance of the batch itself."""

def layer_normalization(x: Array, gamma: Array = None, beta: Array = None, axis: Axis = -1, epsilon: Any = None) -> Any:
    """x with mean 0 and variance 1 over axes, times gamma, plus beta."""

def rms_normalization(x: Array, scale: Array = None, axis: Axis = -1, epsilon: Any = None) -> Any:
    """x divided by its root mean square over axes, times scale."""

def binary_crossentropy(target: Array, output: Array, from_logits: bool = False) -> Any:
    """Cross-entropy of yes/no targets, element by element."""

def categorical_crossentropy(target: Array, output: Array, from_logits: bool = False, axis: Axis = -1) -> Any:
    """Cross-entropy of class probabilities."""

def sparse_categorical_crossentropy(target: Array, output: Array, from_logits: bool = False, axis: Axis = -1) -> Any:
    """Cross-entropy of class numbers."""

def multi_hot(inputs: Array, num_classes: Any = None, axis: Axis = -1, dtype: DType = None, sparse: Any = False) -> Any:
    """Sets of class numbers as vectors of 0 and 1."""

def dot_product_attention(query: Array, key: Array, value: Array, bias: Array = None, mask: Array = None, scale: Array = None, is_causal: Any = False, flash_attention: Any = None, attn_logits_soft_cap: Any = None) -> Any:
    """Attention on (batch, length, heads, size)."""

def sparse_plus(x: Array) -> Any:
    """0 below -1, x above 1, a parabola between."""

def sparse_sigmoid(x: Array) -> Any:
    """0 below -1, 1 above 1, a line between."""

def psnr(x1: Array, x2: Array, max_val: Any) -> Any:
    """Peak signal-to-noise ratio in decibels."""

def ctc_loss(target: Array, output: Array, target_length: Any, output_length: Any, mask_index: Any = 0) -> Any:
    """Connectionist temporal classification loss."""

def ctc_decode(inputs: Array, sequence_lengths: Any, strategy: Any = "greedy", beam_width: Any = 100, top_paths: Any = 1, merge_repeated: Any = True, mask_index: Any = 0) -> Any:
    """Class numbers (paths, batch, steps), -1 behind their end, from scores (batch, steps, classes); and how good."""

def conv(inputs: Array, kernel: Array, strides: Any = 1, padding: Any = "valid", data_format: str | None = None, dilation_rate: Any = 1, bias: Array = None) -> Any:
    """Convolution in 1, 2 or 3 dimensions; kernel (*sizes, in, out)."""

def depthwise_conv(inputs: Array, kernel: Array, strides: Any = 1, padding: Any = "valid", data_format: str | None = None, dilation_rate: Any = 1, bias: Array = None) -> Any:
    """Each channel convolved on its own; kernel (*sizes, in, multiplier)."""

def separable_conv(inputs: Array, depthwise_kernel: Array, pointwise_kernel: Array, strides: Any = 1, padding: Any = "valid", data_format: str | None = None, dilation_rate: Any = 1, bias: Array = None) -> Any:
    """A depthwise convolution followed by a 1x1 convolution."""

def conv_transpose(inputs: Array, kernel: Array, strides: Any = 1, padding: Any = "valid", output_padding: Any = None, data_format: str | None = None, dilation_rate: Any = 1, bias: Array = None) -> Any:
    """Transposed convolution; kernel (*sizes, out, in)."""

def max_pool(inputs: Array, pool_size: Any, strides: Any = None, padding: Any = "valid", data_format: str | None = None) -> Any:
    """Largest element of each window."""

def average_pool(inputs: Array, pool_size: Any, strides: Any = None, padding: Any = "valid", data_format: str | None = None) -> Any:
    """Mean of each window; padding does not count."""

def adaptive_average_pool(inputs: Array, output_size: Any, data_format: str | None = None) -> Any:
    """Means over so many windows per axis."""

def adaptive_max_pool(inputs: Array, output_size: Any, data_format: str | None = None) -> Any:
    """Largest elements of so many windows per axis."""

def unfold(x: Array, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """Every window of (batch, channels, height, width) as a column."""

def fold(x: Array, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """Columns added up at the places of their windows."""

def cond(pred: Any, true_fn: Any, false_fn: Any) -> Any:
    """true_fn() if pred else false_fn()."""

def scan(f: Any, init: Any, xs: Any = None, length: Any = None, reverse: Any = False, unroll: Any = 1) -> Any:
    """carry, y = f(carry, x) over the first axis of xs; the last carry and all y stacked."""

def while_loop(cond: Any, body: Any, loop_vars: Any, maximum_iterations: Any = None) -> Any:
    """body(*loop_vars) as long as cond(*loop_vars)."""

def fori_loop(lower: Any, upper: Any, body_fun: Any, init_val: Any) -> Any:
    """value = body_fun(i, value) for i from lower to upper - 1."""

def map(f: Any, xs: Any) -> Any:
    """f of every slice of xs along the first axis, stacked."""

def vectorized_map(function: Any, elements: Any) -> Any:
    """f of every slice along the first axis, all at once."""

def switch(index: Any, branches: Any, *operands: Array) -> Any:
    """branches[index](*operands); the index is clipped."""

def associative_scan(f: Any, elems: Any, reverse: Any = False, axis: Axis = 0) -> Any:
    """Running results of an associative f along an axis, in log2(n) steps."""

def custom_gradient(f: Any) -> Any:
    """f with a gradient of its own: f gives the value and a function of the upstream gradient."""

def vectorize(pyfunc: Any, *, excluded: Any = None, signature: Any = None) -> Any:
    """pyfunc for arrays: applied to every element."""

def jvp(fun: Any, primals: Any, tangents: Any, has_aux: Any = False) -> Any:
    """fun(*primals) and how it changes along tangents, by forward differentiation; then what else fun gave."""

def fft(x: Array) -> Any:
    """Fourier transform of (real, imaginary) along the last axis."""

def fft2(x: Array) -> Any:
    """Fourier transform of (real, imaginary) along the last two axes."""

def ifft2(x: Array) -> Any:
    """Inverse of fft2."""

def rfft(x: Array, fft_length: Any = None) -> Any:
    """Fourier transform of real numbers: (real, imaginary)."""

def irfft(x: Array, fft_length: Any = None) -> Any:
    """Inverse of rfft."""

def stft(x: Array, sequence_length: Any, sequence_stride: Any, fft_length: Any, window: Any = "hann", center: Any = True) -> Any:
    """Fourier transforms of overlapping pieces: (real, imaginary)."""

def istft(x: Array, sequence_length: Any, sequence_stride: Any, fft_length: Any, length: Any = None, window: Any = "hann", center: Any = True) -> Any:
    """Inverse of stft."""

def complex_fft(x: Array) -> Any:
    """Fourier transform along the last axis."""

def complex_fft2(x: Array) -> Any:
    """Fourier transform along the last two axes."""

def complex_ifft2(x: Array) -> Any:
    """Inverse of complex_fft2."""

def complex_rfft(x: Array, n: Any) -> Any:
    """Fourier transform of n real numbers."""

def complex_irfft(x: Array, n: Any) -> Any:
    """Inverse of complex_rfft."""

def lstm(x: Array, h: Any, c: Any, kernel: Array, recurrent_kernel: Any, bias: Array = None, sequences: Any = True) -> Any:
    """(outputs, last h, last c) of an LSTM along (batch, steps, features); outputs: all, or the last one."""

def gru(x: Array, h: Any, kernel: Array, recurrent_kernel: Any, bias: Array = None, sequences: Any = True) -> Any:
    """(outputs, last h) of a GRU with the reset gate after the product; bias (2, 3 · units). Outputs as for lstm."""
