"""Running a model while listening to its layers: what each gives, and what comes out if one gives something else.

Nothing here knows how a model is made: functional, nested, subclassed, or full of modules of the engine's own. The
model is as it was afterwards: it runs in inference, and what a call would store is kept apart.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from ..core.autocast import Override
from ..core.flatten import is_graph
from ..core.functional_call import functional_call
from ..core.stateless import losses_apart


class Heard(NamedTuple):
    """One call of a layer: the layer, which of its calls this was, what came out, and where its channels are."""

    layer: Any
    number: int
    outputs: Any
    channels_first: bool


class Probe:
    """A model to be run and listened to.

    Args:
        model: a built model with one input.
        channels_first: whether the pictures it is given have their channels in front.
    """

    def __init__(self, model: Any, channels_first: bool = False):
        self.model, self.engine = model, model.engine
        self.channels_first = channels_first
        self.layers = [layer for layer in model.flat_layers() if not is_graph(layer)]

    def run(self, x: Any, hear: Callable | None = None) -> Any:
        """The model's outputs in float32; `hear(layer, compute, args)` gives what goes on in place of a layer's own."""
        model = self.model
        with losses_apart(model), Override("float32"), _heard_by(self.layers, hear) if hear else ExitStack():
            if self.engine.as_module is not None:  # its inference stores nothing
                return model(self.engine.array(x), training=False)
            # a layer of others may store a value that only means something while a gradient is taken
            return functional_call(model, [v.value for v in model.variables], self.engine.array(x))[0]

    def record(self, x: Any) -> tuple[Any, list[Heard]]:
        """The outputs, and every call of a layer on the way, in the order in which they ended."""
        found: list[Heard] = []
        counts: dict[int, int] = {}
        first = self.channels_first

        def hear(layer, compute, args):
            nonlocal first
            outputs = compute()
            number = counts[id(layer)] = counts.get(id(layer), -1) + 1
            first = _layout(layer, first)
            if hasattr(outputs, "shape"):
                found.append(Heard(layer, number, outputs, first))
            return outputs

        with self.engine.no_grad():
            return self.run(x, hear), found

    def run_with(self, x: Any, changes: dict[tuple[int, int], Callable]) -> Any:
        """The outputs where calls are changed: by (id of the layer, number of the call), `change(compute, args)`."""
        counts: dict[int, int] = {}

        def hear(layer, compute, args):
            number = counts[id(layer)] = counts.get(id(layer), -1) + 1
            change = changes.get((id(layer), number))
            return compute() if change is None else change(compute, args)

        return self.run(x, hear)


def _layout(layer: Any, before: bool) -> bool:
    """Whether a layer's outputs have their channels in front: as it says, else as in the layer before."""
    said = None if layer.is_foreign else getattr(layer, "data_format", None)
    if said is not None:
        return said == "channels_first"
    return layer.engine.as_module is not None if layer.is_foreign else before


@contextmanager
def _heard_by(layers: list, hear: Callable) -> Iterator[None]:
    """Inside, in this thread, what the layers give is what `hear` makes of it."""
    owner = threading.get_ident()

    def wrapped(layer):
        inner = layer.call

        def call(*args, **kwargs):
            if threading.get_ident() != owner:
                return inner(*args, **kwargs)
            return hear(layer, lambda: inner(*args, **kwargs), args)

        return call

    with ExitStack() as stack:
        for layer in layers:
            if layer.is_foreign and layer._view is not None:
                change = _of_module(layer, hear, owner)
                stack.enter_context(layer.engine.overhear(layer._view, change))
            elif "call" not in vars(layer):
                layer.__dict__["call"] = wrapped(layer)
                stack.callback(layer.__dict__.pop, "call", None)
        yield


def _of_module(layer: Any, hear: Callable, owner: int) -> Callable:
    return lambda args, outputs: outputs if threading.get_ident() != owner else hear(layer, lambda: outputs, args)
