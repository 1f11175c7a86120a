"""torch: shapes and indexing."""

import numpy as np
import torch
import torch.nn.functional as F

from . import torch_dtype
from .reductions import axes_of


def reshape(x, newshape):
    return torch.reshape(x, (newshape,) if isinstance(newshape, int) else newshape)


def transpose(x, axes=None):
    return x.permute(tuple(range(x.ndim - 1, -1, -1)) if axes is None else axes)


def expand_dims(x, axis):
    if isinstance(axis, int):
        return torch.unsqueeze(x, axis)
    for a in sorted(a % (x.ndim + len(axis)) for a in axis):
        x = torch.unsqueeze(x, a)
    return x


def squeeze(x, axis=None):
    return torch.squeeze(x) if axis is None else torch.squeeze(x, axis)


def flip(x, axis=None):
    return torch.flip(x, axes_of(axis, x.ndim))


def repeat(x, repeats, axis=None):
    if axis is None:
        x, axis = x.flatten(), 0
    if not isinstance(repeats, (int, torch.Tensor)):
        repeats = torch.tensor(repeats, device=x.device)
    return torch.repeat_interleave(x, repeats, axis)


def pad(x, pad_width, mode="constant", constant_values=None):
    pad_width = pairs(pad_width, x.ndim)
    if mode == "constant":
        flat = [w for pair in reversed(pad_width) for w in pair]
        return F.pad(x, flat, value=0 if constant_values is None else constant_values)
    for axis, (before, after) in enumerate(pad_width):  # by index: torch's own modes know only the last axes
        if before or after:
            n = x.shape[axis]
            index = np.pad(np.arange(n), (before, after), mode=mode)
            x = torch.index_select(x, axis, torch.tensor(index, device=x.device))
    return x


def pairs(pad_width, ndim):
    """`pad_width` as one (before, after) per axis."""
    if isinstance(pad_width, int):
        return [(pad_width, pad_width)] * ndim
    pad_width = [tuple(p) if isinstance(p, (list, tuple)) else p for p in pad_width]
    if isinstance(pad_width[0], int):
        return [(pad_width[0], pad_width[-1])] * ndim
    return pad_width * ndim if len(pad_width) == 1 else pad_width


def tile(x, repeats):
    return torch.tile(x, (repeats,) if isinstance(repeats, int) else tuple(repeats))


def diag(x, k=0):
    return torch.diag(x, k)


def diagonal(x, offset=0, axis1=0, axis2=1):
    return torch.diagonal(x, offset, axis1, axis2)


def concatenate(xs, axis=0):
    return torch.cat(tuple(xs), axis)


def stack(x, axis=0):
    return torch.stack(tuple(x), axis)


def unstack(x, num=None, axis=0):
    return list(torch.unbind(x, axis))


def split(x, indices_or_sections, axis=0):
    if isinstance(indices_or_sections, int):
        n = x.shape[axis]
        if n % indices_or_sections:
            raise ValueError(f"ops.split: an axis of {n} cannot be cut into {indices_or_sections} equal parts.")
        return list(torch.split(x, n // indices_or_sections, axis))
    return list(torch.tensor_split(x, [int(i) for i in indices_or_sections], axis))


def meshgrid(*x, indexing="xy"):
    return list(torch.meshgrid(*x, indexing=indexing))


# -- indexing ------------------------------------------------------------------------------------------------------


def take(x, indices, axis=None):
    if not isinstance(indices, torch.Tensor):
        indices = torch.as_tensor(indices, device=x.device)
    indices = indices.long()
    if axis is None:
        x, axis = x.flatten(), 0
    axis %= x.ndim
    if axis == 0 and x.ndim == 2:
        return F.embedding(torch.where(indices < 0, indices + x.shape[0], indices), x)
    indices = torch.where(indices < 0, indices + x.shape[axis], indices)
    y = torch.index_select(x, axis, indices.reshape(-1))
    return y.reshape(*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :])


def take_along_axis(x, indices, axis=None):
    indices = indices.long()
    if axis is None:
        x, axis, indices = x.flatten(), 0, indices.flatten()
    indices = torch.where(indices < 0, indices + x.shape[axis], indices)
    return torch.take_along_dim(x, indices, axis)


def one_hot(x, num_classes, axis=-1, dtype=None, sparse=False):
    y = x.unsqueeze(-1) == torch.arange(num_classes, device=x.device)
    y = y.to(torch_dtype(dtype))
    return y if axis in (-1, x.ndim) else torch.movedim(y, -1, axis)


def slice_(inputs, start_indices, shape):
    for axis, (start, length) in enumerate(zip(_ints(start_indices), _ints(shape), strict=True)):
        inputs = torch.narrow(inputs, axis, start, inputs.shape[axis] - start if length == -1 else length)
    return inputs


def _ints(values):
    return [int(v) for v in (values.tolist() if hasattr(values, "tolist") else values)]


def slice_update(inputs, start_indices, updates):
    index = tuple(slice(s, s + n) for s, n in zip(_ints(start_indices), updates.shape, strict=True))
    y = inputs.clone()
    y[index] = updates.to(y.dtype)
    return y


def scatter(indices, values, shape):
    y = torch.zeros(tuple(shape), dtype=values.dtype, device=values.device)
    return scatter_update(y, indices, values, "add")


def scatter_update(inputs, indices, updates, reduction=None):
    index = tuple(indices.long().movedim(-1, 0))
    updates = updates.to(inputs.dtype)
    if reduction in (None, "add"):
        return torch.index_put(inputs, index, updates, accumulate=reduction == "add")
    n = indices.shape[-1]
    flat = inputs.reshape(-1, *inputs.shape[n:])
    at = torch.zeros_like(index[0])
    for i, length in zip(index, inputs.shape[:n], strict=True):
        at = at * length + torch.where(i < 0, i + length, i)
    updates = updates.reshape(-1, *inputs.shape[n:])
    at = at.reshape(-1, *[1] * (updates.ndim - 1)).expand(updates.shape)
    name = {"max": "amax", "min": "amin", "mul": "prod"}[reduction]
    return flat.scatter_reduce(0, at, updates, name).reshape(inputs.shape)


def get_item(x, key):
    return x[key]


def view(x, dtype=None):
    return x if dtype is None else x.contiguous().view(torch_dtype(dtype))
