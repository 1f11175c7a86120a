"""`text_dataset_from_directory`: text files in one folder per class."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .labelled_files import check_format, finished, labelled


def text_dataset_from_directory(
    directory: str | os.PathLike, labels: Any = "inferred", label_mode: str | None = "int",
    class_names: Sequence[str] | None = None, batch_size: int | None = 32, max_length: int | None = None,
    shuffle: bool = True, seed: int | None = None, validation_split: float | None = None, subset: str | None = None,
    follow_links: bool = False, format: str | None = None, verbose: bool = True,
) -> Any:  # fmt: skip
    """Batches of the texts in a folder's .txt files: x is an array of bytes (n,), y as label_mode says.

    Args:
        labels: "inferred" from the sub-folders, None, or a list of integers in the order of the sorted paths.
        label_mode: "int" (int32 of shape (n,)), "categorical" (float32 (n, classes)), "binary" (float32 (n, 1)), None.
        batch_size: None gives single texts.
        max_length: so many bytes of a text are read.
        validation_split, subset: a share to hold back, and which part this is; "both" gives (training, validation).
        format: None gives batches of NumPy, with `.map`, `.cache`, `.shuffle` … as tf.data has; "tf" a
            tf.data.Dataset, which needs TensorFlow.

    Raises:
        FolderError: the folder is missing, or holds no such files.

    Example:
        >>> texts = text_dataset_from_directory("aclImdb/train", seed=1)  # doctest: +SKIP
        >>> vectorizer.adapt(texts.map(lambda x, y: x))  # doctest: +SKIP
    """
    who = "text_dataset_from_directory"
    check_format(who, format)

    def read(paths):
        found = np.empty(len(paths), object)
        found[:] = [Path(path).read_bytes()[:max_length] for path in paths]
        return found

    made = labelled(who, directory, read, ".txt", labels, label_mode, class_names, batch_size, shuffle, seed,
                    validation_split, subset, follow_links, verbose)  # fmt: skip
    return finished(made, format)
