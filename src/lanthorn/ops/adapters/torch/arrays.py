"""torch: elementwise, reductions, shapes and indexing: what differs from keras.ops in more than the name."""

import numpy as np
import torch
import torch.nn.functional as F

from . import convert, default_device, torch_dtype

INT_TO_INT32 = {torch.int8, torch.int16, torch.int32, torch.bool}


def _axes(axis, ndim):
    if axis is None:
        return tuple(range(ndim))
    axis = (axis,) if isinstance(axis, int) else axis
    return tuple(a % ndim for a in axis)


# -- elementwise ---------------------------------------------------------------------------------------------------


def stop_gradient(variable):
    return variable.detach()


def floor_divide(x1, x2):
    return torch.floor_divide(x1, x2)


def clip(x, x_min, x_max):
    if x_min is None or x_max is None or isinstance(x_min, torch.Tensor) == isinstance(x_max, torch.Tensor):
        return torch.clamp(x, x_min, x_max)
    return torch.clamp(torch.clamp(x, min=x_min), max=x_max)


def round_(x, decimals=0):
    if not x.is_floating_point():
        x = x.float()
    return torch.round(x, decimals=decimals) if decimals else torch.round(x)


def where(condition, x1=None, x2=None):
    if x1 is None and x2 is None:
        return tuple(i.int() for i in torch.where(condition))
    if condition.dtype is not torch.bool:
        condition = condition != 0
    return torch.where(condition, x1, x2)


def real(x):
    return torch.real(x)


def imag(x):
    return torch.imag(x) if x.is_complex() else torch.zeros_like(x)


def conj(x):
    return torch.conj(x).resolve_conj() if x.is_complex() else x


conjugate = conj


# -- reductions ----------------------------------------------------------------------------------------------------


def sum_(x, axis=None, keepdims=False):
    if x.dtype in INT_TO_INT32:
        return torch.sum(x, axis, keepdims, dtype=torch.int32)
    return torch.sum(x, axis, keepdims) if axis != () else x


def mean(x, axis=None, keepdims=False):
    return torch.mean(x, axis, keepdims)


def prod(x, axis=None, keepdims=False, dtype=None):
    if dtype is not None:
        x = cast(x, dtype)
    elif x.dtype in INT_TO_INT32:
        x = x.int()
    for a in sorted(_axes(axis, x.ndim), reverse=True):
        x = torch.prod(x, a, keepdims, dtype=x.dtype)
    return x


def max_(x, axis=None, keepdims=False, initial=None):
    y = torch.amax(x, _axes(axis, x.ndim), keepdims)
    return y if initial is None else torch.clamp(y, min=initial)


def min_(x, axis=None, keepdims=False, initial=None):
    y = torch.amin(x, _axes(axis, x.ndim), keepdims)
    return y if initial is None else torch.clamp(y, max=initial)


def var(x, axis=None, keepdims=False):
    return torch.var(x, axis, correction=0, keepdim=keepdims)


def std(x, axis=None, keepdims=False):
    return torch.std(x, axis, correction=0, keepdim=keepdims)


def moments(x, axes, keepdims=False, synchronized=False):
    if x.dtype is torch.float16 or x.dtype is torch.bfloat16:
        variance, mean = torch.var_mean(x.float(), axes, correction=0, keepdim=keepdims)
        return mean.to(x.dtype), variance.to(x.dtype)
    variance, mean = torch.var_mean(x, axes, correction=0, keepdim=keepdims)
    return mean, variance


def all_(x, axis=None, keepdims=False):
    return torch.all(x != 0, axis, keepdims) if x.dtype is not torch.bool else torch.all(x, axis, keepdims)


def any_(x, axis=None, keepdims=False):
    return torch.any(x != 0, axis, keepdims) if x.dtype is not torch.bool else torch.any(x, axis, keepdims)


def argmax(x, axis=None, keepdims=False):
    return torch.argmax(x.int() if x.dtype is torch.bool else x, axis, keepdims).int()


def argmin(x, axis=None, keepdims=False):
    return torch.argmin(x.int() if x.dtype is torch.bool else x, axis, keepdims).int()


def logsumexp(x, axis=None, keepdims=False):
    return torch.logsumexp(x, _axes(axis, x.ndim), keepdims)


