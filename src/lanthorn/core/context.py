"""What a call of a layer says to the calls inside it, and what it leaves behind."""

import threading
import weakref
from typing import Any


class _Context(threading.local):
    """What a call says to the calls inside it: whether they train, for layers inside a subclassed model's `call`."""

    training: bool | None = None
    unsaid: bool = False  # nobody has said whether the outermost call trains: layers that change pictures act then
    scope: Any = None  # the StatelessScope that is entered
    natively: bool = False  # inside a call the way of the engine's own modules, which say themselves whether they train

    def __init__(self) -> None:
        self.noted: dict[int, weakref.ref] = {}  # the layers that hold losses of a call


context = _Context()


def forget_losses(layer: Any) -> None:
    """Before the outermost call of a layer: the losses of the call before are gone."""
    for part in layer.flat_layers():
        if context.noted.pop(id(part), None) is not None:
            part._losses = []


def in_training(training: Any) -> bool:
    """The `training` of a call that was given this one: None means that of the call around it."""
    return bool(context.training if training is None else training)


def call_begins(training: Any) -> bool:
    """Whether the calls inside train, from now on until `call_ends`, for a call that was given this `training`."""
    if context.training is None:
        context.unsaid = training is None
    context.training = found = in_training(training)
    return found


def call_ends(before: bool | None) -> None:
    """After a call: what it said holds no more; `before` is what the call around it said."""
    context.training = before
    if before is None:
        context.unsaid = False
