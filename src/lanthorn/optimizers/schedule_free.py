"""ScheduleFreeAdamW: the mean of all weights so far in the place of a falling learning rate."""

from .. import ops
from .adam import correction
from .base import Optimizer


class ScheduleFreeAdamW(Optimizer):
    """AdamW that needs no schedule (Defazio et al., 2024, arXiv:2405.15682).

    z -= rate * g / (sqrt(v̂) + epsilon); x = (1 - 1/t) x + z / t, the mean of all z; w = (1 - beta_1) z + beta_1 x.

    Args:
        learning_rate: 0.0025 if None. It grows from 0 in the first `warmup_steps`.
        beta_1: how near to their mean the weights are taken.

    Example:
        >>> model.compile(lanthorn.optimizers.ScheduleFreeAdamW(warmup_steps=100), "sparse_categorical_crossentropy")
    """

    _rate = 0.0025

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    warmup_steps: int = 0

    def slots(self):
        return [{"_momentums": ("momentum", None), "_velocities": ("velocity", 0.0)}]

    def step_size(self, learning_rate):
        t = self.next_step()
        if self.warmup_steps:
            learning_rate = learning_rate * ops.minimum(t / self.warmup_steps, 1.0)
        return learning_rate, 1.0 / t, correction(self.beta_2, t)

    def update_step(self, gradient, variable, learning_rate):
        i, (rate, share, second) = self._get_variable_index(variable), learning_rate
        z, v, beta = self._momentums[i], self._velocities[i], self.beta_1
        before = (variable.value - (1.0 - beta) * z.value) / beta  # x
        v.assign_add((ops.square(gradient) - v.value) * (1.0 - self.beta_2))
        z.assign_sub(rate * gradient / (ops.sqrt(v.value / second) + self.epsilon))
        mean = (1.0 - share) * before + share * z.value
        variable.assign((1.0 - beta) * z.value + beta * mean)
