"""Batch normalisation folded into the layer before it.

In evaluation a BatchNormalization multiplies each channel by one number and adds another. The convolution or Dense in
front of it can do that with its own kernel and bias: `(x * k) * s + b` is `x * (k * s) + b`.
"""

import copy
from typing import Any, NamedTuple

import numpy as np

from ..core.plan import Plan
from ..core.symbolic import SymbolicTensor, is_symbolic
from ..core.tree import leaves

LINEAR = ("Conv1D", "Conv2D", "Conv3D", "DepthwiseConv1D", "DepthwiseConv2D", "Dense")


class Piece(NamedTuple):
    """A layer and what it is called with; `output` is the tensor of the graph that it makes.

    The layer of a folded piece is a copy whose `kernel` and `bias` are NumPy arrays; all others are the model's own.
    """

    layer: Any
    args: tuple
    kwargs: dict[str, Any]
    output: SymbolicTensor

    @property
    def inputs(self) -> list[SymbolicTensor]:
        return [x for x in leaves((self.args, self.kwargs)) if is_symbolic(x)]


def folded(plan: Plan) -> list[Piece]:
    """A flat plan in evaluation, with each BatchNormalization that can be folded in the layer before it.

    Raises:
        NotImplementedError: a layer of several outputs, one that is always in training mode, or masks.
    """
    nodes = plan.nodes
    for node in nodes:
        if not is_symbolic(node.outputs) or node.kwargs.get("training") or node.outputs.masked:
            raise NotImplementedError(f"{node.layer.describe()}: several outputs, training mode, or a mask")
    after = only_followers(nodes, plan)
    pieces, inside = [], set()
    for node in nodes:
        if id(node) in inside:
            continue
        layer, output, norm = node.layer, node.outputs, after.get(id(node.outputs))
        if norm is not None and _folds(node.layer, norm.layer, len(output.shape)):
            layer, output = _with_norm(node.layer, norm.layer), norm.outputs
            inside.add(id(norm))
        pieces.append(Piece(layer, node.args, node.kwargs, output))
    return pieces


def only_followers(nodes: list, plan: Plan) -> dict[int, Any]:
    """By the id of a tensor that only one node or piece takes, that one; what the plan gives is taken by others too."""
    takers: dict[int, list] = {id(x): [None] for x in leaves(plan.outputs)}
    for node in nodes:
        for x in node.inputs:
            takers.setdefault(id(x), []).append(node)
    return {key: found[0] for key, found in takers.items() if len(found) == 1 and found[0] is not None}


def _folds(layer: Any, norm: Any, rank: int) -> bool:
    """Whether a normalisation is one number per output channel of a layer that does nothing after its product."""
    if type(norm).__name__ != "BatchNormalization" or type(layer).__name__ not in LINEAR:
        return False
    if not all(type(part).__module__.startswith("lanthorn.") for part in (layer, norm)):
        return False
    channels = 1 if getattr(layer, "data_format", None) == "channels_first" else rank - 1
    return layer.activation.__name__ == "linear" and norm.axis % rank == channels


def _with_norm(layer: Any, norm: Any) -> Any:
    """A copy of the layer that normalises as well."""
    scale = 1.0 / np.sqrt(np.float64(norm.moving_variance.numpy()) + norm.epsilon)
    if norm.gamma is not None:
        scale = scale * norm.gamma.numpy()
    shift = -norm.moving_mean.numpy() * scale
    if norm.beta is not None:
        shift = shift + norm.beta.numpy()
    if layer.bias is not None:
        shift = shift + layer.bias.numpy() * scale
    kernel = layer.kernel.numpy()
    # a depthwise kernel has its output channels along two axes, (channels, multiplier); all others along the last
    per_channel = scale.reshape(kernel.shape[-2:]) if "Depthwise" in type(layer).__name__ else scale
    both = copy.copy(layer)
    both.__dict__.update(kernel=np.float32(kernel * per_channel), bias=np.float32(shift))
    return both
