"""A folder of photos with one sub-folder per class, and what can be wrong with it.

Classes are sorted by name; pictures in folders below a class belong to it. The labels are places in `class_names`.
"""

import os
import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .listing import SUFFIXES, FolderError, entries, is_picture, pictures_under
from .paths import PathList
from .splits import find_layout, sets_in
from .words import counted, listed

ARCHIVES = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz")


class Folder(NamedTuple):
    """Sorted pictures: relative `filenames` under `root`, and `labels`, int32 places in `class_names`; where a picture
    may have several, `labels` is uint8 (n, classes), 1 for each that it has.

    Left out were `stray`, the visible files that are no pictures, and `loose`, pictures beside the class folders.
    `notes` are sentences on how the pictures were found.
    """

    root: str
    class_names: tuple[str, ...]
    filenames: PathList
    labels: np.ndarray
    stray: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def several(self) -> bool:
        """Whether a picture may have several labels, or none."""
        return self.labels.ndim == 2

    def path(self, i: int) -> str:
        """The full path of picture `i`."""
        return os.path.join(self.root, self.filenames[i])

    def select(self, places: Any) -> "Folder":
        """The same folder with only these pictures."""
        return self._replace(filenames=self.filenames[places], labels=self.labels[places])

    def counts(self) -> dict[str, int]:
        """How many pictures each class has."""
        found: Any = []
        if self.several:
            found = self.labels.sum(axis=0, dtype=np.int64)
        elif self.class_names:
            found = np.bincount(self.labels, minlength=len(self.class_names))
        return dict(zip(self.class_names, map(int, found), strict=False))

    def __str__(self):
        counts = ", ".join(f"{name} {n}" for name, n in self.counts().items())
        classes = counted(len(self.class_names), "class") + (", several to a picture" if self.several else "")
        text = f"{self.root}: {counted(len(self.filenames), 'picture')} in {classes} ({counts})"
        if self.loose:
            verb = "lies" if len(self.loose) == 1 else "lie"
            text += f"; {counted(len(self.loose), 'picture')} {verb} beside the class folders ({listed(self.loose, 3)})"
        if self.stray:
            text += f"; {counted(len(self.stray), 'other file')} ignored ({listed(self.stray, 3)})"
        return text


def scan_folder(
    root: str | os.PathLike,
    class_names: Sequence[str] | None = None,
    follow_links: bool = False,
    min_classes: int = 2,
    keep_empty: bool = False,
) -> Folder:
    """What is in a folder with one sub-folder per class; one that only wraps it is looked through.

    `class_names` chooses sub-folders and their order (default: all that hold pictures, sorted by name; a warning names
    the empty ones; with `keep_empty` they are classes all the same, as for Keras). Raises FolderError where the folder
    is missing, empty, has no class folders, fewer classes than `min_classes`, a chosen class without pictures, or holds
    a training and a validation set in place of classes.

        >>> folder = scan_folder("photos")  # doctest: +SKIP
    """
    root = os.fspath(root)
    folders, files = entries(root)
    if class_names is None:
        _refuse_classless(root, folders, files)
        root = refuse_sets(root)
        folders, files = entries(root)
        names = folders
    else:
        names = list(class_names)
        missing = [name for name in names if name not in folders]
        if missing or len(set(names)) != len(names):
            what = f"no sub-folder {', '.join(map(repr, missing))}" if missing else "a class is named twice"
            raise FolderError(f"{root}: {what}. It holds: {', '.join(folders) or 'no folders'}.")
    loose = [name for name in files if is_picture(os.path.join(root, name))]
    inside = {name: pictures_under(root, name, follow_links) for name in names}
    empty = {name: other for name, (pictures, other) in inside.items() if not pictures}
    if empty and keep_empty and len(empty) < len(names):
        told = ", ".join(_emptiness(name, other) for name, other in empty.items())
        kept = "the class keeps its label" if len(empty) == 1 else "the classes keep their labels"
        warnings.warn(f"{root}: no pictures in {told}; {kept}.", stacklevel=2)
    elif empty and class_names is None and len(empty) < len(names):
        told = ", ".join(_emptiness(name, other) for name, other in empty.items())
        left = "it is left out" if len(empty) == 1 else "they are left out"
        warnings.warn(f"{root}: no pictures in {told}: {left}.", stacklevel=2)
        names = [name for name in names if name not in empty]
    elif empty:
        raise FolderError(
            f"{root}: no pictures in {', '.join(_emptiness(name, other) for name, other in empty.items())}. "
            f"Put pictures in ({', '.join(s[1:] for s in SUFFIXES)}) or delete the folder."
        )
    if len(names) < min_classes:
        raise FolderError(
            f"{root}: found one class only ({names[0]!r}), expected at least {min_classes} sub-folders, one per class. "
            "Add a folder with pictures of the other class(es)."
        )
    labels = [np.full(len(inside[name][0]), label, np.int32) for label, name in enumerate(names)]
    stray = [name for name in files if name not in set(loose)] + [
        each for _, other in inside.values() for each in other
    ]
    pictures = PathList.joined(inside[name][0] for name in names)
    return Folder(root, tuple(names), pictures, np.concatenate(labels), tuple(stray), tuple(loose))


