"""`Merge` and `merge` of Keras 1, whose `mode` names the layer that merges today."""

from typing import Any

from .. import layers
from ..layers import merging
from ..models import Model
from .said import say

_MODES = {
    "sum": "Add", "mul": "Multiply", "concat": "Concatenate", "ave": "Average", "max": "Maximum", "dot": "Dot",
    "cos": "Dot",
}  # fmt: skip


def Merge(  # noqa: N802 (its name)
    layers: Any = None, mode: Any = "sum", concat_axis: int = -1, dot_axes: Any = -1, output_shape: Any = None,
    output_mask: Any = None, arguments: Any = None, node_indices: Any = None, tensor_indices: Any = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """The layer that merges in this `mode`; given models, a model of all their inputs that merges their outputs."""
    layer = _layer(mode, concat_axis, dot_axes, output_shape, arguments, name)
    if layers is None:
        return layer
    inputs = {id(x): x for part in layers for x in _listed(part.input)}
    return Model(list(inputs.values()), layer([part.output for part in layers]))


class _Merge(merging.Merge):
    """Keras 2's base of layers that merge: a subclass has `_merge_function(inputs)`."""

    def merge(self, inputs: list) -> Any:
        return self._merge_function(inputs)


def merge(inputs: Any, mode: Any = "sum", concat_axis: int = -1, dot_axes: Any = -1, **kwargs: Any) -> Any:
    """`inputs` merged in this `mode`."""
    return Merge(None, mode, concat_axis, dot_axes, **kwargs)(inputs)


def _layer(mode: Any, concat_axis: int, dot_axes: Any, output_shape: Any, arguments: Any, name: str | None) -> Any:
    if callable(mode):
        say("merge(mode=function) is of Keras 1: it is layers.Lambda(function) today.")
        return layers.Lambda(mode, output_shape=output_shape, arguments=arguments, name=name)
    if mode not in _MODES:
        raise ValueError(f"merge: `mode` must be a function or one of {', '.join(_MODES)}, got {mode!r}.")
    today = getattr(layers, _MODES[mode])
    say(f"merge(mode={mode!r}) is of Keras 1: it is layers.{today.__name__} today.")
    if mode == "concat":
        return today(axis=concat_axis, name=name)
    if mode in ("dot", "cos"):
        return today(axes=_axes(dot_axes), normalize=mode == "cos", name=name)
    return today(name=name)


def _axes(axes: Any) -> Any:
    """One axis per input; Keras 1 also took ([2], [1])."""
    if isinstance(axes, int):
        return axes
    return tuple(a[0] if isinstance(a, (list, tuple)) else a for a in axes)


def _listed(x: Any) -> list:
    return list(x) if isinstance(x, (list, tuple)) else [x]
