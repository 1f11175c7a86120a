"""Area under a curve of rates over all thresholds."""

from typing import Any

import numpy as np

from .. import ops
from .base import ratio
from .confusion import FourCounts, counts, even_thresholds

EPSILON = 1e-7


class AUC(FourCounts):
    """Area under the ROC or precision-recall curve, by Riemann sums over `num_thresholds` points.

    Args:
        num_thresholds: points of the curve, 2 or more.
        curve: 'ROC', 'PR', or 'PRGAIN' (precision and recall gain; Flach & Kull, 2015).
        summation_method: 'interpolation' (middle of each strip; for PR that of Davis & Goadrich, 2006), 'minoring',
            'majoring'.
        thresholds: between 0 and 1, instead of evenly spread ones.
        multi_label: an area for each column, then their mean.
        num_labels: number of columns, if known.
        label_weights: one per column.
        from_logits: predictions are scores, a sigmoid comes first.

    Example:
        >>> m = AUC(num_thresholds=3)
        >>> m.update_state([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
        >>> float(m.result())
        0.75
    """

    num_thresholds: int = 200
    curve: str = "ROC"
    summation_method: str = "interpolation"
    name: str | None = None
    dtype: Any = None
    thresholds: Any = None
    multi_label: bool = False
    num_labels: int | None = None
    label_weights: Any = None
    from_logits: bool = False

    def __post_init__(self):
        self.curve, self.summation_method = self.curve.upper(), self.summation_method.lower()
        for name, known in (
            ("curve", ("ROC", "PR", "PRGAIN")),
            ("summation_method", ("interpolation", "minoring", "majoring")),
        ):
            if getattr(self, name) not in known:
                raise ValueError(f"AUC: `{name}` must be one of {known}, got {getattr(self, name)!r}.")
        if self.num_labels and not self.multi_label:
            raise ValueError("AUC: `num_labels` goes with multi_label=True.")
        if self.thresholds is None and self.num_thresholds < 2:
            raise ValueError(f"AUC: `num_thresholds` must be 2 or more, got {self.num_thresholds}.")

    def make_state(self):
        if self.thresholds is not None:
            inner = sorted(float(t) for t in self.thresholds)
            if inner and not 0.0 <= inner[0] <= inner[-1] <= 1.0:
                raise ValueError(f"AUC: `thresholds` must be between 0 and 1, got {self.thresholds}.")
            self._limits = np.array([0.0, *inner, 1.0])
            self.num_thresholds = len(inner) + 2
        else:
            self._limits = even_thresholds(self.num_thresholds)
        self._even = len(self._limits) > 2 and np.allclose(
            self._limits, even_thresholds(len(self._limits)), atol=EPSILON
        )
        self._limits[[0, -1]] = -EPSILON, 1.0 + EPSILON  # 0 counts as above the first, 1 as not above the last
        if not self.multi_label:
            self._make_counts((self.num_thresholds,))
        elif self.num_labels:
            self._make_counts((self.num_thresholds, self.num_labels))

    def make_state_for(self, y_true_shape, y_pred_shape):
        if not self.multi_label:
            return
        if len(y_pred_shape) != 2:
            raise ValueError(f"AUC: multi_label expects predictions (samples, labels), got the shape {y_pred_shape}.")
        if not self._own:
            self._make_counts((self.num_thresholds, y_pred_shape[1]))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch; labels 0 and 1, predictions between 0 and 1."""
        if self.from_logits:
            y_pred = ops.sigmoid(ops.convert_to_tensor(y_pred, dtype="float32"))
        weights = None if self.multi_label else self.label_weights
        self._add(
            counts(
                y_true, y_pred, self._limits, sample_weight, multi_label=self.multi_label, label_weights=weights,
                clip=self._even,
            )
        )  # fmt: skip

    def result(self):
        if self.curve == "PR" and self.summation_method == "interpolation":
            return self._over_labels(self._interpolated())
        x, y = self._curve()
        a, b = y[:-1], y[1:]
        heights = {
            "interpolation": lambda: (a + b) / 2.0,
            "minoring": lambda: ops.minimum(a, b),
            "majoring": lambda: ops.maximum(a, b),
        }[self.summation_method]()
        return self._over_labels((x[:-1] - x[1:]) * heights)

    def _curve(self) -> tuple[Any, Any]:
        recall, specificity, precision = self._rates()
        if self.curve == "ROC":
            tp, fp, tn, fn = (v.value for v in self._four)
            return ratio(fp, fp + tn), recall
        if self.curve == "PR":
            return recall, precision
        tp, fp, tn, fn = (v.value for v in self._four)
        odds = ratio(tp + fn, tn + fp)
        none = ops.equal(tp, 0.0)
        recall_gain = ops.where(none, 0.0, 1.0 - odds * ratio(fn, tp))
        return ops.maximum(recall_gain, 0.0), ops.where(none, 1.0, 1.0 - odds * ratio(fp, tp))

    def _interpolated(self) -> Any:
        """Strips of the precision-recall curve, true positives linear in all positives within each."""
        tp, fp, _, fn = (v.value for v in self._four)
        p = tp + fp
        found, taken = tp[:-1] - tp[1:], p[:-1] - p[1:]
        slope = ratio(found, ops.maximum(taken, 0.0))
        start = tp[1:] - slope * p[1:]
        both = ops.logical_and(p[:-1] > 0.0, p[1:] > 0.0)
        growth = ops.where(both, ratio(p[:-1], ops.maximum(p[1:], 0.0)), ops.ones_like(start))
        return ratio(slope * (found + start * ops.log(growth)), ops.maximum(tp[1:] + fn[1:], 0.0))

    def _over_labels(self, strips: Any) -> Any:
        if not self.multi_label:
            return ops.sum(strips)
        areas = ops.sum(strips, axis=0)
        if self.label_weights is None:
            return ops.mean(areas)
        weights = ops.convert_to_tensor(np.asarray(self.label_weights, "float32"), like=areas)
        return ratio(ops.sum(areas * weights), ops.sum(weights))

    def get_config(self):
        config = super().get_config()
        given = config.pop("thresholds")
        return config if given is None else config | {"thresholds": [float(t) for t in given]}
