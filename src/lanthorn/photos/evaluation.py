"""How good a model is on sorted photos, class by class, and which photos it gets wrong."""

import math
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple, TextIO

import numpy as np

from .. import data, vision
from ..data.checking.wording import plain
from ..data.words import counted
from .held_back import Sorted, sorted_photos, unseen
from .loading import load
from .naming import predict
from .predictions import Predictions, write_csv
from .several import OfClass, SeveralEvaluation


class Mistake(NamedTuple):
    """A photo that was taken for another class."""

    photo: str
    truth: str
    answer: str
    probability: float  # of the answer
    of_truth: float  # probability of the right class


def interval(right: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """Between what the true accuracy lies, 19 times in 20 (Wilson, 1927).

    >>> low, high = interval(186, 200)
    >>> round(low, 3), round(high, 3)
    (0.886, 0.958)
    """
    if not count:
        return 0.0, 1.0
    share, square = right / count, z * z
    middle = (share + square / (2 * count)) / (1 + square / count)
    reach = z * math.sqrt(share * (1 - share) / count + square / (4 * count * count)) / (1 + square / count)
    return max(0.0, middle - reach), min(1.0, middle + reach)


class Evaluation:
    """What `lanthorn.evaluate` found. Prints as a table.

    Attributes:
        predictions: the answers, with their photos.
        labels: the right classes, int (photos,).
        class_names: their names.
        confusion: how often each class (row) was taken for each (column), int (classes, classes).
        note: which photos of the folder these are, where not all.
        broken: what cannot be read, with the reason.
    """

    note: str = ""
    broken: Mapping[str, str] = MappingProxyType({})

    def __init__(self, predictions: Predictions, labels: Sequence[int], class_names: Sequence[str], where: str = ""):
        self.predictions, self.labels = predictions, np.asarray(labels, np.int64)
        self.class_names, self.where = list(class_names), where
        self.confusion = vision.confusion_matrix(self.labels, predictions.table, len(self.class_names))

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def right(self) -> int:
        return int(np.trace(self.confusion))

    @property
    def accuracy(self) -> float:
        """The share of the photos that were named right."""
        return self.right / len(self)

    @property
    def interval(self) -> tuple[float, float]:
        """Between what the accuracy on other photos like these lies, 19 times in 20."""
        return interval(self.right, len(self))

    @cached_property
    def classes(self) -> list[OfClass]:
        """Class by class."""
        named = self.confusion.sum(axis=0)
        rows = zip(self.class_names, self.confusion, strict=True)
        return [OfClass(n, int(r.sum()), int(r[i]), int(named[i] - r[i])) for i, (n, r) in enumerate(rows)]

    @property
    def balanced_accuracy(self) -> float:
        """The mean of the accuracies of the classes that have photos: a large class cannot hide a small one."""
        return float(np.mean([each.recall for each in self.classes if each.photos]))

    @property
    def loss(self) -> float:
        """The cross-entropy."""
        share = np.clip(self.predictions.table[np.arange(len(self)), self.labels], 1e-7, 1)
        return float(-np.log(share).mean())

    @cached_property
    def errors(self) -> list[Mistake]:
        """The photos that were named wrong, the most confident mistake first."""
        table, titles = self.predictions.table, self.predictions.titles()
        best = table.argmax(axis=1)
        wrong = [i for i in np.argsort(-table.max(axis=1), kind="stable") if best[i] != self.labels[i]]
        return [self._mistake(i, int(best[i]), titles[i]) for i in wrong]

    def doubtful(self, below: float = 0.6) -> list[Mistake]:
        """The photos that were named right, but with a probability under `below`, the least certain first."""
        table, titles = self.predictions.table, self.predictions.titles()
        best, top = table.argmax(axis=1), table.max(axis=1)
        some = [i for i in np.argsort(top, kind="stable") if best[i] == self.labels[i] and top[i] < below]
        return [self._mistake(i, int(best[i]), titles[i]) for i in some]

    @property
    def unknown(self) -> int | None:
        """How many were refused as `none of these`; None where every photo gets a name."""
        return None if self.predictions.unknown is None else int(self.predictions.unknown.sum())

    @property
    def unknown_right(self) -> int:
        """How many of those would have got the right name: the price of refusing. They count as right elsewhere."""
        refused = self.predictions.unknown if self.predictions.unknown is not None else np.zeros(len(self), bool)
        return int((refused & (self.predictions.table.argmax(axis=1) == self.labels)).sum())

    def _mistake(self, i: int, best: int, title: str) -> Mistake:
        row, truth = self.predictions.table[i], int(self.labels[i])
        return Mistake(title, self.class_names[truth], self.class_names[best], float(row[best]), float(row[truth]))

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as `lanthorn evaluate --json` prints it."""
        low, high = self.interval
        return {
            "photos": len(self),
            "accuracy": self.accuracy,
            "interval": [low, high],
            "balanced_accuracy": self.balanced_accuracy,
            "loss": self.loss,
            "unknown": None if self.unknown is None else {"photos": self.unknown, "right": self.unknown_right},
            "classes": {
                each.name: {
                    "photos": each.photos,
                    "right": each.right,
                    "precision": None if math.isnan(each.precision) else each.precision,
                    "recall": None if math.isnan(each.recall) else each.recall,
                }
                for each in self.classes
            },
            "confusion": self.confusion.tolist(),
            "errors": [each._asdict() for each in self.errors],
        }

    def to_csv(self, path: str | os.PathLike | TextIO) -> None:
        """The photos that were named wrong, a row each; as `Predictions.to_csv`."""
        rows = [[*each[:3], f"{each.probability:.6f}", f"{each.of_truth:.6f}"] for each in self.errors]
        write_csv(path, [Mistake._fields, *rows])

    def table(self) -> list[str]:
        """A line per class: how many were right, what the others were taken for."""
        names = [plain(name) for name in self.class_names]
        wide = max(map(len, names))
        found = []
        for i, each in enumerate(self.classes):
            others = [(int(c), names[j]) for j, c in enumerate(self.confusion[i]) if c and j != i]
            taken = ", ".join(f"{c} taken for {n}" for c, n in sorted(others, reverse=True)[:3])
            share = f"{100 * each.recall:5.1f} %" if each.photos else "     –"
            found.append(f"{names[i]:<{wide}}  {each.right:>5} of {each.photos:<5} {share}  {taken}".rstrip())
        return found

    def summary(self) -> list[str]:
        """Accuracy with its interval, and the balanced one."""
        low, high = self.interval
        photos = counted(len(self), "photo")
        lines = [f"accuracy           {self.accuracy:.3f}  ({self.right} of {photos}; 95 %: {low:.3f} to {high:.3f})"]
        if len(self.class_names) > 1:
            lines.append(f"balanced accuracy  {self.balanced_accuracy:.3f}  (the mean over classes)")
        if self.unknown is not None:
            right = f"{self.unknown_right} of them would have been named right"
            lines.append(f"none of these      {self.unknown} of {photos}; {right}")
        return lines

    def __str__(self) -> str:
        return "\n".join([*self.summary(), f"loss               {self.loss:.4f}", "", *self.table()])

    def __repr__(self) -> str:
        return (
            f"<Evaluation of {len(self)} photos: accuracy {self.accuracy:.3f}, balanced {self.balanced_accuracy:.3f}>"
        )


def evaluate(
    model: Any,
    photos: Any,
    *,
    batch_size: int = 32,
    flip: bool = False,
    on_error: str = "skip",
    threshold: float | str | None = "auto",
    engine: str | None = None,
    max_pixels: int | None = None,
    all_photos: bool = False,
    verbose: Any = "auto",
) -> Any:
    """Measure a model on sorted photos: `lanthorn evaluate` as a function.

    Args:
        model: a model that knows its class names and preprocessing, or the file of one.
        photos: a folder with one sub-folder per class, named like the model's classes (of a folder that holds train/
            and validation/, the latter; of the folder that it was trained on, those that were held back), or a
            `lanthorn.data.Dataset`.
        all_photos: all of them, those too that the model was trained on.
        threshold: as for `predict`: how many photos are refused as "none of these" is told beside the accuracy, which
            goes by the likeliest class all the same.
        batch_size, flip, on_error, engine, max_pixels, verbose: as for `predict`.

    Returns:
        An Evaluation: accuracy, balanced accuracy, the confusion matrix, the photos that are named wrong; a
        SeveralEvaluation where photos have several labels.

    Raises:
        ValueError: the folder holds classes that the model does not know.

    Example:
        >>> result = lanthorn.evaluate("model.keras", "photos")
        >>> print(result)
    """
    model = load(model, engine)
    chosen = Sorted(sorted_photos(photos)) if all_photos else unseen(model, photos)
    paths, labels = labelled(chosen.folder, model.class_names)
    gone = {} if on_error == "raise" else {p: "there is no such file" for p in paths if not os.path.exists(p)}
    if gone:
        kept = [i for i, path in enumerate(paths) if path not in gone]
        paths, labels = [paths[i] for i in kept], [labels[i] for i in kept]
    seen = predict(
        model, paths, batch_size=batch_size, flip=flip, on_error=on_error, threshold=threshold,
        max_pixels=max_pixels, verbose=verbose,
    )  # fmt: skip
    if len(seen) < len(paths):
        place = {path: i for i, path in enumerate(paths)}
        labels = [labels[place[path]] for path in seen.photos]
    found = _evaluation(seen, labels, model, chosen.folder)
    found.note, found.broken = chosen.note, chosen.broken | gone | seen.skipped
    return found


def measured(model: Any, photos: data.Dataset | None) -> Any:
    """`evaluate` of a data set as `fit` reads it, by what `fit` made ready; None of none.

    What cannot be read has been left out of it.
    """
    if photos is None:
        return None
    paths, labels = labelled(photos.folder, model.class_names)
    table = np.asarray(model.predict(photos, verbose=0))
    seen = Predictions(table, paths, model.class_names, several=photos.folder.labels.ndim == 2)
    return _evaluation(seen, labels, model, photos.folder)


def _evaluation(seen: Predictions, labels: list, model: Any, folder: data.Folder) -> Any:
    kind = SeveralEvaluation if folder.labels.ndim == 2 else Evaluation
    return kind(seen, labels, model.class_names, str(folder.root))


def labelled(folder: data.Folder, class_names: Sequence[str]) -> tuple[list[str], list[Any]]:
    """The paths of sorted photos with the model's label for each.

    Raises:
        ValueError: a folder is no class of the model.
    """
    unknown = sorted(set(folder.class_names) - set(class_names))
    if unknown:
        raise ValueError(
            f"{folder.root}: expected folders named like the classes of the model ({', '.join(class_names)}), "
            f"got {', '.join(unknown)} as well."
        )
    places = [list(class_names).index(name) for name in folder.class_names]
    paths = [folder.path(i) for i in range(len(folder.filenames))]
    if folder.labels.ndim == 2:  # several labels
        table = np.zeros((len(paths), len(class_names)), np.uint8)
        table[:, places] = folder.labels
        return paths, list(table)
    return paths, [places[i] for i in folder.labels]
