"""Intersection over union: how well the areas of classes are found, from a table of labels by predictions."""

from typing import Any, ClassVar

from .. import ops
from ..losses.base import tensor, to_rank
from .base import Metric


class Overlap(Metric):
    """Base of the metrics here. The table counts pixels, weighted by sample or pixel, in whole numbers by default."""

    _state_dtype: ClassVar[str] = "int32"

    ignore_class = None
    sparse_y_true = sparse_y_pred = True
    axis = -1

    def targets(self) -> list[int]:
        """The classes whose mean is the result."""
        if not hasattr(self, "target_class_ids"):
            return list(range(self.num_classes))
        self.target_class_ids = found = [int(i) for i in self.target_class_ids]
        if max(found) >= self.num_classes:
            raise ValueError(
                f"{type(self).__name__}: `target_class_ids` must be less than num_classes={self.num_classes}, "
                f"got {found}."
            )
        return found

    def make_state(self):
        self._targets = self.targets()
        n = self.num_classes
        self.total_cm = self.add_variable((n, n), name="total_confusion_matrix")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_pred = tensor(y_pred)
        y_true = tensor(y_true, like=y_pred)
        self.count(
            y_true if self.sparse_y_true else ops.argmax(y_true, axis=self.axis),
            y_pred if self.sparse_y_pred else ops.argmax(y_pred, axis=self.axis),
            sample_weight,
        )

    def count(self, y_true: Any, y_pred: Any, sample_weight: Any) -> None:
        """Add class numbers to the table; what is no class counts nowhere."""
        n, shape = self.num_classes, ops.shape(y_true)
        y_true, y_pred = (ops.reshape(ops.cast(y, "int32"), (-1,)) for y in (y_true, y_pred))
        inside = (y_true >= 0) & (y_true < n) & (y_pred >= 0) & (y_pred < n)
        if self.ignore_class is not None:
            inside = inside & (y_true != self.ignore_class)
        weight = ops.cast(inside, self.dtype)
        if sample_weight is not None:
            given = tensor(sample_weight, self.dtype, y_true)
            if len(given.shape) < len(shape):  # one per sample, or one for all
                given = ops.broadcast_to(to_rank(given, ops.reshape(y_true, shape)), shape)
            weight = weight * ops.reshape(given, (-1,))
        place = ops.where(inside, y_true * n + y_pred, ops.zeros_like(y_true))
        self.total_cm.assign_add(ops.reshape(ops.segment_sum(weight, place, n * n), (n, n)))

    def result(self):
        table = ops.cast(self.total_cm, "float32")
        hits = ops.diag(table)
        both = ops.sum(table, axis=0) + ops.sum(table, axis=1) - hits
        hits, both = ops.take(hits, self._targets), ops.take(both, self._targets)
        shares = ops.where(both > 0, hits / (both + 1e-7), ops.zeros_like(both))
        return ops.sum(shares) / (ops.sum(ops.cast(both > 0, "float32")) + 1e-7)


class IoU(Overlap):
    """The mean over some classes of hits / (hits + misses + false alarms), from class numbers.

    Args:
        num_classes: how many classes there are.
        target_class_ids: those that are measured.
        ignore_class: a label that does not count, such as 255 for "void".
        sparse_y_true, sparse_y_pred: False where labels, or predictions, have one number per class along `axis`.

    Example:
        >>> metric = lanthorn.metrics.IoU(num_classes=2, target_class_ids=[0])
        >>> metric.update_state([0, 0, 1, 1], [0, 1, 0, 1])
        >>> round(float(metric.result()), 4)
        0.3333
    """

    num_classes: int
    target_class_ids: Any
    name: str | None = None
    dtype: Any = None
    ignore_class: int | None = None
    sparse_y_true: bool = True
    sparse_y_pred: bool = True
    axis: int = -1


class MeanIoU(Overlap):
    """`IoU` of all classes that occur.

    Example:
        >>> metric = lanthorn.metrics.MeanIoU(num_classes=2)
        >>> metric.update_state([0, 0, 1, 1], [0, 1, 0, 1], sample_weight=[1, 0, 1, 1])
        >>> round(float(metric.result()), 4)
        0.5
    """

    num_classes: int
    name: str | None = None
    dtype: Any = None
    ignore_class: int | None = None
    sparse_y_true: bool = True
    sparse_y_pred: bool = True
    axis: int = -1


class BinaryIoU(Overlap):
    """`IoU` of the classes 0 and 1 from scores: what is at least `threshold` is 1.

    Example:
        >>> metric = lanthorn.metrics.BinaryIoU(threshold=0.3)
        >>> metric.update_state([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7])
        >>> round(float(metric.result()), 4)
        0.3333
    """

    num_classes = 2

    target_class_ids: Any = (0, 1)
    threshold: float = 0.5
    name: str | None = None
    dtype: Any = None

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_pred = tensor(y_pred, "float32")
        self.count(tensor(y_true, like=y_pred), y_pred >= self.threshold, sample_weight)


class OneHotIoU(Overlap):
    """`IoU` from labels with one number per class along `axis`; so are predictions, unless `sparse_y_pred`.

    Example:
        >>> metric = lanthorn.metrics.OneHotIoU(num_classes=2, target_class_ids=[1])
        >>> metric.update_state([[1, 0], [0, 1], [0, 1]], [[0.8, 0.2], [0.6, 0.4], [0.1, 0.9]])
        >>> round(float(metric.result()), 4)
        0.5
    """

    sparse_y_true = False

    num_classes: int
    target_class_ids: Any
    name: str | None = None
    dtype: Any = None
    ignore_class: int | None = None
    sparse_y_pred: bool = False
    axis: int = -1


class OneHotMeanIoU(Overlap):
    """`MeanIoU` from labels with one number per class along `axis`; so are predictions, unless `sparse_y_pred`."""

    sparse_y_true = False

    num_classes: int
    name: str | None = None
    dtype: Any = None
    ignore_class: int | None = None
    sparse_y_pred: bool = False
    axis: int = -1
