"""What a folder of photos holds: classes, or a training and a validation set that hold them.

Sets are told by the words in the names of their folders (`Training`, `seg_train`, `test_set`, `dev`), and by what is in
them: a training set holds one folder per class. A folder of classes that merely bear such names has photos in them.
"""

import os
from typing import NamedTuple

from .listing import FolderError, entries, hidden, is_picture
from .split_names import ASIDE, TEST, TRAIN, VALIDATION, beyond, in_common, says_only
from .split_names import role as role
from .words import listed


class Layout(NamedTuple):
    """Where the sets under a folder are. `validation` is None where a share must be split off.

    `test` is a set with labels that is left for later; `aside` names what else is not trained on; `root` is the folder
    that was meant, below the one that was given where that only wraps it.
    """

    root: str
    train: str
    validation: str | None = None
    test: str | None = None
    aside: tuple[str, ...] = ()
    wrapped: bool = False

    def notes(self) -> list[str]:
        """What a user should know of it, a sentence each."""
        found = [f"{self.root} is the folder that holds the photos."] if self.wrapped else []
        if self.test:
            found.append(f"{self.test} is left for later: measure the model on it when it is done.")
        if self.aside:
            found.append(f"left aside: {', '.join(self.aside)} (no sorted photos to learn from).")
        return found


class Part(NamedTuple):
    """A sub-folder with pictures: where its classes would be, and their names."""

    name: str
    path: str  # wrapping folders looked through
    classes: tuple[str, ...]  # sub-folders with pictures
    loose: bool  # whether pictures lie in it directly

    @property
    def sorted(self) -> bool:
        """Whether its pictures are sorted into sub-folders."""
        return len(self.classes) > 1 or (bool(self.classes) and not self.loose)

    def shared(self, other: "Part") -> set[str]:
        """The names of classes that both have, in lower case."""
        return {c.lower() for c in self.classes} & {c.lower() for c in other.classes}


def find_layout(root: str | os.PathLike) -> Layout:
    """What `root` holds, a single wrapping folder looked through.

    Raises:
        FolderError: there is a validation set and no training set; all folders hold the same sub-folders, so that
            they look like sets under names that are not known; the photos of a training set are not sorted into
            classes; or it cannot be told.

    Example:
        >>> find_layout("photos").train  # doctest: +SKIP
        'photos/train'
    """
    found = measured_layout(root)
    if not found.train:
        held = [os.path.basename(each) for each in (found.validation, found.test) if each]
        raise FolderError(
            f"{root}: holds {' and '.join(map(repr, held))} but no 'train' folder. Add it, or give the folder of "
            "classes."
        )
    return found


def measured_layout(root: str | os.PathLike) -> Layout:
    """`find_layout`; where there are only sets to measure on, `train` is empty."""
    root = os.fspath(root)
    folders, _ = entries(root)
    names = [name for name in folders if has_pictures(os.path.join(root, name))]
    if not names:
        return _of_empty(root, folders)
    if len(names) == 1 and says_only(names[0]) in (VALIDATION, TEST):
        only = part(root, names[0])
        if only.sorted:
            return _only_held(root, [only])
    at = looked_through(root)
    if at != root and says_only(os.path.basename(at)) == TRAIN:  # root/train and nothing else
        return Layout(os.path.dirname(at), at, wrapped=os.path.dirname(at) != root)
    names = with_pictures(at) if at != root else names
    found = _by_name(at, names)
    if found is None:
        _refuse_the_same_below(at, names)
        found = Layout(at, at)
    return found._replace(wrapped=at != root)


def _of_empty(root: str, folders: list[str]) -> Layout:
    """Folders without a single picture: what their names say."""
    strict = {name: says_only(name) for name in folders}
    if not folders or None in strict.values():
        return Layout(root, root)
    parts = [Part(n, os.path.join(root, n), (), False) for n in folders]
    train = [p for p in parts if strict[p.name] == TRAIN]
    held = _in_order([p for p in parts if strict[p.name] in (VALIDATION, TEST)])
    if not train:
        return _only_held(root, held) if held else Layout(root, root)
    return Layout(root, train[0].path, held[0].path if held else None)


def _only_held(root: str, held: list[Part]) -> Layout:
    first = next((p.path for p in _in_order(held) if role(p.name) == VALIDATION), None)
    return Layout(root, "", first, next((p.path for p in held if role(p.name) == TEST), None))


def _by_name(at: str, names: list[str]) -> Layout | None:
    """The sets that the names of the sub-folders tell of; None where they are classes."""
    roles = {name: role(name) for name in names}
    beside = in_common([name for name in names if roles[name]])
    strict = {name: says_only(name, beside) for name in names}
    if TRAIN not in roles.values():
        parts = [part(at, n) for n in names if strict[n] in (VALIDATION, TEST)]
        if parts and all(strict.values()) and all(p.sorted for p in parts):
            return _only_held(at, parts)
        return None
    parts = {name: part(at, name) for name in names}
    training = [parts[n] for n in names if roles[n] == TRAIN and parts[n].sorted]
    if not training:
        _refuse_unsorted(at, roles, strict)
        return None
    train = next((p for p in training if strict[p.name]), training[0])
    held = [parts[n] for n in names if roles[n] in (VALIDATION, TEST) and parts[n].sorted]
    others = [n for n in names if not strict[n]]
    if not any(len(train.shared(p)) > 1 for p in held):  # nothing but the names speaks for sets
        if not strict[train.name] or len(others) > 1:
            return None
        if others:
            _refuse_doubt(at, train, parts[others[0]])
            return None
    if len(training) > 1:
        raise FolderError(
            f"{at}: {' and '.join(repr(p.name) for p in training)} all look like training sets. Give one of them, or "
            "put their photos together."
        )
    held = _in_order([p for p in held if train.shared(p) or (strict[p.name] and len(p.classes) > 1)])
    validation = held[0] if held else None
    test = next((p for p in held[1:] if roles[p.name] == TEST), None)
    aside = [os.path.join(at, n) for n in names if parts[n] not in (train, validation, test)]
    return Layout(at, train.path, validation and validation.path, test and test.path, tuple(aside))


