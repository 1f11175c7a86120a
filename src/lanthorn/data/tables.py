"""Reading a table of text (.csv, .tsv, .txt), however it was written: encoding, separator, header."""

import csv
import io
import os
from collections import Counter
from typing import NamedTuple

from .listing import SUFFIXES, FolderError

TABLES = (".csv", ".tsv", ".txt")
_SEPARATORS = (",", "\t", ";", "|")
_TRIED = 200  # rows that are looked at to learn the separator


class Table(NamedTuple):
    """Rows of cells, all of one width; `header` are the names of the columns, empty where the file has none."""

    path: str
    header: tuple[str, ...]
    rows: list[list[str]]

    @property
    def width(self) -> int:
        return len(self.rows[0])

    def column(self, number: int) -> list[str]:
        """The cells of a column."""
        return [row[number] for row in self.rows]

    def called(self, number: int) -> str:
        """How a column is named in a message."""
        return repr(self.header[number]) if self.header else f"number {number + 1}"


def is_table(path: str | os.PathLike) -> bool:
    """Whether a file is a table, by its suffix."""
    return os.fspath(path).lower().endswith(TABLES) and os.path.isfile(path)


def read_table(path: str | os.PathLike) -> Table:
    """The table in a file: UTF-8, UTF-16 with its mark, else Windows' Western code page; blank lines are left out.

    Raises:
        FolderError: it holds no rows, or is no text; a row that has more cells than others.
    """
    path = os.fspath(path)
    text = _text(path)
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise FolderError(f"{path}: is empty. Expected rows of file names and labels.")
    rows = _rows(path, text, _separator(lines[:_TRIED]))
    widths = Counter(map(len, rows))
    usual = widths.most_common(1)[0][0]
    wide = next((k for k, row in enumerate(rows) if len(row) > usual and any(row[usual:])), None)
    if wide is not None:
        raise FolderError(
            f"{path}: row {wide + 1} has {len(rows[wide])} cells, others have {usual}: {' | '.join(rows[wide])[:120]}. "
            'Put cells that hold the separator in quotes ("…").'
        )
    rows = [(row + [""] * (usual - len(row)))[:usual] for row in rows]
    if usual < 2:
        raise FolderError(
            f"{path}: holds one column only. Expected one of file names and one of labels, with a comma between them."
        )
    header = tuple(rows.pop(0)) if _is_header(rows) else ()
    if not rows:
        raise FolderError(f"{path}: has a header and no rows.")
    return Table(path, header, rows)


def _text(path: str) -> str:
    with open(path, "rb") as file:
        data = file.read()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        raise FolderError(f"{path}: is no text. Expected rows of file names and labels; save it as CSV.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _separator(lines: list[str]) -> str:
    """The sign that parts most lines into the same number of cells; a blank where none does."""
    best, most = " ", 0.0
    for sign in _SEPARATORS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=sign, skipinitialspace=True))
        except csv.Error:
            continue
        width, count = max(widths.items(), key=lambda found: (found[0] > 1, found[1]))
        named = sum(any(map(has_suffix, row)) for row in csv.reader(lines, delimiter=sign, skipinitialspace=True))
        score = count / len(lines) + named / len(lines) / 2 + width / 1e6
        if width > 1 and score > most:
            best, most = sign, score
    return best


def _rows(path: str, text: str, separator: str) -> list[list[str]]:
    if separator == " ":  # a list as of Caffe: a file name, which may hold blanks, and a label
        parts = [line.strip().rsplit(None, 1) for line in text.splitlines()]
        return [[cell.strip("\"'") for cell in row] for row in parts if row]
    try:
        found = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
        rows = [[_bare(cell.strip()) for cell in row] for row in found]
    except csv.Error as error:
        raise FolderError(f"{path}: is no table of comma-separated values ({error}).") from error
    return [row for row in rows if any(row)]


def _bare(cell: str) -> str:
    """A cell without the single quotes around it, which no reader of CSV takes off."""
    return cell[1:-1].strip() if len(cell) > 1 and cell[0] == cell[-1] == "'" else cell


def _is_header(rows: list[list[str]]) -> bool:
    """Whether the first row names the columns: no file where others have one; else no number, and nothing that comes
    again below it."""
    first, below = rows[0], rows[1:_TRIED]
    files = [k for k in range(len(first)) if sum(has_suffix(row[k]) for row in below) * 2 > len(below)]
    if files or any(map(has_suffix, first)):
        return not any(map(has_suffix, first))
    if any(map(is_number, first)):
        return False
    return not any(cell and cell == row[k] for row in below for k, cell in enumerate(first))


def has_suffix(cell: str) -> bool:
    """Whether it ends as the name of a picture."""
    return cell.lower().endswith(SUFFIXES)


def is_number(cell: str) -> bool:
    """Whether it reads as a number."""
    try:
        float(cell)
    except ValueError:
        return False
    return True
