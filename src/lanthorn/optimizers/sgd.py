"""Gradient descent, with momentum if wanted."""

from .base import Optimizer


class SGD(Optimizer):
    """w -= learning_rate * g; with momentum m = momentum * m - learning_rate * g, w += m.

    Args:
        learning_rate: 0.01 if None.
        momentum: between 0 and 1; how much of the last movement goes on (Polyak, 1964).
        nesterov: w += momentum * m - learning_rate * g instead of m (Sutskever et al., 2013).

    Example:
        >>> SGD(0.1, momentum=0.9)
        SGD(learning_rate=0.1, momentum=0.9)
    """

    _rate = 0.01

    momentum: float = 0.0
    nesterov: bool = False

    def __post_init__(self):
        if not 0.0 <= self.momentum <= 1.0:
            raise ValueError(f"SGD: `momentum` must be between 0 and 1, got {self.momentum}.")
        self._momentums = []

    def slots(self):
        return [{"_momentums": ("momentum", 0.0)}] if self.momentum else []

    def update_step(self, gradient, variable, learning_rate):
        move = gradient * learning_rate
        if not self.momentum:
            variable.assign_sub(move)
            return
        m = self._momentums[self._get_variable_index(variable)]
        m.assign(m.value * self.momentum - move)
        variable.assign_add(m.value * self.momentum - move if self.nesterov else m.value)
