"""What a loss is: values per sample, weighted, masked and reduced to one number."""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from .. import ops
from ..core import tree
from ..core.config import Configurable
from ..core.masking import get_mask
from ..core.naming import snake_case
from ..core.variable import Variable
from ..ops.dispatch import kind
from ..ops.dtypes import standardize

MEANS = ("sum_over_batch_size", "mean")
REDUCTIONS = (*MEANS, "mean_with_sample_weight", "sum", "none", None)


def tensor(x: Any, dtype: str | None = None, like: Any = None) -> Any:
    """`x` as an array of the engine of `like`, in this dtype; left alone, at little cost, if it is that already."""
    if kind(x) not in (None, "numpy") and type(x) is not Variable and (dtype is None or standardize(x.dtype) == dtype):
        return x
    return ops.convert_to_tensor(x, dtype=dtype, like=like)


def class_numbers(y_true: Any, like: Any) -> Any:
    """Labels as an array of whole numbers, of the engine of `like`."""
    y_true = tensor(y_true, like=like)
    return y_true if "int" in standardize(y_true.dtype) else ops.cast(y_true, "int32")


def pair(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Labels and predictions as arrays of one engine and one dtype, those of the predictions."""
    y_pred = tensor(y_pred)
    return tensor(y_true, standardize(y_pred.dtype), y_pred), y_pred


def same_rank(a: Any, b: Any) -> tuple[Any, Any]:
    """(n, 1) next to (n,): both as (n, 1). A last axis of size 1 that only one of them has is dropped."""
    rank, other = len(a.shape), len(b.shape)
    if rank == other + 1 and a.shape[-1] == 1:
        return (a, ops.expand_dims(b, -1)) if other == 1 else (ops.squeeze(a, -1), b)
    if other == rank + 1 and b.shape[-1] == 1:
        return (ops.expand_dims(a, -1), b) if rank == 1 else (a, ops.squeeze(b, -1))
    return a, b


def aligned(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """`pair`, then `same_rank`."""
    return same_rank(*pair(y_true, y_pred))


def mask_weight(sample_weight: Any, mask: Any, spread: bool, like: Any = None) -> Any:
    """Sample weights that are 0 where `mask` is. `spread`: the rest is scaled so that a mean counts only them."""
    weight = tensor(mask, "float32", like)
    if spread:
        weight = weight / ops.maximum(ops.mean(weight), 1e-12)
    if sample_weight is None:
        return weight
    weight, sample_weight = same_rank(weight, tensor(sample_weight, "float32", weight))
    return weight * to_rank(sample_weight, weight)


def to_rank(weight: Any, values: Any) -> Any:
    """The weight with axes of size 1 behind, until it has as many as the values: (n,) next to (n, t) as (n, 1)."""
    while 0 < len(weight.shape) < len(values.shape):
        weight = ops.expand_dims(weight, -1)
    return weight


def reduce_values(values: Any, sample_weight: Any = None, mask: Any = None, reduction: str | None = "sum") -> Any:
    """The values, weighted and masked, as one number: their sum, their mean, or (None) as they are."""
    if mask is not None:
        sample_weight = mask_weight(sample_weight, mask, reduction in MEANS, like=values)
    if sample_weight is not None:
        sample_weight = tensor(sample_weight, standardize(values.dtype), values)
        values, sample_weight = same_rank(values, sample_weight)
        values = values * to_rank(sample_weight, values)
    if reduction in MEANS:
        return ops.mean(values)
    if reduction == "sum":
        return ops.sum(values)
    if reduction == "mean_with_sample_weight":
        if sample_weight is None:
            return ops.mean(values)
        total = ops.sum(sample_weight)
        return ops.where(total == 0.0, 0.0 * total, ops.sum(values) / ops.where(total == 0.0, 1.0 + total, total))
    return values


class Loss(Configurable):
    """Base of the losses. Override `call(y_true, y_pred)`: one value per sample.

    Args:
        name: shown in errors and files; made from the class's name if None.
        reduction: 'sum_over_batch_size' (or 'mean': the mean over all values), 'sum', 'mean_with_sample_weight'
            (the mean over the weights), or None for no reduction.
        dtype: the dtype to compute in; 'float32' if None.

    Called with labels, predictions and, if wanted, `sample_weight` (one per sample, or of the values' shape) and
    `mask` (the one attached to the predictions if None; positions that are False do not count).

    Example:
        >>> class Distance(lanthorn.losses.Loss):
        ...     def call(self, y_true, y_pred):
        ...         return ops.mean(ops.abs(y_true - y_pred), axis=-1)
    """

    _own_first: ClassVar[bool] = True
    _compute_dtype: ClassVar[str] = "float32"
    _integer_labels: ClassVar[bool] = False  # labels stay whole numbers; otherwise they take the predictions' dtype

    name: str | None = None
    reduction: str | None = "sum_over_batch_size"
    dtype: Any = None

    def _set_fields(self, args, kwargs):
        super()._set_fields(args, kwargs)
        self._ready_fields()

    def _ready_fields(self) -> None:
        self.name = self.name or self._default_name()
        if self.reduction == "auto":  # Keras 2
            self.reduction = "sum_over_batch_size"
        if self.reduction not in REDUCTIONS:
            raise ValueError(
                f"{type(self).__name__}: `reduction` must be one of {', '.join(map(repr, REDUCTIONS))}, "
                f"got {self.reduction!r}."
            )
        self._compute_dtype = standardize(self.dtype or "float32")

    def _default_name(self) -> str:
        return snake_case(type(self).__name__)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        raise TypeError(f"{type(self).__name__}: a loss must define call(y_true, y_pred), one value per sample.")

    def valid(self, y_true: Any, y_pred: Any, values: Any) -> Any:
        """A mask of the values that count, or None for all."""
        return None

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None, mask: Any = None) -> Any:
        if mask is None:
            mask = get_mask(y_pred)
        y_pred = self._arrays(y_pred)
        y_true = self._labels(y_true, y_pred)
        values = self.call(y_true, y_pred)
        own = self.valid(y_true, y_pred, values)
        if own is not None:
            mask = own if mask is None else ops.logical_and(own, mask)
        return reduce_values(values, sample_weight, mask, self.reduction)

    def _arrays(self, y: Any, like: Any = None, dtype: str | None = None) -> Any:
        """`y`, or each array of a structure, on the engine of `like` and in the loss's dtype."""
        if type(y) in (list, tuple, dict):
            items = tree.flatten(y)
            if isinstance(y, dict) or (items and hasattr(items[0], "shape")):
                return tree.map(lambda leaf: self._arrays(leaf, like, dtype), y)
            y = np.asarray(y, "float32" if dtype is None else None)  # nested lists of numbers are one array
        return tensor(y, dtype or self._compute_dtype, like)

    def _labels(self, y_true: Any, y_pred: Any) -> Any:
        like = next(tree.leaves(y_pred)) if type(y_pred) in (list, tuple, dict) else y_pred
        if not self._integer_labels:
            return self._arrays(y_true, like)
        if type(y_true) in (list, tuple):
            y_true = np.asarray(y_true)
        return tensor(y_true, like=like)

    def get_config(self):
        config = super().get_config()
        if config.get("dtype") is None:
            config.pop("dtype", None)  # as Keras writes it
        return config


class FunctionLoss(Loss):
    """Base of the losses that are a function with settings: `function(y_true, y_pred, **own fields)`."""

    function: ClassVar[Callable]

    reduction: str | None = "sum_over_batch_size"
    name: str | None = None
    dtype: Any = None

    def _ready_fields(self):
        super()._ready_fields()
        self._settings = {k: v for k, v in super().get_config().items() if k not in ("name", "reduction", "dtype")}

    def call(self, y_true, y_pred):
        y_true, y_pred = same_rank(y_true, y_pred)
        return type(self).function(y_true, y_pred, **self._settings)


class LossFunctionWrapper(Loss):
    """A function `fn(y_true, y_pred, **settings)` as a loss.

    Args:
        fn: gives one value per sample, or one number.
        reduction, name, dtype: as in `Loss`; the name is the function's if None.
        settings: passed on to `fn`.

    Example:
        >>> loss = LossFunctionWrapper(lambda t, p: ops.mean(ops.abs(t - p), axis=-1))
    """

    def __init__(
        self, fn: Callable, reduction: str | None = "sum_over_batch_size", name: str | None = None, dtype: Any = None,
        **settings: Any,
    ):  # fmt: skip
        self.fn, self._settings = fn, settings
        self._integer_labels = getattr(fn, "_integer_labels", False)
        self._valid = getattr(fn, "_valid", None)
        super().__init__(reduction=reduction, name=name, dtype=dtype)

    def _default_name(self):
        return getattr(self.fn, "__name__", None) or snake_case(type(self.fn).__name__)

    def call(self, y_true, y_pred):
        if hasattr(y_true, "shape") and hasattr(y_pred, "shape"):
            y_true, y_pred = same_rank(y_true, y_pred)
        return self.fn(y_true, y_pred, **self._settings)

    def valid(self, y_true, y_pred, values):
        return self._valid(y_true, y_pred, values, **self._settings) if self._valid else None

    def get_config(self):
        from . import serialize

        return super().get_config() | {"fn": serialize(self.fn), **self._settings}

    @classmethod
    def from_config(cls, config):
        from . import deserialize

        return cls(**(config | {"fn": deserialize(config["fn"])}))
