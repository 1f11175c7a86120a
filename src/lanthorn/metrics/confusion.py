"""Metrics that count right and wrong decisions at one or more thresholds."""

from typing import Any

import numpy as np

from .. import ops
from ..losses.base import same_rank
from .base import Metric, as_floats, ratio

LOWEST = -1e10  # below every score: with top_k what is not among the k largest gets it


def counts(
    y_true: Any, y_pred: Any, thresholds: Any, sample_weight: Any = None, top_k: int | None = None,
    class_id: int | None = None, multi_label: bool = False, label_weights: Any = None, clip: bool = False,
) -> tuple[Any, Any, Any, Any]:  # fmt: skip
    """Weighted numbers of true positives, false positives, true negatives and false negatives by threshold.

    Args:
        y_true, y_pred: (samples,) or (samples, classes); labels other than 0 are positive, as are
            scores above a threshold.
        thresholds: NumPy array (t,).
        sample_weight: one per sample, or of the labels' shape.
        top_k: only the k largest scores of a sample count as positive.
        class_id: only this column counts.
        multi_label: count each column by itself: results are (t, classes) instead of (t,).
        label_weights: one per column, when columns are counted together.
        clip: hold scores between 0 and 1 first.
    """
    y_true, y_pred = same_rank(*as_floats(y_true, y_pred))
    if clip:
        y_pred = ops.clip(y_pred, 0.0, 1.0)
    weight = ops.ones_like(y_pred)
    if sample_weight is not None:
        given = ops.convert_to_tensor(sample_weight, dtype="float32", like=y_pred)
        while len(given.shape) < len(y_pred.shape):
            given = ops.expand_dims(given, -1)
        weight = weight * given
    if label_weights is not None:
        weight = weight * ops.convert_to_tensor(label_weights, dtype="float32", like=y_pred)
    if top_k is not None:
        _, best = ops.top_k(y_pred, top_k)
        chosen = ops.sum(ops.one_hot(best, y_pred.shape[-1]), axis=-2)
        y_pred = y_pred * chosen + LOWEST * (1.0 - chosen)
    if class_id is not None:
        y_true, y_pred, weight = (a[..., class_id] for a in (y_true, y_pred, weight))
    limits = ops.convert_to_tensor(np.asarray(thresholds, "float32"), like=y_pred)
    positive = ops.cast(ops.not_equal(y_true, 0.0), "float32") * weight
    negative = weight - positive
    if multi_label:  # (t, 1, 1) against (1, samples, classes)
        above = ops.cast(y_pred > ops.reshape(limits, (-1, 1, 1)), "float32")
        tp, fp = ops.sum(above * positive, axis=1), ops.sum(above * negative, axis=1)
        return tp, fp, ops.sum(negative, axis=0) - fp, ops.sum(positive, axis=0) - tp
    above = ops.cast(ops.reshape(y_pred, (1, -1)) > ops.reshape(limits, (-1, 1)), "float32")  # (t, samples)
    tp = ops.sum(above * ops.reshape(positive, (1, -1)), axis=1)
    fp = ops.sum(above * ops.reshape(negative, (1, -1)), axis=1)
    return tp, fp, ops.sum(negative) - fp, ops.sum(positive) - tp


def threshold_list(who: str, thresholds: Any, default: float = 0.5) -> list[float]:
    """A threshold or several as a list, each between 0 and 1."""
    if thresholds is None:
        return [default]
    found = [float(t) for t in np.atleast_1d(thresholds)]
    if not found or min(found) < 0.0 or max(found) > 1.0:
        raise ValueError(f"{who}: `thresholds` must be between 0 and 1, got {thresholds}.")
    return found


class _Count(Metric):
    """One of the four counts; `_which` is its place in what `counts` gives."""

    _which = 0

    thresholds: Any = None

    def make_state(self):
        self._limits = threshold_list(type(self).__name__, self.thresholds)
        self.accumulator = self.add_variable((len(self._limits),), name="accumulator")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch; labels 0 and 1, predictions between 0 and 1."""
        self.accumulator.assign_add(counts(y_true, y_pred, self._limits, sample_weight)[self._which])

    def result(self):
        return self.accumulator.value[0] if len(self._limits) == 1 else self.accumulator.value


class TruePositives(_Count):
    """How many positives were found, at `thresholds` (0.5).

    Example:
        >>> metric = lanthorn.metrics.TruePositives()
        >>> metric.update_state(np.array([0, 1, 1, 1]), np.array([0.9, 0.8, 0.7, 0.2]))
        >>> round(float(metric.result()), 4)
        2.0
    """


class FalsePositives(_Count):
    """How many negatives were taken for positives, at `thresholds` (0.5).

    Example:
        >>> metric = lanthorn.metrics.FalsePositives()
        >>> metric.update_state(np.array([0, 1, 1, 1]), np.array([0.9, 0.8, 0.7, 0.2]))
        >>> round(float(metric.result()), 4)
        1.0
    """

    _which = 1


class TrueNegatives(_Count):
    """How many negatives were left alone, at `thresholds` (0.5)."""

    _which = 2


class FalseNegatives(_Count):
    """How many positives were missed, at `thresholds` (0.5).

    Example:
        >>> metric = lanthorn.metrics.FalseNegatives()
        >>> metric.update_state(np.array([0, 1, 1, 1]), np.array([0.9, 0.8, 0.7, 0.2]))
        >>> round(float(metric.result()), 4)
        1.0
    """

    _which = 3


class _Share(Metric):
    """True positives over all positives, either predicted (precision) or real (recall)."""

    _other = 1
    _other_name = "false_positives"

    thresholds: Any = None
    top_k: int | None = None
    class_id: int | None = None

    def make_state(self):
        self._limits = threshold_list(type(self).__name__, self.thresholds, 0.5 if self.top_k is None else LOWEST)
        self.true_positives = self.add_variable((len(self._limits),), name="true_positives")
        self._others = self.add_variable((len(self._limits),), name=self._other_name)
        setattr(self, self._other_name, self._others)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch; labels 0 and 1, predictions between 0 and 1."""
        found = counts(y_true, y_pred, self._limits, sample_weight, self.top_k, self.class_id)
        self.true_positives.assign_add(found[0])
        self._others.assign_add(found[self._other])

    def result(self):
        found = self.true_positives.value
        share = ratio(found, found + self._others.value)
        return share[0] if len(self._limits) == 1 else share


