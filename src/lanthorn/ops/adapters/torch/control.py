"""torch: loops and choices are Python's own; `torch.compile` unrolls them."""

import torch

from ..python_loops import cond, fori_loop, over_slices, while_loop  # noqa: F401 (found here by name)

scan, map_ = over_slices(torch.stack)


def vectorized_map(function, elements):
    return torch.vmap(function)(elements)


def custom_gradient(f):
    class Run(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *args):
            value, ctx.gradient = f(*args)
            return value

        @staticmethod
        def backward(ctx, upstream):
            return ctx.gradient(upstream)

    return Run.apply


def jvp(fun, primals, tangents, has_aux=False):
    return torch.func.jvp(fun, tuple(primals), tuple(tangents), has_aux=has_aux)
