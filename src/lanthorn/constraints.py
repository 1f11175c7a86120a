"""Constraints: what a weight is made to satisfy after each update. A constraint gives the corrected weight.

`axis` is the axis (or axes) along which a norm is taken: 0 for the inputs of each unit of a Dense kernel,
[0, 1, 2] for each filter of a Conv2D kernel.

    >>> layer = lanthorn.layers.Dense(8, kernel_constraint=lanthorn.constraints.MaxNorm(2))
"""

from typing import Annotated, Any

from . import ops
from .core.config import Configurable, Registry, Setting
from .core.old_names import finder

EPSILON = 1e-7


def _norms(w: Any, axis: Any) -> Any:
    axis = tuple(axis) if isinstance(axis, (list, tuple)) else axis
    return ops.sqrt(ops.sum(ops.square(w), axis=axis, keepdims=True))


class Constraint(Configurable):
    """Base of the constraints: override `__call__(w)`, which gives an array of the same shape."""

    def __call__(self, w: Any) -> Any:
        raise TypeError(f"{type(self).__name__}: a constraint must define __call__(w).")


class MaxNorm(Constraint):
    """Norms of at most `max_value`; longer vectors are shortened to it (Srivastava et al., 2014).

    Example:
        >>> lanthorn.constraints.MaxNorm(max_value=2.0)(np.array([[3.0], [-4.0]])).round(3).tolist()
        [[1.2], [-1.6]]
    """

    max_value: float = 2
    axis: Any = 0

    def __call__(self, w):
        norms = _norms(w, self.axis)
        return w * (ops.clip(norms, 0.0, self.max_value) / (norms + EPSILON))


class MinMaxNorm(Constraint):
    """Norms moved between `min_value` and `max_value`, by the share `rate` of the way at each update.

    Example:
        >>> lanthorn.constraints.MinMaxNorm(0.5, 1.0)(np.array([[3.0], [-4.0]])).round(3).tolist()
        [[0.6], [-0.8]]
    """

    min_value: float = 0.0
    max_value: float = 1.0
    rate: float = 1.0
    axis: Any = 0

    def __call__(self, w):
        norms = _norms(w, self.axis)
        wanted = self.rate * ops.clip(norms, self.min_value, self.max_value) + (1.0 - self.rate) * norms
        return w * (wanted / (norms + EPSILON))


class UnitNorm(Constraint):
    """Norms of 1.

    Example:
        >>> lanthorn.constraints.UnitNorm()(np.array([[3.0], [-4.0]])).round(3).tolist()
        [[0.6], [-0.8]]
    """

    axis: Any = 0

    def __call__(self, w):
        return w / (_norms(w, self.axis) + EPSILON)


class NonNeg(Constraint):
    """No negative values: those become 0."""

    def __call__(self, w):
        return w * ops.cast(w >= 0.0, w.dtype)


_registry = Registry(
    "constraint",
    "constraints",
    {c.__name__: c for c in (MaxNorm, MinMaxNorm, UnitNorm, NonNeg)},
    {
        "max_norm": "MaxNorm", "maxnorm": "MaxNorm", "min_max_norm": "MinMaxNorm", "minmaxnorm": "MinMaxNorm",
        "unit_norm": "UnitNorm", "unitnorm": "UnitNorm", "non_neg": "NonNeg", "nonneg": "NonNeg",
    },
)  # fmt: skip
get, serialize, deserialize = _registry.get, _registry.serialize, _registry.deserialize
max_norm, min_max_norm, unit_norm, non_neg = MaxNorm, MinMaxNorm, UnitNorm, NonNeg

ConstraintLike = Annotated[Any, Setting(get, serialize)]
__getattr__ = finder(__name__)  # names of Keras 1 and 2