def _emptiness(name: str, other: list[str]) -> str:
    more = f" ({counted(len(other), 'other file')}, such as {os.path.basename(other[0])})" if other else ""
    return f"{name!r}{more}"


def refuse_sets(root: str) -> str:
    """The folder of classes: `root`, or the one that it wraps. Raises FolderError where its sub-folders are a training
    and a validation set, not classes."""
    sets = find_layout(root)
    if sets.train == sets.root:
        return sets.root
    held = f" (and {sets.validation})" if sets.validation else ""
    raise FolderError(
        f"{root}: holds a training and a validation set, not classes. Give {sets.train}{held}, or give this folder "
        "where both are asked for: lanthorn train, lanthorn.train, folder_datasets."
    )


def warn_of_sets(who: str, root: str) -> None:
    """Keras's calls take sub-folders for classes, whatever they are called: a warning where they look like sets."""
    try:
        sets = sets_in(root)
    except FolderError as error:
        warnings.warn(f"{who}: {error}", stacklevel=4)
        return
    if sets is not None:
        names = " and ".join(os.path.relpath(each, root) for each in (sets.train, sets.validation) if each)
        warnings.warn(
            f"{who}: the sub-folders of {root} are taken for classes, but {names} look like sets of photos to train "
            f"and to validate on. Give {sets.train} to train on its classes.",
            stacklevel=4,
        )


def _refuse_classless(root: str, folders: list[str], files: list[str]) -> None:
    if folders:
        return
    loose = [f for f in files if is_picture(os.path.join(root, f))]
    tables = [f for f in files if f.lower().endswith((".csv", ".tsv"))]
    archives = [f for f in files if f.lower().endswith(ARCHIVES)]
    hint = f" Or, if {tables[0]} says what they show, give {os.path.join(root, tables[0])}." if tables else ""
    if loose:
        raise FolderError(
            f"{root}: found {counted(len(loose), 'picture')} but no class folders. Make one sub-folder per class and "
            f"move the pictures there, such as {os.path.join(root, 'cat', loose[0])}.{hint}"
        )
    if archives:
        one = len(archives) == 1
        what = f"give {os.path.join(root, archives[0])} itself, or unpack it" if one else "unpack them"
        raise FolderError(
            f"{root}: holds {counted(len(archives), 'archive')} ({listed(archives, 3)}) and no pictures: {what}. "
            "Expected one sub-folder per class."
        )
    what = f"{counted(len(files), 'file')} but no pictures" if files else "is empty"
    raise FolderError(f"{root}: {what}. Expected one sub-folder per class, each with pictures.")


def with_classes_of(train: Folder, validation: Folder) -> Folder:
    """The validation photos, their labels counted as those of the training photos.

    Classes without validation photos are named in a warning. Raises FolderError where there are validation photos of a
    class without training photos.
    """
    a, b = set(train.class_names), set(validation.class_names)
    if b - a:
        near = [f"{x!r} and {y!r}" for x in sorted(b - a) for y in sorted(a - b) if x.casefold() == y.casefold()]
        hint = f" Are {', '.join(near)} the same?" if near else ""
        raise FolderError(
            f"{validation.root}: it has photos of {', '.join(sorted(b - a))}, and there are no training photos of that "
            f"in {train.root} (its classes: {', '.join(train.class_names)}).{hint} Give both the same sub-folders, "
            "spelled alike."
        )
    if a - b:
        warnings.warn(
            f"{validation.root}: there are no validation photos of {', '.join(sorted(a - b))}: nobody will know how "
            "well they are told.",
            stacklevel=3,
        )
    if train.several and not validation.several:
        validation = validation._replace(labels=np.eye(len(validation.class_names), dtype=np.uint8)[validation.labels])
    places = np.array([train.class_names.index(name) for name in validation.class_names], np.int32)
    if validation.several:
        labels = np.zeros((len(validation.labels), len(train.class_names)), np.uint8)
        labels[:, places] = validation.labels
    else:
        labels = places[validation.labels]
    return validation._replace(class_names=train.class_names, labels=labels)
