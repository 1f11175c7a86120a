"""JAX: what differs from keras.ops in more than the name."""

import jax
import jax.numpy as jnp
import numpy as np

from ...dtypes import standardize
from ..alike import PRODUCTS, alike


def _subclasses(cls):
    return {cls}.union(*(_subclasses(c) for c in cls.__subclasses__()))


TYPES = (type(jnp.zeros(0)), *_subclasses(jax.core.Tracer))
SEARCH = (jnp, jax, jax.nn, jax.lax, jnp.linalg, jax.scipy.special)
PARTS = ("arrays", "nn", "convolutions", "control", "fourier", "image")
NARROW = {"float64": "float32", "int64": "int32", "uint64": "uint32", "complex128": "complex64"}


def jax_dtype(dtype):
    name = standardize(dtype)
    return name if jax.config.jax_enable_x64 else NARROW.get(name, name)


def wrap(function, row):
    if row.name in PRODUCTS and not hasattr(jnp, row.name):
        return alike(function, row, lambda x, dtype: x.astype(dtype))
    if not row.floats or row.arrays != 1 or hasattr(jnp, row.name):  # jax.numpy takes whole numbers by itself
        return function

    def with_floats(x, *args, **kwargs):
        return function(x if jnp.issubdtype(x.dtype, jnp.inexact) else x.astype("float32"), *args, **kwargs)

    return with_floats


def convert(x, first=None, weak=False):
    """A NumPy array, list or number as a JAX array; a number stays weak."""
    if weak or isinstance(x, jax.Array):
        return x
    if isinstance(x, (list, tuple)) and any(isinstance(v, jax.Array) for v in x):
        return jnp.stack([jnp.asarray(v) for v in x])
    given = isinstance(x, (np.ndarray, np.generic))
    x = np.asarray(x)
    dtype = x.dtype.name
    if not given or not jax.config.jax_enable_x64:
        dtype = NARROW.get(dtype, dtype)
    return jnp.asarray(x, dtype=dtype)
