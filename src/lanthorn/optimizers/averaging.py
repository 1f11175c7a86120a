"""What happens around the update: which weights decay, gradients added up over steps, averages of the weights."""

from collections.abc import Iterable
from typing import Any

from .. import ops
from ..core.variable import Variable
from .state import State


def in_dtype(size: Any, variable: Variable) -> Any:
    """A scalar, or a tuple of them, in the weight's dtype."""
    if variable.dtype == "float32" or isinstance(size, (int, float)):
        return size
    return tuple(in_dtype(s, variable) for s in size) if isinstance(size, tuple) else ops.cast(size, variable.dtype)


class Averaging(State):
    """Weight decay, gradient accumulation and the moving average of an optimizer."""

    ema_momentum: float
    ema_overwrite_frequency: int | None
    loss_scale_factor: float | None

    def exclude_from_weight_decay(
        self, var_list: Iterable | None = None, var_names: Iterable[str] | None = None
    ) -> None:
        """Leave out of weight decay these weights, and those whose path contains one of these names."""
        self._excluded = {id(v) for v in var_list or ()}, tuple(var_names or ())

    def _decays(self, variable: Variable) -> bool:
        ids, names = self.__dict__.get("_excluded", (frozenset(), ()))
        return ids.isdisjoint((id(variable), id(variable.value))) and not any(n in variable.path for n in names)

    def _accumulate(self, grads: list, variables: list[Variable]) -> None:
        """Add up; at the last of so many steps, move by the mean. Both are computed, then one is taken."""
        steps = self.gradient_accumulation_steps
        sums = [self._accumulated_gradients[self._index[id(v)]] for v in variables]
        grads = [g + s.value for g, s in zip(grads, sums, strict=True)]
        now = ops.equal((self._iterations.value + 1) % steps, 0)
        own = {id(s) for s in sums}
        moving = [*variables, *(s for s in self._slots if id(s) not in own)]
        before = [ops.copy(v.value) for v in moving]
        self._update([g / steps for g in grads], variables)
        for v, old in zip(moving, before, strict=True):
            v.assign(ops.where(now, v.value, old))
        for s, g in zip(sums, grads, strict=True):
            s.assign(ops.where(now, ops.zeros_like(g), g))

    def _average(self) -> None:
        self._sync()
        done = self._iterations_now()
        keep = self.ema_momentum * ops.cast(ops.not_equal(done, 0), "float32")
        for v, average in zip(self._trainable_variables, self._averages, strict=True):
            average.assign(in_dtype(keep, v) * average.value + (1.0 - in_dtype(keep, v)) * v.value)
        if self.ema_overwrite_frequency:
            now = ops.equal((done + 1) % self.ema_overwrite_frequency, 0)
            for v, average in zip(self._trainable_variables, self._averages, strict=True):
                v.assign(ops.where(now, average.value, v.value))

    def finalize_variable_values(self, var_list: Iterable | None = None) -> None:
        """When training ends: the weights become their moving average, if one is kept."""
        if self.use_ema and self.built:
            for v, average in zip(self._trainable_variables, self._averages, strict=True):
                v.assign(average.value)

    def scale_loss(self, loss: Any) -> Any:
        """The loss times `loss_scale_factor`, to be differentiated."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor
