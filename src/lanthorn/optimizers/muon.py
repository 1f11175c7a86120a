"""Muon: steps of matrices made orthogonal."""

import re
from typing import Any

from .. import ops
from .adam import correction
from .base import Optimizer


class Muon(Optimizer):
    """Momentum whose step, a matrix, gets singular values near 1 (Jordan et al., 2024); AdamW for all other weights.

    m = momentum * m + g; the step is m (or, with `nesterov`, g + momentum * m) over its norm, after `ns_steps` of
    x = a x + b (x xᵀ) x + c (x xᵀ)² x, times rate * sqrt(max(rows, columns)) * rms_rate (Liu et al., 2025,
    arXiv:2502.16982; without the last two where `rms_rate` is None).

    Args:
        learning_rate: 0.001 if None; for the weights of AdamW it is multiplied by `adam_lr_ratio`.
        weight_decay: of the matrices. adam_weight_decay: of the others.
        exclude_layers: regular expressions; weights whose path has one of them go to AdamW, and so do those with
            "embedding" in their path while `exclude_embeddings`.

    Example:
        >>> model.compile(lanthorn.optimizers.Muon(0.01), "sparse_categorical_crossentropy")
    """

    adam_beta_1: float = 0.9
    adam_beta_2: float = 0.999
    adam_weight_decay: float | None = 0.004
    epsilon: float = 1e-7
    weight_decay: float | None = 0.004
    clipnorm: float | None = None
    clipvalue: float | None = None
    global_clipnorm: float | None = None
    use_ema: bool = False
    ema_momentum: float = 0.99
    ema_overwrite_frequency: int | None = None
    loss_scale_factor: float | None = None
    gradient_accumulation_steps: int | None = None
    name: str | None = None
    exclude_layers: Any = None
    exclude_embeddings: bool = True
    muon_a: float = 3.4445
    muon_b: float = -4.7750
    muon_c: float = 2.0315
    adam_lr_ratio: float = 1
    momentum: float = 0.95
    ns_steps: int = 5
    nesterov: bool = True
    rms_rate: float | None = 0.2

    def __post_init__(self):
        self.exclude_layers = list(self.exclude_layers or [])

    def by_adam(self, variable: Any) -> bool:
        """Whether a weight is moved by AdamW."""
        path = variable.path
        named = self.exclude_embeddings and "embedding" in path.lower()
        return len(variable.shape) != 2 or named or any(re.search(word, path) for word in self.exclude_layers)

    def slots(self):
        def of_adam(w):
            return w.shape if self.by_adam(w) else None

        return [{"momentums": ("momentum", 0.0), "adam_velocities": ("velocity", 0.0, of_adam)}]

    def decay_of(self, variable):
        decay = self.adam_weight_decay if self.by_adam(variable) else self.weight_decay
        return decay if self._decays(variable) else None

    def step_size(self, learning_rate):
        t = self.next_step()
        root = correction(self.adam_beta_2, t) ** 0.5
        return learning_rate, learning_rate * self.adam_lr_ratio * root / correction(self.adam_beta_1, t)

    def update_step(self, gradient, variable, learning_rate):
        i, (rate, adam_rate) = self._get_variable_index(variable), learning_rate
        m, v = self.momentums[i], self.adam_velocities[i]
        if v is not None:
            m.assign_add((gradient - m.value) * (1.0 - self.adam_beta_1))
            v.assign_add((ops.square(gradient) - v.value) * (1.0 - self.adam_beta_2))
            variable.assign_sub(m.value * adam_rate / (ops.sqrt(v.value) + self.epsilon))
            return
        m.assign(gradient + self.momentum * m.value)
        move = self._orthogonal(gradient + self.momentum * m.value if self.nesterov else m.value)
        if self.rms_rate is not None:
            move = move * (max(variable.shape) ** 0.5 * self.rms_rate)
        variable.assign_sub(rate * move)

    def _orthogonal(self, x):
        tall = x.shape[0] > x.shape[1]
        x = ops.transpose(x) if tall else x
        x = x / (ops.sqrt(ops.sum(ops.square(x))) + 1e-7)
        for _ in range(self.ns_steps):
            square = ops.matmul(x, ops.transpose(x))
            x = self.muon_a * x + ops.matmul(self.muon_b * square + self.muon_c * ops.matmul(square, square), x)
        return ops.transpose(x) if tall else x
