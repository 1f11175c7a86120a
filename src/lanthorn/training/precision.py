"""`precision` of `fit`: what layers compute in during one training, whatever their policies say.

Only steps of the training are meant: validation, callbacks that predict and files go by the policies.
"""

import math
from typing import Any

from ..callbacks.progress import say
from ..core import tree
from ..core.autocast import Override
from ..core.flatten import flattened, is_graph
from ..engines import halves
from ..optimizers import LossScaleOptimizer

SMALL = 50_000  # weights, none of them of a convolution
SETTINGS = (None, "float32", "auto", "mixed_bfloat16")


def chosen(model: Any, setting: str | None, loud: bool) -> str | None:
    """What layers of the policy float32 compute in during this training; None where they go by their policies.

    Args:
        model: what is trained, built.
        setting: `precision` of fit: None or "float32", "mixed_bfloat16", or "auto", which takes bfloat16 where that is
            a gain.
        loud: whether to say what "auto" did.

    Raises:
        ValueError: a setting that there is not.
    """
    if setting not in SETTINGS:
        raise ValueError(
            f"{model.describe()}: `precision` must be None, 'float32', 'auto' or 'mixed_bfloat16', got {setting!r}."
        )
    if setting != "auto":
        return "bfloat16" if setting == "mixed_bfloat16" else None
    gain = halves.gain(model.engine)
    why_not = f"it is no gain on {model.engine.name} here" if gain is None else _why_not(model, gain)
    if loud:
        say(
            f"precision='auto': trains in float32, not in bfloat16: {why_not}."
            if why_not
            else f"precision='auto': trains in bfloat16 ({gain}); the last layer stays in float32."
        )
    return None if why_not else "bfloat16"


def _why_not(model: Any, gain: str) -> str | None:
    """Why a model trains no faster in bfloat16 where others do; None if it does.

    Casting costs more than computing saves in a small MLP (20-32-10 on torch: 1.7 times as long), and a processor's
    depthwise convolutions have no fast gradients in bfloat16 (MobileNetV2: 1.3 times as long on torch and TensorFlow).
    """
    shapes = [v.shape for v in model.weights]
    if sum(math.prod(shape) for shape in shapes) < SMALL and all(len(shape) < 3 for shape in shapes):
        return "what is trained is small"
    kinds = {kind.__name__ for layer in model.flat_layers() for kind in type(layer).__mro__}
    if gain == halves.PROCESSOR and any("Depthwise" in kind or "Separable" in kind for kind in kinds):
        return "it is no gain for depthwise convolutions"
    return None


def override(model: Any, dtype: str | None) -> Override | None:
    """What lets the layers of the model that is trained compute in `dtype`, its ends excepted; None for None."""
    return Override(dtype, _ends(model)) if dtype else None


def _ends(model: Any) -> list:
    """The layers that prepare inputs (all before the first that trains) and those that outputs come from.

    A half has eight bits of mantissa: years and prices must be scaled before they go into one, and the loss looks
    closely at outputs. A subclassed model has no list of layers; the losses take its outputs to float32.
    """
    if getattr(model, "_plan", None) is None:
        return []
    plan = flattened(model._plan)
    found = [x.node.layer for x in tree.leaves(plan.outputs) if x.node is not None and x.node.inputs]
    raw = {id(x) for x in tree.leaves(plan.inputs)}
    for node in plan.nodes:
        if all(id(x) in raw for x in node.inputs) and not any(not v.is_statistic for v in node.layer.weights):
            raw |= {id(x) for x in node.flat_outputs}
            found.append(node.layer)
    return [layer for layer in found if not is_graph(layer)]


def scaling(model: Any, optimizer: Any, asked: bool) -> Any:
    """The optimizer; with a loss scale, if asked, where the model, or a layer of it, computes in float16."""
    halves = any(layer.dtype_policy.name == "mixed_float16" for layer in (model, *model.flat_layers()))
    if not asked or not halves or optimizer is None or isinstance(optimizer, LossScaleOptimizer):
        return optimizer
    return LossScaleOptimizer(optimizer)
