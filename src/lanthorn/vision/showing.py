"""What goes into a network and what comes out, on one sheet: batches, answers, saliency maps."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from ..data.batches import Dataset
from .answers import answers
from .augmented import picture_of
from .canvas import FAINT, INK, RIGHT, WRONG, names_of
from .heat import overlay
from .saliency_map import saliency
from .sheet import pictures
from .tiles import tiles


def show_batch(
    dataset: Any, n: int = 9, epoch: int = 0, class_names: Any = None, columns: int | None = None, size: int = 200
) -> Image.Image:
    """The first pictures of an epoch as the network is given them, augmented, with their labels, on one sheet.

    `dataset` is a Dataset, whose own epochs go on unchanged; or a batch (x, y); or anything that gives such batches,
    from which one is taken. `epoch` counts from 0, as in `dataset.sample`. `size` is that of a picture in pixels.
    Returns a Pillow image. Raises ValueError where there are no pictures.

        >>> x, y = np.random.default_rng(0).random((4, 8, 8, 3)), [0, 1, 1, 0]
        >>> lanthorn.vision.show_batch((x, y), class_names=["cat", "dog"]).save("batch.png")
    """
    if isinstance(dataset, Dataset):
        numbers = dataset.order(epoch)[:n]
        shown = [picture_of(dataset, int(i), epoch) for i in numbers]
        labels: Any = dataset.labels[numbers] if dataset.label_mode else None
        names = class_names or dataset.class_names
    else:
        batch = dataset if isinstance(dataset, (tuple, list, np.ndarray)) else next(iter(dataset))
        x, labels = (batch[0], batch[1]) if isinstance(batch, (tuple, list)) and len(batch) > 1 else (batch, None)
        x = x[0] if isinstance(x, (tuple, list)) and len(x) == 1 and np.ndim(x[0]) == 4 else x
        shown = [_numpy(each) for each in x[:n]]
        labels = None if labels is None else _numpy(labels)[:n]
        names = class_names or getattr(dataset, "class_names", None) or list(getattr(dataset, "class_indices", ()))
    if not len(shown):
        raise ValueError("show_batch: there are no pictures in it.")
    lines = [[_named(label, names)] for label in labels] if labels is not None else [[]] * len(shown)
    return tiles(shown, lines, columns, size)


def _numpy(x: Any) -> np.ndarray:
    return np.asarray(x.detach().cpu() if hasattr(x, "detach") else x)


def _named(label: Any, names: Sequence[str] | None) -> str:
    """A label, as a number or as a row of 0 and 1, by name."""
    row = np.asarray(label).reshape(-1)
    places = np.flatnonzero(row > 0.5) if len(row) > 1 else row.astype(int)
    return ", ".join(str(names[i]) if names and 0 <= i < len(names) else str(i) for i in map(int, places)) or "none"


def show_predictions(
    model: Any, photos: Any, n: int = 16, truth: Any = None, class_names: Any = None, **options: Any
) -> Image.Image:
    """Photos with what a model sees in them; green where it is right and red where it is wrong.

    `photos` is a Dataset, which knows the labels (of more than `n` photos evenly chosen ones are shown, so that each
    class has its share), or a list of photos, with their right classes in `truth` if they are known. `options` are
    those of `pictures`. Returns a Pillow image. Raises ValueError where nothing says how a photo is prepared.

        lanthorn.vision.show_predictions(model, validation).save("predictions.png")
    """
    chosen = photos
    if isinstance(photos, Dataset):
        places = np.unique(np.linspace(0, photos.samples - 1, min(n, photos.samples)).round().astype(int))
        found = answers(model, _part(photos, places), None, class_names, "show_predictions")
    else:
        chosen = list(photos)[:n]
        found = answers(model, chosen, None if truth is None else truth[: len(chosen)], class_names, "show_predictions")
    known = found.truth if found.truth is None or found.truth.ndim == 1 else None  # several labels: neither nor
    return pictures(found.photos, found.table, found.class_names, known, **options)


def _part(dataset: Dataset, places: np.ndarray) -> Dataset:
    """The same Dataset with only these pictures; nothing is read for it."""
    part = object.__new__(Dataset)
    part.__dict__.update(vars(dataset), folder=dataset.folder.select(places))
    return part


def show_saliency(
    model: Any, photos: Sequence[Any], method: str = "gradcam", truth: Any = None, size: int = 200, **options: Any
) -> Image.Image:
    """Photos as the network sees them, each beside the same with its saliency map, and what the model saw.

    `photos` are what `model.preprocessing` takes; `truth` their right classes, as numbers or names, if they are known;
    `options` are those of `saliency`. Returns a Pillow image. Raises ValueError as `saliency` does.

        lanthorn.vision.show_saliency(model, ["a.jpg", "b.jpg"], "gradcam++").save("where.png")
    """
    found = answers(model, photos, truth, None, "show_saliency")
    shown, lines = [], []
    for i, (photo, name) in enumerate(zip(found.photos, names_of(found.photos), strict=True)):
        seen = int(found.table[i].argmax())
        colour = INK if found.truth is None else RIGHT if seen == found.truth[i] else WRONG
        explained = options.get("target")
        explained = found.class_names[seen] if explained is None else explained
        explained = explained if isinstance(explained, str) else found.class_names[explained]
        where = saliency(model, photo, method, **options)
        shown += [model.preprocessing.read(photo), overlay(photo, where, preprocessing=model.preprocessing)]
        said = f"{100 * found.table[i, seen]:.0f} % {found.class_names[seen]}"
        wrong = colour == WRONG
        under = f"true: {found.class_names[int(found.truth[i])]}" if wrong else name  # pyright: ignore
        lines += [[(said, colour), (under, INK if wrong else FAINT)], [f"why {explained}", (method, FAINT)]]
    return tiles(shown, lines, 2 if len(shown) <= 6 else 4 if len(shown) <= 24 else 6, size)
