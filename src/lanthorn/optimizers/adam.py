"""Adam and its kin: steps scaled by running means of the gradient and of its square.

`epsilon` is added to the root outside the bias correction (the "epsilon hat" of the
paper's section 2.1), as Keras does.
"""

import math
from typing import Any

from .. import ops
from .base import Optimizer


def correction(beta: float, t: Any) -> Any:
    """1 - beta**t for the step t, a float32 scalar: by expm1, which loses no digits where beta is close to 1."""
    return -ops.expm1(t * math.log(beta)) if beta > 0.0 else 1.0


class Adam(Optimizer):
    """w -= rate * sqrt(1 - beta_2**t) / (1 - beta_1**t) * m / (sqrt(v) + epsilon) (Kingma & Ba, 2014).

    m and v are running means of g and g**2.

    Args:
        learning_rate: 0.001 if None.
        beta_1, beta_2: what m and v keep of themselves at each step.
        epsilon: keeps the division finite.
        amsgrad: divide by the largest v so far (Reddi et al., 2018).

    Example:
        >>> Adam(3e-4, amsgrad=True)
        Adam(learning_rate=0.0003, amsgrad=True)
    """

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    amsgrad: bool = False

    def slots(self):
        groups = [{"_momentums": ("momentum", 0.0), "_velocities": ("velocity", 0.0)}]
        return [*groups, {"_velocity_hats": ("velocity_hat", 0.0)}] if self.amsgrad else groups

    def step_size(self, learning_rate):
        t = self.next_step()
        return learning_rate * correction(self.beta_2, t) ** 0.5 / correction(self.beta_1, t)

    def update_step(self, gradient, variable, learning_rate):
        i = self._get_variable_index(variable)
        m, v = self._momentums[i], self._velocities[i]
        m.assign_add((gradient - m.value) * (1.0 - self.beta_1))
        v.assign_add((ops.square(gradient) - v.value) * (1.0 - self.beta_2))
        if self.amsgrad:
            largest = self._velocity_hats[i]
            largest.assign(ops.maximum(largest.value, v.value))
            v = largest
        variable.assign_sub(m.value * learning_rate / (ops.sqrt(v.value) + self.epsilon))


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov & Hutter, 2017): w -= rate * weight_decay * w comes first.

    Example:
        >>> model.compile(lanthorn.optimizers.AdamW(1e-3, weight_decay=0.01), "sparse_categorical_crossentropy")
    """

    weight_decay: float | None = 0.004
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    amsgrad: bool = False

    def __post_init__(self):
        if self.weight_decay is None:
            raise ValueError("AdamW: `weight_decay` must be a number; for none, use Adam.")


class Adamax(Optimizer):
    """w -= rate / (1 - beta_1**t) * m / (u + epsilon), u a decaying maximum of |g| (Kingma & Ba, 2014, section 7).

    Example:
        >>> model.compile(lanthorn.optimizers.Adamax(1e-3), "sparse_categorical_crossentropy")
    """

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    def slots(self):
        return [{"_m": ("momentum", 0.0), "_u": ("norm", 0.0)}]

    def step_size(self, learning_rate):
        return learning_rate / correction(self.beta_1, self.next_step())

    def update_step(self, gradient, variable, learning_rate):
        i = self._get_variable_index(variable)
        m, u = self._m[i], self._u[i]
        m.assign_add((gradient - m.value) * (1.0 - self.beta_1))
        u.assign(ops.maximum(u.value * self.beta_2, ops.abs(gradient)))
        variable.assign_sub(learning_rate * m.value / (u.value + self.epsilon))


class Nadam(Optimizer):
    """Adam that looks ahead as Nesterov's momentum does, with momentum beta_1 * (1 - 0.5 * 0.96**t) (Dozat, 2015).

    Example:
        >>> model.compile(lanthorn.optimizers.Nadam(1e-3), "sparse_categorical_crossentropy")
    """

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    def slots(self):
        return [{"_momentums": ("momentum", 0.0), "_velocities": ("velocity", 0.0)}]

    def build(self, variables):
        product = self._u_product.numpy() if self.built else 1.0
        before = self._slots
        super().build(variables)
        if self._slots is not before:
            self._u_product = self.add_variable((), name="u_product")  # product of the momenta so far
            self._u_product.assign(product)

    def step_size(self, learning_rate):
        t = self.next_step()
        now = self.beta_1 * (1.0 - 0.5 * ops.exp(t * math.log(0.96)))
        then = self.beta_1 * (1.0 - 0.5 * ops.exp((t + 1.0) * math.log(0.96)))
        self._u_product.assign(self._u_product.value * now)
        product = self._u_product.value
        of_m = learning_rate * then / (1.0 - product * then)
        of_gradient = learning_rate * (1.0 - now) / (1.0 - product)
        return of_m, of_gradient, 1.0 / correction(self.beta_2, t)

    def update_step(self, gradient, variable, learning_rate):
        of_m, of_gradient, of_v = learning_rate
        i = self._get_variable_index(variable)
        m, v = self._momentums[i], self._velocities[i]
        m.assign_add((gradient - m.value) * (1.0 - self.beta_1))
        v.assign_add((ops.square(gradient) - v.value) * (1.0 - self.beta_2))
        step = of_m * m.value + of_gradient * gradient
        variable.assign_sub(step / (ops.sqrt(v.value * of_v) + self.epsilon))
