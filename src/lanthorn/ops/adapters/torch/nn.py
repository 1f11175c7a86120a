"""torch: products, activations, normalization."""

import torch
import torch.nn.functional as F

from ....core import settings


def matmul(x1, x2):
    if x1.dtype is x2.dtype:
        return torch.matmul(x1, x2)
    dtype = torch.promote_types(x1.dtype, x2.dtype)
    return torch.matmul(x1.to(dtype), x2.to(dtype))


def linear(x, kernel, bias=None):
    if bias is None:
        return torch.matmul(x, kernel)
    return torch.addmm(bias, x, kernel) if x.dim() == 2 else F.linear(x, kernel.t(), bias)


def dot(x1, x2):
    if x1.ndim == 0 or x2.ndim == 0:
        return x1 * x2
    return torch.matmul(x1, x2) if x2.ndim <= 2 else torch.tensordot(x1, x2, dims=([-1], [-2]))


def einsum(subscripts, *operands, **kwargs):
    return torch.einsum(subscripts, *operands)


def outer(x1, x2):
    return torch.outer(x1.flatten(), x2.flatten())


def gelu(x, approximate=True):
    return F.gelu(x, approximate="tanh" if approximate else "none")


def softmax(x, axis=-1):
    return torch.softmax(x, axis) if axis is not None else torch.softmax(x.flatten(), 0).reshape(x.shape)


def log_softmax(x, axis=-1):
    return torch.log_softmax(x, axis) if axis is not None else torch.log_softmax(x.flatten(), 0).reshape(x.shape)


hard_silu = hard_swish = F.hardswish
hard_sigmoid, hard_tanh, swish = F.hardsigmoid, F.hardtanh, F.silu
tanh_shrink = F.tanhshrink


def _channels_second(axis, ndim):
    """The order of axes that brings `axis` to the place where torch has channels, and the order back."""
    there = [0, axis, *(i for i in range(1, ndim) if i != axis)]
    return there, [there.index(i) for i in range(ndim)]


def batch_normalization(x, mean, variance, axis, offset=None, scale=None, epsilon=0.001):
    axis %= x.ndim
    if x.device.type == "meta":
        return torch.empty_like(x)  # torch's own way to the same answer imports its compiler first: two seconds
    if axis and mean.ndim == 1 and not (mean.requires_grad or variance.requires_grad):
        if axis == 1:
            return F.batch_norm(x, mean, variance, scale, offset, False, 0.0, epsilon)
        there, back = _channels_second(axis, x.ndim)
        return F.batch_norm(x.permute(there), mean, variance, scale, offset, False, 0.0, epsilon).permute(back)
    factor = torch.rsqrt(variance + epsilon)
    factor = factor if scale is None else factor * scale
    shift = -mean * factor if offset is None else offset - mean * factor
    if mean.ndim == 1 and axis != x.ndim - 1:
        factor, shift = (v.reshape(-1, *[1] * (x.ndim - 1 - axis)) for v in (factor, shift))
    return x * factor + shift


def batch_norm_train(x, gamma=None, beta=None, axis=-1, epsilon=0.001):
    axis %= x.ndim
    n = x.numel() // x.shape[axis]
    if n == 1:  # the kernel refuses a single value; it is its own mean
        mean = x.reshape(-1)
        variance = torch.zeros_like(mean)
        return batch_normalization(x, mean, variance, axis, beta, gamma, epsilon), mean, variance
    dtype = x.dtype if x.dtype is torch.float64 else torch.float32
    if dtype is not x.dtype:  # the kernel wants weights of the statistics' dtype, and those are summed up in float32
        gamma, beta = (None if v is None else v.to(dtype) for v in (gamma, beta))
    mean = torch.zeros(x.shape[axis], dtype=dtype, device=x.device)
    variance = torch.ones_like(mean)
    # with momentum 1 the kernel writes the batch's own statistics into its running ones
    y = F.batch_norm(x.movedim(axis, 1), mean, variance, gamma, beta, True, 1.0, epsilon).movedim(1, axis)
    return y, mean, variance * ((n - 1) / n)  # the kernel's variance is divided by n - 1


def layer_normalization(x, gamma=None, beta=None, axis=-1, epsilon=None):
    axes = sorted(a % x.ndim for a in ([axis] if isinstance(axis, int) else axis))
    sizes = [x.shape[a] for a in axes]
    epsilon = settings.epsilon() if epsilon is None else epsilon
    if axes == list(range(x.ndim - len(axes), x.ndim)):
        return F.layer_norm(x, sizes, gamma, beta, epsilon)
    variance, mean = torch.var_mean(x, axes, correction=0, keepdim=True)
    y = (x - mean) * torch.rsqrt(variance + epsilon)
    shape = [n if i in axes else 1 for i, n in enumerate(x.shape)]
    y = y if gamma is None else y * gamma.reshape(shape)
    return y if beta is None else y + beta.reshape(shape)


def solve_triangular(a, b, lower=False):
    vector = b.ndim == a.ndim - 1
    x = torch.linalg.solve_triangular(a, b.unsqueeze(-1) if vector else b, upper=not lower)
    return x.squeeze(-1) if vector else x


def solve(a, b):
    return torch.linalg.solve(a, b)


def svd(x, full_matrices=True, compute_uv=True):
    return tuple(torch.linalg.svd(x, full_matrices=full_matrices)) if compute_uv else torch.linalg.svdvals(x)


def lu_factor(x):
    matrix, exchanged = torch.linalg.lu_factor(x)
    return matrix, exchanged - 1  # counted from 0, as in LAPACK's other callers


def sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1):
    axis %= output.ndim
    if target.ndim == output.ndim and target.shape[axis] == 1:
        target = target.squeeze(axis)
    target = target.long()
    if from_logits:
        if output.ndim == 1:
            return F.cross_entropy(output, target, reduction="none")
        return F.cross_entropy(output if axis == 1 else output.movedim(axis, 1), target, reduction="none")
    chosen = output.gather(axis, target.unsqueeze(axis)) / output.sum(axis, keepdim=True)
    return -chosen.clamp(settings.epsilon(), 1.0 - settings.epsilon()).log().squeeze(axis)


def binary_crossentropy(target, output, from_logits=False):
    if from_logits:
        return F.binary_cross_entropy_with_logits(output, target.to(output.dtype), reduction="none")
    output = output.clamp(settings.epsilon(), 1.0 - settings.epsilon())
    return -(target * output.log() + (1.0 - target) * (1.0 - output).log())
