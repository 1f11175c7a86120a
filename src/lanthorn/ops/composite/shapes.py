"""Making, joining, cutting and indexing arrays."""

import math
import re

import numpy as np

from ... import ops


def identity(n, dtype=None, like=None):
    return ops.eye(n, dtype=dtype, like=like)


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, like=None):
    step = (stop - start) / max(num - 1 if endpoint else num, 1)
    like = next((v for v in (start, stop) if ops.is_tensor(v)), like)
    index = ops.arange(num, dtype="float32", like=like)
    if ops.is_tensor(step) and len(step.shape):
        axis %= len(step.shape) + 1
        index = ops.reshape(index, [-1 if a == axis else 1 for a in range(len(step.shape) + 1)])
        start, rise = (ops.expand_dims(v + step * 0, axis) for v in (start, step))
        y = start + index * rise
    else:
        y = start + index * step
    y = y if dtype is None else ops.cast(y, dtype)
    return (y, step) if retstep else y


def logspace(start, stop, num=50, endpoint=True, base=10, dtype=None, axis=0, like=None):
    exponents = ops.linspace(start, stop, num, endpoint=endpoint, axis=axis, like=like)
    y = ops.power(ops.full_like(exponents, base), exponents)
    return y if dtype is None else ops.cast(y, dtype)


def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0, like=None):
    if isinstance(start, (int, float)) and isinstance(stop, (int, float)):
        sign = -1.0 if start < 0 else 1.0
        low, high = math.log(abs(start)), math.log(abs(stop))
    else:
        start = ops.cast(ops.convert_to_tensor(start), "float32")
        sign, low, high = ops.sign(start), ops.log(ops.abs(start)), ops.log(ops.abs(stop))
    y = sign * ops.exp(ops.linspace(low, high, num, endpoint=endpoint, axis=axis, like=like))
    return y if dtype is None else ops.cast(y, dtype)


# -- joining and cutting ---------------------------------------------------------------------------------------------


def append(x1, x2, axis=None):
    if axis is None:
        return ops.concatenate([ops.ravel(x1), ops.ravel(x2)], axis=0)
    return ops.concatenate([x1, x2], axis=axis)


def hstack(xs):
    return ops.concatenate(xs, axis=0 if len(xs[0].shape) == 1 else 1)


def vstack(xs):
    return ops.concatenate([ops.expand_dims(x, 0) if len(x.shape) == 1 else x for x in xs], axis=0)


def dstack(xs):
    xs = [ops.reshape(x, (1, -1, 1)) if len(x.shape) == 1 else x for x in xs]
    return ops.concatenate([ops.expand_dims(x, -1) if len(x.shape) == 2 else x for x in xs], axis=2)


def array_split(x, indices_or_sections, axis=0):
    if not isinstance(indices_or_sections, int):
        return ops.split(x, indices_or_sections, axis=axis)
    size, extra = divmod(x.shape[axis], indices_or_sections)
    sizes = [size + (i < extra) for i in range(indices_or_sections)]
    return ops.split(x, [int(i) for i in np.cumsum(sizes)[:-1]], axis=axis)


def hsplit(x, indices_or_sections):
    return ops.split(x, indices_or_sections, axis=0 if len(x.shape) == 1 else 1)


def vsplit(x, indices_or_sections):
    return ops.split(x, indices_or_sections, axis=0)


def dsplit(x, indices_or_sections):
    return ops.split(x, indices_or_sections, axis=2)


# -- order ---------------------------------------------------------------------------------------------------------


def diagflat(x, k=0):
    return ops.diag(ops.ravel(x), k=k)


def fliplr(x):
    return ops.flip(x, axis=1)


def flipud(x):
    return ops.flip(x, axis=0)


def rot90(x, k=1, axes=(0, 1)):
    k %= 4
    if k == 0:
        return x
    if k == 2:
        return ops.flip(x, axis=axes)
    if k == 1:
        return ops.swapaxes(ops.flip(x, axis=axes[1]), *axes)
    return ops.flip(ops.swapaxes(x, *axes), axis=axes[1])


