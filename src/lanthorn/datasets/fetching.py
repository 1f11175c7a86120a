"""How a data set comes to this machine: Keras's addresses, Keras's folder, hashes, and arrays that are no programs."""

import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from ..core.cache import keras_folder
from ..saving.pickle_reader import read
from ..utils.data_utils import get_file

ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
LARGEST = 1 << 31  # bytes of one array


def fetch(name: str, address: str, file_hash: str | None, subdir: str = "datasets", extract: bool = False) -> Path:
    """The path of a file, or of the folder that an archive was unpacked into; fetched if it is not there.

    Raises:
        OSError: it could not be fetched; the message says where to put it.
        ValueError: what came is not what it should be.
    """
    home = keras_folder()
    return Path(get_file(name, address, file_hash=file_hash, cache_subdir=subdir, cache_dir=home, extract=extract))


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
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
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


def word_index(path: str, name: str, file_hash: str) -> dict[str, int]:
    """A table from words to numbers: the file `name`, kept as `path`."""
    return json.loads(fetch(path, ADDRESS + name, file_hash).read_text("utf-8"))


def split_table(path: str, name: str, file_hash: str, test_split: float, seed: int, rows: int | None = None) -> tuple:
    """The rows of `x` and `y` of the file `name`, kept as `path`, shuffled, in two parts."""
    if not 0 <= test_split < 1:
        raise ValueError(f"load_data: test_split must be at least 0 and below 1, got {test_split}.")
    found = arrays(fetch(path, ADDRESS + name, file_hash))
    x, y = found["x"][:rows], found["y"][:rows]
    order = np.arange(len(x))
    np.random.RandomState(seed).shuffle(order)
    x, y, cut = x[order], y[order], int(len(x) * (1 - test_split))
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])
