"""File names of a large data set, kept as two arrays instead of a million Python objects.

A list of strings costs some 100 bytes a name and is copied page by page into every forked process; this costs
the bytes of the names and 8 more each.
"""

import os
from array import array
from collections.abc import Iterable, Iterator
from typing import overload

import numpy as np


class PathList:
    """Relative paths as one block of bytes. `paths[3]` is a string; a slice or an array of places is a PathList."""

    def __init__(self, names: Iterable[str] = ()):
        block, ends = bytearray(), array("q", [0])
        for name in names:
            block += os.fsencode(name)
            ends.append(len(block))
        self._bytes, self._ends = np.frombuffer(block, np.uint8), np.frombuffer(ends, np.int64)
        self._places: np.ndarray | None = None

    @classmethod
    def joined(cls, lists: "Iterable[PathList]") -> "PathList":
        """The lists one behind the other."""
        lists, whole = [some if some._places is None else cls(some) for some in lists], cls()
        starts = np.cumsum([0, *(len(some._bytes) for some in lists)])
        ends = [some._ends[1:] + start for some, start in zip(lists, starts[:-1], strict=True)]
        whole._bytes = np.concatenate([whole._bytes, *(some._bytes for some in lists)])
        whole._ends = np.concatenate([whole._ends, *ends])
        return whole

    def __len__(self) -> int:
        return len(self._ends) - 1 if self._places is None else len(self._places)

    @overload
    def __getitem__(self, key: int) -> str: ...
    @overload
    def __getitem__(self, key: slice | np.ndarray | list) -> "PathList": ...
    def __getitem__(self, key):
        if isinstance(key, (int, np.integer)):
            if not -len(self) <= key < len(self):
                raise IndexError(f"path {key} of {len(self)}")
            k = key % len(self)
            k = k if self._places is None else self._places[k]
            return os.fsdecode(self._bytes[self._ends[k] : self._ends[k + 1]].tobytes())
        chosen = PathList.__new__(PathList)
        chosen._bytes, chosen._ends = self._bytes, self._ends
        chosen._places = (np.arange(len(self)) if self._places is None else self._places)[key]
        return chosen

    def __iter__(self) -> Iterator[str]:
        return (self[k] for k in range(len(self)))

    def __eq__(self, other) -> bool:
        try:
            return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))
        except TypeError:
            return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def index(self, name: str) -> int:
        """The place of a name; ValueError where it is not in the list."""
        for k, found in enumerate(self):
            if found == name:
                return k
        raise ValueError(f"{name!r} is not among the {len(self)} files.")

    def __repr__(self) -> str:
        shown = [repr(self[k]) for k in range(min(3, len(self)))]
        return f"[{', '.join(shown)}{', …' if len(self) > 3 else ''}] ({len(self)} files)"
