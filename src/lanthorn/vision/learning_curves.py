"""Loss and metrics per epoch, training beside validation."""

import csv
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from .axes import Axes
from .plot import Plot

WIDE, HIGH, MOST = 420, 280, 12
_LOW = ("loss", "error", "mae", "mse", "rmse", "mape", "msle", "divergence", "crossentropy", "entropy")
_HIGH = ("acc", "accuracy", "auc", "precision", "recall", "f1_score", "fbeta_score", "iou", "r2_score", "dice")


def curves(history: Any) -> Image.Image:
    """Loss and metrics per epoch as a picture: a field each, training dashed, validation a full line.

    `history` is what `fit` returns, a model or result of `lanthorn.train` that carries one, a dict from names to one
    value per epoch (`val_…` is the validation), or the path of a file that CSVLogger wrote. The best epoch on
    validation is marked where it is known which way is better. Values that are no number leave a gap. Returns a
    Pillow image. Raises ValueError where there is no epoch to draw.

        >>> lanthorn.vision.curves({"loss": [0.9, 0.5, 0.4], "val_loss": [0.8, 0.6, 0.7]}).save("curves.png")
    """
    return _plot(history).image()


def curves_svg(history: Any) -> str:
    """`curves` as an `<svg>` element to stand in a page, whose colours follow a dark theme.

    >>> lanthorn.vision.curves_svg({"loss": [0.9, 0.5]})[:4]
    '<svg'
    """
    return _plot(history).svg()


