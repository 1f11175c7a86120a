"""Weights that are the engine's own objects, as in the first chapters of text books: they are moved in place."""

from typing import Any

from .. import engines
from ..core.variable import Variable
from ..ops.dispatch import kind


def as_variable(weight: Any, who: str) -> Variable:
    """A handle on a `tf.Variable` or on a torch Parameter (or leaf tensor); a Variable as it is.

    Raises:
        TypeError: it is no weight, or one that cannot be changed in place.
    """
    if isinstance(weight, Variable):
        return weight
    owner = kind(weight)
    engine = engines.get(owner) if owner in engines.NAMES else None
    if engine is None or not engine.is_storage(weight):
        hint = (
            "Arrays of JAX and NumPy cannot be changed in place: give the model's trainable_variables, "
            "or put the array into a lanthorn.Variable."
            if owner in ("jax", "numpy")
            else "Give a lanthorn.Variable, a tf.Variable or a torch Parameter."
        )
        raise TypeError(f"{who}: expected weights that it can move, got {type(weight).__name__}. {hint}")
    name = str(getattr(weight, "name", None) or "weight").partition(":")[0]
    return Variable.around(weight, engine, name=name)
