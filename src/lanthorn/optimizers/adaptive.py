"""Optimizers that scale each weight's step by the size of its own gradients."""

from .. import ops
from .base import Optimizer


class RMSprop(Optimizer):
    """w -= rate * g / sqrt(v + epsilon), v a running mean of g**2 (Hinton, 2012, lecture 6e).

    Args:
        learning_rate: 0.001 if None.
        rho: what v keeps of itself at each step.
        momentum: how much of the last movement goes on.
        centered: divide by the deviation of g, v - mean(g)**2, instead.

    Example:
        >>> model.compile(lanthorn.optimizers.RMSprop(1e-3, rho=0.9), "sparse_categorical_crossentropy")
    """

    rho: float = 0.9
    momentum: float = 0.0
    epsilon: float = 1e-7
    centered: bool = False

    def slots(self):
        groups = [{"_velocities": ("velocity", 0.0)}]
        if self.momentum > 0:
            groups.append({"_momentums": ("momentum", 0.0)})
        if self.centered:
            groups.append({"_average_gradients": ("average_gradient", 0.0)})
        return groups

    def update_step(self, gradient, variable, learning_rate):
        i, rho = self._get_variable_index(variable), self.rho
        v = self._velocities[i]
        v.assign(rho * v.value + (1.0 - rho) * ops.square(gradient))
        variance = v.value
        if self.centered:
            mean = self._average_gradients[i]
            mean.assign(rho * mean.value + (1.0 - rho) * gradient)
            variance = variance - ops.square(mean.value)
        move = learning_rate * gradient / ops.sqrt(variance + self.epsilon)
        if self.momentum > 0:
            m = self._momentums[i]
            m.assign(self.momentum * m.value + move)
            move = m.value
        variable.assign_sub(move)


class Adagrad(Optimizer):
    """w -= rate * g / sqrt(sum of g**2 so far + epsilon) (Duchi et al., 2011).

    Example:
        >>> model.compile(lanthorn.optimizers.Adagrad(0.01), "sparse_categorical_crossentropy")
    """

    initial_accumulator_value: float = 0.1
    epsilon: float = 1e-7

    def slots(self):
        return [{"_accumulators": ("accumulator", self.initial_accumulator_value)}]

    def update_step(self, gradient, variable, learning_rate):
        total = self._accumulators[self._get_variable_index(variable)]
        total.assign_add(ops.square(gradient))
        variable.assign_sub(learning_rate * gradient / ops.sqrt(total.value + self.epsilon))


class Adadelta(Optimizer):
    """Steps as long as the last ones were, over the size of the last gradients (Zeiler, 2012).

    d = -sqrt(mean of d**2 + epsilon) / sqrt(mean of g**2 + epsilon) * g, w += rate * d. The paper's rate is 1.

    Example:
        >>> model.compile(lanthorn.optimizers.Adadelta(1.0), "sparse_categorical_crossentropy")
    """

    rho: float = 0.95
    epsilon: float = 1e-7

    def slots(self):
        return [
            {"_accumulated_grads": ("accumulated_grad", 0.0), "_accumulated_delta_vars": ("accumulated_delta_var", 0.0)}
        ]

    def update_step(self, gradient, variable, learning_rate):
        i, rho = self._get_variable_index(variable), self.rho
        squares, moves = self._accumulated_grads[i], self._accumulated_delta_vars[i]
        squares.assign(rho * squares.value + (1.0 - rho) * ops.square(gradient))
        move = -ops.sqrt(moves.value + self.epsilon) * gradient / ops.sqrt(squares.value + self.epsilon)
        moves.assign(rho * moves.value + (1.0 - rho) * ops.square(move))
        variable.assign_add(learning_rate * move)


class Lion(Optimizer):
    """w -= rate * sign(beta_1 * m + (1 - beta_1) * g), then m = beta_2 * m + (1 - beta_2) * g (Chen et al., 2023).

    Example:
        >>> model.compile(lanthorn.optimizers.Lion(1e-4), "sparse_categorical_crossentropy")
    """

    beta_1: float = 0.9
    beta_2: float = 0.99

    def __post_init__(self):
        if not 0.0 < self.beta_1 <= 1.0:
            raise ValueError(f"Lion: `beta_1` must be more than 0 and at most 1, got {self.beta_1}.")

    def slots(self):
        return [{"_momentums": ("momentum", 0.0)}]

    def update_step(self, gradient, variable, learning_rate):
        m = self._momentums[self._get_variable_index(variable)]
        variable.assign_sub(learning_rate * ops.sign(m.value * self.beta_1 + gradient * (1.0 - self.beta_1)))
        m.assign(m.value * self.beta_2 + gradient * (1.0 - self.beta_2))


class Ftrl(Optimizer):
    """Follow the regularized leader: sparse weights for wide models (McMahan et al., 2013, algorithm 1).

    Args:
        learning_rate_power: 0 or less; -0.5 is the paper's.
        initial_accumulator_value: 0 or more.
        l1_regularization_strength, l2_regularization_strength: of the leader.
        l2_shrinkage_regularization_strength: of the gradient alone.
        beta: the paper's beta.

    Example:
        >>> model.compile(lanthorn.optimizers.Ftrl(0.01), "sparse_categorical_crossentropy")
    """

    learning_rate_power: float = -0.5
    initial_accumulator_value: float = 0.1
    l1_regularization_strength: float = 0.0
    l2_regularization_strength: float = 0.0
    l2_shrinkage_regularization_strength: float = 0.0
    beta: float = 0.0

    def __post_init__(self):
        if self.learning_rate_power > 0:
            raise ValueError(f"Ftrl: `learning_rate_power` must be 0 or less, got {self.learning_rate_power}.")
        for name in ("initial_accumulator_value", "l1_regularization_strength", "l2_regularization_strength",
                     "l2_shrinkage_regularization_strength"):  # fmt: skip
            if getattr(self, name) < 0:
                raise ValueError(f"Ftrl: `{name}` must be 0 or more, got {getattr(self, name)}.")

    def slots(self):
        return [{"_accumulators": ("accumulator", self.initial_accumulator_value), "_linears": ("linear", 0.0)}]

    def update_step(self, gradient, variable, learning_rate):
        i, rate, power = self._get_variable_index(variable), learning_rate, -self.learning_rate_power
        total, linear, w = self._accumulators[i], self._linears[i], variable.value
        shrunk = gradient + 2.0 * self.l2_shrinkage_regularization_strength * w
        new = total.value + ops.square(gradient)
        linear.assign_add(shrunk - (ops.power(new, power) - ops.power(total.value, power)) / rate * w)
        quadratic = ops.power(new, power) / rate + 2.0 * (self.l2_regularization_strength + self.beta / (2.0 * rate))
        clipped = ops.clip(linear.value, -self.l1_regularization_strength, self.l1_regularization_strength)
        variable.assign((clipped - linear.value) / quadratic)
        total.assign(new)
