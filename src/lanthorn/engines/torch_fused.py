"""Optimizers by torch's own kernels: one call for all weights in place of several small ones for each.

They compute Keras's formulas, not torch's: where the two differ (epsilon in Adam, momentum under a changing rate in
SGD), the arguments are chosen so that the result is Keras's. `tests/contract/test_optimizers.py` compares them.
"""

import math

import torch


def fused_update(optimizer, grads, variables) -> bool:
    """Do the update if there is a kernel for it; False leaves it to the optimizer's formula in ops."""
    kernel = _KERNELS.get(type(optimizer).__name__)
    if kernel is None or not type(optimizer).__module__.startswith("lanthorn."):
        return False
    lists = optimizer.__dict__.get("_torch_lists")
    if lists is None or not lists.current(variables):
        lists = optimizer._torch_lists = _Lists(optimizer, variables)
    if not lists.usable:
        return False
    kernel(optimizer, lists, lists.aligned(grads), _rate(optimizer))
    return True


class _Lists:
    """The tensors an optimizer works on, gathered once."""

    def __init__(self, optimizer, variables):
        self.weights = [v.value for v in variables]
        self.strides = [w.stride() for w in self.weights]
        self.slots = {name: [s.value for s in getattr(optimizer, name, ())] for name in ("_momentums", "_velocities")}
        self.step = torch.zeros((), device=self.weights[0].device)
        self.steps = [self.step] * len(self.weights)
        dtypes = {w.dtype for w in self.weights}
        decays = optimizer.weight_decay is None or all(optimizer._decays(v) for v in variables)
        same_layout = all(
            s.stride() == stride
            for slots in self.slots.values()
            for s, stride in zip(slots, self.strides, strict=False)
        )
        # amsgrad: torch keeps the largest corrected mean, Keras the largest uncorrected one
        self.usable = dtypes == {torch.float32} and decays and same_layout and not getattr(optimizer, "amsgrad", False)

    def current(self, variables) -> bool:
        return (
            len(variables) == len(self.weights)
            and variables[0].value is self.weights[0]
            and variables[-1].value is self.weights[-1]
        )

    def aligned(self, grads) -> list:
        """Gradients laid out in memory as their weights are: the kernels walk both in step."""
        return [
            g if g.stride() == stride else torch.empty_strided(g.shape, stride, device=g.device).copy_(g)
            for g, stride in zip(grads, self.strides, strict=True)
        ]


def _rate(optimizer):
    """The learning rate as a number, read from the device only when it was changed; a tensor under a schedule."""
    rate = optimizer.current_rate()
    if rate is not getattr(optimizer._learning_rate, "value", None):
        return rate
    seen = optimizer.__dict__.get("_torch_rate")
    if seen is None or seen[0] is not rate or seen[1] != rate._version:
        seen = optimizer._torch_rate = (rate, rate._version, float(rate))
    return seen[2]


def _adam(optimizer, lists, grads, rate) -> None:
    t = optimizer.step_count() + 1
    lists.step.fill_(t)
    # torch divides by sqrt(v / (1 - b2**t)) + eps, Keras by (sqrt(v) + eps) / sqrt(1 - b2**t)
    epsilon = optimizer.epsilon / math.sqrt(1.0 - optimizer.beta_2**t)
    slots, decay = lists.slots, optimizer.weight_decay
    (torch._fused_adamw_ if decay else torch._fused_adam_)(
        lists.weights, grads, slots["_momentums"], slots["_velocities"], [], lists.steps,
        lr=rate, beta1=optimizer.beta_1, beta2=optimizer.beta_2, weight_decay=decay or 0.0, eps=epsilon,
        amsgrad=False, maximize=False,
    )  # fmt: skip


def _sgd(optimizer, lists, grads, rate) -> None:
    weights = lists.weights
    if optimizer.weight_decay:
        torch._foreach_mul_(weights, 1.0 - optimizer.weight_decay * rate)
    if isinstance(rate, torch.Tensor):
        grads, rate = torch._foreach_mul(grads, rate), 1.0
    momentum, slots = optimizer.momentum, lists.slots["_momentums"]
    if not momentum:
        torch._foreach_add_(weights, grads, alpha=-rate)
        return
    torch._foreach_mul_(slots, momentum)
    torch._foreach_add_(slots, grads, alpha=-rate)
    if optimizer.nesterov:
        torch._foreach_add_(weights, slots, alpha=momentum)
        torch._foreach_add_(weights, grads, alpha=-rate)
    else:
        torch._foreach_add_(weights, slots)


_KERNELS = {"SGD": _sgd, "Adam": _adam, "AdamW": _adam}
