"""What the cells of a table's label columns say: one label, or several, by one of many ways to write them."""

import re
from typing import NamedTuple

from .listing import FolderError
from .table_columns import is_yes, plain
from .tables import Table, is_number
from .words import counted, listed

_PLURAL = ("labels", "tags", "classes", "categories", "targets", "attributes", "keywords", "objects", "genres")
_CLASSY = ("", "label", "labels", "class", "classid", "labelid", "category", "categoryid", "classes")
_FEW = 20  # numbers that pass for classes whatever the column is called


class Labels(NamedTuple):
    """For each row its labels; whether there may be several; the classes in order; notes for people."""

    rows: list[tuple[str, ...]]
    several: bool
    class_names: tuple[str, ...]
    notes: tuple[str, ...] = ()


def read_labels(table: Table, columns: list[int]) -> Labels:
    """The labels of each row.

    Raises:
        FolderError: the column holds a quantity rather than classes.
    """
    if len(columns) > 1:
        return _of_flags(table, columns)
    cells, name = table.column(columns[0]), plain(table.header[columns[0]]) if table.header else ""
    if all(is_number(cell) for cell in cells if cell):
        return _of_numbers(table, columns[0], cells, name)
    rows, how = _parted(cells, name)
    names = tuple(sorted({label for row in rows for label in row}))
    if not how:
        return Labels(rows, False, names)
    note = f"{table.called(columns[0])} holds several labels to a photo, parted by {how}: {listed(names)}."
    return Labels(rows, True, names, (note,))


def _of_flags(table: Table, columns: list[int]) -> Labels:
    names = tuple(table.header[k] for k in columns)
    rows = [tuple(n for n, k in zip(names, columns, strict=True) if is_yes(row[k])) for row in table.rows]
    if all(len(row) == 1 for row in rows):
        return Labels(rows, False, names)
    note = f"{counted(len(names), 'column')} of 0 and 1 say which of several labels a photo has: {listed(names)}."
    return Labels(rows, True, names, (note,))


def _of_numbers(table: Table, column: int, cells: list[str], name: str) -> Labels:
    values = {cell: float(cell) for cell in set(cells) if cell}
    if not values:
        raise FolderError(f"{table.path}: column {table.called(column)}, taken for the labels, is blank.")
    whole = all(value.is_integer() for value in values.values())
    different = sorted(set(values.values()))
    if not whole or len(different) > (max(_FEW, len(cells) // 2) if name in _CLASSY else _FEW):
        what = f"{len(different):,} different numbers, from {different[0]:g} to {different[-1]:g}"
        raise FolderError(
            f"{table.path}: column {table.called(column)} holds {what}: a quantity, not classes. Sort it into a few "
            "named ranges (low, middle, high) in a column called 'label'; or, to predict the number itself, build "
            "a model in Python and fit it on arrays of pictures and numbers."
        )
    names = tuple(str(int(value)) for value in different)
    rows = [(str(int(values[cell])),) if cell else () for cell in cells]
    note = (
        f"the numbers in column {table.called(column)} ({listed(names)}) are taken for {counted(len(names), 'class')}."
    )
    return Labels(rows, False, names, (note,))


def _parted(cells: list[str], name: str) -> tuple[list[tuple[str, ...]], str]:
    """The labels of each cell, and what parts them; '' where a cell is one label.

    A comma, slash or blank may belong to a label (`golden retriever`). It parts labels where the column has a plural
    for a name or labels also stand alone, and where there are fewer labels so than there are different cells.
    """
    filled = [cell for cell in cells if cell]
    if filled and all(cell[0] in "[({" and cell[-1] in "])}" for cell in filled):
        return [_of(cell[1:-1], ",") for cell in cells], "commas"
    for sign, called in (("|", "'|'"), (";", "';'")):
        if any(sign in cell for cell in filled):
            return [_of(cell, sign) for cell in cells], called
    for sign, called in ((",", "commas"), ("/", "'/'"), (None, "blanks")):
        if _parts(filled, sign, name):
            return [_of(cell, sign) for cell in cells], called
    return [(cell,) if cell else () for cell in cells], ""


def _of(cell: str, sign: str | None) -> tuple[str, ...]:
    parts = (part.strip().strip("\"'").strip() for part in cell.split(sign))
    return tuple(dict.fromkeys(part for part in parts if part))


def _parts(cells: list[str], sign: str | None, name: str) -> bool:
    whole = set(cells)
    several = {cell for cell in whole if len(_of(cell, sign)) > 1}
    if not several:
        return False
    labels = {label for cell in whole for label in _of(cell, sign)}
    if sign is None and any(re.search(r"\s{2,}|[^\w\s-]", cell) for cell in several):
        return False
    fewer = len(labels) < len(whole) or (len(labels) == len(whole) and name in _PLURAL)
    if name in _PLURAL:
        return fewer
    used: dict[str, int] = {}
    for cell in several:
        for label in _of(cell, sign):
            used[label] = used.get(label, 0) + 1
    alone = sum(label in whole for label in used)
    return fewer and alone * 2 >= len(used)