def vander(x, N=None, increasing=False):  # noqa: N803
    count = x.shape[0] if N is None else N
    ones = ops.ones_like(x)
    columns = [ones]
    for _ in range(count - 1):
        columns.append(columns[-1] * x)
    return ops.stack(columns if increasing else columns[::-1], axis=1)


def unravel_index(indices, shape):
    found = []
    for n in reversed(shape):
        found.append(ops.cast(ops.mod(indices, n), "int32"))
        indices = ops.floor_divide(indices, n)
    return tuple(reversed(found))


def select(condlist, choicelist, default=0):
    y = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        y = ops.where(condition, choice, y)
    return y


def depth_to_space(x, block_size, data_format="channels_last"):
    first = data_format == "channels_first"
    x = ops.transpose(x, (0, 2, 3, 1)) if first else x
    batch, height, width, channels = ops.shape(x)
    rest = channels // block_size**2
    x = ops.reshape(x, (batch, height, width, block_size, block_size, rest))
    x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
    x = ops.reshape(x, (batch, height * block_size, width * block_size, rest))
    return ops.transpose(x, (0, 3, 1, 2)) if first else x


def space_to_depth(x, block_size, data_format="channels_last"):
    first = data_format == "channels_first"
    x = ops.transpose(x, (0, 2, 3, 1)) if first else x
    batch, height, width, channels = ops.shape(x)
    high, wide = height // block_size, width // block_size
    x = ops.reshape(x, (batch, high, block_size, wide, block_size, channels))
    x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
    x = ops.reshape(x, (batch, high, wide, channels * block_size**2))
    return ops.transpose(x, (0, 3, 1, 2)) if first else x


def extract_sequences(x, sequence_length, sequence_stride):
    count = (x.shape[-1] - sequence_length) // sequence_stride + 1
    index = np.arange(count)[:, None] * sequence_stride + np.arange(sequence_length)
    return ops.take(x, index.astype("int32"), axis=-1)


# -- windows -------------------------------------------------------------------------------------------------------


def _window(values, like):
    return ops.convert_to_tensor(values.astype("float32"), like=like)


def _array(x):
    return None if isinstance(x, int) else x


def bartlett(x):
    return _window(np.bartlett(int(x)), _array(x))


def blackman(x):
    return _window(np.blackman(int(x)), _array(x))


def hamming(x):
    return _window(np.hamming(int(x)), _array(x))


def hanning(x):
    return _window(np.hanning(int(x)), _array(x))


def kaiser(x, beta):
    return _window(np.kaiser(int(x), float(beta)), _array(x))


def rearrange(tensor, pattern, **axes_lengths):
    sides = pattern.split("->")
    before, after = ([part.strip("()").split() for part in re.findall(r"\w+|\(.*?\)", side)] for side in sides)
    sizes = dict(axes_lengths)
    if len(before) != len(tensor.shape):
        raise ValueError(
            f"ops.rearrange: {pattern!r} names {len(before)} axes, got an array of shape {tuple(tensor.shape)}."
        )
    for names, whole in zip(before, ops.shape(tensor), strict=True):
        open_ones = [name for name in names if name not in sizes]
        if len(open_ones) > 1:
            raise ValueError(f"ops.rearrange: give the sizes of all but one of {', '.join(names)} in {pattern!r}.")
        for name in open_ones:
            known = math.prod(sizes[n] for n in names if n != name)
            sizes[name] = whole if known == 1 else whole // known
    flat, order = [n for names in before for n in names], [n for names in after for n in names]
    if sorted(flat) != sorted(order):
        raise ValueError(f"ops.rearrange: both sides of {pattern!r} must have the same axes.")
    split = ops.reshape(tensor, tuple(sizes[n] for n in flat))
    moved = ops.transpose(split, tuple(flat.index(n) for n in order))
    return ops.reshape(moved, tuple(math.prod([sizes[n] for n in names]) for names in after))
