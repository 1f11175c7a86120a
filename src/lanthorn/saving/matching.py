"""Which stored array belongs to which weight, and putting it there: the same rules for every layout.

Nothing is written into a model before everything was found and every shape agreed, so that a failed load leaves
the model as it was.
"""

import warnings
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, NamedTuple

import numpy as np

from ..core import undrawn


class Stored(NamedTuple):
    """An array in a file: its name there, its shape, and how to read it."""

    name: str
    shape: tuple[int, ...]
    read: Callable[[], np.ndarray]


LEFT: ContextVar[frozenset[int]] = ContextVar("layers that a file leaves as they are", default=frozenset())


class Plan:
    """What a load is going to do; `carry_out` does it.

    Args:
        file: name of the file, for errors.
        skip_mismatch: leave weights alone whose array has another shape, and warn, instead of raising.
    """

    def __init__(self, file: str, skip_mismatch: bool = False):
        self.file, self.skip_mismatch = file, skip_mismatch
        self.pairs: list[tuple[Any, Stored]] = []
        self.skipped: list[str] = []

    def add(self, layer: Any, variables: list[Any], stored: list[Stored], saved_as: str | None = None) -> None:
        """`stored[i]` goes into `variables[i]`; `layer` and its name in the file stand in errors."""
        if id(layer) in LEFT.get():
            return
        who = layer.describe()
        where = f"{self.file}: {who}" + (f" (saved as {saved_as!r})" if saved_as and saved_as != layer.name else "")
        if len(variables) != len(stored):
            self._mismatch(
                f"{where}: the model has {len(variables)} weights ({_listed(variables)}), the file has "
                f"{len(stored)} ({', '.join(f'{s.name} {s.shape}' for s in stored) or 'none'})."
            )
            return
        for variable, array in zip(variables, stored, strict=True):
            if tuple(variable.shape) != tuple(array.shape):
                self._mismatch(
                    f"{where}: the weight {variable.name!r} has shape {tuple(variable.shape)} in the model and "
                    f"{tuple(array.shape)} in the file."
                )
            else:
                self.pairs.append((variable, array))

    def _mismatch(self, text: str) -> None:
        if not self.skip_mismatch:
            raise ValueError(
                f"{text} Nothing was loaded. Build the model that the file was saved from (same classes, input shape, "
                "include_top), or pass skip_mismatch=True to leave such layers as they are."
            )
        self.skipped.append(text)

    def carry_out(self) -> int:
        """Read and assign; the number of weights set. Weights are read one by one: memory holds one at a time."""
        for variable, array in self.pairs:
            values = array.read()
            if values.dtype.kind == "f" and not str(variable.dtype).startswith(("float", "bfloat")):
                raise ValueError(f"{self.file}: {array.name} holds {values.dtype}, the weight is {variable.dtype}.")
            variable.assign(np.asarray(values, _numpy_dtype(variable.dtype), order="C"))
            undrawn.came(variable)
        if self.skipped:
            warnings.warn(
                f"{len(self.skipped)} layers or weights were left as they are (skip_mismatch=True): "
                + " ".join(self.skipped[:3]),
                stacklevel=4,
            )
        return len(self.pairs)


def _numpy_dtype(dtype: str) -> str:
    return "float32" if dtype == "bfloat16" else dtype


def _listed(variables: list[Any]) -> str:
    return ", ".join(f"{v.name} {tuple(v.shape)}" for v in variables) or "none"


# -- several weights of one (composite) layer ----------------------------------------------------------------------
def candidate_orders(layer: Any) -> list[list[Any]]:
    """The orders in which versions of Keras wrote a layer's weights; they differ for models inside models.

    Keras wrote trainable weights before the others. In a frozen layer all are "others", in the order of layers.
    """
    weights = list(layer.weights)
    by_layer = [v for inner in layer.flat_layers() for v in inner._own_variables() if not v.is_seed]
    by_layer = list({id(v): v for v in by_layer}.values())
    now = list(layer.trainable_weights) + list(layer.non_trainable_weights)
    thawed = [v for v in by_layer if not v.is_statistic] + [v for v in by_layer if v.is_statistic]
    orders: list[list[Any]] = []
    for order in (now, thawed, by_layer, weights):
        if not any(list(map(id, order)) == list(map(id, known)) for known in orders):
            orders.append(order)
    return orders


def _tail(name: str, parts: int) -> tuple[str, ...]:
    return tuple(name.removesuffix(":0").split("/")[-parts:])


def arrange(layer: Any, stored: list[Stored]) -> list[Any]:
    """The layer's weights in the order of the file's arrays.

    By name where the names of both sides are the same set; otherwise the first of Keras's orders in which every
    shape agrees and, as far as they can be told, the last parts of the names ("kernel", "gamma") do too.
    """
    orders = candidate_orders(layer)
    weights = orders[0]
    if len(weights) != len(stored) or len(orders) == 1:
        return weights
    for parts in (3, 2):
        own = {_tail(v.path, parts): v for v in weights}
        if len(own) == len(weights) and set(own) == {_tail(s.name, parts) for s in stored}:
            found = [own[_tail(s.name, parts)] for s in stored]
            if len({id(v) for v in found}) == len(found):
                return found

    def agreement(order: list[Any]) -> tuple[int, int]:
        shapes = sum(tuple(v.shape) == tuple(s.shape) for v, s in zip(order, stored, strict=True))
        names = sum(v.name == _tail(s.name, 1)[0] for v, s in zip(order, stored, strict=True))
        return shapes, names

    return max(orders, key=agreement)  # the first of equals: the way Keras would read it now
