"""Lamb: Adam for large batches, its step as long as the weight."""

from .. import ops
from .adam import correction
from .base import Optimizer


class Lamb(Optimizer):
    """w -= rate * |w| / |u| * u, u = m̂ / (sqrt(v̂) + epsilon) as of Adam (You et al., 2019, arXiv:1904.00962).

    Where a weight or its step is all zeros, the step is rate * u.

    Example:
        >>> model.compile(lanthorn.optimizers.Lamb(0.002), "sparse_categorical_crossentropy")
    """

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    def slots(self):
        return [{"_momentums": ("momentum", 0.0), "_velocities": ("velocity", 0.0)}]

    def step_size(self, learning_rate):
        t = self.next_step()
        return learning_rate, correction(self.beta_1, t), correction(self.beta_2, t)

    def update_step(self, gradient, variable, learning_rate):
        i, (rate, first, second) = self._get_variable_index(variable), learning_rate
        m, v = self._momentums[i], self._velocities[i]
        m.assign_add((gradient - m.value) * (1.0 - self.beta_1))
        v.assign_add((ops.square(gradient) - v.value) * (1.0 - self.beta_2))
        move = m.value / first / (ops.sqrt(v.value / second) + self.epsilon)
        length, step = (ops.sqrt(ops.sum(ops.square(x))) for x in (variable.value, move))
        both = ops.logical_and(length > 0, step > 0)
        ratio = ops.where(both, length / ops.where(both, step, ops.ones_like(step)), ops.ones_like(step))
        variable.assign_sub(ratio * rate * move)
