"""Naming photos with a model: read by threads, run through, answered with names."""

import os
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..data.check import PictureWarning
from . import numbers
from .loading import answering, load, pixel_limit
from .predictions import Predictions, sources, titled
from .reading import batches, folders, gather
from .unknown import Known, cut, known

SHOWN = 5


def predict(
    model: Any,
    photos: Any,
    *,
    batch_size: int = 32,
    flip: bool = False,
    on_error: str = "skip",
    threshold: float | str | None = "auto",
    engine: str | None = None,
    max_pixels: int | None = None,
    verbose: Any = "auto",
) -> Predictions:
    """Name photos: `lanthorn predict` as a function.

    Args:
        model: a model that knows its class names and preprocessing, or the file of one.
        photos: a path, a folder (searched to the bottom), a picture of Pillow, an array of pixels, uint8 of shape
            (height, width, 3), bytes of a file, or a list of these.
        batch_size: photos that go through the network at once.
        flip: look at each photo and its mirror image, and average.
        on_error: "skip" leaves out what cannot be read, with a warning, and lists it in `skipped`; "raise" stops.
        threshold: when the answer is "none of these". "auto": where a photo is like none of the classes, if the model
            was trained with `unknown=True`; a number: below this probability; None: there is always a name.
        engine: for a file: on which engine.
        max_pixels: read photos that declare up to so many pixels, where the usual limit is too low.
        verbose: 0 shows no progress; "auto" does on a terminal.

    Returns:
        An array of probabilities, float32 (photos, classes), that prints as names and percentages.

    Raises:
        FileNotFoundError: there is no such photo, folder or model.
        ValueError: the model does not say how its pictures are prepared, or none of the photos could be read.

    Example:
        >>> print(lanthorn.predict("model.keras", "new_photos"))
        new_photos/a.jpg   98.2 % alien      1.8 % predator
    """
    try:
        threshold = numbers.threshold(threshold)
    except ValueError as error:
        raise ValueError(f"predict: threshold: {error}.") from None
    model = load(model, engine)
    found = gather(sources(photos))
    classes = known(model) if threshold == "auto" else None
    answer = _answering(model, classes, len(found) * (2 if flip else 1))
    skipped: dict[str, str] = {}
    kept, tables, likenesses = [], [], []
    with pixel_limit(max_pixels):
        for places, pictures, errors in batches(found, model.preprocessing, batch_size, verbose):
            for number, error in errors:
                if on_error == "raise" or len(found) == 1:
                    raise error
                skipped[titled(found[number], number)] = reason(error)
            if places:
                table, features = answers(answer, pictures, flip)
                tables.append(table)
                likenesses.append(classes.likeness(features) if classes else table.max(axis=1))
                kept += places
    _tell(skipped, len(found))
    least = classes.least if classes else threshold if isinstance(threshold, float) else None
    unknown = np.concatenate(likenesses) < least if least is not None else None
    several = bool((getattr(model, "metadata", None) or {}).get("several"))
    named, searched = [found[i] for i in kept], folders(sources(photos))
    return Predictions(np.concatenate(tables), named, model.class_names, skipped, unknown, searched, several)


def of_model(model: Any, photos: Any, batch_size: int | None = None, verbose: Any = "auto") -> Predictions:
    """`model.predict` of photos: what was named one by one must be readable, so that rows and photos stay in step."""
    one_by_one = not any(isinstance(p, (str, os.PathLike)) and os.path.isdir(p) for p in sources(photos))
    on_error = "raise" if one_by_one else "skip"
    return predict(model, photos, batch_size=batch_size or 32, on_error=on_error, verbose=verbose)


def _answering(model: Any, classes: Known | None, count: int) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """A function from pictures to outputs and features; the latter are what `classes` are told by, else the outputs."""
    if classes is None:
        run = answering(model, count)
        return lambda x: (table := run(x), table)
    front, head = cut(model, classes.layer)
    run = answering(front, count)

    def both(x):
        features = run(x)
        return np.asarray(head.predict(features, verbose=0)), features

    return both


def answers(answer: Callable, batch: np.ndarray, flip: bool) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of a batch, (photos, classes), and features; a sigmoid's one column becomes two."""
    table, features = answer(batch)
    if flip:
        mirrored, others = answer(np.ascontiguousarray(batch[:, :, ::-1]))
        table, features = (table + mirrored) / 2, (features + others) / 2
    return (np.concatenate([1 - table, table], axis=-1) if table.shape[-1] == 1 else table), features


def reason(error: Exception) -> str:
    """Why a photo could not be read, without its name."""
    told = getattr(error, "reason", None) or (isinstance(error, OSError) and error.strerror) or str(error)
    return " ".join(told.split()).rstrip(".")


def _tell(skipped: dict[str, str], count: int) -> None:
    """One warning for all that could not be read; an error where nothing could."""
    if not skipped:
        return
    if len(skipped) == count:
        path, why = next(iter(skipped.items()))
        raise ValueError(f"none of the {count} photos could be read; the first: {path}: {why}.")
    named = "; ".join(f"{path}: {why}" for path, why in list(skipped.items())[:SHOWN])
    more = f"; and {len(skipped) - SHOWN} more" if len(skipped) > SHOWN else ""
    warnings.warn(f"skipped {named}{more}.", PictureWarning, stacklevel=3)
