"""Means and sums over all samples seen, weighted if wanted."""

from collections.abc import Callable
from typing import Any, ClassVar

from .. import ops
from ..core.masking import get_mask
from ..core.naming import snake_case
from ..losses import deserialize, serialize
from ..losses.base import mask_weight, same_rank, tensor
from ..ops.dtypes import standardize
from .base import Metric, ratio


def per_sample(values: Any, sample_weight: Any, reduce: Callable, dtype: str = "float32") -> tuple[Any, Any]:
    """One weighted value per sample, and one weight per sample (None without weights)."""
    mask = get_mask(values)
    values = tensor(values, dtype)
    if mask is not None and sample_weight is not None:
        sample_weight = mask_weight(sample_weight, mask, spread=False, like=values)
    if sample_weight is not None:
        sample_weight = tensor(sample_weight, dtype, values)
        values, sample_weight = same_rank(values, sample_weight)
        rank, weight_rank = len(values.shape), len(sample_weight.shape)
        if rank > weight_rank:
            values = reduce(values, axis=tuple(range(weight_rank, rank)))
        values = values * sample_weight
        if weight_rank > 1:
            sample_weight = reduce(sample_weight + 0.0 * values, axis=tuple(range(1, weight_rank)))
        elif weight_rank == 0 and rank == 0:
            return values, sample_weight
    if len(values.shape) > 1:
        values = reduce(values, axis=tuple(range(1, len(values.shape))))
    return values, sample_weight


class Sum(Metric):
    """The sum of all values, each times its weight.

    Example:
        >>> m = Sum()
        >>> m.update_state([1, 3, 5, 7])
        >>> float(m.result())
        16.0
    """

    name: str | None = None
    dtype: Any = None

    def make_state(self):
        self.total = self.add_variable(name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add values of any shape; weights are one per sample, or of the values' shape."""
        values, _ = per_sample(values, sample_weight, ops.sum, self.dtype)
        self.total.assign_add(ops.sum(values))

    def result(self):
        return self.total.value


class Mean(Metric):
    """The mean of all values, weighted by sample.

    Example:
        >>> m = Mean()
        >>> m.update_state([1, 3, 5, 7], sample_weight=[1, 1, 0, 0])
        >>> float(m.result())
        2.0
    """

    name: str | None = None
    dtype: Any = None

    def make_state(self):
        self.total = self.add_variable(name="total")
        self.count = self.add_variable(name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add values of any shape; weights are one per sample, or of the values' shape."""
        if type(sample_weight) in (int, float):  # the mean of a batch, and how many samples it stands for
            self.total.assign_add(values * sample_weight)
            self.count.assign_add(sample_weight)
            return
        values, weight = per_sample(values, sample_weight, ops.mean, self.dtype)
        if len(values.shape) == 0:
            self.total.assign_add(values)
            self.count.assign_add(1.0 if weight is None else weight)
            return
        self.total.assign_add(ops.sum(values))
        if weight is not None:
            self.count.assign_add(ops.sum(ops.broadcast_to(weight, ops.shape(values))))
        else:
            n = ops.shape(values)[0]
            self.count.assign_add(float(n) if isinstance(n, int) else ops.cast(n, self.dtype))

    def result(self):
        return ratio(self.total, self.count)


class MeanOfFunction(Mean):
    """Base of the metrics that are the mean of `values(y_true, y_pred)`."""

    def values(self, y_true: Any, y_pred: Any) -> Any:
        """One value, or several, per sample."""
        raise TypeError(f"{type(self).__name__}: it must define values(y_true, y_pred).")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch of labels and predictions; a mask on the predictions counts as weight 0."""
        mask = get_mask(y_pred)
        if mask is not None:
            sample_weight = mask_weight(sample_weight, mask, spread=False, like=y_pred)
        Mean.update_state.__wrapped__(self, self.values(y_true, y_pred), sample_weight)


class FunctionMetric(MeanOfFunction):
    """Base of the metrics that are the mean of a function with settings: `function(y_true, y_pred, **own fields)`."""

    function: ClassVar[Callable]

    def make_state(self):
        super().make_state()
        self._settings = {k: v for k, v in self.get_config().items() if k not in ("name", "dtype")}

    def values(self, y_true, y_pred):
        return type(self).function(y_true, y_pred, **self._settings)


class MeanMetricWrapper(MeanOfFunction):
    """The mean of a function `fn(y_true, y_pred, **settings)`.

    Args:
        fn: gives one value, or several, per sample.
        name: the function's if None.
        settings: passed on to `fn`.

    Example:
        >>> m = MeanMetricWrapper(lambda y_true, y_pred: ops.abs(y_true - y_pred), name="distance")
    """

    def __init__(self, fn: Callable, name: str | None = None, dtype: Any = None, **settings: Any):
        self._fn, self._settings = fn, settings
        super().__init__(name=name, dtype=dtype)

    def _default_name(self):
        return getattr(self._fn, "__name__", None) or snake_case(type(self._fn).__name__)

    def values(self, y_true, y_pred):
        if not getattr(self._fn, "_integer_labels", False) and not isinstance(y_pred, (list, tuple, dict)):
            y_pred = tensor(y_pred)
            if standardize(y_pred.dtype).startswith(("float", "bfloat")):  # as Keras: y_true takes y_pred's dtype
                y_true = tensor(y_true, standardize(y_pred.dtype), y_pred)
        return self._fn(y_true, y_pred, **self._settings)

    def get_config(self):
        return {"name": self.name, "dtype": self.dtype, "fn": serialize(self._fn), **self._settings}

    @classmethod
    def from_config(cls, config):
        return cls(**(config | {"fn": deserialize(config["fn"])}))
