"""JAX: reductions, shapes and indexing."""

import jax
import jax.numpy as jnp
import numpy as np

from . import convert, jax_dtype

stop_gradient = jax.lax.stop_gradient


def floor(x):
    return jnp.floor(_float(x))


def ceil(x):
    return jnp.ceil(_float(x))


def _float(x):
    return x if jnp.issubdtype(x.dtype, jnp.inexact) else x.astype("float32")


def round_(x, decimals=0):
    return jnp.round(_float(x), decimals)


def clip(x, x_min, x_max):
    return jnp.clip(x, x_min, x_max)


def where(condition, x1=None, x2=None):
    return jnp.where(condition) if x1 is None and x2 is None else jnp.where(condition, x1, x2)


def sum_(x, axis=None, keepdims=False):
    return jnp.sum(x, axis=_axes(axis), keepdims=keepdims)


def prod(x, axis=None, keepdims=False, dtype=None):
    return jnp.prod(x, axis=_axes(axis), keepdims=keepdims, dtype=None if dtype is None else jax_dtype(dtype))


def _axes(axis):
    return tuple(axis) if isinstance(axis, list) else axis


def argmax(x, axis=None, keepdims=False):
    return jnp.argmax(x, axis, keepdims=keepdims).astype("int32")


def argmin(x, axis=None, keepdims=False):
    return jnp.argmin(x, axis, keepdims=keepdims).astype("int32")


def count_nonzero(x, axis=None):
    return jnp.count_nonzero(x, axis=axis).astype("int32")


def cumsum(x, axis=None, dtype=None):
    return jnp.cumsum(x, axis, dtype=None if dtype is None else jax_dtype(dtype))


def cumprod(x, axis=None, dtype=None):
    return jnp.cumprod(x, axis, dtype=None if dtype is None else jax_dtype(dtype))


def argsort(x, axis=-1):
    return jnp.argsort(x, axis=axis, stable=True).astype("int32")


def top_k(x, k, sorted=True):  # noqa: A002
    return tuple(jax.lax.top_k(x, k))


def searchsorted(sorted_sequence, values, side="left"):
    return jnp.searchsorted(sorted_sequence, values, side=side).astype("int32")


# -- making, dtypes ------------------------------------------------------------------------------------------------


def zeros(shape, dtype=None, like=None):
    return jnp.zeros(shape, jax_dtype(dtype))


def ones(shape, dtype=None, like=None):
    return jnp.ones(shape, jax_dtype(dtype))


empty = zeros


def full(shape, fill_value, dtype=None, like=None):
    return jnp.full(shape, fill_value, jax_dtype(dtype))


def eye(N, M=None, k=0, dtype=None, like=None):  # noqa: N803
    return jnp.eye(N, M, k, jax_dtype(dtype))


def tri(N, M=None, k=0, dtype=None, like=None):  # noqa: N803
    return jnp.tri(N, M, k, jax_dtype(dtype))


def arange(start, stop=None, step=None, dtype=None, like=None):
    if dtype is None:
        whole = all(isinstance(v, (int, np.integer)) for v in (start, stop, step) if v is not None)
        dtype = "int32" if whole else "float32"
    return jnp.arange(start, stop, step, dtype=jax_dtype(dtype))


def zeros_like(x, dtype=None):
    return jnp.zeros_like(x, None if dtype is None else jax_dtype(dtype))


def ones_like(x, dtype=None):
    return jnp.ones_like(x, None if dtype is None else jax_dtype(dtype))


empty_like = zeros_like


def full_like(x, fill_value, dtype=None):
    return jnp.full_like(x, fill_value, None if dtype is None else jax_dtype(dtype))


def convert_to_tensor(x, dtype=None, sparse=None, ragged=None, like=None):
    x = convert(x)
    return x if dtype is None else x.astype(jax_dtype(dtype))


def array(x, dtype=None, like=None):
    return convert_to_tensor(x, dtype)


def convert_to_numpy(x):
    return np.asarray(x)


def cast(x, dtype):
    return x.astype(jax_dtype(dtype))


def dtype(x):
    return x.dtype.name


def shape(x):
    return x.shape


def ndim(x):
    return x.ndim


def size(x):
    return x.size


# -- shapes, indexing ----------------------------------------------------------------------------------------------


def expand_dims(x, axis):
    return jnp.expand_dims(x, tuple(axis) if isinstance(axis, list) else axis)


def pad(x, pad_width, mode="constant", constant_values=None):
    values = {} if constant_values is None else {"constant_values": constant_values}
    return jnp.pad(x, pad_width, mode, **values)


def concatenate(xs, axis=0):
    return jnp.concatenate(xs, axis)


def stack(x, axis=0):
    return jnp.stack(x, axis)


def unstack(x, num=None, axis=0):
    return list(jnp.unstack(x, axis=axis))


def split(x, indices_or_sections, axis=0):
    return list(jnp.split(x, indices_or_sections, axis))


def meshgrid(*x, indexing="xy"):
    return list(jnp.meshgrid(*x, indexing=indexing))


def take(x, indices, axis=None):
    return jnp.take(x, jnp.asarray(indices), axis, mode="wrap" if False else None)


def take_along_axis(x, indices, axis=None):
    return jnp.take_along_axis(x, indices, axis)


def one_hot(x, num_classes, axis=-1, dtype=None, sparse=False):
    return jax.nn.one_hot(x, num_classes, axis=axis, dtype=jax_dtype(dtype))


def slice_(inputs, start_indices, shape):
    shape = [n - s if length == -1 else length for n, s, length in zip(inputs.shape, start_indices, shape, strict=True)]
    return jax.lax.dynamic_slice(inputs, start_indices, shape)


def slice_update(inputs, start_indices, updates):
    return jax.lax.dynamic_update_slice(inputs, updates.astype(inputs.dtype), start_indices)


def scatter(indices, values, shape):
    return jnp.zeros(tuple(shape), values.dtype).at[tuple(jnp.moveaxis(indices, -1, 0))].add(values)


def scatter_update(inputs, indices, updates, reduction=None):
    at = inputs.at[tuple(jnp.moveaxis(indices, -1, 0))]
    return getattr(at, {None: "set", "mul": "multiply"}.get(reduction, reduction))(updates)


def get_item(x, key):
    return x[key]


def view_as_complex(x):
    return jax.lax.complex(x[..., 0], x[..., 1])


def view_as_real(x):
    return jnp.stack([jnp.real(x), jnp.imag(x)], -1)


def vectorize(pyfunc, *, excluded=None, signature=None):
    return jnp.vectorize(pyfunc, excluded=excluded or (), signature=signature)


def view(x, dtype=None):
    return x if dtype is None else x.view(jax_dtype(dtype))
