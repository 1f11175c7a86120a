"""A cleaned copy of the photos, or a list of moves; the photos themselves are never touched."""

import csv
import os
import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..folder import Folder, FolderError
from ..words import counted
from .classes import class_name

if TYPE_CHECKING:
    from .report import CheckReport

ASIDE = "_look_at_these"
LEFT_OUT, SET_ASIDE = "leave out", "look at"


def moves(report: "CheckReport") -> dict[str, tuple[str, str, str]]:
    """What becomes of pictures that do not stay: path -> (what is done, reason, class).

    Left out: what cannot be read, and all but one of the pictures of the same bytes in one class (of two that are on
    both sides of a split the validation picture stays). To be looked at: pictures under two labels, suspicious labels,
    and training pictures that a validation picture nearly equals. All else stays.
    """
    found: dict[str, tuple[str, str, str]] = {}
    for path, reason in report.broken.items():
        found[path] = (LEFT_OUT, reason, "")
    for twin in report.two_labels:
        for path, own, other in ((twin.first, 0, twin.second), (twin.second, 1, twin.first)):
            reason = f"also under {twin.classes[1 - own]}: {report.name(other)} ({twin.kind})"
            found.setdefault(path, (SET_ASIDE, reason, twin.classes[own]))
    for twin in report.copies:
        if twin.kind == "same file":
            found.setdefault(twin.second, (LEFT_OUT, f"same file as {report.name(twin.first)}", twin.classes[1]))
    for suspect in report.suspects:
        found.setdefault(suspect.path, (SET_ASIDE, f"looks like {suspect.proposed}", suspect.given))
    for pair in (*report.duplicates, *report.leaking):
        if found.get(pair.validation):
            continue
        action = LEFT_OUT if pair.kind == "same file" and pair.same_class else SET_ASIDE
        found.setdefault(pair.train, (action, f"{pair.kind}: {report.name(pair.validation)} in validation", ""))
    where = {folder.path(i): class_name(folder, i) for folder in report.sets for i in range(len(folder.filenames))}
    return {path: (action, reason, where.get(path, label)) for path, (action, reason, label) in found.items()}


def fix(report: "CheckReport", target: str | os.PathLike) -> dict[str, int]:
    """Writes a cleaned copy of the checked photos into the new folder `target`; or, where it ends in .csv, that file: a
    list of moves (path, action, reason, class) for a human to go through. Returns how many were copied and so on.

    In the copy, the folders of training and validation are kept, and photos that a table named get a folder per class;
    what is to be looked at lies in `_look_at_these/CLASS` (of one folder of classes: in a folder beside the copy, where
    it is no class), and `moves.csv` says why. Raises FolderError where the target lies in the photos, the photos in it,
    where it holds something already, or where photos have several labels.
    """
    target = os.fspath(target)
    chosen = moves(report)
    if target.lower().endswith(".csv"):
        if os.path.exists(target):
            raise FolderError(f"{target}: this file exists already. Name another, or delete it first.")
        _write_list(report, target, chosen)
        return _numbers(chosen, 0)
    _refuse_bad_target(report, target)
    if not report.sets:
        raise FolderError(f"{target}: the report does not know its photos. Make it with check_photos.")
    if any(folder.labels.ndim != 1 for folder in report.sets):
        raise FolderError(f"{target}: photos with several labels fit no folders. Name a list: {target}.csv.")
    os.makedirs(target, exist_ok=True)
    copied, aside = 0, aside_of(report, target)
    for folder, inside in zip(report.sets, _names(report.sets), strict=True):
        for i in range(len(folder.filenames)):
            path, name, label = folder.path(i), folder.filenames[i], class_name(folder, i)
            listed = not name.startswith(os.path.join(label, ""))  # by a table
            action = chosen.get(path, ("", "", ""))[0]
            if action == LEFT_OUT:
                continue
            if action == SET_ASIDE:
                label = chosen[path][2]
                if not name.startswith(os.path.join(label, "")):
                    name = os.path.join(label, os.path.basename(name))
                place = _free(os.path.join(aside, name))
            else:
                place, copied = os.path.normpath(os.path.join(target, inside, name)), copied + 1
                if listed:
                    place = _free(os.path.join(target, inside, label, os.path.basename(name)))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            shutil.copy2(path, place)
    _write_list(report, os.path.join(target, "moves.csv"), chosen)
    return _numbers(chosen, copied)


def aside_of(report: "CheckReport", target: str) -> str:
    """Where what is to be looked at lies: in the copy it would be a class, where that is one folder of classes."""
    return os.path.join(target, ASIDE) if len(report.sets) > 1 else os.path.normpath(target) + ASIDE


def _names(sets: Sequence[Folder]) -> list[str]:
    """The folders of the copy: as training and validation are called, '.' where they are one folder."""
    roots = [os.path.abspath(some.root) for some in sets]
    names = [os.path.basename(root) for root in roots]
    if len(sets) == 1:
        return ["."]
    return names if len(set(names)) == len(names) else ["train", "validation"]


def _numbers(chosen, copied: int) -> dict[str, int]:
    actions = [action for action, _, _ in chosen.values()]
    return {"copied": copied, "left_out": actions.count(LEFT_OUT), "to_look_at": actions.count(SET_ASIDE)}


def _free(place: str) -> str:
    """The path itself, or one with a number behind its name where training and validation both have the name."""
    stem, suffix = os.path.splitext(place)
    k = 2
    while os.path.exists(place):
        place, k = f"{stem}_{k}{suffix}", k + 1
    return place


def _refuse_bad_target(report: "CheckReport", target: str) -> None:
    there = os.path.realpath(target)
    for folder in report.sets:
        root = os.path.realpath(folder.root)
        if os.path.commonprefix([there + os.sep, root + os.sep]) in (there + os.sep, root + os.sep):
            raise FolderError(
                f"{target}: lies inside the photos or around them ({folder.root}). Name a folder elsewhere."
            )
    if os.path.exists(target) and (not os.path.isdir(target) or os.listdir(target)):
        raise FolderError(f"{target}: holds something already. Name a new folder for the cleaned copy.")


def _write_list(report: "CheckReport", path: str, chosen) -> None:
    with open(path, "w", newline="", encoding="utf-8", errors="backslashreplace") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "action", "reason", "class"])
        for name, (action, reason, label) in chosen.items():
            rows.writerow([report.name(name), action, reason, label])


def said(numbers: dict[str, int]) -> str:
    """What `fix` did, in a sentence.

    >>> said({"copied": 12, "left_out": 1, "to_look_at": 0})
    '12 pictures copied, 1 picture left out, 0 pictures to look at'
    """
    return (
        f"{counted(numbers['copied'])} copied, {counted(numbers['left_out'])} left out, "
        f"{counted(numbers['to_look_at'])} to look at"
    )
