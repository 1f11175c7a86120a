"""What a model sees in photos: an array of probabilities that also knows the photos and the names of the classes."""

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import numpy as np

from .. import data, vision
from ..data.checking.wording import plain
from ..data.paths import PathList

UNKNOWN = "none of these"
ON_A_SHEET = 24
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


class Answer(NamedTuple):
    """One line of an answer: a class and its probability."""

    name: str
    probability: float


class Predictions(np.ndarray):
    """Probabilities, float32 of shape (photos, classes), that print as names and percentages.

    Everything that an array can do it can; beyond that:

    Attributes:
        photos: what was named: paths (str), pictures, or arrays.
        class_names: the names of the classes, in the order of the columns.
        skipped: photos that could not be read, with the reason.
        unknown: where the answer is `none of these`, bool (photos,); None: there is always a name.
        searched: the folders that were searched for photos.
        several: whether a photo may be of several classes: each of 50 % or more is in its name.

    Example:
        >>> seen = lanthorn.load_model("model.keras").predict("photos")
        >>> print(seen)
        a.jpg   98.2 % alien      1.8 % predator
        >>> seen.names, seen.argmax(axis=1), seen.shape
        (['alien'], array([0]), (1, 2))
    """

    photos: list[Any]
    class_names: list[str]
    skipped: dict[str, str]
    unknown: np.ndarray | None
    searched: list[str]
    several: bool

    def __new__(
        cls, probabilities, photos, class_names, skipped=None, unknown=None, searched=(), several=False
    ):  # fmt: skip
        made = np.asarray(probabilities, np.float32).view(cls)
        made.photos, made.class_names = list(photos), [str(name) for name in class_names]
        made.skipped, made.unknown = dict(skipped or {}), unknown
        made.searched, made.several = list(searched), several
        return made

    def __array_finalize__(self, source):
        self.photos, self.skipped, self.unknown = [], {}, None
        self.class_names, self.searched = getattr(source, "class_names", []), getattr(source, "searched", [])
        self.several = getattr(source, "several", False)

    @property
    def finite(self) -> bool:
        """Whether all probabilities are numbers."""
        return bool(np.isfinite(self.table).all())

    def __array_wrap__(self, array, context=None, return_scalar=False):
        """What is computed from it is a plain array or number."""
        return array[()] if return_scalar or array.ndim == 0 else np.asarray(array)

    def __getitem__(self, key):
        found = super().__getitem__(key)
        if not isinstance(found, Predictions):
            return found
        rows = np.arange(len(self.photos)) if self.ndim == 2 else np.arange(0)
        by_row = not isinstance(key, tuple) and key is not None and key is not Ellipsis and np.ndim(key) < 2
        if not by_row or not len(rows):
            return np.asarray(found)
        chosen = np.atleast_1d(rows[key])
        found.photos = [self.photos[i] for i in chosen]
        found.unknown = None if self.unknown is None else self.unknown[chosen]
        return found

    def __reduce__(self):
        parts = self.photos, self.class_names, self.skipped, self.unknown, self.searched, self.several
        return Predictions, (np.asarray(self), *parts)

    def copy(self, order="C"):
        """The same again, with its photos."""
        make, parts = self.__reduce__()
        return make(np.array(parts[0]), *parts[1:])

    def __copy__(self):
        return self.copy()

    def __deepcopy__(self, memo):
        return self.copy()

    @property
    def table(self) -> np.ndarray:
        """The probabilities as a plain array (photos, classes)."""
        return np.asarray(self).reshape(-1, len(self.class_names) or 1)

    @property
    def names(self) -> list[str]:
        """The likeliest class of each photo, or `none of these`."""
        unknown = np.zeros(len(self.table), bool) if self.unknown is None else self.unknown
        if self.several:
            found = [[name for name, share in zip(self.class_names, row) if share >= 0.5] for row in self.table]
            return [
                UNKNOWN if other else ", ".join(some) or UNKNOWN for some, other in zip(found, unknown, strict=True)
            ]
        best = self.table.argmax(axis=1)
        return [UNKNOWN if other else self.class_names[i] for i, other in zip(best, unknown, strict=True)]

    def top(self, count: int = 2) -> list[list[Answer]]:
        """The `count` likeliest classes of each photo, the likeliest first."""
        order = np.argsort(-self.table, axis=1, kind="stable")[:, :count]
        rows = zip(self.table, order, strict=True)
        return [[Answer(self.class_names[i], float(row[i])) for i in best] for row, best in rows]

    def titles(self) -> list[str]:
        """What each photo is called in a table."""
        return [titled(photo, i) for i, photo in enumerate(self.photos)]

    def lines(self, count: int = 2) -> list[str]:
        """The table that is printed: a line per photo."""
        titles = [plain(title) for title in self.titles()]
        wide = min(60, max(map(len, titles), default=0))
        longest = max((len(plain(name)) for name in self.class_names), default=0)
        found = []
        for title, name, answers in zip(titles, self.names, self.top(count), strict=True):
            cells = [f"{100 * share:5.1f} % {plain(label):<{longest}}" for label, share in answers]
            if name == UNKNOWN:
                cells = [f"{UNKNOWN}:", *cells]
            found.append(f"{title:<{wide}}  {'  '.join(cells)}".rstrip())
        return found

    def to_dict(self, count: int = 2) -> list[dict[str, Any]]:
        """Plain data, as `lanthorn predict --json` prints it."""
        return [
            {
                "photo": title,
                "class": name if name != UNKNOWN else None,
                "probability": round(answers[0].probability, 6),
                "classes": {each.name: round(each.probability, 6) for each in answers},
            }
            for title, name, answers in zip(self.titles(), self.names, self.top(count), strict=True)
        ]

    def to_csv(self, path: str | os.PathLike | TextIO) -> None:
        """A table with a row per photo: its name, the answer, and the probability of every class.

        A file is made for spreadsheets: it begins with a byte order mark (encoding utf-8-sig), and names that look like
        a formula get an apostrophe. A stream that is open for text takes the rows as they are read by other programs.
        """
        rows = [["photo", "class", "probability", *self.class_names]]
        for title, name, row in zip(self.titles(), self.names, self.table, strict=True):
            rows.append([title, name, f"{row.max():.6f}", *(f"{share:.6f}" for share in row)])
        write_csv(path, rows)

    def least_certain(self, count: int = 10) -> "Predictions":
        """Those to label next: where the two likeliest classes lie closest together; of copies of a photo only one.

        Copies are told by equal probabilities, and among files by their looks too, mirrored or saved anew.
        """
        two = np.sort(self.table, axis=1)[:, -2:]
        order = np.argsort(two[:, 1] - two[:, 0], kind="stable")
        _, first = np.unique(np.round(self.table[order], 5), axis=0, return_index=True)
        order = order[np.sort(first)]
        near = order[: 2 * count + 20]
        if all(isinstance(self.photos[i], (str, os.PathLike)) for i in near):
            files = PathList(os.path.abspath(self.photos[i]) for i in near)
            groups = data.twin_groups(data.Folder(os.sep, ("",), files, np.zeros(len(near), np.int32)))
            order = np.concatenate([near[np.sort(np.unique(groups, return_index=True)[1])], order[len(near) :]])
        return self[order[:count]]  # pyright: ignore[reportReturnType]

    def sheet(self, most: int = ON_A_SHEET, **options: Any) -> Any:
        """The photos with their percentages on one picture; beyond `most`, evenly chosen ones."""
        chosen = self[np.arange(0, len(self.photos), max(1, len(self.photos) // most))[:most]]
        return vision.pictures(chosen.photos, chosen.table, self.class_names, unknown=chosen.unknown, **options)

    def __str__(self) -> str:
        if len(self.photos) != len(self.table):
            return str(np.asarray(self))
        left = len(self.skipped)
        more = (
            [f"({left} more could not be read: {', '.join(list(self.skipped)[:3])}{'…' * (left > 3)})"] if left else []
        )
        return "\n".join([*self.lines(), *more])

    def __repr__(self) -> str:
        return str(self) if self.photos and len(self.photos) == len(self.table) else repr(np.asarray(self))

    def _repr_png_(self) -> bytes | None:
        if not self.photos or len(self.photos) != len(self.table):
            return None
        return self.sheet()._repr_png_()


def write_csv(path: str | os.PathLike | TextIO, rows: Iterable[Sequence[str]]) -> None:
    """A table for a spreadsheet: UTF-8 that says so, and no cell that it would take for a formula; or a plain one.

    What is an open stream (standard output) is read by programs: they get the names as they are.
    """
    if not isinstance(path, (str, os.PathLike)):
        csv.writer(path, lineterminator="\n").writerows(rows)
        return
    with open(path, "w", newline="", encoding="utf-8-sig", errors="backslashreplace") as file:
        csv.writer(file).writerows([f"'{cell}" if cell[:1] in _FORMULA else cell for cell in row] for row in rows)


def titled(photo: Any, number: int) -> str:
    """A path as it is, anything else by its number."""
    if isinstance(photo, (str, os.PathLike)):
        return str(Path(photo))
    name = getattr(photo, "filename", "") or getattr(photo, "name", "")
    return str(name) if isinstance(name, (str, os.PathLike)) and str(name) else f"photo {number + 1}"


def sources(x: Any) -> Sequence[Any]:
    """The photos one by one."""
    return list(x) if isinstance(x, (list, tuple)) else [x]
