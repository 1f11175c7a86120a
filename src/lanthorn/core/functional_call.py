"""The one place where a model's values are swapped for a call."""

from contextlib import contextmanager
from typing import Any


@contextmanager
def swapped(variables: list, values: list):
    """Inside, each variable holds the value given for it; outside, its own again."""
    kept = []
    try:
        for variable, value in zip(variables, values, strict=True):
            # a module reads its entry itself, so there the entry is swapped
            swap = variable.put if variable.home is None else variable.engine.swap_entry(variable)
            kept.append((variable, swap(value)))
        yield
    finally:
        for variable, before in kept:
            (variable.restore if variable.home is None else variable.engine.swap_entry(variable))(before)


def functional_call(model: Any, values: list, *inputs: Any, training: bool = False) -> tuple[Any, list]:
    """Run a model or layer as a pure function of its weights.

    Args:
        model: a built model or layer.
        values: one array of the engine for each of `model.variables`, in that order.
        inputs: what the model is called with.
        training: as in `model(x, training=...)`.

    Returns:
        The outputs, and the values after the call (running statistics and random states have moved).
        The model itself is unchanged.

    Example:
        >>> values = [v.value for v in model.variables]
        >>> outputs, new_values = lanthorn.functional_call(model, values, x, training=True)
    """
    from .. import ops

    variables = model.variables
    # statistics may be updated in place: they are copied, so that the caller's arrays stay as they are
    fresh = [ops.copy(value) if v.is_statistic else value for v, value in zip(variables, values, strict=True)]
    with swapped(variables, fresh):
        outputs = model(*inputs, training=training)
        return outputs, [v.value for v in variables]
