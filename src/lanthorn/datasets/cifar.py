"""The files of CIFAR-10 and CIFAR-100: pickles of Python 2 with an array of pixels and a list of labels."""

from pathlib import Path

import numpy as np

from ..core.cache import keras_folder
from ..core.settings import image_data_format
from ..saving.pickle_reader import read
from .fetching import fetch

_ADDRESS = "https://www.cs.toronto.edu/~kriz/"


def unpacked(name: str, file_hash: str) -> Path:
    """The folder of batches; older versions of Keras left it beside that of today's."""
    inner = f"{name}-batches-py" if name == "cifar-10" else f"{name}-python"
    old = keras_folder("datasets", inner)
    if (old / "meta").exists() or (old / "batches.meta").exists():
        return old
    return fetch(f"{inner}-target", f"{_ADDRESS}{name}-python.tar.gz", file_hash, extract=True) / inner


def batch(path: Path, labels: str) -> tuple[np.ndarray, np.ndarray]:
    """Pictures, uint8 (n, 32, 32, 3) or (n, 3, 32, 32) by Keras's `image_data_format`, and labels, (n, 1).

    Raises:
        ValueError: the file is damaged, or holds something else.
    """
    found = read(path.read_bytes())
    found = {k.decode() if isinstance(k, bytes) else k: v for k, v in found.items()}
    pixels = found["data"].reshape(-1, 3, 32, 32)
    if image_data_format() == "channels_last":
        pixels = pixels.transpose(0, 2, 3, 1)
    return pixels, np.reshape(found[labels], (-1, 1))
