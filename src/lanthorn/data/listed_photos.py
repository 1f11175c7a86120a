"""A table of file names and labels (.csv) as Folders, one for each set that it speaks of."""

import os
import warnings
from collections.abc import Sequence

import numpy as np

from .folder import Folder
from .listing import FolderError
from .paths import PathList
from .split_names import TEST, TRAIN, VALIDATION
from .table_columns import file_column, label_columns, plain, set_column
from .table_files import Finder
from .table_labels import Labels, read_labels
from .tables import Table, read_table
from .words import counted, listed


def listed_photos(
    path: str | os.PathLike, class_names: Sequence[str] | None = None, min_classes: int = 2
) -> dict[str, Folder]:
    """The photos that a table names, by set: 'train', and 'validation' and 'test' where a column says so.

    The columns are told by their names and by what is in them. Photos are looked for beside the table and in the
    folders there; names may lack their suffix. Several labels in a cell, several rows for a photo, or columns of 0 and
    1 give a Folder with several labels. `class_names` chooses classes and their order.

    Raises:
        FolderError: the table cannot be read, its photos are not there, or its labels are no classes.

    Example:
        >>> listed_photos("labels.csv")["train"].counts()  # doctest: +SKIP
        {'cat': 120, 'dog': 80}
    """
    table = read_table(path)
    root = os.path.dirname(table.path) or "."
    find = Finder(root, table.path)
    column = file_column(table, find)
    sets = set_column(table, column)
    labels = read_labels(table, label_columns(table, {column, *([sets[0]] if sets else [])}))
    places = [find(cell) for cell in table.column(column)]
    _tell_missing(table, column, places)
    roles = sets[1] if sets else [TRAIN] * len(places)
    merged, labels, notes = _merged(table, places, labels, roles)
    names = _chosen(table, labels, class_names, min_classes)
    tests = sum(of == TEST for _, of in merged.values())
    if tests and any(of == VALIDATION for _, of in merged.values()):
        notes.append(f"{counted(tests, 'test photo')} {'is' if tests == 1 else 'are'} left for later.")
    unread = [
        table.header[k] for k in range(table.width) if table.header and plain(table.header[k]) in ("fold", "folds")
    ]
    if unread:
        notes.append(f"{table.path}: the column {unread[0]!r} is not used.")
    notes = (*labels.notes, *notes)
    parts = {
        part: _folder(root, names, {p: row for p, (row, of) in merged.items() if of == part}, labels.several, notes)
        for part in dict.fromkeys(of for _, of in merged.values())
    }
    return {part: folder for part, folder in parts.items() if len(folder.filenames)}


def _tell_missing(table: Table, column: int, places: list[str | None]) -> None:
    cells = [cell or "(blank)" for cell in table.column(column)]
    missing = [cell for cell, place in zip(cells, places, strict=True) if place is None]
    if not missing:
        return
    named, where = listed(missing), os.path.dirname(table.path) or "."
    if len(missing) == len(places):
        raise FolderError(
            f"{table.path}: none of the {counted(len(missing), 'photo')} that it names is there ({named}; column "
            f"{table.called(column)}). They were looked for in {where} and in its folders; put the table beside the "
            "photos."
        )
    one = len(missing) == 1
    warnings.warn(
        f"{table.path}: {len(missing):,} of {counted(len(places), 'photo')} {'is' if one else 'are'} not there and "
        f"{'was' if one else 'were'} left out: {named}.",
        stacklevel=4,
    )


def _merged(table: Table, places: list, labels: Labels, roles: list) -> tuple[dict, Labels, list[str]]:
    """For each photo its labels and its set, each photo once; the labels, which may have become several; notes."""
    found: dict[str, tuple[tuple[str, ...], str]] = {}
    clashes: dict[str, tuple[str, ...]] = {}
    blank, again, notes = 0, 0, []
    for place, row, of in zip(places, labels.rows, roles, strict=True):
        if place is None or of is None:
            continue
        if not row and not labels.several:
            blank += 1
            continue
        before = found.get(place)
        again += before is not None
        if before is None:
            found[place] = (row, of)
            continue
        if before[1] != of:
            raise FolderError(f"{table.path}: {place} is named for {before[1]} and for {of}. Keep one of the two rows.")
        union = tuple(dict.fromkeys(before[0] + row))
        if union != before[0]:
            clashes[place] = union
            found[place] = (union, of)
    if blank:
        warnings.warn(f"{table.path}: {_without_label(blank, len(places))}", stacklevel=4)
    several = labels.several
    if clashes and not several:
        several = len(clashes) > 1 and len(clashes) * 10 > len(found)
        if several:
            notes.append("photos that stand in several rows have the labels of all of them.")
        else:
            shown = listed([f"{place} ({', '.join(both)})" for place, both in clashes.items()])
            one = len(clashes) == 1
            warnings.warn(
                f"{table.path}: {counted(len(clashes), 'photo')} {'has' if one else 'have'} two labels in different "
                f"rows and {'was' if one else 'were'} left out: {shown}.",
                stacklevel=4,
            )
            found = {place: each for place, each in found.items() if place not in clashes}
    elif again and not clashes:
        notes.append(f"{counted(again, 'row')} of {table.path} name a photo again and say the same.")
    return found, labels._replace(several=several), notes


def _without_label(blank: int, rows: int) -> str:
    return f"{blank:,} of {counted(rows, 'row')} {'has' if blank == 1 else 'have'} no label, and were left out."


def _chosen(table: Table, labels: Labels, class_names: Sequence[str] | None, min_classes: int) -> tuple[str, ...]:
    known = labels.class_names
    if class_names is not None:
        missing = [name for name in class_names if name not in known]
        if missing:
            raise FolderError(f"{table.path}: no photo has the label {listed(missing)}. It has: {listed(known)}.")
        return tuple(class_names)
    if len(known) < (1 if labels.several else min_classes):
        raise FolderError(
            f"{table.path}: found one class only ({', '.join(known)}), expected at least {min_classes}. Add photos of "
            "the other class(es)."
        )
    if not labels.several and len(known) == len(table.rows) > 2:
        raise FolderError(
            f"{table.path}: each photo has a label of its own ({listed(known, 3)}), so there is nothing to learn. "
            "Call the column with the classes 'label'."
        )
    return known


def _folder(root: str, names: tuple[str, ...], photos: dict, several: bool, notes: tuple[str, ...]) -> Folder:
    place = {name: k for k, name in enumerate(names)}
    kept = {photo: row for photo, row in photos.items() if several or row[0] in place}
    if several:
        labels = np.zeros((len(kept), len(names)), np.uint8)
        for i, row in enumerate(kept.values()):
            labels[i, [place[label] for label in row if label in place]] = 1
    else:
        labels = np.array([place[row[0]] for row in kept.values()], np.int32)
    return Folder(root, names, PathList(kept), labels, notes=notes)
