"""A model that was frozen whole after its `compile`, as the discriminator of a GAN is.

In Keras 1 and 2 `compile` settled what is trained, and GANs are written so: the discriminator is compiled, then frozen,
then made part of the GAN; its own `train_on_batch` goes on training it. Here what is frozen counts when a step is made;
but a model with nothing left to train can only mean that.
"""

import functools
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def remember(model: Any) -> None:
    """At `compile`: which layers train."""
    model.__dict__["_trained"] = [layer for layer in model.flat_layers() if layer._trainable]


def _set(layers: list, flag: bool) -> None:
    for layer in layers:
        layer._trainable = flag
        for variable in layer._own_variables():
            variable.set_trainable(flag)


@contextmanager
def thawed(model: Any):
    """While it is entered, a model with nothing to train trains what it trained when it was compiled."""
    layers = [] if model.trainable_variables else model.__dict__.get("_trained", [])
    layers = [layer for layer in layers if not layer._trainable]
    _set(layers, True)
    try:
        yield
    finally:
        _set(layers, False)


def trains_as_compiled(method: F) -> F:
    """A method that trains, made to go on where the model was frozen after `compile`."""

    @functools.wraps(method)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.built and "_trained" in self.__dict__:
            with thawed(self):
                return method(self, *args, **kwargs)
        return method(self, *args, **kwargs)

    return call  # pyright: ignore[reportReturnType]
