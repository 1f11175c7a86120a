"""torch: elementwise, making arrays and their dtypes: what differs from keras.ops in more than the name."""

import numpy as np
import torch

from . import convert, default_device, torch_dtype


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
