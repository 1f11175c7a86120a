"""`precision` of `fit`: what layers compute in during one training, whatever their policies say.

Only steps of the training are meant: validation, callbacks that predict and files go by the policies.
"""

from typing import Any

from ..core import tree
from ..core.autocast import Override
from ..core.flatten import flattened, is_graph
from ..engines import halves
from .progress import say

SETTINGS = (None, "float32", "auto", "mixed_bfloat16")


def chosen(model: Any, setting: str | None, loud: bool) -> str | None:
    """What layers of the policy float32 compute in during this training; None where they go by their policies.

    Args:
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
    reason = halves.gain(model._data_engine())
    if loud:
        say(
            f"precision='auto': trains in bfloat16 ({reason}); the last layer stays in float32."
            if reason
            else f"precision='auto': trains in float32; bfloat16 is no gain on {model._data_engine().name} here."
        )
    return "bfloat16" if reason else None


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
