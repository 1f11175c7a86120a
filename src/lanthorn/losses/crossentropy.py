"""Cross-entropies and their kin: losses between a label and the probability that was predicted for it.

Predictions are probabilities, or with `from_logits` the scores before softmax or sigmoid. Probabilities are held
between `epsilon()` (1e-7) and 1 - 1e-7 before the logarithm is taken.
"""

import warnings
from typing import Any

from .. import ops
from ..core import settings
from .base import FunctionLoss, class_numbers, pair, tensor


def _smooth_classes(y_true: Any, amount: float) -> Any:
    return y_true * (1.0 - amount) + amount / y_true.shape[-1] if amount else y_true


def _smooth_binary(y_true: Any, amount: float) -> Any:
    return y_true * (1.0 - amount) + 0.5 * amount if amount else y_true


def _several_classes(who: str, y_true: Any, y_pred: Any) -> None:
    if y_pred.shape[-1] == 1:
        warnings.warn(
            f"{who}: the predictions have one class (shape {tuple(y_pred.shape)}), so this loss is always 0. "
            "For two classes and one output use 'binary_crossentropy'.",
            SyntaxWarning,
            stacklevel=3,
        )
    labels, outputs = tuple(y_true.shape), tuple(y_pred.shape)
    same = len(labels) == len(outputs) and all(None in (m, n) or m == n for m, n in zip(labels, outputs, strict=True))
    if not same:  # a graph's unknown size may be any
        raise ValueError(
            f"{who}: expected one-hot labels of the predictions' shape {tuple(y_pred.shape)}, "
            f"got {tuple(y_true.shape)}. For labels that are class numbers use 'sparse_categorical_crossentropy'."
        )


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Any:
    """-sum(y_true * log(y_pred)) over `axis`; labels are one-hot or probabilities, shaped as the predictions.

    Args:
        from_logits: predictions are scores, a softmax comes first.
        label_smoothing: share of each label spread evenly over the classes (Szegedy et al., 2015).

    Raises:
        ValueError: labels and predictions differ in shape.
    """
    y_true, y_pred = pair(y_true, y_pred)
    _several_classes("categorical_crossentropy", y_true, y_pred)
    return ops.categorical_crossentropy(
        _smooth_classes(y_true, label_smoothing), y_pred, from_logits=from_logits, axis=axis
    )


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Any:
    """-log(predicted probability of the class y_true).

    Args:
        y_true: class numbers, (...) or (..., 1), from 0 to classes - 1. See `check_labels`.
        y_pred: (..., classes), the classes along `axis`.
        ignore_class: a label whose samples cost nothing.

    Raises:
        ValueError: the shapes do not match.
    """
    y_pred = tensor(y_pred)
    y_true = class_numbers(y_true, y_pred)
    if len(y_true.shape) == len(y_pred.shape) and y_true.shape[axis] == 1:
        y_true = ops.squeeze(y_true, axis)
    if len(y_true.shape) != len(y_pred.shape) - 1:
        raise ValueError(
            f"sparse_categorical_crossentropy: expected labels (class numbers) of shape {tuple(y_pred.shape)[:-1]} for "
            f"predictions of shape {tuple(y_pred.shape)}, got {tuple(y_true.shape)}. "
            "For one-hot labels use 'categorical_crossentropy'."
        )
    if ignore_class is None:
        return ops.sparse_categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)
    counts = y_true != ignore_class
    y_true = ops.where(counts, y_true, 0)
    y_pred = ops.where(ops.expand_dims(counts, axis), y_pred, 0.0)  # no 0/0 in the gradient
    values = ops.sparse_categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)
    return ops.where(counts, values, 0.0)


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Any:
    """mean(-y_true * log(y_pred) - (1 - y_true) * log(1 - y_pred)) over `axis`, labels 0 and 1.

    Args:
        from_logits: predictions are scores, a sigmoid comes first.
        label_smoothing: labels are moved towards 0.5 by this share.
    """
    y_true, y_pred = pair(y_true, y_pred)
    values = ops.binary_crossentropy(_smooth_binary(y_true, label_smoothing), y_pred, from_logits=from_logits)
    return ops.mean(values, axis=axis)


