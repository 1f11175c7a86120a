"""torch as a runner: it serves models on any engine, where torch is installed and computes on a processor.

`torch_program.py` is how a plan runs, `torch_chunks.py` how a batch goes through it. This file imports no torch.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

NAME = "torch, fused"
LIBRARY, LOADING = "torch", 1.7  # what is imported, and the seconds that takes


def available() -> bool:
    """Whether the package is installed; it is not loaded to find out."""
    return find_spec("torch") is not None


def float32(plan: Any, variables: list) -> Callable[[np.ndarray], np.ndarray]:
    """A plan of one input and one output as a function of a batch, in float32.

    Raises NotImplementedError for what it has no form for: masks, layers that hold weights in layers of their own,
    layers of the user's; and where there is a GPU, or no oneDNN.
    """
    from . import torch_chunks, torch_program

    return torch_chunks.InChunks(torch_program.Program(plan))


def bfloat16(plan: Any, variables: list, calibrate: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """The same with convolutions and Dense in bfloat16, their outputs' means on `calibrate` kept (`kept_means.py`)."""
    from . import torch_chunks, torch_program

    shifts = torch_program.Program(plan).shifts(calibrate)
    return torch_chunks.InChunks(torch_program.Program(plan, "bfloat16", shifts))