def count_nonzero(x, axis=None):
    return torch.count_nonzero(x, axis).int()


def _cumulative(function):
    def run(x, axis=None, dtype=None):
        if dtype is None and x.dtype in INT_TO_INT32:
            dtype = torch.int32
        if axis is None:
            x, axis = x.flatten(), 0
        return function(x, axis, dtype=None if dtype is None else torch_dtype(dtype))

    return run


cumsum, cumprod = _cumulative(torch.cumsum), _cumulative(torch.cumprod)


def sort(x, axis=-1):
    return torch.sort(x.flatten() if axis is None else x, dim=-1 if axis is None else axis, stable=True).values


def argsort(x, axis=-1):
    return torch.sort(x.flatten() if axis is None else x, dim=-1 if axis is None else axis, stable=True).indices.int()


def top_k(x, k, sorted=True):  # noqa: A002
    values, indices = torch.topk(x, k, sorted=sorted)
    return values, indices.int()


def searchsorted(sorted_sequence, values, side="left"):
    return torch.searchsorted(sorted_sequence.contiguous(), values.contiguous(), side=side, out_int32=True)


# -- making, dtypes ------------------------------------------------------------------------------------------------


def _device(like):
    return default_device() if like is None else like.device


def zeros(shape, dtype=None, like=None):
    return torch.zeros(shape, dtype=torch_dtype(dtype), device=_device(like))


def ones(shape, dtype=None, like=None):
    return torch.ones(shape, dtype=torch_dtype(dtype), device=_device(like))


def full(shape, fill_value, dtype=None, like=None):
    if isinstance(fill_value, torch.Tensor):
        return fill_value.to(torch_dtype(dtype)).expand(shape).clone()
    return torch.full(shape, fill_value, dtype=torch_dtype(dtype), device=_device(like))


def empty(shape, dtype=None, like=None):
    return torch.empty(shape, dtype=torch_dtype(dtype), device=_device(like))


def tri(N, M=None, k=0, dtype=None, like=None):  # noqa: N803
    return torch.tril(ones((N, M or N), dtype, like), k)


def eye(N, M=None, k=0, dtype=None, like=None):  # noqa: N803
    if k == 0:
        return torch.eye(N, M or N, dtype=torch_dtype(dtype), device=_device(like))
    return torch.triu(tri(N, M, k, dtype, like), k)


def arange(start, stop=None, step=None, dtype=None, like=None):
    if stop is None:
        start, stop = 0, start
    step = 1 if step is None else step
    if dtype is None:
        dtype = "int32" if all(isinstance(v, (int, np.integer)) for v in (start, stop, step)) else "float32"
    return torch.arange(start, stop, step, dtype=torch_dtype(dtype), device=_device(like))


def _like(function):
    def run(x, dtype=None):
        return function(x, dtype=None if dtype is None else torch_dtype(dtype))

    return run


zeros_like, ones_like, empty_like = _like(torch.zeros_like), _like(torch.ones_like), _like(torch.empty_like)


def full_like(x, fill_value, dtype=None):
    dtype = x.dtype if dtype is None else torch_dtype(dtype)
    if isinstance(fill_value, torch.Tensor):
        return fill_value.to(dtype).expand(x.shape).clone()
    return torch.full_like(x, fill_value, dtype=dtype)


def convert_to_tensor(x, dtype=None, sparse=None, ragged=None, like=None):
    x = convert(x, like)
    return x if dtype is None else cast(x, dtype)


def array(x, dtype=None, like=None):
    return convert_to_tensor(x, dtype, like=like)


def convert_to_numpy(x):
    x = x.detach().cpu() if isinstance(x, torch.Tensor) else torch.as_tensor(x)
    return (x.float() if x.dtype is torch.bfloat16 else x).numpy()


def cast(x, dtype):
    return x.to(torch_dtype(dtype))


def dtype(x):
    return str(x.dtype)[6:]


def shape(x):
    return tuple(x.shape)


def ndim(x):
    return x.ndim


def size(x):
    return x.numel()


# -- shapes --------------------------------------------------------------------------------------------------------


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
    return torch.flip(x, _axes(axis, x.ndim))


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
