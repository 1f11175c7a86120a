"""torch: random numbers from torch's own generator; a whole-number seed makes one for the call."""

import torch
import torch.nn.functional as F

from . import default_device, torch_dtype

KEYED = False


def next_key(generator):
    """Keys of a SeedGenerator: none, torch's own generator goes on."""
    return None


def key(seed):
    return seed


def _generator(key, device):
    return None if key is None else torch.Generator(device="cpu" if device.type == "meta" else device).manual_seed(key)


def _device(like):
    return default_device() if like is None else getattr(like, "value", like).device


def normal(key, shape, mean, stddev, dtype, like):
    device = _device(like)
    x = torch.randn(shape, dtype=torch_dtype(dtype), device=device, generator=_generator(key, device))
    return x if mean == 0 and stddev == 1 else x * stddev + mean


def truncated_normal(key, shape, dtype, like):
    device = _device(like)
    x = torch.empty(shape, dtype=torch_dtype(dtype), device=device)
    return torch.nn.init.trunc_normal_(x, generator=_generator(key, device))


def uniform(key, shape, minval, maxval, dtype, like):
    device = _device(like)
    x = torch.rand(shape, dtype=torch_dtype(dtype), device=device, generator=_generator(key, device))
    return x if minval == 0 and maxval == 1 else x * (maxval - minval) + minval


def randint(key, shape, minval, maxval, dtype, like):
    device = _device(like)
    return torch.randint(
        minval, maxval, shape, dtype=torch_dtype(dtype), device=device, generator=_generator(key, device)
    )


def categorical(key, logits, num_samples, dtype):
    chosen = torch.multinomial(logits.softmax(-1), num_samples, True, generator=_generator(key, logits.device))
    return chosen.to(torch_dtype(dtype))


def shuffle(key, x, axis):
    order = torch.randperm(x.shape[axis], device=x.device, generator=_generator(key, x.device))
    return torch.index_select(x, axis, order)


def dropout(key, x, rate, noise_shape):
    if noise_shape is None and key is None:
        return F.dropout(x, rate)
    shape = (
        x.shape if noise_shape is None else [n if s is None else s for n, s in zip(x.shape, noise_shape, strict=True)]
    )
    keep = torch.rand(shape, device=x.device, generator=_generator(key, x.device)) >= rate
    return torch.where(keep, x / (1 - rate), 0.0)


def _full(x, shape, device):
    return torch.as_tensor(x, dtype=torch.float32, device=device).expand(shape)


def gamma(key, shape, alpha, dtype, like):
    device = _device(like)
    drawn = torch._standard_gamma(_full(alpha, shape, device), generator=_generator(key, device))
    return drawn.to(torch_dtype(dtype))


def beta(key, shape, alpha, beta, dtype, like):
    device = _device(like)
    both = torch.stack([_full(alpha, shape, device), _full(beta, shape, device)])
    x, y = torch._standard_gamma(both, generator=_generator(key, device))
    return (x / (x + y)).to(torch_dtype(dtype))


def binomial(key, shape, counts, probabilities, dtype, like):
    device = _device(like)
    counts, probabilities = _full(counts, shape, device).contiguous(), _full(probabilities, shape, device).contiguous()
    return torch.binomial(counts, probabilities, generator=_generator(key, device)).to(torch_dtype(dtype))
