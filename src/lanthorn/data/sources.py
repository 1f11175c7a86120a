"""Sorted photos wherever they come from: a folder, a .zip or .tar of one, a table of file names and labels."""

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from ..core.cache import cache_folder, hash_file
from .archives import extract, is_archive
from .folder import Folder, scan_folder
from .listed_photos import listed_photos
from .listing import FolderError, entries, is_picture
from .split_names import TEST, TRAIN, VALIDATION
from .splits import Layout, measured_layout
from .tables import is_table

_OTHERS = {
    ".7z": "archive", ".rar": "archive", ".xlsx": "spreadsheet", ".xls": "spreadsheet", ".ods": "spreadsheet",
    ".parquet": "table", ".json": "table", ".jsonl": "table",
}  # fmt: skip


class Photos:
    """Sorted photos and their sets; each is looked at when it is asked for.

    Attributes:
        notes: sentences on how the photos were found, for people.
    """

    def __init__(self, place: Any, class_names: Sequence[str] | None = None, min_classes: int = 2):
        self._names, self._least = class_names, min_classes
        self._listed: dict[str, Folder] | None = None
        self._layout: Layout | None = None
        self.notes: list[str] = []
        if isinstance(place, Folder):
            self.place, self._listed = place.root, {TRAIN: place}
            return
        self.place = os.fspath(place)
        if is_table(self.place):
            self._listed = listed_photos(self.place, class_names, min_classes)
            self.notes += next(iter(self._listed.values())).notes if self._listed else ()
            return
        folder = unpacked(self.place)
        if folder != self.place:
            self.notes.append(f"{self.place} is unpacked in {folder}.")
        table = _only_table(folder)
        if table is not None:
            self.notes.append(f"The labels are those of {table}.")
            self._listed = listed_photos(table, class_names, min_classes)
            self.notes += next(iter(self._listed.values())).notes if self._listed else ()
            return
        layout = Layout(folder, folder) if _holds(folder, class_names) else measured_layout(folder)
        self._layout = layout
        self.notes += layout.notes()

    @cached_property
    def train(self) -> Folder:
        """The photos to train on.

        Raises:
            FolderError: there are none, or they cannot be trained on.
        """
        found = self._of(TRAIN)
        if found is None:
            held = self.validation or self.test
            name = os.path.basename(held.root) if held is not None and self._layout else "validation"
            raise FolderError(
                f"{self.place}: holds {name!r} but no 'train' photos. Add them, or give the folder of classes."
            )
        return found._replace(notes=tuple(self.notes))

    @cached_property
    def validation(self) -> Folder | None:
        """The photos to validate with; None where there is no such set."""
        return self._of(VALIDATION)

    @cached_property
    def test(self) -> Folder | None:
        """Labelled photos that are left for a last measurement; None where there is no such set."""
        return self._of(TEST)

    @property
    def measured(self) -> Folder:
        """The photos to measure a model on: those to validate with, else those to test with, else all."""
        if self.validation is not None:
            return self.validation
        return self.test if self.test is not None else self.train

    def _of(self, part: str) -> Folder | None:
        if self._listed is not None:
            found = self._listed.get(part)
            if VALIDATION in self._listed or part == TRAIN:
                return found
            return self._listed.get(TEST) if part == VALIDATION else None  # test photos validate, as a folder's do
        place = getattr(self._layout, part)
        if not place:
            return None
        return scan_folder(place, self._names, min_classes=self._least if part == TRAIN else 1)


def find_photos(photos: Any, class_names: Sequence[str] | None = None, min_classes: int = 2) -> Photos:
    """The sorted photos of a folder, of a .zip or .tar (gz, bz2, xz) of one, or of a .csv of file names and labels.

    Args:
        photos: the path; an archive is unpacked into Lanthorn's cache folder, once. A Folder is taken as it is.
        class_names: classes to take, in this order; default: all, sorted.
        min_classes: fewer are an error.

    Returns:
        An object with `train`, `validation`, `test` (Folders, or None) and `notes`.

    Raises:
        FolderError: nothing is there, or nothing that could be trained on; the message says what to do.

    Example:
        >>> print(find_photos("flowers.zip").train)  # doctest: +SKIP
        …/flowers: 3,670 pictures in 5 classes (daisy 633, dandelion 898, roses 641, sunflowers 699, tulips 799)
    """
    return Photos(photos, class_names, min_classes)


def _only_table(folder: str) -> str | None:
    """The table of a folder that holds one table and one folder of loose photos, as competitions hand them out."""
    if not os.path.isdir(folder):
        return None
    folders, files = entries(folder)
    tables = [name for name in files if is_table(name)]
    if len(tables) != 1 or len(folders) != 1 or any(is_picture(os.path.join(folder, name)) for name in files):
        return None
    inside, inner = entries(os.path.join(folder, folders[0]))
    return os.path.join(folder, tables[0]) if inner and not inside else None


def unpacked(place: str | os.PathLike) -> str:
    """The folder that an archive is unpacked in, from its content's hash, so that it is done once; any other path as it
    is.

    Raises:
        FolderError: the archive is damaged or refused (see `archives.extract`), or of a kind that is not read.
    """
    place = os.fspath(place)
    if not os.path.isfile(place):
        return place
    kind = _OTHERS.get(os.path.splitext(place)[1].lower())
    if kind:
        what = "Unpack it, or pack it as .zip or .tar" if kind == "archive" else "Save it as .csv"
        raise FolderError(f"{place}: this kind of {kind} is not read. {what}.")
    if not is_archive(place):
        return place
    name = os.path.basename(place).partition(".")[0] or "photos"
    folder = cache_folder("photos", f"{name}-{hash_file(place)[:16]}")
    if folder.is_dir():
        return str(folder)
    try:
        extract(place, folder)
    except ValueError as error:
        raise FolderError(str(error)) from error
    except OSError as error:
        if not folder.is_dir():  # another process was faster
            raise _not_written(place, folder, error) from error
    return str(folder)


def _not_written(place: str, folder: Path, error: OSError) -> FolderError:
    return FolderError(
        f"{place}: cannot be unpacked in {folder.parent} ({error.strerror or error}). Name another folder with the "
        "environment variable LANTHORN_CACHE, or unpack it yourself and give the folder."
    )


def _holds(folder: str, class_names: Sequence[str] | None) -> bool:
    """Whether all classes that were asked for are folders in it: then they are what is meant."""
    return class_names is not None and all(os.path.isdir(os.path.join(folder, name)) for name in class_names)
