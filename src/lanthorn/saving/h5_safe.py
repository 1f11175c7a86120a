"""HDF5, read with suspicion: a file may hold links to other files, storage outside itself and made-up sizes.

Every access goes through `group`, `dataset` and `attribute`. They follow hard links only, and compare what the
file declares with what it stores before memory is taken. CVE-2026-1669 (external storage), CVE-2026-0897 (a
declared shape of terabytes) and virtual data sets are what these checks are for.
"""

import io
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

MAX_DEPTH = 64  # parts of a path
MAX_LAYERS = 100_000  # names in one attribute
LARGE = 1 << 24  # bytes; below this nobody is harmed by a wrong size
MAX_RATIO = 100  # declared to stored bytes of a large, compressed data set
ATTRIBUTE_LIMIT = 64512  # bytes an object header can hold; longer lists are split over several attributes


@contextmanager
def opened(source: str | os.PathLike | bytes, name: str | None = None) -> Iterator[Any]:
    """The HDF5 file at a path, or held in bytes, open for reading. `name` stands in errors.

    Raises:
        ValueError: if it is no HDF5 file, or one that is cut short or damaged.
    """
    import h5py

    name = name or (str(source) if not isinstance(source, bytes) else "the weights")
    try:
        file = h5py.File(io.BytesIO(source) if isinstance(source, bytes) else Path(source), "r")
    except OSError as error:
        raise ValueError(
            f"{name}: not a whole HDF5 file ({str(error).partition('(')[2].rstrip(')') or error}). "
            "It may be cut short: compare its size with the original, or download it again."
        ) from None
    with file:
        try:
            yield file
        except (OSError, RuntimeError) as error:
            if "ynchronously" not in str(error) and "truncated" not in str(error):  # not one of h5py's own
                raise
            raise ValueError(f"{name}: damaged HDF5 file ({error}). Download or save it again.") from None


def _where(parent: Any) -> str:
    return f"{Path(parent.file.filename).name if isinstance(parent.file.filename, str) else 'weights'}:{parent.name}"


def child(parent: Any, name: str) -> Any:
    """What lies under one name of a group; None if nothing does. Links that are not hard links are refused."""
    import h5py

    if not isinstance(parent, h5py.Group):
        return None
    links, key = parent.id.links, name.encode()  # not through h5py's objects, which ask each of these three times
    if not links.exists(key):
        return None
    if links.get_info(key).type != h5py.h5l.TYPE_HARD:
        raise ValueError(
            f"{_where(parent)}: refused, {name!r} is a {type(parent.get(name, getlink=True)).__name__}, which can "
            "point to any file of this machine. Save the model again with its weights inside the file."
        )
    return parent[name]


def find(parent: Any, path: str) -> Any:
    """The group or data set at a path of any length, None if there is none."""
    parts = [part for part in path.split("/") if part]
    if len(parts) > MAX_DEPTH:
        raise ValueError(f"{_where(parent)}: refused, a path of {len(parts)} parts.")
    for part in parts:
        if part in (".", ".."):
            raise ValueError(f"{_where(parent)}: refused, a path with {part!r} in it: {path!r}.")
        parent = child(parent, part)
        if parent is None:
            return None
    return parent


def group(parent: Any, path: str) -> Any:
    """The group at `path`; ValueError if there is none."""
    import h5py

    found = find(parent, path)
    if not isinstance(found, h5py.Group):
        raise ValueError(f"{_where(parent)}: expected a group {path!r}, found {'nothing' if found is None else found}.")
    return found


def dataset(parent: Any, path: str) -> Any:
    """The data set at `path`, checked and not yet read; ValueError if there is none or it cannot be trusted."""
    import h5py

    found = find(parent, path)
    if not isinstance(found, h5py.Dataset):
        raise ValueError(
            f"{_where(parent)}: expected a data set {path!r}, found {'nothing' if found is None else found}."
        )

    def refuse(why: str) -> ValueError:
        return ValueError(f"{_where(parent)}/{path}: {why}")

    if found.is_virtual or found.external:
        kind = "virtual" if found.is_virtual else "stored in another file"
        raise refuse(f"refused, the data set is {kind}; a model file must hold its own numbers.")
    if found.dtype.kind not in "fiub" and not _is_bfloat16(found):
        raise refuse(f"expected numbers, got data of type {found.dtype}.")
    if found.shape is None:
        raise refuse("the data set is empty.")
    declared = math.prod(found.shape) * found.dtype.itemsize
    stored = found.id.get_storage_size()
    if declared > LARGE and declared > (MAX_RATIO if found.chunks else 1) * stored:
        raise refuse(f"refused, shape {found.shape} declares {declared:,} bytes but {stored:,} are stored.")
    return found


def _is_bfloat16(data: Any) -> bool:
    return data.dtype.kind == "V" and data.dtype.itemsize == 2


def read(data: Any) -> np.ndarray:
    """The numbers of a checked data set. bfloat16 comes as float32."""
    values = np.asarray(data[()])
    if _is_bfloat16(data):
        return (values.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    return values


def attribute(node: Any, name: str) -> Any:
    """An attribute as text, number or list of texts; None if it is not there."""
    if name not in node.attrs:
        return None
    header, stored = node.attrs.get_id(name), node.file.id.get_filesize()
    size = math.prod(header.shape or ()) * header.dtype.itemsize
    if size > LARGE and size > stored:
        raise ValueError(f"{_where(node)}: refused, attribute {name!r} declares {size:,} bytes in a smaller file.")
    value = node.attrs[name]
    if isinstance(value, np.ndarray):
        return [_text(item) for item in value.ravel().tolist()]
    return _text(value)


def _text(value: Any) -> Any:
    return value.decode("utf-8") if isinstance(value, bytes) else value.item() if hasattr(value, "item") else value


def names(node: Any, name: str) -> list[str]:
    """A list of names, also where it was split over `name0`, `name1`, … for its length."""
    found = attribute(node, name)
    if found is None:
        found, part = [], 0
        while f"{name}{part}" in node.attrs and len(found) <= MAX_LAYERS:
            found += attribute(node, f"{name}{part}")
            part += 1
    if len(found) > MAX_LAYERS:
        raise ValueError(f"{_where(node)}: refused, {len(found):,} names in {name!r}.")
    return [str(item) for item in found]


def write_names(node: Any, name: str, values: list[str]) -> None:
    """Write a list of names, split as Keras does where it is longer than an attribute may be."""
    encoded = [value.encode() for value in values]
    parts = 1
    while True:
        pieces = np.array_split(np.asarray(encoded), parts)
        if all(piece.nbytes <= ATTRIBUTE_LIMIT for piece in pieces):
            break
        parts += 1
    for i, piece in enumerate(pieces):
        node.attrs[f"{name}{i}" if parts > 1 else name] = piece
