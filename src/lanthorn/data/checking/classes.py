"""What the names and sizes of the classes give away: imbalance, classes of a few photos, two spellings of one."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from ..folder import Folder

FEW = 10  # photos of a class, below which neither learning nor measuring it means much
UNEVEN = 5.0  # times as many photos in the largest class as in the smallest


class Imbalance(NamedTuple):
    """The largest and the smallest class, with how many photos each has."""

    largest: str
    most: int
    smallest: str
    least: int

    @property
    def blind_accuracy(self) -> float:
        """The accuracy of always answering the larger of the two."""
        return self.most / (self.most + self.least)


def class_name(folder: Folder, i: int) -> str:
    """The class of picture `i`; the classes of one that has several; '' where there are none."""
    label = folder.labels[i]
    if np.ndim(label):
        return ", ".join(name for name, has in zip(folder.class_names, label, strict=False) if has)
    return folder.class_names[int(label)] if folder.class_names else ""


def imbalance(counts: Mapping[str, int]) -> Imbalance | None:
    """The two extremes where the largest class has five times as many photos as the smallest, or more.

    >>> imbalance({"cat": 800, "lynx": 3})
    Imbalance(largest='cat', most=800, smallest='lynx', least=3)
    """
    if len(counts) < 2:
        return None
    largest, smallest = max(counts, key=lambda name: counts[name]), min(counts, key=lambda name: counts[name])
    if counts[largest] < UNEVEN * max(1, counts[smallest]):
        return None
    return Imbalance(largest, counts[largest], smallest, counts[smallest])


def few(counts: Mapping[str, int]) -> dict[str, int]:
    """The classes with fewer than ten photos."""
    return {name: n for name, n in counts.items() if n < FEW}


# Letters of other alphabets that look like Latin ones (after Unicode Technical Standard 39, the common ones).
_LOOKS_LIKE = str.maketrans("авеёкмнорстухіјѕԁһαεικνορτυχ", "abeekmhopctyxijsdhaeiknoptux")
_MARKS = re.compile("[\u0300-\u036f]")  # accents; the marks of Japanese and Arabic make another letter, and stay
_COPY = re.compile(r"([\s_.-]*\(?\d+\)?|[\s_.-]+(copy|new|old|copie|kopie))$")
_BETWEEN = re.compile(r"[\s_.\-'’,;:()]+")


def spellings(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Names that are probably one class: capitals, spaces, accents, look-alike letters, plurals, a number behind it.

    >>> spellings(["cat", "Cat ", "cats", "cat_2", "dog", "class_1", "class_2"])
    [('cat', 'Cat ', 'cats', 'cat_2')]
    """
    names = list(names)
    plain = {name: _plain(name) for name in names}
    known = set(plain.values())
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(_singular(plain[name], _without_number(name, known), known), []).append(name)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def _plain(name: str) -> str:
    text = "".join(c for c in unicodedata.normalize("NFKD", name) if unicodedata.category(c) != "Cf")
    text = unicodedata.normalize("NFC", _MARKS.sub("", text).casefold()).translate(_LOOKS_LIKE)
    return _BETWEEN.sub("", text) or name


def _without_number(name: str, known: set[str]) -> str:
    """'cat' for 'cat_2' where there is a class 'cat': levels such as class_1 and class_2 are classes of their own."""
    bare = _plain(_COPY.sub("", name.strip().casefold()))
    return bare if bare in known else _plain(name)


def _singular(plain: str, bare: str, known: set[str]) -> str:
    for ending, instead in (("ies", "y"), ("es", ""), ("s", "")):
        if bare.endswith(ending) and len(bare) > len(ending) + 1 and bare[: -len(ending)] + instead in known:
            return bare[: -len(ending)] + instead
    return bare
