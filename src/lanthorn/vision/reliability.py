"""Calibration: whether photos that a model is 80 % sure of are right in 80 of 100."""

from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from .axes import Axes
from .plot import Plot


class Calibration(NamedTuple):
    """How sure a model is against how often it is right, by how sure it is. Draws itself in a notebook.

    Attributes:
        edges: the borders of the bins, (bins + 1,).
        confidence, accuracy: the mean probability of the answers in each bin, and the share that is right, (bins,);
            NaN where a bin is empty.
        count: how many answers each bin holds, int (bins,).
        ece: the expected calibration error: the mean of |accuracy - confidence|, weighted by `count`.
    """

    edges: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    count: np.ndarray
    ece: float

    def picture(self) -> Image.Image:
        """The reliability diagram as a Pillow image."""
        return _plot(self).image()

    def svg(self) -> str:
        """The same as an `<svg>` element to stand in a page, whose colours follow a dark theme."""
        return _plot(self).svg()

    def save(self, path: Any) -> None:
        """Write the diagram to a file: `.svg`, or what Pillow writes."""
        if str(path).lower().endswith(".svg"):
            with open(path, "w", encoding="utf-8") as file:
                file.write(self.svg())
        else:
            self.picture().save(path)

    def _repr_png_(self) -> bytes | None:
        return self.picture()._repr_png_()

    def __str__(self) -> str:
        rows = [f"{'sure':>12}  {'right':>7}  {'photos':>6}"]
        for low, high, right, count in zip(self.edges, self.edges[1:], self.accuracy, self.count, strict=False):
            if count:
                rows.append(f"{100 * low:>4.0f} – {100 * high:>3.0f} %  {100 * right:>5.0f} %  {count:>6}")
        return "\n".join([*rows, f"expected calibration error {self.ece:.3f}"])


def calibration(y_true: Any, probabilities: Any, bins: int = 10) -> Calibration:
    """Reliability by bins of equal width (Guo et al. 2017, arXiv:1706.04599, eq. 1 to 3).

    `y_true` holds labels, (n,), or one row of 0 and 1 per photo; `probabilities` the shape (n, classes), or (n, 1) and
    (n,) for two classes. An answer is the likeliest class, and how sure the model is its probability; for several
    labels per photo each label is an answer of its own. Raises ValueError where the two do not fit.

        >>> found = lanthorn.vision.calibration([0, 0, 1, 1], [[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.7, 0.3]], bins=5)
        >>> found.count.tolist(), round(found.ece, 3)
        ([0, 0, 0, 2, 2], 0.175)
        >>> found.save("calibration.png")
    """
    if bins < 1:
        raise ValueError(f"calibration: `bins` must be 1 or more, got {bins}.")
    sure, right = _answers(np.asarray(y_true), np.asarray(probabilities, "float64"))
    edges = np.linspace(0, 1, bins + 1)
    # a bin holds its upper border, as in the paper; 0 itself is in the first
    place = np.clip(np.searchsorted(edges, sure, side="left") - 1, 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        confidence = np.bincount(place, sure, bins) / count
        accuracy = np.bincount(place, right, bins) / count
    ece = float(np.nansum(np.abs(accuracy - confidence) * count) / max(count.sum(), 1))
    return Calibration(edges, confidence, accuracy, count, ece)


def _answers(true: np.ndarray, table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How sure each answer is, and whether it is right."""
    if table.ndim == 1:
        table = table[:, None]
    if table.ndim != 2 or len(true) != len(table):
        raise ValueError(
            f"calibration: expected probabilities of shape (n, classes) for n labels, got {table.shape} for labels of "
            f"shape {true.shape}."
        )
    bad = ~np.isfinite(table) | (table < -1e-6) | (table > 1 + 1e-6)
    if bad.any():
        raise ValueError(
            f"calibration: expected probabilities, 0 to 1, got {table[bad][0]:.4g}. Apply the softmax or sigmoid first."
        )
    table = np.clip(table, 0, 1)
    if true.ndim == 2 and true.shape[1] == 1:
        true = true[:, 0]
    if true.ndim == 2:
        if true.shape != table.shape:
            raise ValueError(f"calibration: got labels of shape {true.shape} and probabilities of shape {table.shape}.")
        if not (true.sum(axis=1) == 1).all():
            answer = table > 0.5
            return np.where(answer, table, 1 - table).ravel(), (answer == (true > 0.5)).ravel()
        true = true.argmax(axis=1)
    if table.shape[1] == 1:
        table = np.concatenate([1 - table, table], axis=1)
    if len(true) and not 0 <= true.min() <= true.max() < table.shape[1]:
        raise ValueError(f"calibration: labels from {true.min()} to {true.max()} for {table.shape[1]} classes.")
    return table.max(axis=1), table.argmax(axis=1) == true


def _plot(found: Calibration) -> Plot:
    total = int(found.count.sum())
    plot = Plot(420, 420, "Calibration", f"Expected calibration error {found.ece:.3f} on {total} answers. " + "; ".join(
        f"{100 * c:.0f} percent sure: {100 * a:.0f} percent right"
        for c, a, n in zip(found.confidence, found.accuracy, found.count, strict=True) if n
    ))  # fmt: skip
    plot.text(12, 18, "how sure, and how often right", "ink", 15, "lm")
    plot.text(408, 18, f"error {found.ece:.3f}", "validation", 12, "rm")
    axes = Axes(plot, 64, 44, 396, 336, (0, 1), (0, 1), percent=True)
    most = max(int(found.count.max()), 1)
    for i, count in enumerate(found.count):
        if not count:
            continue
        (left, _), (right, _) = axes.place(found.edges[i], 0), axes.place(found.edges[i + 1], 0)
        sure, exact = (axes.place(0, value)[1] for value in (found.confidence[i], found.accuracy[i]))
        plot.rect(left + 1, exact, right - 1, axes.bottom, "validation")
        plot.rect(left + 1, min(sure, exact), right - 1, max(sure, exact), "gap", 0.45)
        plot.rect(left + 1, 406 - 22 * count / most, right - 1, 406, "faint")
    plot.line([axes.place(0, 0), axes.place(1, 1)], "ink", 1.5, dashed=True)
    plot.text(230, 368, "probability of the answer", "faint", 12, "mm")
    plot.text(56, 395, "photos", "faint", 12, "rm")
    return plot
