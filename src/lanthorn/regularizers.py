"""Regularizers: what a weight adds to the loss. A regularizer is called with the weight and gives a number.

>>> layer = lanthorn.layers.Dense(8, kernel_regularizer=lanthorn.regularizers.L2(1e-4))
"""

from typing import Annotated, Any

from . import ops
from .core.config import Configurable, Registry, Setting
from .core.old_names import finder


class Regularizer(Configurable):
    """Base of the regularizers: override `__call__(x)`, x the engine's array of any shape; gives a scalar."""

    def __call__(self, x: Any) -> Any:
        raise TypeError(f"{type(self).__name__}: a regularizer must define __call__(x).")

    def __post_init__(self):
        for name, value in vars(self).items():
            if isinstance(value, float) and not 0.0 <= value < float("inf"):
                raise ValueError(f"{type(self).__name__}: `{name}` must be a number of 0 or more, got {value}.")


class L1(Regularizer):
    """l1 * sum(|x|).

    Example:
        >>> round(float(lanthorn.regularizers.L1(0.01)(np.array([[3.0, 4.0], [0.0, 1.0]]))), 4)
        0.08
    """

    l1: float = 0.01

    def __call__(self, x):
        return self.l1 * ops.sum(ops.abs(x))


class L2(Regularizer):
    """l2 * sum(x**2).

    Example:
        >>> round(float(lanthorn.regularizers.L2(0.01)(np.array([[3.0, 4.0], [0.0, 1.0]]))), 4)
        0.26
    """

    l2: float = 0.01

    def __call__(self, x):
        return self.l2 * ops.sum(ops.square(x))


class L1L2(Regularizer):
    """l1 * sum(|x|) + l2 * sum(x**2).

    Example:
        >>> round(float(lanthorn.regularizers.L1L2(l1=0.01, l2=0.01)(np.array([[3.0, 4.0], [0.0, 1.0]]))), 4)
        0.34
    """

    l1: float | None = 0.0
    l2: float | None = 0.0

    def __post_init__(self):
        self.l1, self.l2 = float(self.l1 or 0.0), float(self.l2 or 0.0)
        super().__post_init__()

    def __call__(self, x):
        loss = self.l1 * ops.sum(ops.abs(x)) if self.l1 else 0.0
        return loss + self.l2 * ops.sum(ops.square(x)) if self.l2 or not self.l1 else loss


class OrthogonalRegularizer(Regularizer):
    """factor * mean overlap (as |cosine|) of the rows, or columns, of a matrix; 0 when they are orthogonal.

    Raises ValueError for a weight that is not 2-D.

    Example:
        >>> round(float(lanthorn.regularizers.OrthogonalRegularizer(factor=1.0)(np.array([[3.0, 4.0], [0.0, 1.0]]))), 4)
        0.8
    """

    factor: float = 0.01
    mode: str = "rows"

    def __post_init__(self):
        if self.mode not in ("rows", "columns"):
            raise ValueError(f"OrthogonalRegularizer: `mode` must be 'rows' or 'columns', got {self.mode!r}.")
        super().__post_init__()

    def __call__(self, x):
        if len(x.shape) != 2:
            raise ValueError(f"OrthogonalRegularizer: expected a matrix, got a weight of shape {tuple(x.shape)}.")
        axis, size = (1, x.shape[0]) if self.mode == "rows" else (0, x.shape[1])
        lengths = ops.sqrt(ops.maximum(ops.sum(ops.square(x), axis=axis, keepdims=True), 1e-12))
        unit = x / lengths
        turned = ops.transpose(unit)
        products = ops.matmul(unit, turned) if self.mode == "rows" else ops.matmul(turned, unit)
        pairs = size * (size - 1) / 2.0
        overlap = ops.sum(ops.abs(products)) - ops.sum(ops.abs(ops.diagonal(products)))
        return self.factor * 0.5 * overlap / pairs


_registry = Registry(
    "regularizer",
    "regularizers",
    {c.__name__: c for c in (L1, L2, L1L2, OrthogonalRegularizer)},
    {"l1": "L1", "l2": "L2", "l1_l2": "L1L2", "l1l2": "L1L2", "orthogonal_regularizer": "OrthogonalRegularizer"},
)
get, serialize, deserialize = _registry.get, _registry.serialize, _registry.deserialize
l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer

RegularizerLike = Annotated[Any, Setting(get, serialize)]
__getattr__ = finder(__name__)  # names of Keras 1 and 2
