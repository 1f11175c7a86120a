"""The photos that a model is most wrong about."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from .answers import Answers, answers
from .canvas import FAINT, RIGHT, WRONG, names_of
from .tiles import tiles

LEAST = 1e-7  # a probability below this counts as this, as in the losses


class TopLoss(NamedTuple):
    """A photo and how wrong the model is about it: names, the probability of the truth, and the cross-entropy."""

    photo: Any
    truth: str
    predicted: str
    probability: float
    loss: float


def top_losses(model: Any, photos: Any = None, truth: Any = None, n: int = 9, class_names: Any = None) -> list[TopLoss]:
    """The `n` photos with the largest loss, the worst first: wrong and sure of it, or labelled wrong.

    Args:
        model: a classifier of photos; or its probabilities, (photos, classes) or (photos, 1); or what
            `lanthorn.evaluate` gave, which needs nothing else.
        photos: a Dataset, which knows the labels (its pictures are not augmented here), or a list of photos.
        truth: for a list: the right classes, as numbers or names, or one row of 0 and 1 per photo.
        class_names: where neither model nor Dataset says them.

    Returns:
        TopLoss tuples. The loss is -ln(probability of the truth); for several labels per photo the mean binary
        cross-entropy, and the probability is that of the labels on average (the geometric mean).

    Raises:
        ValueError: photos, labels and probabilities do not fit each other.

    Example:
        >>> found = lanthorn.vision.top_losses([[0.9, 0.1], [0.2, 0.8]], ["a.jpg", "b.jpg"], truth=[0, 0], n=1)
        >>> found[0].photo, found[0].predicted, round(found[0].loss, 2)
        ('b.jpg', 'class 1', 1.61)
    """
    if hasattr(model, "predictions") and hasattr(model, "labels"):  # an Evaluation
        class_names = class_names or model.class_names
        photos, truth, model = model.predictions.photos, model.labels, model.predictions.table
    elif photos is None and getattr(model, "photos", None):  # Predictions
        class_names, photos, model = class_names or model.class_names, model.photos, np.asarray(model)
    if photos is None:
        raise ValueError("top_losses: expected photos, a Dataset or a list, beside the model or its probabilities.")
    found = answers(model, photos, truth, class_names, "top_losses")
    if found.truth is None:
        raise ValueError("top_losses: expected the right classes (truth=…), or a Dataset, which knows them.")
    losses = _losses(found)
    order = np.argsort(-losses, kind="stable")[: max(0, n)]
    return [_told(found, int(i), float(losses[i])) for i in order]


def _losses(found: Answers) -> np.ndarray:
    table, truth = np.clip(found.table, LEAST, 1 - LEAST), np.asarray(found.truth)
    if truth.ndim == 2:
        return -np.where(truth > 0, np.log(table), np.log1p(-table)).mean(axis=1)
    if len(truth) and not 0 <= truth.min() <= truth.max() < table.shape[1]:
        raise ValueError(f"top_losses: labels from {truth.min()} to {truth.max()} for {table.shape[1]} classes.")
    return -np.log(np.clip(found.table[np.arange(len(truth)), truth], LEAST, 1))


def _told(found: Answers, i: int, loss: float) -> TopLoss:
    names, row, truth = found.class_names, found.table[i], np.asarray(found.truth)
    if truth.ndim == 1:
        right = int(truth[i])
        return TopLoss(found.photos[i], names[right], names[int(row.argmax())], float(row[right]), loss)
    true, seen = (", ".join(names[k] for k in np.flatnonzero(there)) or "none" for there in (truth[i] > 0, row > 0.5))
    return TopLoss(found.photos[i], true, seen, float(np.exp(-loss)), loss)


def show_top_losses(
    model: Any, photos: Any = None, truth: Any = None, n: int = 9, class_names: Any = None, columns: int | None = None,
    size: int = 200,
) -> Image.Image:  # fmt: skip
    """The photos with the largest loss on one sheet: what the model took them for, what they are, the file.

    Takes what `top_losses` takes, or what it gave. `size` is that of a photo in pixels. Returns a Pillow image.
    Raises ValueError where there is nothing to draw.

        >>> photos = [np.zeros((40, 60, 3), "uint8"), np.full((40, 60, 3), 255, "uint8")]
        >>> lanthorn.vision.show_top_losses([[0.9, 0.1], [0.2, 0.8]], photos, truth=[1, 1]).save("worst.png")
    """
    given = isinstance(model, Sequence) and all(isinstance(each, TopLoss) for each in model)
    found = list(model)[:n] if given else top_losses(model, photos, truth, n, class_names)
    if not found:
        raise ValueError("show_top_losses: there are no photos to draw.")
    lines = []
    for each, name in zip(found, names_of([each.photo for each in found]), strict=True):
        colour = RIGHT if each.predicted == each.truth else WRONG
        true = f"true: {each.truth}, {100 * each.probability:.0f} %"
        lines.append([(each.predicted, colour), true, *([(name, FAINT)] if name else [])])
    return tiles([each.photo for each in found], lines, columns, size)
