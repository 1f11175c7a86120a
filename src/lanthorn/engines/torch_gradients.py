"""The gradients of a step of `fit`, as torch's own loops take them where torch's modules are at work."""

from typing import Any

import torch


def taker(step: Any) -> Any:
    """A function of the loss that gives one gradient for each variable that `step` trains; None where there is none.

    Raises:
        ValueError: a tool has spread the weights over processes, each of which `fit` would take for the whole.
    """
    for variable in step.trainable:
        if is_spread(variable.value):
            raise ValueError(
                f"{step.model.describe()}: fit cannot train weights that are spread over processes "
                f"('{variable.path}' is a {type(variable.value.data).__name__}, as fully_shard makes it); "
                "train model.torch() with an optimizer of torch in a loop of your own, or call fit before spreading."
            )
    if all(layer._view is None for layer in step.layers):
        return lambda loss: _directly(loss, [v.value for v in step.trainable])
    return lambda loss: _by_backward(loss, [v.value for v in step.trainable])


def is_spread(value: Any) -> bool:
    """Whether a tensor is a part here and other parts in other processes (a DTensor)."""
    return hasattr(value, "full_tensor")


def _directly(loss: Any, values: list) -> tuple:
    return torch.autograd.grad(loss, values, allow_unused=True) if values else ()


def _by_backward(loss: Any, values: list) -> tuple:
    """By `backward`, so that what tools have hung on parameters (`register_post_accumulate_grad_hook`) is called too.
    Gradients that a loop has gathered there stay as they are.
    """
    if not values:
        return ()
    before = [value.grad for value in values]
    for value in values:
        value.grad = None
    try:
        loss.backward(inputs=values)
        return tuple(value.grad for value in values)
    finally:
        for value, grad in zip(values, before, strict=True):
            value.grad = grad
