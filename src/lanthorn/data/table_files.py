"""Finding the photos that a table names: with and without suffix, from another machine, in a folder beside it."""

import os

from .listing import SUFFIXES, hidden, is_picture
from .split_names import TEST, role, words

_DEEP = 2  # levels of folders below the table that are searched
_MOST = 400  # folders that are searched


class Finder:
    """Finds named photos under `root` and in its folders: `images/`, `train/`, whatever they are called."""

    def __init__(self, root: str, table: str):
        self.root = root
        self._listings: dict[str, dict[str, str]] = {}
        self._below_root: list[str] | None = None
        self._index: dict[str, str] = {}
        self._table = set(words(os.path.splitext(os.path.basename(table))[0]))

    def __call__(self, name: str) -> str | None:
        """The path relative to `root` of the photo called so, or None."""
        wanted = name.strip().strip("\"'").replace("\\", "/")
        if "://" in wanted:  # an address: what of its end is here?
            wanted = "/" + wanted.partition("://")[2].lstrip("/")
        while wanted.startswith("./"):
            wanted = wanted[2:]
        if not wanted or wanted.endswith("/"):
            return None
        absolute = wanted.startswith("/") or wanted[1:2] == ":"
        if absolute:
            found = self._at("", wanted)
            if found is not None:
                return found
            parts = wanted.split("/")[1:]  # written on another machine: what of its end is here?
            tails = ["/".join(parts[k:]) for k in range(len(parts))]
        else:
            tails = [wanted]
        for tail in tails:
            found = self._at("", tail) or self._below(tail)
            if found is not None:
                return found
        return self._at("..", wanted) if not absolute else None

    def _below(self, wanted: str) -> str | None:
        """In the folders below: by one index where only a name is given, else folder by folder."""
        if self._below_root is None:
            self._below_root = sorted(self._folders(), key=self._preference)
            for base in reversed(self._below_root):
                self._index |= {name: os.path.join(base, real) for name, real in self._listing(base).items()}
        if "/" not in wanted:
            return self._index.get(wanted) or self._index.get(wanted.lower())
        found = (self._at(base, wanted) for base in self._below_root)
        return next((each for each in found if each is not None), None)

    def _preference(self, base: str) -> tuple:
        """The folder called like the table first (train.csv, train/), one with photos to test with last."""
        return not (set(words(base)) & self._table), role(os.path.basename(base)) == TEST, base

    def _folders(self) -> list[str]:
        found: list[str] = []
        for at, folders, _ in os.walk(self.root):
            below = os.path.relpath(at, self.root)
            depth = 0 if below == "." else below.count(os.sep) + 1
            folders[:] = sorted(f for f in folders if not hidden(f)) if depth < _DEEP else []
            found += [f if below == "." else os.path.join(below, f) for f in folders]
            if len(found) > _MOST:
                break
        return found[:_MOST]

    def _at(self, base: str, wanted: str) -> str | None:
        folder, name = os.path.split(os.path.join(base, wanted))
        listing = self._listing(folder)
        real = listing.get(name) or listing.get(name.lower())
        if real is None:
            return None
        path = os.path.normpath(os.path.join(folder, real))
        inside = os.path.isabs(path) and os.path.commonpath([os.path.abspath(self.root), path]) == os.path.abspath(
            self.root
        )
        return os.path.relpath(path, os.path.abspath(self.root)) if inside else path

    def _listing(self, folder: str) -> dict[str, str]:
        """Names in a folder by their spellings: as they are, in lower case, without the suffix of a picture."""
        if folder in self._listings:
            return self._listings[folder]
        found: dict[str, str] = {}
        try:
            with os.scandir(os.path.join(self.root, folder)) as entries:
                names = sorted(e.name for e in entries if not hidden(e.name) and not e.is_dir())
        except OSError:
            names = []
        for name in names:
            stem, suffix = os.path.splitext(name)
            found.setdefault(name.lower(), name)
            if suffix.lower() in SUFFIXES:
                found.setdefault(stem, name)
                found.setdefault(stem.lower(), name)
        found |= {name: name for name in names if is_picture(os.path.join(self.root, folder, name))}
        self._listings[folder] = found
        return found
