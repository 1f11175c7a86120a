"""How good a model is on photos that may be of several classes each."""

import math
import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..data.words import counted
from .predictions import UNKNOWN, Predictions, write_csv


class OfClass(NamedTuple):
    """One class: photos that have it, those of them that were named so, and photos that were named so wrongly."""

    name: str
    photos: int
    right: int
    wrongly: int

    @property
    def recall(self) -> float:
        """The share of its photos that were named right; NaN where there is none."""
        return self.right / self.photos if self.photos else math.nan

    @property
    def precision(self) -> float:
        """The share of those named so that were; NaN where nothing was."""
        named = self.right + self.wrongly
        return self.right / named if named else math.nan


class LabelMistake(NamedTuple):
    """A photo with a label too many or too few."""

    photo: str
    truth: str
    answer: str


class SeveralEvaluation:
    """What `lanthorn.evaluate` found where photos have several labels. A label is given at 50 %. Prints as a table."""

    def __init__(self, predictions: Predictions, labels: Sequence[Any], class_names: Sequence[str], where: str = ""):
        self.predictions, self.class_names, self.where = predictions, list(class_names), where
        self.labels = np.asarray(labels, np.uint8).reshape(len(predictions), len(self.class_names))
        self.given = (predictions.table >= 0.5).astype(np.uint8)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def accuracy(self) -> float:
        """The share of all labels, given or not, that are right."""
        return float((self.given == self.labels).mean())

    @property
    def all_right(self) -> float:
        """The share of the photos of which every label is right."""
        return float((self.given == self.labels).all(axis=1).mean())

    @property
    def balanced_accuracy(self) -> float:
        """The mean over classes of the mean of two shares: of photos that have it and of photos that have not."""
        with np.errstate(invalid="ignore", divide="ignore"):
            right = self.given == self.labels
            has = np.where(self.labels == 1, right, False).sum(0) / (self.labels == 1).sum(0)
            has_not = np.where(self.labels == 0, right, False).sum(0) / (self.labels == 0).sum(0)
        return float(np.nanmean(np.stack([has, has_not])))

    @property
    def classes(self) -> list[OfClass]:
        """Class by class."""
        rows = zip(self.class_names, self.labels.T, self.given.T, strict=True)
        return [OfClass(n, int(a.sum()), int((a & b).sum()), int((b & (1 - a)).sum())) for n, a, b in rows]

    @property
    def errors(self) -> list[LabelMistake]:
        """The photos with a wrong label, those with the most first."""
        wrong = (self.given != self.labels).sum(axis=1)
        titles, names = self.predictions.titles(), self.predictions.names
        order = [int(i) for i in np.argsort(-wrong, kind="stable") if wrong[i]]
        return [LabelMistake(titles[i], self._named(self.labels[i]), names[i]) for i in order]

    def _named(self, row: np.ndarray) -> str:
        return ", ".join(name for name, has in zip(self.class_names, row, strict=True) if has) or UNKNOWN

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as `lanthorn evaluate --json` prints it."""
        return {
            "photos": len(self),
            "accuracy": self.accuracy,
            "all_right": self.all_right,
            "balanced_accuracy": self.balanced_accuracy,
            "classes": {
                each.name: {"photos": each.photos, "right": each.right, "wrongly": each.wrongly}
                for each in self.classes
            },
            "errors": [each._asdict() for each in self.errors],
        }

    def to_csv(self, path: str | os.PathLike) -> None:
        """The photos with a wrong label, a row each."""
        write_csv(path, [LabelMistake._fields, *self.errors])

    def table(self) -> list[str]:
        """A line per class."""
        wide = max(map(len, self.class_names))
        return [
            f"{each.name:<{wide}}  {each.right:>5} of {each.photos:<5} found, {each.wrongly} named so wrongly"
            for each in self.classes
        ]

    def summary(self) -> list[str]:
        """The shares of labels and of photos that are right."""
        photos = counted(len(self), "photo")
        return [
            f"labels right       {self.accuracy:.3f}  (of {photos}, each class given or not)",
            f"photos all right   {self.all_right:.3f}",
            f"balanced accuracy  {self.balanced_accuracy:.3f}  (the mean over classes)",
        ]

    def __str__(self) -> str:
        return "\n".join([*self.summary(), "", *self.table()])

    def __repr__(self) -> str:
        return f"<SeveralEvaluation of {len(self)} photos: labels right {self.accuracy:.3f}, all {self.all_right:.3f}>"
