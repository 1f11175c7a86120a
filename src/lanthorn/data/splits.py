"""What a folder of photos holds: classes, or a training and a validation set that hold them.

Sets are told by the words in the names of their folders (`Training`, `seg_train`, `test_set`, `dev`), and by what is in
them: a training set holds one folder per class. A folder of classes that merely bear such names has photos in them.
"""

import os
import re
from typing import NamedTuple

from .listing import FolderError, entries, hidden, is_picture

_WORDS = {
    "train": {"train", "training", "trn", "trainset", "trainingset", "traindata", "trainingdata"},
    "validation": {
        "validation", "valid", "val", "dev", "devel", "development", "eval", "evaluation", "holdout", "valset",
        "validset", "validationset", "devset", "evalset", "valdata", "validationdata",
    },
    "test": {"test", "testing", "tst", "testset", "testingset", "testdata", "testingdata"},
}  # fmt: skip
_UNLABELLED = {"pred", "preds", "predict", "prediction", "predictions", "unlabeled", "unlabelled", "submission"}
_LOOKED_AT = 2_000  # entries of a folder that are looked at to learn what it holds


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


def role(name: str) -> str | None:
    """'train', 'validation', 'test' or 'unlabelled', by the words in a folder's name; None if it says nothing.

    >>> role("Training"), role("seg_test"), role("validation-set 2"), role("trainers")
    ('train', 'test', 'validation', None)
    """
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
    found = {each for each, known in _WORDS.items() if known.intersection(words)}
    if not found and _UNLABELLED.intersection(words):
        return "unlabelled"
    return found.pop() if len(found) == 1 else None


class _Inside(NamedTuple):
    classes: tuple[str, ...]  # sub-folders with photos somewhere below
    loose: int  # photos that lie in it directly


def look_inside(path: str) -> _Inside:
    """What a folder holds: sub-folders with photos in them, and photos of its own."""
    try:
        with os.scandir(path) as found:
            seen = [(e.name, e.is_dir(), e.path) for _, e in zip(range(_LOOKED_AT), found) if not hidden(e.name)]
    except OSError:
        return _Inside((), 0)
    classes = [name for name, is_folder, place in seen if is_folder and _has_pictures(place)]
    return _Inside(tuple(sorted(classes)), sum(not is_folder and is_picture(place) for _, is_folder, place in seen))


def _has_pictures(path: str) -> bool:
    for at, folders, files in os.walk(path):
        folders[:] = sorted(f for f in folders if not hidden(f))
        if any(is_picture(os.path.join(at, name)) for name in files if not hidden(name)):
            return True
    return False


def find_layout(root: str | os.PathLike, wrapped: bool = False) -> Layout:
    """What `root` holds, a single wrapping folder looked through.

    Raises:
        FolderError: there is a validation set and no training set; or all folders hold the same sub-folders, so that
            they look like sets under names that are not known; or it cannot be told.

    Example:
        >>> find_layout("photos").train  # doctest: +SKIP
        'photos/train'
    """
    root = os.fspath(root)
    folders, files = entries(root)
    inside = {name: look_inside(os.path.join(root, name)) for name in folders}
    holding = [name for name in folders if inside[name].classes or inside[name].loose]
    loose = any(is_picture(os.path.join(root, name)) for name in files)
    if len(holding) == 1 and not loose and inside[holding[0]].classes and not inside[holding[0]].loose:
        if role(holding[0]) != "train":  # photos/photos/cat
            return find_layout(os.path.join(root, holding[0]), True)
    roles: dict[str, list[str]] = {}
    for name in folders:
        roles.setdefault(role(name) or "other", []).append(name)
    trains = [name for name in roles.get("train", []) if inside[name].classes and not inside[name].loose]
    held = [*roles.get("validation", []), *roles.get("test", [])]
    if not roles.get("train") and held and len(held) == len(folders):
        raise FolderError(
            f"{root}: holds {' and '.join(map(repr, held))} but no 'train' folder. Add it, or give the folder of "
            "classes."
        )
    if not trains and _empty_sets(roles, inside):
        trains = roles["train"]
    if not trains:
        _refuse_sets_as_classes(root, holding, inside)
        return Layout(root, root, wrapped=wrapped)
    return _of_sets(root, trains, roles, inside, wrapped)


def _empty_sets(roles: dict[str, list[str]], inside: dict[str, _Inside]) -> bool:
    """Whether all folders are named as sets and the training set holds nothing that could be classes."""
    return bool(roles.get("train")) and set(roles) <= set(_WORDS) and not any(i.loose for i in inside.values())


def _of_sets(
    root: str, trains: list[str], roles: dict[str, list[str]], inside: dict[str, _Inside], wrapped: bool
) -> Layout:
    train, classes = trains[0], set(inside[trains[0]].classes)
    if len(trains) > 1:
        raise FolderError(
            f"{root}: {' and '.join(map(repr, trains))} both look like training sets. Give one of them, or put their "
            "photos together."
        )
    labelled = {
        kind: [n for n in roles.get(kind, []) if inside[n].classes or not inside[n].loose and not classes]
        for kind in ("validation", "test")
    }
    others = [name for name in roles.get("other", []) if inside[name].classes or inside[name].loose]
    if others and not labelled["validation"] and not labelled["test"]:
        if any(set(inside[name].classes) - classes or inside[name].loose for name in others):
            return Layout(root, root, wrapped=wrapped)  # classes that merely bear such names
    held = [*labelled["validation"], *labelled["test"]]
    chosen = held[0] if held else None
    test = next((name for name in labelled["test"] if name != chosen), None)
    used = {train, chosen, test}
    rest = [n for n in inside if n not in used and (inside[n].classes or inside[n].loose)]
    place = {name: os.path.join(root, name) for name in inside}
    validation, later = (place[name] if name else None for name in (chosen, test))
    return Layout(root, place[train], validation, later, tuple(place[name] for name in rest), wrapped)


def _refuse_sets_as_classes(root: str, holding: list[str], inside: dict[str, _Inside]) -> None:
    """Where each "class" holds the same classes they are sets: as classes, they would be told apart by chance."""
    if len(holding) < 2 or any(inside[name].loose for name in holding):
        return
    common = set.intersection(*(set(inside[name].classes) for name in holding))
    if len(common) < 2 or any(len(common) * 2 <= len(inside[name].classes) for name in holding):
        return
    names, some = " and ".join(map(repr, holding[:3])), ", ".join(sorted(common)[:3])
    raise FolderError(
        f"{root}: its folders {names} hold the same sub-folders ({some}), so they look like a training and a "
        "validation set, not like classes. Name them train and validation, or give one as the photos and one as the "
        "validation; if they are classes after all, put their photos directly into them."
    )


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
