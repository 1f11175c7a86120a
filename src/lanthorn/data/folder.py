"""A folder of photos with one sub-folder per class, and what can be wrong with it.

Classes are sorted by name; pictures in folders below a class belong to it. The labels are places in `class_names`.
"""

import os
import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .draws import generator
from .listing import SUFFIXES, FolderError, entries, is_picture, pictures_under
from .paths import PathList
from .splits import sets_in
from .words import counted

_SPLIT_STREAM = 1 << 62  # keeps the split's random choices apart from those of the epochs


class Folder(NamedTuple):
    """The pictures under `root`: relative `filenames`, `labels` (int32, places in `class_names`), and what was left
    out: `stray`, the visible files that are no pictures, and `loose`, pictures beside the class folders."""

    root: str
    class_names: tuple[str, ...]
    filenames: PathList
    labels: np.ndarray
    stray: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()

    def path(self, i: int) -> str:
        """The full path of picture `i`."""
        return os.path.join(self.root, self.filenames[i])

    def select(self, places: Any) -> "Folder":
        """The same folder with only these pictures."""
        return self._replace(filenames=self.filenames[places], labels=self.labels[places])

    def counts(self) -> dict[str, int]:
        """How many pictures each class has."""
        found = np.bincount(self.labels, minlength=len(self.class_names)) if self.class_names else []
        return dict(zip(self.class_names, map(int, found), strict=False))

    def __str__(self):
        counts = ", ".join(f"{name} {n}" for name, n in self.counts().items())
        classes = counted(len(self.class_names), "class", "classes")
        text = f"{self.root}: {counted(len(self.filenames), 'picture')} in {classes} ({counts})"
        for names, what in ((self.loose, "lie beside the class folders"), (self.stray, "ignored")):
            if names:
                shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
                kind = counted(len(names), "picture" if names is self.loose else "other file")
                what = "lies beside the class folders" if names is self.loose and len(names) == 1 else what
                text += f"; {kind} {what} ({shown})"
        return text


def scan_folder(
    root: str | os.PathLike,
    class_names: Sequence[str] | None = None,
    follow_links: bool = False,
    min_classes: int = 2,
) -> Folder:
    """What is in a folder with one sub-folder per class.

    `class_names` chooses sub-folders and their order (default: all that hold pictures, sorted by name; a warning names
    the empty ones). Raises FolderError where the folder is missing, empty, has no class folders, fewer classes than
    `min_classes`, a chosen class without pictures, or holds a training and a validation set in place of classes.

        >>> folder = scan_folder("photos")  # doctest: +SKIP
    """
    root = os.fspath(root)
    folders, files = entries(root)
    if class_names is None:
        _refuse_classless(root, folders, files)
        refuse_sets(root)
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
    if empty and class_names is None and len(empty) < len(names):
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


def refuse_sets(root: str) -> None:
    """Raises FolderError where the sub-folders are a training and a validation set, not classes."""
    sets = sets_in(root)
    if sets is None:
        return
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
    pictures = sum(is_picture(os.path.join(root, f)) for f in files)
    if pictures:
        raise FolderError(
            f"{root}: found {counted(pictures, 'picture')} but no class folders. "
            f"Make one sub-folder per class and move the pictures there, such as {os.path.join(root, 'cat', files[0])}."
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
    places = np.array([train.class_names.index(name) for name in validation.class_names], np.int32)
    return validation._replace(class_names=train.class_names, labels=places[validation.labels])


def stratified_split(labels: np.ndarray, share: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Places of the training and of the validation pictures, the same share of every class, chosen by `seed`.

    Of a class with two pictures or more, each side gets one at least. Both arrays are sorted.
    """
    if not 0 < share < 1:
        raise ValueError(f"validation share: expected a number between 0 and 1, such as 0.2, got {share!r}.")
    validating = np.zeros(len(labels), bool)
    by_class = np.argsort(labels, kind="stable")  # once for all: looking for each class by itself takes n * classes
    found, starts = np.unique(labels[by_class], return_index=True)
    for label, places in zip(found, np.split(by_class, starts[1:]), strict=True):
        take = min(max(1, round(share * len(places))), len(places) - 1)
        validating[generator(seed, _SPLIT_STREAM, int(label)).permutation(places)[:take]] = True
    return np.flatnonzero(~validating), np.flatnonzero(validating)
