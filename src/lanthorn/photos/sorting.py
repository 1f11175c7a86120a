"""Photos sorted into a folder per class, as a model names them; the photos themselves stay where they are."""

import os
import re
import shutil
from collections import Counter
from pathlib import Path

from .predictions import UNKNOWN, Predictions

UNSURE = "unsure"
_RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{i}" for name in ("com", "lpt") for i in range(1, 10))}


def sort_photos(
    predictions: Predictions, folder: str | os.PathLike, *, link: bool = False, below: float = 0.0
) -> dict[str, int]:
    """Copy each photo into a folder named after its class: `lanthorn predict --sort FOLDER` as a function.

    Args:
        predictions: what `lanthorn.predict` gave for files.
        folder: where the folders of the classes are made. What is there already stays: a photo of a name that is taken
            gets a number.
        link: make links in the place of copies, where the disk can.
        below: photos named with less probability go to `unsure/`, as those that are `none of these` do.

    Returns:
        How many photos went to each folder.

    Raises:
        ValueError: the photos are no files, or `folder` is one of those that they lie in.

    Example:
        >>> seen = lanthorn.predict("model.keras", "new_photos")  # doctest: +SKIP
        >>> lanthorn.photos.sort_photos(seen, "sorted", below=0.6)  # doctest: +SKIP
        {'alien': 12, 'predator': 9, 'unsure': 2}
    """
    target = Path(folder)
    sources = [Path(photo) for photo in predictions.photos if isinstance(photo, (str, os.PathLike))]
    if len(sources) != len(predictions):
        raise ValueError("sort_photos: expected predictions of files, got photos that are not on disk.")
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(f"{target}: expected a folder to sort into, got a file.")
    _refuse_inside(target, sources)
    names, best = predictions.names, predictions.table.max(axis=1)
    folders = safe_names(predictions.class_names)
    placed: Counter[str] = Counter()
    for source, name, share in zip(sources, names, best, strict=True):
        where = UNSURE if name == UNKNOWN or share < below else folders[name]
        (target / where).mkdir(parents=True, exist_ok=True)
        _place(source, target / where, link)
        placed[where] += 1
    return dict(sorted(placed.items()))


def _refuse_inside(target: Path, sources: list[Path]) -> None:
    there = os.path.realpath(target)
    for place in {os.path.realpath(source.parent) for source in sources}:
        if place == there or place.startswith(os.path.join(there, "")):
            raise ValueError(f"{target}: photos to be sorted lie in it. Name another folder, such as {target}_sorted.")


def _place(source: Path, folder: Path, link: bool) -> Path:
    """Copy or link a photo, never over one that is there."""
    for number in range(1, 1_000_000):
        name = source.name if number == 1 else f"{source.stem}-{number}{source.suffix}"
        path = folder / name
        try:
            if link:
                return _linked(source, path)
            with open(source, "rb") as file, open(path, "xb") as copy:
                shutil.copyfileobj(file, copy)
            shutil.copystat(source, path)
            return path
        except FileExistsError:
            continue
    raise FileExistsError(f"{folder}: holds a million photos named like {source.name}.")


def _linked(source: Path, path: Path) -> Path:
    try:
        os.link(source, path)
    except FileExistsError:
        raise
    except OSError:  # another disk, or none that knows hard links
        path.symlink_to(source.resolve())
    return path


def safe_names(class_names: list[str]) -> dict[str, str]:
    """A folder name for each class that every system takes, each another one."""
    found: dict[str, str] = {}
    taken = {UNSURE}
    for name in class_names:
        safe = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", name).strip(" .") or "class"
        safe = f"{safe}_" if safe.casefold().split(".")[0] in _RESERVED else safe
        number, free = 2, safe
        while free.casefold() in taken:
            number, free = number + 1, f"{safe}-{number}"
        taken.add(free.casefold())
        found[name] = free
    return found