def _in_order(parts: list[Part]) -> list[Part]:
    """Those to validate with before those to test with; the shortest name first."""
    return sorted(parts, key=lambda p: (role(p.name) != VALIDATION, len(p.name), p.name))


def _refuse_doubt(at: str, train: Part, other: Part) -> None:
    """`train/` holds folders, and one other folder, of unknown name, holds photos."""
    if not other.classes:
        raise FolderError(
            f"{at}: is {train.name!r} a class, or the photos to train on? It holds folders, {other.name!r} holds "
            f"photos. If a class, move its photos out of their folders; if not, give {train.path}."
        )


def _refuse_unsorted(at: str, roles: dict, strict: dict) -> None:
    """An error where folders are called after sets, and their photos lie in them unsorted."""
    held = {VALIDATION, TEST, ASIDE}
    named = set(strict.values())
    pairs = [{beyond(n) for n in roles if (roles[n] == TRAIN) is trains} for trains in (True, False)]
    paired = None not in roles.values() and pairs[1] and pairs[1] <= pairs[0]  # train_cat, test_cat, …
    if not paired and not (TRAIN in named and named & held):
        return
    tables = [name for name in entries(at)[1] if name.lower().endswith((".csv", ".tsv"))]
    tables.sort(key=lambda name: (role(name) in held, "sub" in name.lower(), name))
    hint = f" Or, if {tables[0]} says what they show, give {os.path.join(at, tables[0])}." if tables else ""
    train = next(name for name in roles if roles[name] == TRAIN)
    raise FolderError(
        f"{at}: {listed([repr(n) for n in roles])} look like sets of photos to train and to test on, but their photos "
        "are not sorted into classes. Make one sub-folder per class in each, such as "
        f"{os.path.join(at, train, 'cat')}.{hint}"
    )


def _refuse_the_same_below(at: str, names: list[str]) -> None:
    """Where each "class" holds the same classes they are sets: as classes, they would be told apart by chance."""
    names = [name for name in names if says_only(name) != ASIDE]
    below: list[set[str]] = []
    for name in names:
        found = part(at, name)
        if found.loose or not found.classes:
            return
        below.append({c.lower() for c in found.classes})
    common = set.intersection(*below) if len(below) > 1 else set()
    if not common or any(len(each) > 2 * len(common) for each in below):
        return
    shown, some = listed([repr(n) for n in names]), ", ".join(sorted(common)[:3])
    if all(role(c) for c in common):
        raise FolderError(
            f"{at}: each of its folders {shown} holds sets ({some}). Turn it round: a folder per set, with a "
            f"sub-folder per class, such as {os.path.join(at, 'train', names[0])}."
        )
    raise FolderError(
        f"{at}: its folders {shown} hold the same sub-folders ({some}), so they look like a training and a "
        "validation set, not like classes. Name them train and validation, or give one as the photos and one as the "
        "validation; if they are classes after all, put their photos directly into them."
    )


def has_pictures(path: str) -> bool:
    """Whether there is a picture in the folder or below it. Stops at the first."""
    deeper = []
    try:
        with os.scandir(path) as found:
            for entry in found:
                if hidden(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    deeper.append(entry.path)
                elif not entry.is_dir() and is_picture(entry.path):
                    return True
    except OSError:
        return False
    return any(map(has_pictures, deeper))


def with_pictures(root: str) -> list[str]:
    """The visible sub-folders that hold pictures, sorted."""
    return [name for name in entries(root)[0] if has_pictures(os.path.join(root, name))]


def _lies_loose(path: str) -> bool:
    return any(is_picture(os.path.join(path, name)) for name in entries(path)[1])


def looked_through(root: str) -> str:
    """`root`, or the only folder with pictures in it, and so on, as long as that one holds folders only."""
    while True:
        names = with_pictures(root)
        inner = os.path.join(root, names[0]) if len(names) == 1 else ""
        if not inner or _lies_loose(inner) or not with_pictures(inner):
            return root
        root = inner


def part(at: str, name: str) -> Part:
    """What a sub-folder holds."""
    path = looked_through(os.path.join(at, name))
    return Part(name, path, tuple(with_pictures(path)), _lies_loose(path))


def sets_in(root: str | os.PathLike) -> Layout | None:
    """The layout of a folder that holds sets rather than classes; None where its sub-folders are the classes.

    Raises:
        FolderError: as `find_layout`.
    """
    found = find_layout(root)
    return found if found.train != found.root else None


def find_splits(root: str | os.PathLike) -> tuple[str, str | None]:
    """The training and the validation folder under `root`: (root/train, root/validation) where it holds such, under any
    of their usual names, otherwise (root, None). See `find_layout`."""
    found = find_layout(root)
    return found.train, found.validation
