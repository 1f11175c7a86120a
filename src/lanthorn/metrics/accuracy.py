"""Accuracies: the share of predictions that are right."""

from typing import Any

from .. import ops
from ..losses.base import aligned, class_numbers, same_rank, tensor
from .mean import FunctionMetric


def accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where labels and predictions are equal."""
    y_true, y_pred = aligned(y_true, y_pred)
    return ops.cast(ops.equal(y_true, y_pred), "float32")


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Any:
    """1 where the prediction is on the label's side of `threshold`; labels 0 and 1."""
    y_pred = tensor(y_pred)
    y_true, y_pred = same_rank(tensor(y_true, "float32", y_pred), y_pred)
    return ops.cast(ops.equal(y_true, ops.cast(y_pred > threshold, "float32")), "float32")


def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where the largest prediction is at the class of the one-hot label."""
    y_pred = tensor(y_pred)
    right = ops.argmax(tensor(y_true, like=y_pred), axis=-1)
    return ops.cast(ops.equal(right, ops.argmax(y_pred, axis=-1)), "float32")


def _class_numbers(y_true: Any, y_pred: Any) -> Any:
    """Labels (...) or (..., 1) as whole numbers, one axis less than the predictions."""
    y_true = class_numbers(y_true, y_pred)
    if len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == 1:
        return ops.squeeze(y_true, -1)
    return y_true


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where the largest prediction is at the class y_true."""
    y_pred = tensor(y_pred)
    right = _class_numbers(y_true, y_pred)
    return ops.cast(ops.equal(right, ops.argmax(y_pred, axis=-1)), "float32")


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """1 where the class of the one-hot label is among the k largest predictions."""
    y_pred = tensor(y_pred)
    return sparse_top_k_categorical_accuracy(ops.argmax(tensor(y_true, like=y_pred), axis=-1), y_pred, k)


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False) -> Any:
    """1 where the class y_true is among the k largest predictions.

    `from_sorted_ids`: predictions are class numbers, the likeliest first, instead of scores.
    """
    y_pred = tensor(y_pred)
    right = _class_numbers(y_true, y_pred)
    if from_sorted_ids:
        same = ops.equal(ops.expand_dims(right, -1), ops.cast(y_pred[..., :k], "int32"))
        return ops.cast(ops.any(same, axis=-1), "float32")
    score = ops.take_along_axis(y_pred, ops.expand_dims(right, -1), axis=-1)
    larger = ops.sum(ops.cast(y_pred > score, "float32"), axis=-1)
    known = ops.isfinite(ops.squeeze(score, -1))
    return ops.cast(ops.logical_and(larger < k, known), "float32")


class Accuracy(FunctionMetric):
    """How often labels and predictions are equal.

    Example:
        >>> metric = lanthorn.metrics.Accuracy()
        >>> metric.update_state(np.array([1, 2, 3]), np.array([1, 2, 0]))
        >>> round(float(metric.result()), 4)
        0.6667
    """

    function = staticmethod(accuracy)


class BinaryAccuracy(FunctionMetric):
    """How often predictions are on the side of `threshold` of labels 0 and 1.

    Example:
        >>> metric = lanthorn.metrics.BinaryAccuracy()
        >>> metric.update_state(np.array([0.0, 1.0]), np.array([0.4, 0.3]))
        >>> round(float(metric.result()), 4)
        0.5
    """

    function = staticmethod(binary_accuracy)
    name: str | None = None
    dtype: Any = None
    threshold: float = 0.5

    def __post_init__(self):
        if not 0.0 < self.threshold < 1.0:
            raise ValueError(f"BinaryAccuracy: `threshold` must be between 0 and 1, got {self.threshold}.")


class CategoricalAccuracy(FunctionMetric):
    """How often the largest prediction is at the class of the one-hot label.

    Example:
        >>> metric = lanthorn.metrics.CategoricalAccuracy()
        >>> metric.update_state(np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0.3, 0.7], [0.2, 0.8]]))
        >>> round(float(metric.result()), 4)
        0.5
    """

    function = staticmethod(categorical_accuracy)


class SparseCategoricalAccuracy(FunctionMetric):
    """How often the largest prediction is at the class that the label names.

    Example:
        >>> metric = lanthorn.metrics.SparseCategoricalAccuracy()
        >>> metric.update_state(np.array([1, 0]), np.array([[0.3, 0.7], [0.2, 0.8]]))
        >>> round(float(metric.result()), 4)
        0.5
    """

    function = staticmethod(sparse_categorical_accuracy)


class TopKCategoricalAccuracy(FunctionMetric):
    """How often the class of the one-hot label is among the `k` largest predictions.

    Example:
        >>> metric = lanthorn.metrics.TopKCategoricalAccuracy(k=2)
        >>> metric.update_state(np.array([[0.0, 0.0, 1.0]]), np.array([[0.5, 0.2, 0.3]]))
        >>> round(float(metric.result()), 4)
        1.0
    """

    function = staticmethod(top_k_categorical_accuracy)
    k: int = 5


class SparseTopKCategoricalAccuracy(FunctionMetric):
    """How often the class that the label names is among the `k` largest predictions.

    Example:
        >>> metric = lanthorn.metrics.SparseTopKCategoricalAccuracy(k=2)
        >>> metric.update_state(np.array([2]), np.array([[0.5, 0.2, 0.3]]))
        >>> round(float(metric.result()), 4)
        1.0
    """

    function = staticmethod(sparse_top_k_categorical_accuracy)
    k: int = 5
    name: str | None = None
    dtype: Any = None
    from_sorted_ids: bool = False

    def get_config(self):
        config = super().get_config()
        if not self.from_sorted_ids:
            del config["from_sorted_ids"]  # as Keras writes it
        return config


def labels_kind(y_true_shape: tuple, y_pred_shape: tuple) -> str:
    """'binary', 'sparse_categorical' or 'categorical', told from the shapes of labels and predictions."""
    if not y_pred_shape or y_pred_shape[-1] == 1:
        return "binary"
    if len(y_true_shape) < len(y_pred_shape) or y_true_shape[-1] == 1:
        return "sparse_categorical"
    return "categorical"


def resolve_accuracy(name: str, y_true_shape: tuple, y_pred_shape: tuple, loss: Any = None) -> Any:
    """The metric meant by 'accuracy', 'acc', 'crossentropy' or 'ce' for labels and predictions of these shapes.

    `loss` is not asked, as in Keras: the shapes tell.
    """
    from . import get

    what = "accuracy" if name.lower() in ("accuracy", "acc") else "crossentropy"
    metric = get(f"{labels_kind(tuple(y_true_shape), tuple(y_pred_shape))}_{what}")
    metric.name = name
    return metric
