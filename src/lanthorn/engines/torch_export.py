"""A model as torch's ExportedProgram in a file."""

import warnings
from typing import Any

import torch

from ..core import tree
from .torch import DTYPES


def export(model: Any, path: str, specs: list, **settings: Any) -> None:
    """Write the program of a model's torch view, for a batch of any size where the specs leave it open.

    Args:
        model: on torch.
        path: ends in .pt2.
        specs: what it is called with: a list of structures of shape (None where open) and dtype.
        settings: of `torch.export.export`; `dynamic_shapes` in place of the specs' open sizes.
    """
    sizes: dict[int, Any] = {}

    def open_sizes(spec: Any) -> dict[int, Any]:
        for axis, size in enumerate(spec.shape):
            if size is None:
                sizes.setdefault(axis, torch.export.Dim("batch" if axis == 0 else f"size_{axis}", min=1))
        return {axis: sizes[axis] for axis, size in enumerate(spec.shape) if size is None}

    examples = tree.map(
        lambda s: torch.zeros(
            [2 if n is None else n for n in s.shape], dtype=DTYPES[s.dtype], device=model.engine.device
        ),
        tuple(specs),
    )
    settings.setdefault("dynamic_shapes", tree.map(open_sizes, tuple(specs)))
    net = model.torch().eval()
    program = torch.export.export(net, examples, **settings)
    with warnings.catch_warnings():  # of weights whose axes stand in another order in memory; each is written whole
        warnings.filterwarnings("ignore", "No complete tensor found")
        torch.export.save(program, path)