def binary_focal_crossentropy(
    y_true: Any, y_pred: Any, apply_class_balancing: bool = False, alpha: float = 0.25, gamma: float = 2.0,
    from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1,
) -> Any:  # fmt: skip
    """Binary cross-entropy times (1 - p)**gamma, p the probability of the right answer (Lin et al., 2017).

    Args:
        apply_class_balancing: weigh label 1 with `alpha` and label 0 with 1 - alpha.
        gamma: 0 gives the plain cross-entropy; more makes easy samples count less.
    """
    y_true, y_pred = pair(y_true, y_pred)
    y_true = _smooth_binary(y_true, label_smoothing)
    if from_logits:
        y_pred = ops.sigmoid(y_pred)
    right = y_true * y_pred + (1.0 - y_true) * (1.0 - y_pred)
    values = ops.power(1.0 - right, gamma) * ops.binary_crossentropy(y_true, y_pred)
    if apply_class_balancing:
        values = (y_true * alpha + (1.0 - y_true) * (1.0 - alpha)) * values
    return ops.mean(values, axis=axis)


def categorical_focal_crossentropy(
    y_true: Any, y_pred: Any, alpha: float = 0.25, gamma: float = 2.0, from_logits: bool = False,
    label_smoothing: float = 0.0, axis: int = -1,
) -> Any:  # fmt: skip
    """-alpha * sum((1 - y_pred)**gamma * y_true * log(y_pred)) over `axis` (Lin et al., 2017); labels one-hot."""
    y_true, y_pred = pair(y_true, y_pred)
    _several_classes("categorical_focal_crossentropy", y_true, y_pred)
    y_true = _smooth_classes(y_true, label_smoothing)
    if from_logits:
        y_pred = ops.softmax(y_pred, axis=axis)
    p = ops.clip(y_pred / ops.sum(y_pred, axis=axis, keepdims=True), settings.epsilon(), 1.0 - settings.epsilon())
    return ops.sum(alpha * ops.power(1.0 - p, gamma) * (-y_true * ops.log(p)), axis=axis)


def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float = 0.5) -> Any:
    """(1 - p**q) / q, p the probability of the class y_true: bears wrong labels (Zhang & Sabuncu, 2018)."""
    y_pred = tensor(y_pred)
    right = ops.one_hot(class_numbers(y_true, y_pred), y_pred.shape[-1])
    return (1.0 - ops.power(ops.sum(y_pred * right, axis=-1), q)) / q


def kl_divergence(y_true: Any, y_pred: Any) -> Any:
    """sum(y_true * log(y_true / y_pred)) over the last axis: Kullback-Leibler divergence of two distributions."""
    y_true, y_pred = pair(y_true, y_pred)
    y_true, y_pred = ops.clip(y_true, settings.epsilon(), 1.0), ops.clip(y_pred, settings.epsilon(), 1.0)
    return ops.sum(y_true * ops.log(y_true / y_pred), axis=-1)


sparse_categorical_crossentropy._integer_labels = True
categorical_generalized_cross_entropy._integer_labels = True


def _not_ignored(y_true, y_pred, values, ignore_class=None, **_):
    if ignore_class is None:
        return None
    return ops.reshape(class_numbers(y_true, values) != ignore_class, ops.shape(values))


sparse_categorical_crossentropy._valid = _not_ignored


class CategoricalCrossentropy(FunctionLoss):
    """-sum(y_true * log(y_pred)), labels one-hot. Settings: see `categorical_crossentropy`.

    Example:
        >>> loss = lanthorn.losses.CategoricalCrossentropy()
        >>> round(float(loss(np.array([[0.0, 1.0, 0.0]]), np.array([[0.1, 0.7, 0.2]]))), 4)
        0.3567
    """

    function = staticmethod(categorical_crossentropy)
    from_logits: bool = False
    label_smoothing: float = 0.0
    axis: int = -1


