"""`model(x)` by a compiled function, on an engine that takes long to begin an operation.

JAX spends some 80 us on each, whatever its size: a MLP of two Dense layers called on one sample takes 780 us op by op
and 70 compiled. Only a small graph that certainly does nothing but compute is called so; the first call of a shape
compiles, as each of its operations would for itself.
"""

from typing import Any

import numpy as np

from ..core import autocast
from ..core.context import in_training
from ..core.flatten import is_graph
from ..core.inputs import flat_inputs
from ..core.masking import get_mask
from ..core.symbolic import is_symbolic

SMALL = 32  # layers; a larger graph gains little, and would compile for seconds where its operations take one


class _Graph:
    """A model's graph in the shape in which engines compile models; it never comes back here."""

    def __init__(self, model: Any):
        self.model, self.variables = model, model.variables

    def __call__(self, x: Any, training: bool = False) -> Any:
        return self.model.run_plan(x, training)


def outputs(model: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
    """What `model(*args, **kwargs)` gives, by a compiled function; None where that might differ from op by op."""
    if len(args) != 1 or kwargs and list(kwargs) != ["training"] or in_training(kwargs.get("training")):
        return None
    x = args[0]
    if type(x) is not np.ndarray and not model.engine.is_value(x) or get_mask(x) is not None:
        return None
    made = model._made.get("call")
    if made is None or made[0] != model._structure():
        run = model.engine.compile_predict(_Graph(model)) if _only_computes(model) else None
        made = model._made["call"] = (model._structure(), run)
    run = made[1]
    if run is None or autocast.override() is not None:
        return None
    flat_inputs(model, x)
    return run(x if x.dtype == np.float32 else model.engine.array(x))


def _only_computes(model: Any) -> bool:
    """Whether the graph is small, and no layer in it collects losses, passes masks on or runs code of others."""
    parts = model.flat_layers()
    return (
        len(parts) <= SMALL
        and is_graph(model)
        and is_symbolic(model._plan.inputs)
        and not model._plan.also
        and all(type(part).__module__.startswith(("lanthorn.layers.", "lanthorn.models.")) for part in parts)
        and all(part.activity_regularizer is None and part._view is None and not part.acts_unsaid for part in parts)
        and not any(type(part).__name__ in ("Lambda", "ActivityRegularization") for part in parts)
        and not any(step.masked or "training" in step.node.kwargs for step in model._plan.steps)
    )
