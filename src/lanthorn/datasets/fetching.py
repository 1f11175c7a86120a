"""How a data set comes to this machine: Keras's addresses, Keras's folder, hashes, and arrays that are no programs."""

import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from ..saving.pickle_reader import read
from ..utils.data_utils import get_file

ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
LARGEST = 1 << 31  # bytes of one array


def home() -> Path:
    """Keras's folder: `KERAS_HOME`, else `.keras` in the home folder, or in that for temporary files."""
    given = os.environ.get("KERAS_HOME")
    base = Path(given) if given else Path("~").expanduser() / ".keras"
    nearest = next(folder for folder in (base, *base.parents) if folder.exists())
    return base if os.access(nearest, os.W_OK) else Path(tempfile.gettempdir()) / ".keras"


def fetch(name: str, address: str, file_hash: str | None, subdir: str = "datasets", extract: bool = False) -> Path:
    """The path of a file, or of the folder that an archive was unpacked into; fetched if it is not there.

    Raises:
        OSError: it could not be fetched; the message says where to put it.
        ValueError: what came is not what it should be.
    """
    folder = home() / subdir
    try:
        return Path(
            get_file(name, address, file_hash=file_hash, cache_subdir=subdir, cache_dir=home(), extract=extract)
        )
    except OSError as error:
        raise type(error)(
            f"datasets: {name} is not on this machine and could not be fetched: {error} Where there is no network: "
            f"fetch {address} elsewhere and put it into {folder} as {name}{'_archive' if extract else ''}."
        ) from error


def arrays(path: Path) -> dict[str, Any]:
    """The arrays of a .npz file; those of lists are read by a reader that runs nothing.

    Raises:
        ValueError: it is damaged, or holds anything else.
    """
    found = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if member.file_size > LARGEST:
                    raise ValueError(f"{path}: {member.filename} says that it has {member.file_size:,} bytes.")
                with archive.open(member) as file:
                    found[member.filename.removesuffix(".npy")] = _array(file)
    except (zipfile.BadZipFile, EOFError) as error:
        raise ValueError(
            f"{path}: this is no .npz file, or it is damaged ({error}). Delete it to fetch it anew."
        ) from error
    return found


def _array(file: Any) -> np.ndarray:
    version = np.lib.format.read_magic(file)
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, by_columns, dtype = header(file)
    if dtype.hasobject:
        return read(file.read())
    return np.frombuffer(file.read(), dtype).reshape(shape, order="F" if by_columns else "C").copy()


def word_index(name: str, file_hash: str) -> dict[str, int]:
    """A table from words to numbers."""
    return json.loads(fetch(name, ADDRESS + name.rpartition("/")[2], file_hash).read_text("utf-8"))


def split_table(path: str, file_hash: str, test_split: float, seed: int, rows: int | None = None) -> tuple:
    """The rows of `x` and `y`, shuffled, in two parts."""
    if not 0 <= test_split < 1:
        raise ValueError(f"load_data: test_split must be at least 0 and below 1, got {test_split}.")
    found = arrays(fetch(path, ADDRESS + Path(path).name, file_hash))
    x, y = found["x"][:rows], found["y"][:rows]
    order = np.arange(len(x))
    np.random.RandomState(seed).shuffle(order)
    x, y, cut = x[order], y[order], int(len(x) * (1 - test_split))
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])
