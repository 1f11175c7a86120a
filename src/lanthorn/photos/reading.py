"""Photos found and read for naming, batch by batch, by threads, with a bar that shows how far it is."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from ..callbacks.progress import Progbar, is_terminal
from ..data import PictureError
from ..data.listing import SUFFIXES, pictures_under
from ..data.sources import unpacked
from .loading import local

WORKERS = 4


def gather(places: Sequence[Any]) -> list[Any]:
    """The photos that are named, and those in the folders that are named, each path once, in a fixed order."""
    found: list[Any] = []
    seen: set[str] = set()
    for place in places:
        if not isinstance(place, (str, os.PathLike)):
            found.append(place)
            continue
        if not os.fspath(place):
            raise FileNotFoundError("expected the path of a photo or folder, got an empty one.")
        for path in _under(Path(unpacked(local(place)))):
            if path not in seen:
                seen.add(path)
                found.append(path)
    return found


def folders(places: Sequence[Any]) -> list[str]:
    """Which of the places are folders, in which photos are looked for."""
    return [os.fspath(place) for place in places if isinstance(place, (str, os.PathLike)) and os.path.isdir(place)]


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
