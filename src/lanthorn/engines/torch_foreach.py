"""Optimizers and clips that torch has no kernel for, over all weights at once.

Each line is one call for all weights (`torch._foreach_*`: one kernel on a GPU, one loop in C++ on a processor), where
the formulas in ops cost a dozen calls from Python for every weight. They are those formulas, see `optimizers/`.
"""

import math

import torch


def clip(kind: str, grads: list, limit: float) -> list:
    """Gradients clipped as `optimizers/clipping.py` does: "norm", "global norm" or "value"."""
    if kind == "value":
        grads = torch._foreach_clamp_min(grads, -limit)
        torch._foreach_clamp_max_(grads, limit)
        return grads
    lengths = torch.stack(torch._foreach_norm(grads))
    if kind == "norm":
        return torch._foreach_mul(grads, (limit / lengths.clamp_min(limit)).unbind())
    length = torch.linalg.vector_norm(lengths)
    return torch._foreach_mul(grads, limit * torch.clamp_max(1.0 / length, 1.0 / limit) + (length - length))


def decay(optimizer, lists, rate) -> None:
    """Weight decay, before the update."""
    if optimizer.weight_decay:
        torch._foreach_mul_(lists.weights, 1.0 - optimizer.weight_decay * rate)


def times(arrays, rate):
    """(arrays, number) for calls that take a factor as a number: a rate that is on the device is multiplied in."""
    return (torch._foreach_mul(arrays, rate), 1.0) if isinstance(rate, torch.Tensor) else (arrays, rate)


def running_mean(slots, values, keep: float) -> None:
    """slots = keep * slots + (1 - keep) * values."""
    torch._foreach_lerp_(slots, values, 1.0 - keep)


def running_square(slots, values, keep: float) -> None:
    """slots = keep * slots + (1 - keep) * values**2."""
    torch._foreach_mul_(slots, keep)
    torch._foreach_addcmul_(slots, values, values, 1.0 - keep)


def root(squares, epsilon: float):
    """sqrt(squares + epsilon)."""
    roots = torch._foreach_add(squares, epsilon)
    torch._foreach_sqrt_(roots)
    return roots


def sgd(optimizer, lists, grads, rate) -> None:
    decay(optimizer, lists, rate)
    grads, rate = times(grads, rate)
    momentum, slots = optimizer.momentum, lists.slots.get("_momentums")
    if not momentum:
        torch._foreach_add_(lists.weights, grads, alpha=-rate)
        return
    torch._foreach_mul_(slots, momentum)
    torch._foreach_add_(slots, grads, alpha=-rate)
    if optimizer.nesterov:
        torch._foreach_add_(lists.weights, slots, alpha=momentum)
        torch._foreach_add_(lists.weights, grads, alpha=-rate)
    else:
        torch._foreach_add_(lists.weights, slots)


def rmsprop(optimizer, lists, grads, rate) -> None:
    decay(optimizer, lists, rate)
    variance = lists.slots["_velocities"]
    running_square(variance, grads, optimizer.rho)
    if optimizer.centered:
        means = lists.slots["_average_gradients"]
        running_mean(means, grads, optimizer.rho)
        variance = torch._foreach_addcmul(variance, means, means, -1.0)
    roots = root(variance, optimizer.epsilon)
    grads, rate = times(grads, rate)
    if optimizer.momentum > 0:
        moves = lists.slots["_momentums"]
        torch._foreach_mul_(moves, optimizer.momentum)
        torch._foreach_addcdiv_(moves, grads, roots, rate)
        torch._foreach_sub_(lists.weights, moves)
    else:
        torch._foreach_addcdiv_(lists.weights, grads, roots, -rate)


def adagrad(optimizer, lists, grads, rate) -> None:
    decay(optimizer, lists, rate)
    sums = lists.slots["_accumulators"]
    torch._foreach_addcmul_(sums, grads, grads)
    grads, rate = times(grads, rate)
    torch._foreach_addcdiv_(lists.weights, grads, root(sums, optimizer.epsilon), -rate)


