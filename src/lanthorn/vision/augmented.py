"""Replay: what augmentation shows the network of a file, epoch by epoch."""

import difflib
import os
from collections.abc import Iterable
from typing import Any

import numpy as np
from PIL import Image

from ..data.batches import Dataset
from .canvas import FAINT
from .tiles import tiles


def replay(dataset: Dataset, file: Any, epoch: Any = 0, columns: int | None = None, size: int = 200) -> Image.Image:
    """What the network saw of a file in an epoch: exactly the pixels of that epoch's batch, before scaling.

    Args:
        dataset: the training Dataset, on which every random choice hangs.
        file: the picture's number, its name in the folder ("alien/12.jpg"), or a path that ends so.
        epoch: a number, counted from 0 as in `dataset.sample` (fit's "Epoch 1" is 0); or several, `range(9)`.
        columns, size: for several epochs: pictures beside each other, and their size in pixels.

    Returns:
        A Pillow image: for one epoch of the network's size, for several a sheet that names the epochs.

    Raises:
        ValueError: there is no such picture, or no epoch was named.

    Example:
        >>> lanthorn.vision.replay(train, "alien/12.jpg", range(9)).save("replay.png")  # doctest: +SKIP
    """
    number = _number(dataset, file)
    if not isinstance(epoch, Iterable):
        return Image.fromarray(picture_of(dataset, number, int(epoch)))
    epochs = [int(each) for each in epoch]
    if not epochs:
        raise ValueError("replay: no epoch was named; pass a number, or several as range(9).")
    shown = [picture_of(dataset, number, each) for each in epochs]
    return tiles(shown, [[(f"epoch {each}", FAINT)] for each in epochs], columns, size)


def picture_of(dataset: Dataset, number: int, epoch: int) -> np.ndarray:
    """What the network is given in an epoch, before scaling: uint8 (height, width, 3), or (height, width) if grey."""
    if dataset.grayscale:
        return np.rint(dataset.sample(number, epoch)[0][..., 0]).astype(np.uint8)
    return dataset.picture(number, epoch)


def _number(dataset: Dataset, file: Any) -> int:
    """The number of a picture."""
    if isinstance(file, (int, np.integer)):
        if not 0 <= file < dataset.samples:
            raise ValueError(f"replay: there are {dataset.samples} pictures, numbered from 0, got {file}.")
        return int(file)
    asked = os.path.normpath(os.fspath(file)).replace(os.sep, "/")
    names = [str(name).replace(os.sep, "/") for name in dataset.filenames]
    found = [i for i, name in enumerate(names) if name == asked or asked.endswith(f"/{name}")]
    found = found or [i for i, name in enumerate(names) if name.endswith(f"/{asked}")]
    if len(found) == 1:
        return found[0]
    if found:
        some = ", ".join(repr(names[i]) for i in found[:3])
        raise ValueError(f"replay: {len(found)} pictures are named {str(file)!r}; say which: {some}.")
    near = difflib.get_close_matches(asked, names, n=3)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else f" Its pictures are named as {names[0]!r}."
    raise ValueError(f"replay: there is no picture {str(file)!r} in {dataset.folder.root}.{hint}")
