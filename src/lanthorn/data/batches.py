"""A folder of photos as batches of NumPy arrays, made by threads, exactly repeatable.

Every random choice is a function of (seed, epoch, sample): any number of threads gives the same pictures, a run can go
on in the middle of an epoch, and `dataset.sample(i, epoch)` shows what the network saw of a file.
"""

import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from . import check
from .augment import Augment, run
from .decode import PictureError, read_picture
from .draws import lent_generator, order
from .folder import Folder
from .kept import CACHE, KeptPictures
from .listing import FolderError
from .pipeline import Chain
from .preprocessing import Preprocessing
from .transforms import Resize
from .workers import Job, default_workers, in_order, parts_of

LABELS = ("int", "categorical", "binary", "multi", None)


class Dataset(Chain):
    """Batches `(x, y)` of a folder's pictures: x float32 (n, height, width, 3); y int32 (n,) for labels='int', float32
    (n, classes) for 'categorical', float32 (n, 1) for 'binary'; labels=None gives x alone. Where pictures may have
    several labels, y is float32 (n, classes), 1 for each that a picture has, and `label_mode` is 'multi'.

    Iterating gives one epoch and moves `epoch` on. `augment` is an Augment or a list of transforms, made on uint8
    pictures before they are scaled; a list that does not set the size works on pictures of `preprocessing.size`.
    `on_error` 'skip' leaves out what cannot be read, with one warning; 'raise' raises PictureError, which names the
    file. Decoded pictures are kept in memory, up to `cache` bytes (256 MiB; 0 keeps none): they are not decoded again
    in the next epoch. Batches are the same with and without.
    """

    def __init__(
        self,
        folder: Folder,
        preprocessing: Preprocessing | None = None,
        batch_size: int = 32,
        augment: Any = None,
        shuffle: bool = True,
        seed: int = 0,
        labels: str | None = "int",
        workers: int | None = None,
        on_error: str = "skip",
        cache: int = CACHE,
        grayscale: bool = False,
    ):
        if labels not in LABELS:
            raise ValueError(
                f"Dataset: labels must be 'int', 'categorical', 'binary', 'multi' or None, got {labels!r}."
            )
        if labels is not None and folder.several:
            labels = "multi"
        elif labels == "multi":
            raise ValueError(
                f"Dataset: labels='multi' needs several labels per picture, {folder.root} has one for each."
            )
        if labels == "binary" and len(folder.class_names) != 2:
            raise ValueError(f"Dataset: labels='binary' needs 2 classes, {folder.root} has {len(folder.class_names)}.")
        if batch_size < 1:
            raise ValueError(f"Dataset: batch_size must be 1 or more, got {batch_size}.")
        check.check_on_error("Dataset", on_error)
        self.workers = default_workers() if workers is None else workers
        self.left_out: list[PictureError] = []
        self.looks: Any = None  # what was seen of the pictures when they were split, for `check_photos`
        self.folder = check.without_broken(folder, on_error, self.workers, self.left_out)
        if not len(self.folder.filenames):
            raise FolderError(f"{folder.root}: none of its {len(folder.filenames)} pictures can be read.")
        self.preprocessing = preprocessing or Preprocessing()
        self.augment = None if augment is None else augment if isinstance(augment, Augment) else Augment(augment)
        self.batch_size, self.shuffled, self.seed, self.label_mode = batch_size, shuffle, seed, labels
        self.on_error, self.grayscale = on_error, grayscale
        self.epoch = 0
        self._resize_first, self._transforms = self._plan()
        self._cache = KeptPictures(cache)
        self._failed: dict[int, PictureError] = {}

    @property
    def class_names(self) -> list[str]:  # pyright: ignore[reportIncompatibleVariableOverride]
        return list(self.folder.class_names)

    @property
    def num_classes(self) -> int:
        return len(self.folder.class_names)

    @property
    def filenames(self):
        """The pictures' paths, relative to the folder, in the order of their numbers."""
        return self.folder.filenames

    @property
    def labels(self) -> np.ndarray:
        """The class of every picture, as a place in `class_names`: int32 (n,); for several each, uint8 (n, classes)."""
        return self.folder.labels

    @property
    def samples(self) -> int:
        """How many pictures there are."""
        return len(self.folder.filenames)

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of one picture as the network gets it."""
        return (*self.preprocessing.size, 1 if self.grayscale else 3)

    @property
    def repeats(self) -> bool:
        """Whether a picture comes out the same in every epoch (nothing random is done to it)."""
        return self.augment is None

    def __len__(self) -> int:
        return -(-self.samples // self.batch_size)

    def __repr__(self) -> str:
        return (
            f"<Dataset {self.folder.root!r}: {self.samples} pictures, {self.num_classes} classes, {len(self)} batches "
            f"of {self.batch_size}, {self.preprocessing!r}{f', {self.augment!r}' if self.augment else ''}>"
        )

    def cache(self, filename: str = "", name: Any = None) -> "Dataset":
        """The same: decoded pictures are kept as it is."""
        return self

    def order(self, epoch: int) -> np.ndarray:
        """The numbers of the pictures in the order in which this epoch visits them."""
        return order(self.samples, self.seed, epoch) if self.shuffled else np.arange(self.samples)

    def epoch_batches(self, epoch: int, start_batch: int = 0, with_numbers: bool = False) -> Iterator:
        """The batches of an epoch from `start_batch` on; `with_numbers` adds to each the numbers of its pictures."""
        numbers = self.order(epoch)
        batches = (numbers[b * self.batch_size : (b + 1) * self.batch_size] for b in range(start_batch, len(self)))
        made = in_order((self._job(some, epoch) for some in batches), self.workers)
        try:
            for batch, kept in made:
                if len(kept):
                    yield (*batch, kept) if with_numbers else batch if self.label_mode else batch[0]
        finally:
            made.close()

    def _job(self, numbers: np.ndarray, epoch: int) -> Job:
        x = np.empty((len(numbers), *self.shape), np.float32)
        good = np.ones(len(numbers), bool)

        def one(k):
            try:
                self._fill(x[k], int(numbers[k]), epoch)
            except PictureError as error:
                if self.on_error == "raise":
                    raise
                good[k] = False
                self._note(int(numbers[k]), error)

        def finish():
            kept = numbers if good.all() else numbers[good]
            pictures = x if good.all() else x[good]
            return ((pictures, self.targets(kept)) if self.label_mode else (pictures,)), kept

        return parts_of(len(numbers), one), finish

    def _note(self, number: int, error: PictureError) -> None:
        if number not in self._failed:
            self._failed[number] = error
            check.warn_skipped(self.folder.root, [error])

    def targets(self, numbers: np.ndarray) -> np.ndarray:
        """The labels of these pictures as batches have them (see `label_mode`)."""
        labels = self.folder.labels[numbers]
        if self.label_mode == "multi":
            return labels.astype(np.float32)
        if self.label_mode == "categorical":
            return np.eye(self.num_classes, dtype=np.float32)[labels]
        return labels.astype(np.float32)[:, None] if self.label_mode == "binary" else labels

    def picture(self, which: int | str, epoch: int = 0) -> np.ndarray:
        """What the network sees of a file in an epoch, as uint8 (height, width, 3), before scaling."""
        number = which if isinstance(which, (int, np.integer)) else self.filenames.index(os.fspath(which))
        prep = self.preprocessing
        picture = self._decoded(int(number))
        if self.augment is not None:
            picture = prep.resize(picture) if self._resize_first else picture
            picture = run(self._transforms, picture, lent_generator(self.seed, epoch, int(number)))
        return picture if picture.shape[:2] == prep.size else prep.resize(picture)

    def _plan(self) -> tuple[bool, tuple]:
        """Whether pictures are resized before the transforms, and the transforms.

        A plain resizing in front of a geometric transform becomes part of its warp.
        """
        prep = self.preprocessing
        transforms = self.augment.transforms if self.augment is not None else ()
        if self.augment is None or not transforms or self.augment.sets_size:
            return False, transforms
        plain = prep.interpolation == "bilinear" and prep.fit in ("stretch", "crop") and prep.crop_fraction == 1
        if plain and hasattr(transforms[0], "geometry"):
            return False, (Resize(prep.size, prep.fit), *transforms)
        return True, transforms

    def sample(self, which: int | str, epoch: int = 0) -> tuple:
        """`(x, y)` of one file, by number or name, exactly as in that epoch's batch (without the batch axis)."""
        number = which if isinstance(which, (int, np.integer)) else self.filenames.index(os.fspath(which))
        x = np.empty(self.shape, np.float32)
        self._fill(x, int(number), epoch)
        return (x, self.targets(np.array([number]))[0]) if self.label_mode else (x,)

    def _fill(self, out: np.ndarray, number: int, epoch: int) -> None:
        picture = self.picture(number, epoch)
        if self.grayscale:
            picture = (picture @ np.array([19595, 38470, 7471], np.uint32) + 32768) >> 16  # luma as Pillow rounds it
            out[..., 0] = picture
        else:
            self.preprocessing.scale_pixels(picture, out)

    def _decoded(self, number: int) -> np.ndarray:
        kept = self._cache.get(number)
        if kept is not None:
            return kept
        path, prep = self.folder.path(number), self.preprocessing
        try:
            if self.augment is None:
                picture = prep.read(path)
            else:
                picture = read_picture(path, at_least=None if self.augment.sets_size else prep.at_least)
        except OSError as error:
            raise PictureError(path, f"cannot be opened ({error.strerror or error})") from error
        return self._cache.keep(number, picture)
