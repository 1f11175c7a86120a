"""torch: what differs from keras.ops in more than the name."""

import numpy as np
import torch
import torch.nn.functional

from ...dtypes import standardize
from ..alike import PRODUCTS, alike

TYPES = (torch.Tensor, torch.nn.Parameter)
SEARCH = (torch, torch.nn.functional, torch.linalg, torch.special)
PARTS = ("arrays", "reductions", "shapes", "nn", "convolutions", "control", "fourier", "recurrent", "image")
DTYPES = {str(d).removeprefix("torch."): d for d in vars(torch).values() if isinstance(d, torch.dtype)}
DTYPES |= {d: d for d in DTYPES.values()} | {float: torch.float32, int: torch.int32}

# functions of one array that take whole numbers and give float32 by themselves
TAKE_INTS = set(
    "sqrt rsqrt reciprocal exp expm1 exp2 log log1p log2 log10 sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh "
    "arccosh arctanh erf sigmoid divide true_divide arctan2".split()
)
# functions that refuse a Python number as their second argument
NO_NUMBERS = set(
    "maximum minimum logical_and logical_or logical_xor arctan2 fmax fmin hypot logaddexp logaddexp2 heaviside "
    "nextafter gcd lcm fmod ldexp".split()
)


def torch_dtype(dtype):
    found = DTYPES.get(dtype)
    if found is None:
        found = DTYPES[standardize(dtype)]
        if dtype is not None:  # which may mean another one later
            DTYPES[dtype] = found
    return found


def wrap(function, row):
    if row.name in PRODUCTS:
        return alike(function, row, lambda x, dtype: x.to(torch_dtype(dtype)))
    if row.name in NO_NUMBERS:

        def with_tensors(x1, x2):
            if not isinstance(x2, torch.Tensor):
                x2 = number(x2, x1.device, x1.dtype if x1.is_floating_point() else None)
            if row.floats:
                x1, x2 = (x if x.is_floating_point() else x.float() for x in (x1, x2))
            return function(x1, x2)

        return with_tensors
    if row.floats and row.name not in TAKE_INTS:

        def with_floats(x, *args, **kwargs):
            if not (x.is_floating_point() or x.is_complex()):
                x = x.float()
            return function(x, *args, **kwargs)

        return with_floats
    return function


def convert(x, first=None, weak=False):
    """A NumPy array, list or number as a tensor on the device of `first`."""
    if isinstance(x, torch.Tensor):
        return x
    device = first.device if first is not None and isinstance(first, torch.Tensor) else default_device()
    if isinstance(x, (list, tuple)) and any(isinstance(v, torch.Tensor) for v in x):
        return torch.stack([convert(v, first) for v in x])
    if isinstance(x, (bool, int, float)):
        dtype = torch.int32 if type(x) is int and -(2**31) <= x < 2**31 else None
        return number(x, device, dtype)
    if isinstance(x, np.ndarray) and torch.compiler.is_compiling():  # traced as a tensor, which knows no NumPy dtypes
        x = torch.as_tensor(x, device=device)
        return x.float() if x.dtype == torch.float64 else x
    if isinstance(x, (list, tuple)):
        x = np.asarray(x)
        x = x.astype(np.int32) if x.dtype == np.int64 else x
    else:
        x = np.asarray(x)
    if x.dtype == np.float64 and not (first is not None and getattr(first, "dtype", None) is torch.float64):
        x = x.astype(np.float32)
    if not x.flags.writeable or any(s < 0 for s in x.strides):
        x = x.copy()
    return sent(torch.from_numpy(x), device)


def number(x, device, dtype=None):
    """A number as a tensor. `torch.tensor` would make it on the processor and wait until the device has read it."""
    if isinstance(x, (bool, int, float, complex)):
        return torch.full((), x, dtype=dtype, device=device)
    return torch.tensor(x, dtype=dtype, device=device)


def sent(x, device, dtype=None):
    """A tensor on a device, in a dtype; on the way from the processor to a GPU nobody waits for what the GPU does.

    A copy from memory that is not pinned begins only when everything before it is done, so the batch takes the way
    through pinned memory. It goes in the smaller of the two dtypes: pictures as bytes.
    """
    dtype = dtype or x.dtype
    if device.type != "cuda" or x.device.type != "cpu" or x.requires_grad:
        return x.to(device, dtype)
    if dtype.itemsize < x.dtype.itemsize:
        x = x.to(dtype)
    return x.pin_memory().to(device, non_blocking=True).to(dtype)


def default_device():
    from .... import engines

    return engines.get("torch").device
