"""Photos sorted into a folder per class, as a model names them; the photos themselves stay where they are."""

import contextlib
import filecmp
import os
import re
import shutil
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from .predictions import UNKNOWN, Predictions

UNSURE = "unsure"
LONGEST = 200  # bytes of a folder's name; most disks take 255
_RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$"}
_RESERVED |= {f"{name}{i}" for name in ("com", "lpt") for i in "0123456789¹²³"}


def sort_photos(
    predictions: Predictions, folder: str | os.PathLike, *, link: bool = False, below: float | None = None
) -> dict[str, int]:
    """Copy each photo into a folder named after its class: `lanthorn predict --sort FOLDER` as a function.

    Args:
        predictions: what `lanthorn.predict` gave for files.
        folder: where the folders of the classes are made. What is there already stays: a photo whose name is taken by
            another gets a number; one that is there already, byte for byte, is not copied again.
        link: make links in the place of copies, where the disk can.
        below: photos named with less probability go to `unsure/`, as those that are `none of these` do.

    Returns:
        How many photos belong to each folder.

    Raises:
        ValueError: the photos are no files, or `folder` is one of those that they lie in, or lies in a folder that was
            searched for photos: the next search would find them again.

    Example:
        >>> seen = lanthorn.predict("model.keras", "new_photos")  # doctest: +SKIP
        >>> lanthorn.photos.sort_photos(seen, "sorted", below=0.6)  # doctest: +SKIP
        {'alien': 12, 'predator': 9, 'unsure': 2}
    """
    target = Path(folder)
    sources = [Path(photo) for photo in predictions.photos if isinstance(photo, (str, os.PathLike))]
    if len(sources) != len(predictions):
        raise ValueError("sort: expected files to sort, got photos that are not on disk, such as arrays.")
    refuse(target, predictions.searched, {source.parent for source in sources})
    names, best = predictions.names, predictions.table.max(axis=1)
    folders = safe_names(predictions.class_names)
    placed: Counter[str] = Counter()
    mine: set[Path] = set()
    for source, name, share in zip(sources, names, best, strict=True):
        where = UNSURE if name == UNKNOWN or share < (below or 0) else folders[name]
        (target / where).mkdir(parents=True, exist_ok=True)
        mine.add(_place(source, target / where, link, mine))
        placed[where] += 1
    return dict(sorted(placed.items()))


def refuse(target: Path, searched: Iterable[str | os.PathLike], parents: Iterable[Path] = ()) -> None:
    """A ValueError where sorting into `target` would put photos among those that are sorted."""
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(f"{target}: expected a folder to sort into, got a file.")
    there = os.path.realpath(target)
    for place in searched:
        if _within(there, os.path.realpath(place)):
            raise ValueError(
                f"{target}: expected a folder outside {place}, whose photos are named: what is written there would be "
                "taken for photos the next time."
            )
    if any(_within(os.path.realpath(place), there) for place in parents):
        raise ValueError(f"{target}: photos to be sorted lie in it. Name another folder, such as {target}_sorted.")


def _within(place: str, folder: str) -> bool:
    return place == folder or place.startswith(os.path.join(folder, ""))


def _place(source: Path, folder: Path, link: bool, mine: set[Path]) -> Path:
    """Copy or link a photo, never over one that is there. `mine` are those of this run: each photo has its own."""
    for number in range(1, 1_000_000):
        name = source.name if number == 1 else f"{source.stem}-{number}{source.suffix}"
        path = folder / name
        if path not in mine and os.path.lexists(path) and _same(source, path):
            return path
        with contextlib.suppress(FileExistsError):
            (_link if link else _copy)(source, path)
            return path
    raise FileExistsError(f"{folder}: holds a million photos named like {source.name}.")


def _same(source: Path, path: Path) -> bool:
    try:
        return os.path.samefile(source, path) or filecmp.cmp(source, path, shallow=False)
    except OSError:  # a link to nothing
        return False


def _copy(source: Path, path: Path) -> None:
    with open(source, "rb") as file, open(path, "xb") as copy:
        try:
            shutil.copyfileobj(file, copy)
        except BaseException:  # Ctrl-C, a full disk: half a photo is none
            path.unlink()
            raise
    with contextlib.suppress(OSError):  # some disks keep no times
        shutil.copystat(source, path)


def _link(source: Path, path: Path) -> None:
    real = source.resolve()
    try:
        os.link(real, path)
    except FileExistsError:
        raise
    except OSError:  # another disk, or one that knows no hard links
        try:
            path.symlink_to(real)
        except FileExistsError:
            raise
        except OSError:  # nor symbolic ones
            _copy(source, path)


def safe_names(class_names: list[str]) -> dict[str, str]:
    """A folder name for each class that every system takes, each another one."""
    found: dict[str, str] = {}
    taken = {UNSURE}
    for name in class_names:
        safe = re.sub(r'[<>:"/\\|?*\x00-\x1f\x7f\u2028\u2029]', "_", unicodedata.normalize("NFC", name))
        safe = _shortened(safe.strip(" .")).rstrip(" .") or "class"
        safe = f"{safe}_" if safe.casefold().split(".")[0].rstrip() in _RESERVED else safe
        number, free = 2, safe
        while free.casefold() in taken:
            number, free = number + 1, f"{safe}-{number}"
        taken.add(free.casefold())
        found[name] = free
    return found


def _shortened(name: str) -> str:
    return os.fsencode(name)[:LONGEST].decode(errors="ignore") if len(os.fsencode(name)) > LONGEST else name
