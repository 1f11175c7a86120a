"""A folder of photos with one sub-folder per class, and what can be wrong with it.

Hidden files and folders are ignored, and so is what systems leave behind (`__MACOSX`, `Thumbs.db`). Classes are
sorted by name; pictures in folders below a class belong to it. The labels are places in `class_names`.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .draws import generator
from .formats import SUFFIXES as SUFFIXES
from .formats import is_picture as is_picture
from .paths import PathList

TRAIN_NAMES = ("train", "training")
VALIDATION_NAMES = ("validation", "valid", "val", "test")
_LEFT_BEHIND = {"__macosx", "thumbs.db", "desktop.ini", "@eadir", "$recycle.bin", "lost+found"}
_SPLIT_STREAM = 1 << 62  # keeps the split's random choices apart from those of the epochs


class FolderError(ValueError):
    """A folder that cannot be trained on; the message says what was found and what to do."""


class MissingFolderError(FolderError, FileNotFoundError):
    """There is no such folder."""

    def __str__(self):
        return str(self.args[0])


class Folder(NamedTuple):
    """The pictures under `root`: relative `filenames`, `labels` (int32, places in `class_names`), and `stray`,
    the visible files that are no pictures."""

    root: str
    class_names: tuple[str, ...]
    filenames: PathList
    labels: np.ndarray
    stray: tuple[str, ...] = ()

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
        text = f"{self.root}: {len(self.filenames)} pictures in {len(self.class_names)} classes ({counts})"
        if self.stray:
            shown = ", ".join(self.stray[:3]) + (", …" if len(self.stray) > 3 else "")
            text += f"; {len(self.stray)} other file{'s' * (len(self.stray) > 1)} ignored ({shown})"
        return text


def hidden(name: str) -> bool:
    """Whether people do not see it, or a system left it behind."""
    return name.startswith(".") or name.lower() in _LEFT_BEHIND


def entries(root: str) -> tuple[list[str], list[str]]:
    """Visible sub-folders and files of `root`, sorted; an error where it is no folder."""
    if not os.path.exists(root):
        parent = os.path.dirname(os.path.abspath(root))
        near = f"{parent} exists" if os.path.isdir(parent) else f"nor is there {parent}"
        raise MissingFolderError(
            f"{root}: there is no such folder ({near}; the working directory is {os.getcwd()}). Check the spelling."
        )
    if not os.path.isdir(root):
        raise FolderError(f"{root}: expected a folder with one sub-folder per class, got a file.")
    with os.scandir(root) as found:
        seen = sorted((e.name, e.is_dir()) for e in found if not hidden(e.name))
    return [name for name, is_folder in seen if is_folder], [name for name, is_folder in seen if not is_folder]


def pictures_under(
    root: str, start: str = "", follow_links: bool = False, accept: Callable[[str], bool] = is_picture
) -> tuple[PathList, list[str]]:
    """Pictures (what `accept` takes) and other visible files below `root/start`, as sorted paths relative to `root`.

    Never more names in memory at a time than one folder has.
    """
    other = []

    def pictures():
        for at, folders, files in os.walk(os.path.join(root, start), followlinks=follow_links):
            folders[:] = sorted(f for f in folders if not hidden(f))
            below = os.path.relpath(at, root)
            below = "" if below == "." else below + os.sep
            for name in sorted(files):
                if hidden(name):
                    continue
                if accept(os.path.join(at, name)):
                    yield below + name
                else:
                    other.append(below + name)

    return PathList(pictures()), other


def scan_folder(
    root: str | os.PathLike,
    class_names: Sequence[str] | None = None,
    follow_links: bool = False,
    min_classes: int = 2,
) -> Folder:
    """What is in a folder with one sub-folder per class.

    `class_names` chooses sub-folders and their order (default: all, sorted by name). Raises FolderError where the
    folder is missing, empty or has no class folders, fewer classes than `min_classes`, or a class without pictures.

        >>> folder = scan_folder("photos")  # doctest: +SKIP
    """
    root = os.fspath(root)
    folders, files = entries(root)
    if class_names is None:
        _refuse_classless(root, folders, files)
        names = folders
    else:
        names = list(class_names)
        missing = [name for name in names if name not in folders]
        if missing or len(set(names)) != len(names):
            what = f"no sub-folder {', '.join(map(repr, missing))}" if missing else "class_names has a name twice"
            raise FolderError(f"{root}: {what}. It holds: {', '.join(folders) or 'no folders'}.")
    if len(names) < min_classes:
        raise FolderError(
            f"{root}: found one class only ({names[0]!r}), expected at least {min_classes} sub-folders, one per class. "
            "Add a folder with pictures of the other class(es)."
        )
    found, labels, stray = [], [], list(files)
    empty = []
    for label, name in enumerate(names):
        pictures, other = pictures_under(root, name, follow_links)
        stray += other
        found.append(pictures)
        labels.append(np.full(len(pictures), label, np.int32))
        if not pictures:
            empty.append(
                f"{name!r}" + (f" ({len(other)} other files, such as {os.path.basename(other[0])})" if other else "")
            )
    if empty:
        raise FolderError(
            f"{root}: no pictures in the class folder{'s' * (len(empty) > 1)} {', '.join(empty)}. "
            f"Put pictures in ({', '.join(s[1:] for s in SUFFIXES)}) or delete the folder."
        )
    return Folder(root, tuple(names), PathList.joined(found), np.concatenate(labels), tuple(stray))


def _refuse_classless(root: str, folders: list[str], files: list[str]) -> None:
    if folders:
        return
    pictures = sum(is_picture(os.path.join(root, f)) for f in files)
    if pictures:
        raise FolderError(
            f"{root}: found {pictures} pictures but no class folders. "
            f"Make one sub-folder per class and move the pictures there, such as {os.path.join(root, 'cat', files[0])}."
        )
    what = f"{len(files)} files but no pictures" if files else "is empty"
    raise FolderError(f"{root}: {what}. Expected one sub-folder per class, each with pictures.")


def find_splits(root: str | os.PathLike) -> tuple[str, str | None]:
    """The training and the validation folder under `root`: (root/train, root/validation) where it holds such
    (`train`, `training`; `validation`, `valid`, `val`, else `test`; any case), otherwise (root, None)."""
    root = os.fspath(root)
    folders, _ = entries(root)
    lower = {name.lower(): name for name in folders}
    train = next((lower[n] for n in TRAIN_NAMES if n in lower), None)
    validation = next((lower[n] for n in VALIDATION_NAMES if n in lower), None)
    others = set(lower) - set(TRAIN_NAMES) - set(VALIDATION_NAMES)
    if train is None and validation and not others and len(lower) <= len(VALIDATION_NAMES):
        raise FolderError(
            f"{root}: holds {validation!r} but no 'train' folder. Add it, or pass the folder of classes itself."
        )
    if train is None or others:
        return root, None  # classes that merely bear such names
    return os.path.join(root, train), validation and os.path.join(root, validation)


def check_same_classes(train: Folder, validation: Folder) -> None:
    """Raises FolderError where training and validation pictures do not have the same classes."""
    if train.class_names == validation.class_names:
        return
    a, b = set(train.class_names), set(validation.class_names)
    parts = []
    if a - b:
        parts.append(f"only in training: {', '.join(sorted(a - b))}")
    if b - a:
        parts.append(f"only in validation: {', '.join(sorted(b - a))}")
    raise FolderError(
        f"{validation.root}: its classes differ from those of {train.root} ({'; '.join(parts) or 'another order'}). "
        "Give both the same sub-folders, spelled alike, or name the classes to use with class_names=[…]."
    )


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