class Precision(_Share):
    """The share of predicted positives that are positive.

    Args:
        thresholds: one or several, between 0 and 1 (0.5 if None); several give several results.
        top_k: only the k largest scores of a sample count as positive.
        class_id: only this class counts.

    Example:
        >>> metric = lanthorn.metrics.Precision()
        >>> metric.update_state(np.array([0, 1, 1, 1]), np.array([0.9, 0.8, 0.7, 0.2]))
        >>> round(float(metric.result()), 4)
        0.6667
    """


class Recall(_Share):
    """The share of real positives that are found. Settings as in `Precision`.

    Example:
        >>> metric = lanthorn.metrics.Recall()
        >>> metric.update_state(np.array([0, 1, 1, 1]), np.array([0.9, 0.8, 0.7, 0.2]))
        >>> round(float(metric.result()), 4)
        0.6667
    """

    _other = 3
    _other_name = "false_negatives"


def even_thresholds(n: int) -> np.ndarray:
    """n thresholds from 0 to 1 at equal distances."""
    return np.array([0.5]) if n == 1 else np.arange(n) / (n - 1)


class FourCounts(Metric):
    """Base of the metrics made of all four counts at many thresholds."""

    def _make_counts(self, shape: tuple) -> None:
        names = ("true_positives", "false_positives", "true_negatives", "false_negatives")
        self._four = [self.add_variable(shape, name=name) for name in names]
        for name, variable in zip(names, self._four, strict=True):
            setattr(self, name, variable)

    def _add(self, found: tuple) -> None:
        for variable, value in zip(self._four, found, strict=True):
            variable.assign_add(value)

    def _rates(self) -> tuple[Any, Any, Any]:
        """Recall (sensitivity), specificity and precision by threshold."""
        tp, fp, tn, fn = (v.value for v in self._four)
        return ratio(tp, tp + fn), ratio(tn, tn + fp), ratio(tp, tp + fp)


class _BestAt(FourCounts):
    """The best of one rate over the thresholds at which another is high enough."""

    num_thresholds: int = 200
    class_id: int | None = None

    def _limit(self) -> float:
        raise NotImplementedError  # never called: each subclass has its own

    def make_state(self):
        if not 0.0 <= self._limit() <= 1.0:
            raise ValueError(f"{type(self).__name__}: the rate must be between 0 and 1, got {self._limit()}.")
        if self.num_thresholds < 1:
            raise ValueError(f"{type(self).__name__}: `num_thresholds` must be 1 or more, got {self.num_thresholds}.")
        self.thresholds = even_thresholds(self.num_thresholds)
        self._make_counts((self.num_thresholds,))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch; labels 0 and 1, predictions between 0 and 1."""
        clip = self.num_thresholds > 2
        self._add(counts(y_true, y_pred, self.thresholds, sample_weight, class_id=self.class_id, clip=clip))

    def _best(self, held: Any, wanted: Any) -> Any:
        return ops.max(ops.where(held >= self._limit(), wanted, 0.0 * wanted))


class SensitivityAtSpecificity(_BestAt):
    """The highest recall at which at least `specificity` of the negatives are left alone."""

    specificity: float  # pyright: ignore[reportGeneralTypeIssues]
    num_thresholds: int = 200

    def _limit(self):
        return self.specificity

    def result(self):
        recall, specificity, _ = self._rates()
        return self._best(specificity, recall)


class SpecificityAtSensitivity(_BestAt):
    """The highest specificity at which at least `sensitivity` of the positives are found."""

    sensitivity: float  # pyright: ignore[reportGeneralTypeIssues]
    num_thresholds: int = 200

    def _limit(self):
        return self.sensitivity

    def result(self):
        recall, specificity, _ = self._rates()
        return self._best(recall, specificity)


class PrecisionAtRecall(_BestAt):
    """The highest precision at which at least `recall` of the positives are found."""

    recall: float  # pyright: ignore[reportGeneralTypeIssues]
    num_thresholds: int = 200

    def _limit(self):
        return self.recall

    def result(self):
        recall, _, precision = self._rates()
        return self._best(recall, precision)


class RecallAtPrecision(_BestAt):
    """The highest recall at which at least `precision` of the predicted positives are right."""

    precision: float  # pyright: ignore[reportGeneralTypeIssues]
    num_thresholds: int = 200

    def _limit(self):
        return self.precision

    def result(self):
        recall, _, precision = self._rates()
        return self._best(precision, recall)