def _plot(history: Any) -> Plot:
    epochs, series = values_of(history)
    names = _fields(series)
    columns = min(len(names), 2)
    rows = -(-len(names) // columns)
    plot = Plot(columns * WIDE, rows * HIGH + 30, "Loss and metrics per epoch", _summary(epochs, series, names))
    _key(plot, series, names)
    for i, name in enumerate(names):
        _field(plot, (i % columns) * WIDE, 30 + (i // columns) * HIGH, name, epochs, series)
    return plot


def _field(plot: Plot, left: float, top: float, name: str, epochs: list[int], series: dict[str, list[float]]) -> None:
    both = [series.get(name), series.get(f"val_{name}")]
    good = [v for values in both if values for v in values if math.isfinite(v)]
    plot.text(left + 12, top + 16, _words(name), "ink", 15, "lm")
    if not good:
        plot.text(left + WIDE / 2, top + HIGH / 2, "no value is a number", "faint", 13, "mm")
        return
    y = (min(good), max(good))
    if min(good) >= 0 and max(good) <= 1 and _way(name) > 0 and y[1] - y[0] > 0.3:
        y = (y[0], 1.0)  # a share: where the top is says how much room is left
    axes = Axes(plot, left + 64, top + 40, left + WIDE - 24, top + HIGH - 46, (epochs[0], epochs[-1]), y, whole=True)
    plot.text(left + WIDE / 2 + 20, top + HIGH - 12, "epoch", "faint", 12, "mm")
    for values, colour in zip(both, ("train", "validation"), strict=True):
        if values:
            axes.curve(epochs, values, colour, dashed=colour == "train")
    best = _best(name, both[1])
    if best is not None and both[1]:
        x, y = axes.place(epochs[best], both[1][best])
        plot.circle(x, y, 4.5, "validation")
        words = f"best {number(both[1][best])} in epoch {epochs[best]}"
        plot.text(left + WIDE - 24, top + 17, words, "validation", 12, "rm")


def _key(plot: Plot, series: dict, names: list[str]) -> None:
    at = 12.0
    for colour, word, there in (
        ("train", "training", any(name in series for name in names)),
        ("validation", "validation", any(f"val_{name}" in series for name in names)),
    ):
        if there:
            plot.line([(at, 16), (at + 30, 16)], colour, 2.5, dashed=colour == "train")
            plot.text(at + 38, 16, word, "ink", 13, "lm")
            at += 130


def _fields(series: dict[str, list[float]]) -> list[str]:
    """What gets a field of its own: the loss first; a learning rate only where it changes."""
    bases = dict.fromkeys(name.removeprefix("val_") for name in series)
    rates = [n for n in bases if n in ("lr", "learning_rate")]
    names = [n for n in bases if n not in rates] + [n for n in rates if len(set(series.get(n, []))) > 1]
    return sorted(names, key=lambda name: name != "loss")[:MOST]


def values_of(history: Any) -> tuple[list[int], dict[str, list[float]]]:
    """The numbers of the epochs, counted from 1, and the values of each name, of one length, NaN where there is none.

    Raises:
        ValueError: there is nothing in it.
    """
    epochs = None
    if isinstance(history, (str, os.PathLike)):
        epochs, found = _of_file(Path(history))
    else:
        while not isinstance(history, Mapping):
            kept = getattr(history, "metadata", None) or {}
            epochs = getattr(history, "epoch", epochs)
            inner = getattr(history, "history", None) or kept.get("history")
            if inner is None or inner is history:
                raise ValueError(
                    "curves: expected the History that fit returns, a dict from names to one value per epoch, or the "
                    f"path of a file of CSVLogger, got {type(history).__name__}" + (
                        " that was not trained yet." if hasattr(history, "fit") else "."
                    )
                )  # fmt: skip
            history = inner
        found = dict(history)
    series = {}
    for name, values in found.items():
        values = [_number(v) for v in (values if np.ndim(values) else [values])]
        if any(v is not None for v in values) and str(name) not in ("epoch", "epochs"):
            series[str(name)] = [math.nan if v is None else v for v in values]
    most = max(map(len, series.values()), default=0)
    if not most:
        raise ValueError("curves: there is no epoch in this history.")
    for values in series.values():
        values += [math.nan] * (most - len(values))
    numbers = [int(n) + 1 for n in epochs] if epochs is not None and len(epochs) == most else list(range(1, most + 1))
    return numbers, series


def _of_file(path: Path) -> tuple[list[int] | None, dict[str, list]]:
    with open(path, newline="", encoding="utf-8-sig") as file:
        first = file.readline()
        separator = max(",;\t|", key=first.count)
        file.seek(0)
        rows = list(csv.DictReader(file, delimiter=separator))
    if not rows:
        raise ValueError(f"curves: there is no epoch in {path}.")
    found: dict[str, list] = {n: [row.get(n) for row in rows] for n in rows[0] if n}
    counted = [_number(n) for n in found.pop("epoch", [])]
    whole = bool(counted) and all(n is not None and n == int(n) for n in counted)
    return [int(n) for n in counted if n is not None] if whole else None, found


def _number(value: Any) -> float | None:
    """A value as a number; None where it is none, or several."""
    if value is None or np.ndim(value):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _way(name: str) -> int:
    """1 where more is better, -1 where less is, 0 where that is not known."""
    words = name.lower().removeprefix("val_")
    if words.endswith(_LOW) or "error" in words:
        return -1
    return 1 if words.endswith(_HIGH) or "accuracy" in words or words.startswith(("auc", "precision", "recall")) else 0


def _best(name: str, values: list[float] | None) -> int | None:
    way = _way(name)
    good = [(v * way, -i) for i, v in enumerate(values or []) if math.isfinite(v)]
    return -max(good)[1] if way and good else None


def _words(name: str) -> str:
    return name.replace("_", " ")


def number(value: float) -> str:
    """Three digits that say something."""
    return f"{value:.3f}" if 0.01 <= abs(value) < 100 else f"{value:.3g}"


def _summary(epochs: list[int], series: dict[str, list[float]], names: list[str]) -> str:
    """The plot in a sentence per field, for who does not see it."""
    said = []
    for name in names:
        for key, where in ((name, "training"), (f"val_{name}", "validation")):
            good = [v for v in series.get(key, []) if math.isfinite(v)]
            if good:
                said.append(f"{_words(name)} on {where}: from {number(good[0])} to {number(good[-1])}")
    return f"{len(epochs)} epochs. {'; '.join(said)}."
