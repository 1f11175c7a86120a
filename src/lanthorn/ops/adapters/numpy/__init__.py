"""NumPy, the forward-only reference: what differs from keras.ops in more than the name."""

import functools

import numpy as np

from ...dtypes import FLOATS, result_type, result_with_number

TYPES = (np.ndarray,)
SEARCH = (np, np.linalg)
PARTS = ("arrays", "nn", "convolutions", "control", "fourier")


def wrap(function, row):
    if row.parameters == ("x1", "x2"):

        @functools.wraps(function)
        def two(x1, x2, *args, **kwargs):
            return function(*promoted(x1, x2, row.floats), *args, **kwargs)

        return two
    if row.floats:

        @functools.wraps(function)
        def with_floats(x, *args, **kwargs):
            if x.dtype.kind in "iub":
                x = x.astype(np.float32)
            return function(x, *args, **kwargs)

        return with_floats
    return function


def promoted(x1, x2, floats=False):
    """Two arrays (or an array and a number) in the dtype that they make together."""
    a, b = getattr(x1, "dtype", None), getattr(x2, "dtype", None)
    if a is None or b is None:
        dtype = result_with_number((a if b is None else b).name, x1 if a is None else x2)
    else:
        dtype = result_type(a.name, b.name)
    if floats and dtype not in FLOATS and not dtype.startswith("complex"):
        dtype = "float32"
    return (x if x_dtype is None or x_dtype.name == dtype else x.astype(dtype) for x, x_dtype in ((x1, a), (x2, b)))


def convert(x, first=None, weak=False):
    """A list or number as an array: float32 and int32, as on the engines; an array stays as it is."""
    if weak or isinstance(x, (np.ndarray, np.generic)):
        return np.asarray(x) if isinstance(x, np.generic) else x
    if isinstance(x, (list, tuple)) and any(isinstance(v, np.ndarray) for v in x):
        return np.stack(x)
    x = np.asarray(x)
    dtype = {"float64": np.float32, "int64": np.int32}.get(x.dtype.name)
    return x if dtype is None else x.astype(dtype)
