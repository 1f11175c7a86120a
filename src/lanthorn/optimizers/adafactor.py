"""Adafactor: the mean square gradients of a matrix from those of its rows and columns."""

from .. import ops
from .base import Optimizer


class Adafactor(Optimizer):
    """w -= a * u / max(1, rms(u) / clip_threshold), u = g / sqrt(v) (Shazeer & Stern, 2018, arXiv:1804.04235).

    a = max(epsilon_2, rms(w)) * min(rate, 1 / sqrt(t)). v keeps 1 - t**beta_2_decay of itself at step t; of a weight
    with two axes or more only the means over each of the last two are kept, and v is their product over their mean.

    Args:
        learning_rate: 0.001 if None.
        epsilon_1: added to g**2. epsilon_2: the least scale of a weight.
        relative_step: kept for files: the rate is never more than 1 / sqrt(t).

    Example:
        >>> model.compile(lanthorn.optimizers.Adafactor(0.01), "sparse_categorical_crossentropy")
    """

    beta_2_decay: float = -0.8
    epsilon_1: float = 1e-30
    epsilon_2: float = 1e-3
    clip_threshold: float = 1.0
    relative_step: bool = True

    def slots(self):
        def rows(w):  # of a vector a number that nobody reads, as in Keras's files
            return w.shape[:-1] if len(w.shape) > 1 else ()

        def columns(w):
            return (*w.shape[:-2], w.shape[-1]) if len(w.shape) > 1 else ()

        return [{"_r": ("rows", 0.0, rows), "_c": ("columns", 0.0, columns), "_v": ("velocity", 0.0)}]

    def step_size(self, learning_rate):
        t = self.next_step()
        return ops.minimum(learning_rate, 1.0 / ops.sqrt(t)), 1.0 - ops.power(t, self.beta_2_decay)

    def update_step(self, gradient, variable, learning_rate):
        i, (rate, keep) = self._get_variable_index(variable), learning_rate
        r, c, v = self._r[i], self._c[i], self._v[i]
        scale = ops.maximum(_rms(variable.value), self.epsilon_2) * rate
        square = ops.square(gradient) + self.epsilon_1
        if len(variable.shape) < 2:
            v.assign(keep * v.value + (1.0 - keep) * square)
        else:
            r.assign(keep * r.value + (1.0 - keep) * ops.mean(square, axis=-1))
            c.assign(keep * c.value + (1.0 - keep) * ops.mean(square, axis=-2))
            share = r.value / ops.mean(r.value, axis=-1, keepdims=True)
            v.assign(ops.expand_dims(share, -1) * ops.expand_dims(c.value, -2))
        move = gradient / ops.sqrt(v.value)
        variable.assign_sub(scale * move / ops.maximum(_rms(move) / self.clip_threshold, 1.0))


def _rms(x):
    return ops.sqrt(ops.mean(ops.square(x)))
