"""Naming photos with a model: found, read by threads, run through, answered with names."""

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from ..callbacks.progress import Progbar, is_terminal
from ..data import PictureError
from ..data.check import PictureWarning
from ..data.listing import SUFFIXES, pictures_under
from ..data.sources import unpacked
from .loading import answering, load, local, pixel_limit
from .predictions import Predictions, sources, titled

WORKERS, SHOWN = 4, 5


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
        threshold: below this probability the answer is "none of these"; "auto": what was learnt with `unknown=True`,
            if it was; None: there is always a name.
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
    model = load(model, engine)
    found = gather(sources(photos))
    answer = answering(model, len(found) * (2 if flip else 1))
    skipped: dict[str, str] = {}
    kept, tables = [], []
    with pixel_limit(max_pixels):
        for numbers, pictures, errors in batches(found, model.preprocessing, batch_size, verbose):
            for number, error in errors:
                if on_error == "raise":
                    raise error
                if len(found) == 1:
                    raise error
                skipped[titled(found[number], number)] = reason(error)
            if numbers:
                tables.append(answers(answer, pictures, flip))
                kept += numbers
    _tell(skipped, len(found))
    if threshold == "auto":
        threshold = (getattr(model, "metadata", None) or {}).get("threshold")
    return Predictions(np.concatenate(tables), [found[i] for i in kept], model.class_names, skipped, threshold)


def of_model(model: Any, photos: Any, batch_size: int | None = None, verbose: Any = "auto") -> Predictions:
    """`model.predict` of photos: what was named one by one must be readable, so that rows and photos stay in step."""
    one_by_one = not any(isinstance(p, (str, os.PathLike)) and os.path.isdir(p) for p in sources(photos))
    on_error = "raise" if one_by_one else "skip"
    return predict(model, photos, batch_size=batch_size or 32, on_error=on_error, verbose=verbose)


def gather(places: Sequence[Any]) -> list[Any]:
    """The photos that are named, and those in the folders that are named, each path once, in a fixed order."""
    found: list[Any] = []
    seen: set[str] = set()
    for place in places:
        if not isinstance(place, (str, os.PathLike)):
            found.append(place)
            continue
        for path in _under(Path(unpacked(local(place)))):
            if path not in seen:
                seen.add(path)
                found.append(path)
    return found


def _under(place: Path) -> list[str]:
    if place.is_dir():
        inside, _ = pictures_under(str(place))
        if not inside:
            kinds = ", ".join(suffix[1:] for suffix in SUFFIXES)
            raise FileNotFoundError(f"{place}: there are no photos in this folder ({kinds}).")
        return [os.path.join(place, name) for name in inside]
    if place.is_file():
        return [str(place)]
    raise FileNotFoundError(f"{place}: there is no such photo or folder.")


def batches(
    photos: Sequence[Any], preprocessing: Callable, batch_size: int, verbose: Any = "auto"
) -> Iterator[tuple[list[int], np.ndarray, list[tuple[int, Exception]]]]:
    """Numbers, prepared pictures, and what could not be read, batch by batch; the next one is read meanwhile."""

    def read(photo):
        try:
            return preprocessing(photo)
        except (PictureError, OSError) as error:
            return error

    bar = progress(len(photos), "photo", verbose if len(photos) > batch_size else 0)
    with ThreadPoolExecutor(WORKERS) as pool:
        starts = range(0, len(photos), batch_size)
        ahead = [pool.submit(read, photo) for photo in photos[:batch_size]]
        for start in starts:
            now, ahead = ahead, [
                pool.submit(read, photo) for photo in photos[start + batch_size : start + 2 * batch_size]
            ]  # fmt: skip
            pictures = [each.result() for each in now]
            good = {start + i: each for i, each in enumerate(pictures) if not isinstance(each, Exception)}
            errors = [(start + i, each) for i, each in enumerate(pictures) if isinstance(each, Exception)]
            yield list(good), np.stack(list(good.values())) if good else np.empty((0,), np.float32), errors
            bar.update(min(start + batch_size, len(photos)))


def progress(total: int, unit: str, verbose: Any) -> Progbar:
    """A bar on standard error, where results do not go, and only on a terminal."""
    return Progbar(total, 1 if verbose and is_terminal(sys.stderr) else 0, unit, sys.stderr)


def answers(answer: Callable[[np.ndarray], np.ndarray], batch: np.ndarray, flip: bool) -> np.ndarray:
    """Probabilities of a batch, (photos, classes); a sigmoid's one column becomes two."""
    table = answer(batch)
    if flip:
        table = (table + answer(np.ascontiguousarray(batch[:, :, ::-1]))) / 2
    return np.concatenate([1 - table, table], axis=-1) if table.shape[-1] == 1 else table


def reason(error: Exception) -> str:
    """Why a photo could not be read, without its name."""
    return (getattr(error, "reason", None) or " ".join(str(error).split())).rstrip(".")


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
