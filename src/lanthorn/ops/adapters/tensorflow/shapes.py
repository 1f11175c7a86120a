"""TensorFlow: shapes and indexing."""

import builtins

import tensorflow as tf

from . import cast_to, tf_dtype

tnp = tf.experimental.numpy


def expand_dims(x, axis):
    if isinstance(axis, int):
        return tf.expand_dims(x, axis)
    for a in builtins.sorted(a % (x.shape.rank + len(axis)) for a in axis):
        x = tf.expand_dims(x, a)
    return x


def squeeze(x, axis=None):
    if axis is None and None in x.shape:
        axis = [i for i, n in enumerate(x.shape) if n == 1]
        return tf.squeeze(x, axis) if axis else x
    return tf.squeeze(x, axis)


def ravel(x):
    return tf.reshape(x, [-1])


def flip(x, axis=None):
    axis = range(x.shape.rank) if axis is None else [axis] if isinstance(axis, int) else axis
    return tf.reverse(x, list(axis))


def repeat(x, repeats, axis=None):
    y = tf.repeat(x, repeats, axis)
    if axis is not None and isinstance(repeats, int):
        known = x.shape.as_list()
        known[axis] = None if known[axis] is None else known[axis] * repeats
        y = tf.ensure_shape(y, known)
    return y


def pad(x, pad_width, mode="constant", constant_values=None):
    if isinstance(pad_width, int):
        pad_width = [(pad_width, pad_width)] * x.shape.rank
    elif isinstance(pad_width[0], int):
        pad_width = [tuple(pad_width)] * x.shape.rank
    elif len(pad_width) == 1:
        pad_width = [tuple(pad_width[0])] * x.shape.rank
    return tf.pad(x, pad_width, mode, 0 if constant_values is None else constant_values)


def diag(x, k=0):
    return tf.linalg.diag(x, k=k) if x.shape.rank == 1 else tnp.diag(x, k)


def tril(x, k=0):
    return tnp.tril(x, k)


def triu(x, k=0):
    return tnp.triu(x, k)


def diagonal(x, offset=0, axis1=0, axis2=1):
    return tnp.diagonal(x, offset, axis1, axis2)


def concatenate(xs, axis=0):
    return tf.concat(same_dtype(xs), axis)


def stack(x, axis=0):
    return tf.stack(same_dtype(x), axis)


def same_dtype(xs):
    """A list of tensors and numbers in the dtype that they make together."""
    import functools

    from ...dtypes import result_type

    names = {x.dtype.name for x in xs if hasattr(x, "dtype")}
    if len(names) == 1 and all(hasattr(x, "dtype") for x in xs):
        return xs
    dtype = functools.reduce(result_type, names) if names else "float32"
    return [cast_to(x, dtype) for x in xs]


def unstack(x, num=None, axis=0):
    return tf.unstack(x, num, axis)


def split(x, indices_or_sections, axis=0):
    if isinstance(indices_or_sections, int):
        return tf.split(x, indices_or_sections, axis)
    n = x.shape[axis]
    cuts = [0, *(i if i >= 0 else n + i for i in map(int, indices_or_sections))]
    cuts = [min(c, n) for c in cuts] + [n] if n is not None else [*cuts, None]
    sizes = [-1 if b is None else max(b - a, 0) for a, b in zip(cuts[:-1], cuts[1:], strict=True)]
    return tf.split(x, sizes, axis)


def meshgrid(*x, indexing="xy"):
    return tf.meshgrid(*x, indexing=indexing)


def take(x, indices, axis=None):
    if axis is None:
        x, axis = tf.reshape(x, [-1]), 0
    indices = tf.convert_to_tensor(indices)
    n = tf.cast(tf.shape(x)[axis], indices.dtype)
    return tf.gather(x, tf.where(indices < 0, indices + n, indices), axis=axis)


def take_along_axis(x, indices, axis=None):
    if axis is None:
        x, indices, axis = tf.reshape(x, [-1]), tf.reshape(indices, [-1]), 0
    axis %= x.shape.rank
    last = x.shape.rank - 1
    order = [*range(axis), *range(axis + 1, last + 1), axis]
    back = [*range(axis), last, *range(axis, last)]
    if axis != last:
        x, indices = tf.transpose(x, order), tf.transpose(indices, order)
    rows = tf.broadcast_dynamic_shape(tf.shape(x)[:-1], tf.shape(indices)[:-1])
    x = tf.broadcast_to(x, tf.concat([rows, tf.shape(x)[-1:]], 0))
    shape = [n if n != 1 else m for n, m in zip(indices.shape[:-1], x.shape[:-1], strict=True)] + [indices.shape[-1]]
    indices = tf.broadcast_to(indices, tf.concat([rows, tf.shape(indices)[-1:]], 0))
    indices = tf.where(indices < 0, indices + tf.cast(tf.shape(x)[-1], indices.dtype), indices)
    y = tf.ensure_shape(tf.gather(x, indices, batch_dims=last, axis=-1), shape)
    return y if axis == last else tf.transpose(y, back)


def one_hot(x, num_classes, axis=-1, dtype=None, sparse=False):
    x = x if x.dtype.is_integer else tf.cast(x, "int32")
    x = x if x.dtype in (tf.int32, tf.int64, tf.uint8) else tf.cast(x, "int32")
    return tf.one_hot(x, num_classes, axis=axis, dtype=tf_dtype(dtype))


def slice_(inputs, start_indices, shape):
    return tf.slice(inputs, start_indices, shape)


def slice_update(inputs, start_indices, updates):
    starts = list(start_indices) if isinstance(start_indices, (list, tuple)) else tf.unstack(start_indices)
    spaces = [tf.range(tf.shape(updates)[i]) + s for i, s in enumerate(starts)]
    index = tf.stack(tf.meshgrid(*spaces, indexing="ij"), -1)
    return tf.tensor_scatter_nd_update(inputs, index, tf.cast(updates, inputs.dtype))


def scatter(indices, values, shape):
    return tf.scatter_nd(indices, values, tf.cast(shape, indices.dtype))


def scatter_update(inputs, indices, updates, reduction=None):
    if reduction == "mul":  # the exponent of a sum of logarithms would lose the sign: one place after the other
        rows, values = tf.unstack(indices), tf.unstack(updates)
        for row, value in zip(rows, values, strict=True):
            inputs = tf.tensor_scatter_nd_update(inputs, row[None], tf.gather_nd(inputs, row[None]) * value[None])
        return inputs
    name = {None: "update"}.get(reduction, reduction)
    return getattr(tf, f"tensor_scatter_nd_{name}")(inputs, indices, tf.cast(updates, inputs.dtype))


def get_item(x, key):
    return x[key]


def view(x, dtype=None):
    if dtype is None:
        return x
    dtype = tf.as_dtype(tf_dtype(dtype))
    if dtype.size > x.dtype.size:  # bitcast takes an axis of the parts away
        x = tf.reshape(x, tf.concat([tf.shape(x)[:-1], [-1, dtype.size // x.dtype.size]], 0))
    made = tf.bitcast(x, dtype)
    return tf.reshape(made, tf.concat([tf.shape(made)[:-2], [-1]], 0)) if dtype.size < x.dtype.size else made
