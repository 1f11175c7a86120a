"""Which column of a table holds the photos, which the labels, and which says what is trained on."""

import re
from collections.abc import Callable

from .listing import FolderError
from .split_names import TEST, TRAIN, VALIDATION, says_only
from .tables import Table, has_suffix, is_number
from .words import listed

_FILES = (
    "filename file filepath filenames files path image imagename imageid imagepath imagefile img imgname imgpath imgid "
    "photo photoname photoid picture pictureid name id fname uri"
).split()
_LABELS = (
    "label labels class classname classes category categories categoryname tag tags target targets species breed "
    "diagnosis type kind labelname classid labelid categoryid genre y answer"
).split()
_SETS = "split set subset partition phase usage dataset datasplit datasettype traintest".split()
_FLAGS = {
    "isvalid": VALIDATION, "isval": VALIDATION, "isvalidation": VALIDATION, "valid": VALIDATION,
    "validation": VALIDATION, "istest": TEST, "test": TEST,
}  # fmt: skip
_YES, _NO = {"1", "1.0", "true", "yes", "t"}, {"0", "0.0", "-1", "-1.0", "false", "no", "f", ""}
_SAMPLE = 60


def plain(header: str) -> str:
    """A column's name without signs and capitals."""
    return re.sub(r"[\W_]+", "", header).lower()


def is_yes(cell: str) -> bool:
    """Whether a cell of a column of yes and no says yes."""
    return cell.strip().lower() in _YES


def _yes_or_no(cells: list[str]) -> bool:
    found = {cell.lower() for cell in cells}
    return found <= _YES | _NO and bool(found - {""})


def file_column(table: Table, find: Callable[[str], str | None]) -> int:
    """The column whose cells are photos that are there; else the one called so."""
    names = [plain(name) for name in table.header]
    some = table.rows[:: max(1, len(table.rows) // _SAMPLE)]
    there = [sum(find(row[k]) is not None for row in some) for k in range(table.width)]
    suffixed = [sum(has_suffix(row[k]) for row in some) for k in range(table.width)]

    def worth(k):
        called = len(_FILES) - _FILES.index(names[k]) if names and names[k] in _FILES else 0
        return there[k], suffixed[k], called, -k

    return max(range(table.width), key=worth)


def set_column(table: Table, taken: int) -> tuple[int, list[str | None]] | None:
    """The column that says what a photo is for, and 'train', 'validation', 'test' or None for each row."""
    for k in range(table.width):
        if k == taken:
            continue
        cells, name = table.column(k), plain(table.header[k]) if table.header else ""
        said = {cell: says_only(cell) if cell else None for cell in set(cells)}
        known = all(said[cell] in (TRAIN, VALIDATION, TEST) for cell in said if cell) and any(said.values())
        if known and (name in _SETS or (not table.header and len(said) > 1)):
            return k, [said[cell] for cell in cells]
        if name in _SETS and len(said) > 1 and any(said.values()):
            strange = listed(
                [repr(cell) for cell in sorted(said) if cell and said[cell] not in (TRAIN, VALIDATION, TEST)]
            )
            raise FolderError(
                f"{table.path}: column {table.called(k)} says what most photos are for, but what is {strange}? Write "
                "train, validation or test, or delete the column."
            )
        if name in _FLAGS and _yes_or_no(cells) and _has_other_labels(table, {taken, k}):
            return k, [_FLAGS[name] if is_yes(cell) else TRAIN for cell in cells]
    return None


def _has_other_labels(table: Table, taken: set[int]) -> bool:
    return any(plain(table.header[k]) in _LABELS for k in range(table.width) if k not in taken)


def label_columns(table: Table, taken: set[int]) -> list[int]:
    """One column of labels, or several of 0 and 1.

    Raises:
        FolderError: it cannot be told which.
    """
    rest = [k for k in range(table.width) if k not in taken and not _counts_rows(table, k)]
    if not rest:
        raise FolderError(f"{table.path}: has file names and no labels. Add a column called 'label'.")
    if len(rest) == 1:
        return rest
    names = {k: plain(table.header[k]) for k in rest} if table.header else {}
    named = [k for k in rest if names.get(k) in _LABELS]
    exact = [k for k in named if names[k] in ("label", "labels")]
    if len(exact) == 1 and not is_number(table.rows[0][exact[0]]):
        return exact
    if named:
        return [_of_named(table, named)]
    if table.header and all(_yes_or_no(table.column(k)) for k in rest):
        return rest
    shown = listed([table.called(k) for k in rest])
    raise FolderError(
        f"{table.path}: cannot tell which of its columns holds the labels ({shown}). Call it 'label'; or, for several "
        "labels, leave the file names and one column of 0 and 1 for each."
    )


def _of_named(table: Table, named: list[int]) -> int:
    """Of columns that may all be labels the one in words, if they say the same; else the one called 'label'."""
    pairs = set(zip(*(table.column(k) for k in named), strict=True))
    same = all(len(pairs) == len(set(table.column(k))) for k in named)
    wordy = [k for k in named if not all(is_number(cell) for cell in table.column(k) if cell)]
    if len(named) == 1 or same:
        return (wordy or named)[0]
    exact = [k for k in named if plain(table.header[k]) in ("label", "labels")]
    if len(exact) == 1:
        return exact[0]
    shown = listed([table.called(k) for k in named])
    raise FolderError(f"{table.path}: {shown} may all be the labels, and differ. Call the one to learn 'label'.")


def _counts_rows(table: Table, k: int) -> bool:
    """Whether a column only numbers the rows, as pandas writes its index."""
    if not table.header or plain(table.header[k]) not in ("", "unnamed0", "index"):
        return False
    return all(is_number(cell) for cell in table.column(k))
