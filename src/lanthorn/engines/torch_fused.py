"""Optimizers over all weights at once: a few calls in place of a dozen small ones for each weight.

On the small MLP: RMSprop 46 us instead of 107, Nadam 63 (225), clipnorm 35 (150); on ResNet-18 RMSprop 18 ms (34).
They compute Keras's formulas, not torch's; `tests/contract/test_optimizers.py` compares them.
"""

import torch

from . import torch_foreach


def fused_update(optimizer, grads, variables) -> bool:
    """Do the update if there is a way over all weights; False leaves it to the optimizer's formula in ops."""
    update = torch_foreach.UPDATES.get(type(optimizer).__name__)
    if update is None or not type(optimizer).__module__.startswith("lanthorn."):
        return False
    lists = optimizer.__dict__.get("_torch_lists")
    if lists is None or not lists.current(variables):
        lists = optimizer._torch_lists = _Lists(optimizer, variables)
    if not lists.usable:
        return False
    update(optimizer, lists, lists.aligned(grads), _rate(optimizer))
    return True


class _Lists:
    """The tensors an optimizer works on, gathered once, as contiguous views.

    The kernels of convolutions lie in memory with their axes in another order (see `TorchEngine.variable`); torch's
    fused kernels would copy them there and back, which made Adam on ResNet-18 three times slower.
    """

    def __init__(self, optimizer, variables):
        self.values, self.count = [v.value for v in variables], len(variables)
        self.orders = [_memory_order(v.value) for v in variables]
        self.weights = self._views([v.value for v in variables])
        names = [name for group in optimizer.slots() for name in group]
        self.slots = {name: self._views([s.value for s in getattr(optimizer, name)]) for name in names}
        self.step = torch.zeros((), device=self.values[0].device)
        self.steps = [self.step] * self.count
        decays = optimizer.weight_decay is None or all(optimizer._decays(v) for v in variables)
        kinds = {(a.dtype, a.is_contiguous()) for part in (self.weights, *self.slots.values()) for a in part}
        # amsgrad: torch keeps the largest corrected mean, Keras the largest uncorrected one
        self.usable = kinds == {(torch.float32, True)} and decays and not getattr(optimizer, "amsgrad", False)

    def current(self, variables) -> bool:
        return len(variables) == self.count and all(v.value is t for v, t in zip(variables, self.values))

    def aligned(self, grads) -> list:
        """Gradients laid out in memory as their weights are: the kernels walk both in step."""
        return [view.contiguous() for view in self._views(grads)]

    def _views(self, arrays) -> list:
        return [a if order is None else a.permute(order) for a, order in zip(arrays, self.orders, strict=True)]


def _memory_order(weight):
    """The axes from the outermost in memory to the innermost; None if they lie as they are counted."""
    if weight.is_contiguous():
        return None
    return sorted(range(weight.ndim), key=lambda axis: -weight.stride(axis))


def _rate(optimizer):
    """The learning rate as a number, read from the device only when it was changed; a tensor under a schedule."""
    rate = optimizer.current_rate()
    if rate is not getattr(optimizer._learning_rate, "value", None):
        return rate
    seen = optimizer.__dict__.get("_torch_rate")
    if seen is None or seen[0] is not rate or seen[1] != rate._version:
        seen = optimizer._torch_rate = (rate, rate._version, float(rate))
    return seen[2]
