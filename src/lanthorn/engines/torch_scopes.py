"""torch: which device and kernels are used, and what is computed twice. Methods of the engine."""

from contextlib import contextmanager
from functools import partial

import torch
from torch.utils.checkpoint import checkpoint


def flash_attention(self, allowed):
    torch.backends.cuda.enable_flash_sdp(allowed)


@contextmanager
def on_device(self, name):
    before, self.device = self.device, torch.device(name.replace("gpu", "cuda"))
    try:
        yield
    finally:
        self.device = before


@contextmanager
def overhear(self, module, change):
    hook = module.register_forward_hook(lambda _, args, outputs: change(args, outputs))
    try:
        yield
    finally:
        hook.remove()


def remat(self, function):
    return partial(checkpoint, function, use_reentrant=False)
