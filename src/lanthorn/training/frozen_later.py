"""Models that share layers and are trained in turn, as a discriminator and the GAN it is part of.

In Keras 1 and 2 `compile` settled what is trained, and GANs are written so: the discriminator is compiled, then frozen,
then made part of the GAN, which is compiled; the discriminator's own `train_on_batch` goes on training it. Here what is
frozen counts when a step is made, unless another model with the same layers was compiled meanwhile: then the layers
were frozen or thawed for that one, and this one trains what it trained when it was compiled.
"""

import functools
import itertools
from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
_numbers = itertools.count()


def remember(model: Any) -> None:
    """At `compile`: which layers train, and that these layers were compiled last in this model."""
    number, layers = next(_numbers), model.flat_layers()
    noted = number, layers, [layer._trainable for layer in layers]
    model.__dict__["_trained"] = lambda: noted  # no tuple: what looks for a model's layers would find itself in it
    for layer in layers:
        layer.__dict__["_compiled"] = number


def _set(layers: list, flags: list[bool]) -> None:
    for layer, flag in zip(layers, flags, strict=True):
        if layer._trainable != flag:
            layer._trainable = flag
            for variable in layer._own_variables():
                variable.set_trainable(flag)


def trains_as_compiled(method: F) -> F:
    """A method in which the layers train that trained when the model was compiled, if the rule above says so."""

    @functools.wraps(method)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        number, layers, flags = self.__dict__.get("_trained", lambda: (0, [], []))()
        if all(layer.__dict__.get("_compiled") == number for layer in layers):
            return method(self, *args, **kwargs)
        now = [layer._trainable for layer in layers]
        _set(layers, flags)
        try:
            return method(self, *args, **kwargs)
        finally:
            _set(layers, now)

    return call  # pyright: ignore[reportReturnType]
