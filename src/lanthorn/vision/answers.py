"""What a model says to photos, and what they are: the numbers behind the sheets."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..data.batches import Dataset
from ..data.decode import PictureError
from .pictured import LUMA

TOGETHER = 32


class Answers(NamedTuple):
    """Photos, probabilities (photos, classes), the right classes, (photos,) or (photos, classes), and the names."""

    photos: list[Any]
    table: np.ndarray
    truth: np.ndarray | None
    class_names: list[str]


def is_model(thing: Any) -> bool:
    return hasattr(thing, "predict") and hasattr(thing, "flat_layers")


def answers(model: Any, photos: Any, truth: Any = None, class_names: Any = None, who: str = "vision") -> Answers:
    """The model's answers to photos, or to the photos of a Dataset, not augmented; unreadable ones are left out.

    `model` may be a table of probabilities of the same photos.

    Raises:
        ValueError: photos, probabilities, labels and names do not fit each other.
    """
    dataset = photos if isinstance(photos, Dataset) else None
    if dataset is not None:
        photos = [dataset.folder.path(i) for i in range(dataset.samples)]
        truth = dataset.labels if truth is None and dataset.label_mode else truth
    photos = list(photos)
    named = class_names or getattr(model, "class_names", None) or (dataset.class_names if dataset else None)
    truth = _known(truth, named, dataset, len(photos), who)
    if is_model(model):
        kept, table = _asked(model, photos, dataset, who)
        photos, truth = [photos[i] for i in kept], None if truth is None else truth[kept]
    else:
        table = np.asarray(model, "float64")
    table = table[:, None] if table.ndim == 1 else table
    several = truth is not None and truth.ndim == 2
    if table.ndim == 2 and table.shape[1] == 1 and not several:
        table = np.concatenate([1 - table, table], axis=1)
    if table.ndim != 2 or len(table) != len(photos):
        raise ValueError(
            f"{who}: expected one row of probabilities for each of {len(photos)} photos, got {table.shape}."
        )
    names = [str(name) for name in named] if named else [f"class {i}" for i in range(table.shape[1])]
    if len(names) != table.shape[1]:
        raise ValueError(f"{who}: got {len(names)} class names for {table.shape[1]} columns of probabilities.")
    return Answers(photos, table, truth, names)


def _known(truth: Any, names: Any, dataset: Dataset | None, count: int, who: str) -> np.ndarray | None:
    """The right classes as places among the model's names."""
    if truth is None:
        return None
    found = np.asarray(truth)
    if len(found) != count:
        raise ValueError(f"{who}: got {len(found)} labels for {count} photos.")
    if found.dtype.kind in "OSU":
        unknown = sorted({str(name) for name in found} - {str(name) for name in names or ()})
        if unknown:
            raise ValueError(f"{who}: the label {unknown[0]!r} is none of the classes {', '.join(names or ())}.")
        return np.array([list(names).index(str(name)) for name in found])
    if found.ndim == 2 and found.shape[1] == 1:
        found = found[:, 0]
    if found.ndim == 2 and (found.sum(axis=1) == 1).all():
        found = found.argmax(axis=1)
    if dataset is not None and names is not None and list(names) != dataset.class_names:
        missing = sorted(set(dataset.class_names) - set(names))
        if missing:
            raise ValueError(f"{who}: the photos have a class {missing[0]!r}; the model's are {', '.join(names)}.")
        places = np.array([list(names).index(name) for name in dataset.class_names])
        if found.ndim == 1:
            return places[found.astype(int)]
        moved = np.zeros((len(found), len(names)), found.dtype)
        moved[:, places] = found
        return moved
    return found.astype(int)


def _asked(model: Any, photos: Sequence[Any], dataset: Dataset | None, who: str) -> tuple[list[int], np.ndarray]:
    """The places of the photos that can be read, and what the model says to them, batch by batch."""
    prepare = getattr(model, "preprocessing", None) or (dataset.preprocessing if dataset is not None else None)
    if prepare is None:
        raise ValueError(
            f"{who}: the model {model.name!r} does not say how its pictures are prepared. Set model.preprocessing = "
            "lanthorn.data.Preprocessing(size=…, scale=…), or pass its probabilities in place of the model."
        )
    grey = dataset is not None and dataset.grayscale
    kept, rows, batch = [], [], []

    def ask():
        if batch:
            rows.append(np.asarray(model.predict(np.stack(batch), verbose=0), "float64"))
            batch.clear()

    for i, photo in enumerate(photos):
        try:
            x = ((prepare.read(photo) @ LUMA + 32768) >> 16)[..., None].astype("float32") if grey else prepare(photo)
        except PictureError:
            continue
        kept.append(i)
        batch.append(x)
        if len(batch) == TOGETHER:
            ask()
    ask()
    if not rows:
        raise ValueError(f"{who}: none of the {len(photos)} photos can be read.")
    return kept, np.concatenate(rows)
