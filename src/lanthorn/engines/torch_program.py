"""A plan as a list of steps on torch tensors.

Batch normalisation is folded (`folding.py`), and a convolution does in the same pass over memory what follows it: a
ReLU, the sum of a residual connection, or both (`torch_steps.py`). MobileNetV2 on two cores, taking turns, where the
engine's own way made 112 pictures/s: 185 in float32 and 322 in bfloat16 (OpenVINO 247 and 503), after 0.05 s and 1.7 s
to make them. torch.jit.trace and freeze made less than the engine's own way in float32 (92 to its 120) and 290 in
bfloat16. torch.compile with freezing, on busy cores, made 112 in bfloat16 where this made 218, and 70 in float32 where
this made 55, after compiling for 38 to 167 s (docs/decisions/torch-as-a-runner.md).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from ..core import tree
from ..core.flatten import flattened
from ..ops import dispatch
from .folding import Piece, folded, only_followers
from .torch_steps import Convolution, Dense, Other, Step, relu_of


class Program:
    """A plan of one input and one output as a function of a float32 tensor.

    Args:
        dtype: what convolutions and Dense compute in, and what goes from step to step.
        shifts: what is added to the outputs of convolutions and Dense, per channel, in their order; None: nothing.
    """

    def __init__(self, plan: Any, dtype: str = "float32", shifts: list[np.ndarray] | None = None):
        if not torch.backends.mkldnn.is_available() or torch.cuda.is_available():
            raise NotImplementedError("torch without oneDNN, or with a GPU, which is faster than this")
        dispatch.load("torch")
        plan = flattened(plan)
        (start,), (end,) = tree.flatten(plan.inputs), tree.flatten(plan.outputs)
        if start.dtype != "float32" or None in start.shape[1:]:
            raise NotImplementedError(f"an input of shape {start.shape} and dtype {start.dtype}")
        self.dtype = getattr(torch, dtype)
        self.slots, self.steps = {id(start): 0}, []
        self._add_steps(folded(plan), plan, iter(shifts or ()))
        self.end = self.slots[id(end)]
        needed = {self.end}
        for step in reversed(self.steps):  # an array is let go after its last use
            step.forget = [i for i in {*step.sources, step.target} if i not in needed]
            needed.update(step.sources)

    def _add_steps(self, pieces: list[Piece], plan: Any, shifts: Any) -> None:
        after, inside = only_followers(pieces, plan), set()
        for piece in pieces:
            if id(piece) in inside:
                continue
            if Dense.serves(piece):
                self._append(Dense(piece, self.dtype, next(shifts, None)), piece.inputs, piece.output)
            elif Convolution.serves(piece):
                merged, other, relu = self._merged(piece, after)
                inside.update(map(id, merged))
                step = Convolution(piece, self.dtype, next(shifts, None), relu)
                self._append(step, [*piece.inputs, *other], [piece, *merged][-1].output)
            else:
                self._append(Other(piece, self.dtype), piece.inputs, piece.output)

    def _merged(self, piece: Piece, after: dict[int, Piece]) -> tuple[list[Piece], list, Any]:
        """The pieces that a convolution does as well, what it adds to its product, and the ReLU at its end."""
        relu = relu_of(piece.layer.activation)
        if piece.layer.activation.__name__ != "linear":
            return [], [], relu
        merged, other, follower = [], [], after.get(id(piece.output))
        if follower is not None and type(follower.layer).__name__ == "Add" and len(follower.inputs) == 2:
            other = [x for x in follower.inputs if x is not piece.output and id(x) in self.slots]
            if other and other[0].shape == piece.output.shape:
                merged, follower = [follower], after.get(id(follower.output))
            else:
                other = []
        if follower is not None and (relu := relu_of(follower.layer)) is not None:
            merged = [*merged, follower]
        return merged, other, relu

    def _append(self, step: Step, inputs: list, output: Any) -> None:
        step.sources = [self.slots[id(x)] for x in inputs]
        step.target = self.slots[id(output)] = len(self.slots)
        self.steps.append(step)

    def __call__(self, x: torch.Tensor, watch: Callable | None = None) -> torch.Tensor:
        """The output; `watch(step, input)`, if given, sees each step before it is done."""
        values: list[Any] = [None] * len(self.slots)
        values[0] = x.to(self.dtype)
        for step in self.steps:
            inputs = [values[i] for i in step.sources]
            if watch is not None:
                watch(step, inputs[0])
            values[step.target] = step(*inputs)
            del inputs
            for i in step.forget:
                values[i] = None
        return values[self.end].float()

    def shifts(self, x: np.ndarray) -> list[np.ndarray]:
        """What rounding its kernel to bfloat16 takes from the output of each convolution and Dense, per channel."""
        found: list[np.ndarray] = []

        def watch(step, x):
            if hasattr(step, "kernel"):
                lost = step.product(x, step.lost_by_rounding())
                found.append(lost.mean(tuple(range(lost.ndim - 1))).numpy())

        with torch.inference_mode():
            self(torch.from_numpy(np.array(x, np.float32)), watch)
        return found