def adadelta(optimizer, lists, grads, rate) -> None:
    decay(optimizer, lists, rate)
    squares, moved = lists.slots["_accumulated_grads"], lists.slots["_accumulated_delta_vars"]
    running_square(squares, grads, optimizer.rho)
    moves = root(moved, optimizer.epsilon)
    torch._foreach_mul_(moves, grads)
    torch._foreach_div_(moves, root(squares, optimizer.epsilon))
    running_square(moved, moves, optimizer.rho)
    moves, rate = times(moves, rate)
    torch._foreach_add_(lists.weights, moves, alpha=-rate)


def adamax(optimizer, lists, grads, rate) -> None:
    decay(optimizer, lists, rate)
    means, largest = lists.slots["_m"], lists.slots["_u"]
    running_mean(means, grads, optimizer.beta_1)
    torch._foreach_mul_(largest, optimizer.beta_2)
    torch._foreach_maximum_(largest, torch._foreach_abs(grads))
    means, size = times(means, rate / (1.0 - optimizer.beta_1 ** (optimizer.step_count() + 1)))
    torch._foreach_addcdiv_(lists.weights, means, torch._foreach_add(largest, optimizer.epsilon), -size)


def nadam(optimizer, lists, grads, rate) -> None:
    decay(optimizer, lists, rate)
    t = optimizer.step_count() + 1
    now, then = (optimizer.beta_1 * (1.0 - 0.5 * 0.96**step) for step in (t, t + 1))
    product = _product_of_momenta(optimizer, now)
    means, squares = lists.slots["_momentums"], lists.slots["_velocities"]
    running_mean(means, grads, optimizer.beta_1)
    running_square(squares, grads, optimizer.beta_2)
    roots = torch._foreach_mul(squares, 1.0 / (1.0 - optimizer.beta_2**t))
    torch._foreach_sqrt_(roots)
    torch._foreach_add_(roots, optimizer.epsilon)
    for values, share in ((means, then / (1.0 - product * then)), (grads, (1.0 - now) / (1.0 - product))):
        values, size = times(values, rate * share)
        torch._foreach_addcdiv_(lists.weights, values, roots, -size)


def _product_of_momenta(optimizer, now: float) -> float:
    """The product with this step's, as a number; the Variable is read only if somebody else has written to it."""
    value = optimizer._u_product.value
    seen = optimizer.__dict__.get("_torch_product")
    if seen is None or seen[0] is not value or seen[1] != value._version:
        seen = (value, value._version, float(value))
    product = seen[2] * now
    value.fill_(product)
    optimizer._torch_product = (value, value._version, product)
    return product


def lion(optimizer, lists, grads, rate) -> None:
    decay(optimizer, lists, rate)
    means = lists.slots["_momentums"]
    signs = torch._foreach_mul(means, optimizer.beta_1)
    torch._foreach_add_(signs, grads, alpha=1.0 - optimizer.beta_1)
    torch._foreach_sign_(signs)
    signs, rate = times(signs, rate)
    torch._foreach_add_(lists.weights, signs, alpha=-rate)
    running_mean(means, grads, optimizer.beta_2)


def adam(optimizer, lists, grads, rate) -> None:
    """By torch's kernel, which divides by sqrt(v / (1 - b2**t)) + eps, Keras by (sqrt(v) + eps) / sqrt(1 - b2**t)."""
    t = optimizer.step_count() + 1
    lists.step.fill_(t)
    epsilon = optimizer.epsilon / math.sqrt(1.0 - optimizer.beta_2**t)
    slots, share = lists.slots, optimizer.weight_decay
    (torch._fused_adamw_ if share else torch._fused_adam_)(
        lists.weights, grads, slots["_momentums"], slots["_velocities"], [], lists.steps,
        lr=rate, beta1=optimizer.beta_1, beta2=optimizer.beta_2, weight_decay=share or 0.0, eps=epsilon,
        amsgrad=False, maximize=False,
    )  # fmt: skip


UPDATES = {
    "SGD": sgd, "Adam": adam, "AdamW": adam, "RMSprop": rmsprop, "Adagrad": adagrad, "Adadelta": adadelta,
    "Adamax": adamax, "Nadam": nadam, "Lion": lion,
}  # fmt: skip