class SparseCategoricalCrossentropy(FunctionLoss):
    """-log(probability of the class y_true), labels class numbers. Samples of `ignore_class` do not count.

    Example:
        >>> loss = lanthorn.losses.SparseCategoricalCrossentropy()
        >>> round(float(loss(np.array([1]), np.array([[0.1, 0.7, 0.2]]))), 4)
        0.3567
    """

    function = staticmethod(sparse_categorical_crossentropy)
    _integer_labels = True
    from_logits: bool = False
    ignore_class: int | None = None
    reduction: str | None = "sum_over_batch_size"
    axis: int = -1

    def call(self, y_true, y_pred):
        return sparse_categorical_crossentropy(y_true, y_pred, **self._settings)

    def valid(self, y_true, y_pred, values):
        return _not_ignored(y_true, y_pred, values, self.ignore_class)

    def get_config(self):
        config = super().get_config()
        if config["axis"] == -1:
            del config["axis"]  # Keras's file has it nowhere
        return config


class BinaryCrossentropy(FunctionLoss):
    """Cross-entropy of labels 0 and 1. Settings: see `binary_crossentropy`.

    Example:
        >>> loss = lanthorn.losses.BinaryCrossentropy()
        >>> round(float(loss(np.array([[1.0]]), np.array([[0.7]]))), 4)
        0.3567
    """

    function = staticmethod(binary_crossentropy)
    from_logits: bool = False
    label_smoothing: float = 0.0
    axis: int = -1


class BinaryFocalCrossentropy(FunctionLoss):
    """Cross-entropy of labels 0 and 1 in which easy samples count less. See `binary_focal_crossentropy`.

    Example:
        >>> loss = lanthorn.losses.BinaryFocalCrossentropy()
        >>> round(float(loss(np.array([[1.0]]), np.array([[0.7]]))), 4)
        0.0321
    """

    function = staticmethod(binary_focal_crossentropy)
    apply_class_balancing: bool = False
    alpha: float = 0.25
    gamma: float = 2.0
    from_logits: bool = False
    label_smoothing: float = 0.0
    axis: int = -1


class CategoricalFocalCrossentropy(FunctionLoss):
    """Cross-entropy in which easy samples count less. See `categorical_focal_crossentropy`.

    Example:
        >>> loss = lanthorn.losses.CategoricalFocalCrossentropy()
        >>> round(float(loss(np.array([[0.0, 1.0, 0.0]]), np.array([[0.1, 0.7, 0.2]]))), 4)
        0.008
    """

    function = staticmethod(categorical_focal_crossentropy)
    alpha: float = 0.25
    gamma: float = 2.0
    from_logits: bool = False
    label_smoothing: float = 0.0
    axis: int = -1


class CategoricalGeneralizedCrossEntropy(FunctionLoss):
    """(1 - p**q) / q for the probability p of the class y_true; q between 0 and 1.

    Example:
        >>> loss = lanthorn.losses.CategoricalGeneralizedCrossEntropy()
        >>> round(float(loss(np.array([1]), np.array([[0.1, 0.7, 0.2]]))), 4)
        0.3267
    """

    function = staticmethod(categorical_generalized_cross_entropy)
    _integer_labels = True
    q: float = 0.5

    def __post_init__(self):
        if not 0 < self.q < 1:
            raise ValueError(f"CategoricalGeneralizedCrossEntropy: `q` must be between 0 and 1, got {self.q}.")


class KLDivergence(FunctionLoss):
    """sum(y_true * log(y_true / y_pred)) over the last axis.

    Example:
        >>> loss = lanthorn.losses.KLDivergence()
        >>> round(float(loss(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]]))), 4)
        0.1438
    """

    function = staticmethod(kl_divergence)
