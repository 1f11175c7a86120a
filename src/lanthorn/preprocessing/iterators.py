"""What ImageDataGenerator's flow methods return: batches by number, one after the other without end, or by epoch.

Threads make the pictures, ahead of their use where batches are asked for in order. What is random in a picture is a
function of (seed, epoch, sample); the order of the first epoch is Keras's for that seed.
"""

import os
import threading
import warnings
from collections.abc import Iterator as Iterates
from typing import Any

import numpy as np

from ..data import check
from ..data.decode import PictureError
from ..data.draws import lent_generator
from ..data.preprocessing import Preprocessing
from ..data.workers import Job, default_workers, in_order, parts_of
from .pictures import array_to_img, standard_dtype, standard_format

SUFFIXES = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")


class Iterator:
    """Base: `n` samples in batches. `it[i]` is batch i of the epoch `it.epoch`; `next(it)` goes on for ever;
    `it.epoch_batches(e)` gives one epoch. Subclasses make a picture in `_picture(number)`.

    `seed` None draws one from NumPy's global generator, so that `np.random.seed` makes a run repeatable.
    """

    white_list_formats = SUFFIXES
    class_mode: Any = None
    preprocessing: Preprocessing | None = None
    image_data_generator: Any = None
    image_shape: tuple[int, ...]
    data_format: str
    dtype: str

    def __init__(
        self,
        n: int,
        batch_size: int,
        shuffle: bool,
        seed: int | None,
        workers: int | None = None,
        on_error: str = "skip",
    ):
        if batch_size < 1:
            raise ValueError(f"{type(self).__name__}: batch_size must be 1 or more, got {batch_size}.")
        check.check_on_error(type(self).__name__, on_error)
        self.n, self.batch_size, self.shuffle, self.seed = n, batch_size, shuffle, seed
        self.workers = default_workers() if workers is None else workers
        self.on_error = on_error
        self.epoch = self.batch_index = self.total_batches_seen = 0
        self.lock = threading.RLock()
        self._seed = int(np.random.randint(2**31)) if seed is None else int(seed)
        self._stream: tuple[int, int, Any] | None = None  # epoch, number of the batch that comes next, its maker
        self._last: tuple[int, int] | None = None

    def __len__(self) -> int:
        return -(-self.n // self.batch_size)

    def order(self, epoch: int) -> np.ndarray:
        """The sample numbers in the order in which an epoch visits them."""
        if not self.shuffle:
            return np.arange(self.n)
        return np.random.RandomState((self._seed + epoch * len(self)) % 2**32).permutation(self.n)

    @property
    def index_array(self) -> np.ndarray:
        """The order of the present epoch."""
        return self.order(self.epoch)

    def epoch_batches(self, epoch: int, start_batch: int = 0) -> Iterates:
        """The batches of an epoch from `start_batch` on, made ahead by threads."""
        numbers = self.order(epoch)
        batches = (numbers[b * self.batch_size : (b + 1) * self.batch_size] for b in range(start_batch, len(self)))
        made = in_order((self._job(some, epoch) for some in batches), self.workers)
        try:
            yield from made
        finally:
            made.close()

    def __getitem__(self, index: int) -> Any:
        if not -len(self) <= index < len(self):
            raise IndexError(f"{type(self).__name__}: asked for batch {index}, there are {len(self)}.")
        index %= len(self)
        with self.lock:
            here, self.total_batches_seen = (self.epoch, index), self.total_batches_seen + 1
            follows = (
                self._last in (None, (self.epoch, index - 1), (self.epoch - 1, len(self) - 1))
                and self._last is not None
            )
            self._last = here
            if self._stream is not None and self._stream[:2] != here:
                self._stream[2].close()
                self._stream = None
            if self._stream is None and follows:
                self._stream = (*here, self.epoch_batches(*here))
            if self._stream is not None:
                maker = self._stream[2]
                self._stream = (self.epoch, index + 1, maker) if index + 1 < len(self) else None
                return next(maker)
        numbers = self.order(here[0])[index * self.batch_size : (index + 1) * self.batch_size]
        return next(iter(in_order([self._job(numbers, here[0])], self.workers)))

    def on_epoch_end(self) -> None:
        """Moves on to the next epoch: another order, other random choices."""
        with self.lock:
            self.epoch += 1

    def reset(self) -> None:
        """Starts the epoch from its first batch again."""
        self.batch_index = 0

    def __iter__(self):
        return self

    def __next__(self) -> Any:
        with self.lock:
            batch = self[self.batch_index]
            self.batch_index += 1
            if self.batch_index >= len(self):
                self.batch_index = 0
                self.on_epoch_end()
            return batch

    def next(self) -> Any:
        """The next batch, epoch after epoch."""
        return self.__next__()

    def __getstate__(self):
        return self.__dict__ | {"lock": None, "_stream": None}

    def __setstate__(self, state):
        self.__dict__.update(state, lock=threading.RLock())

    # Making a batch ---------------------------------------------------------------------------------------------

    def _setup(
        self, generator: Any, save_to_dir: str | None, save_prefix: str, save_format: str, subset: str | None
    ) -> None:
        if subset not in (None, "training", "validation"):
            raise ValueError(f"{type(self).__name__}: subset must be 'training' or 'validation', got {subset!r}.")
        if subset and not generator._validation_split:
            raise ValueError(f"{type(self).__name__}: subset={subset!r} needs ImageDataGenerator(validation_split=…).")
        self.image_data_generator, self.subset = generator, subset
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir or "", save_prefix, save_format
        self._augments = generator is not None and generator.augments and subset != "validation"
        self._own_draw = _overrides(generator, "get_random_transform")
        self._own_change = _overrides(generator, "apply_transform")

    def _picture(self, number: int) -> np.ndarray:
        """A sample as (rows, columns, channels), uint8 or `self.dtype`."""
        raise NotImplementedError

    @property
    def repeats(self) -> bool:
        """Whether a sample comes out the same in every epoch (nothing random is done to it)."""
        return not self._augments and not self._own_change

    def sample(self, number: int, epoch: int = 0, out: np.ndarray | None = None) -> np.ndarray:
        """What the network sees of one sample in an epoch, as in that epoch's batch. `out` takes the result."""
        out = np.empty(self.image_shape, self.dtype) if out is None else out
        picture, generator = self._picture(number), self.image_data_generator
        seen = out if self.data_format == "channels_last" else out.transpose(1, 2, 0)
        drawn = self._draw(number, epoch) if self._augments else {}
        if generator is None:
            np.copyto(seen, picture)
            return out
        if self._own_change:
            x = np.array(picture if seen is out else picture.transpose(2, 0, 1), self.dtype)
            changed = generator.apply_transform(x, drawn) if drawn else x
        else:
            changed = generator.change(picture, drawn, out=seen)
            changed = changed if seen is out else changed.transpose(2, 0, 1)
        if changed is not out and changed.base is not out:
            out[...] = changed
        standard = generator.standardize(out)
        if standard is not out:
            out[...] = standard
        return out

    def _draw(self, number: int, epoch: int) -> dict[str, Any]:
        rng: Any = np.random.RandomState(lent_generator(self._seed, epoch, number).bit_generator)
        if self._own_draw:
            return self.image_data_generator.get_random_transform(self.image_shape, seed=int(rng.randint(2**31)))
        return self.image_data_generator.draw(self.image_shape, rng)

    def _job(self, numbers: np.ndarray, epoch: int) -> Job:
        x = np.empty((len(numbers), *self.image_shape), self.dtype)
        good = np.ones(len(numbers), bool)

        def one(k):
            try:
                self.sample(int(numbers[k]), epoch, out=x[k])
            except PictureError as error:
                if self.on_error == "raise":
                    raise
                good[k] = False
                check.warn_skipped(type(self).__name__, [error])

        def finish():
            kept, pictures = (numbers, x) if good.all() else (numbers[good], x[good])
            if self.save_to_dir:
                self._save(pictures, kept, epoch)
            return self._batch(pictures, kept)

        return parts_of(len(numbers), one), finish

    def _save(self, pictures, numbers, epoch):
        for x, number in zip(pictures, numbers, strict=True):
            name = f"{self.save_prefix}_{number}_{epoch}.{self.save_format}"
            array_to_img(x, self.data_format, scale=True).save(os.path.join(self.save_to_dir, name))

    def _batch(self, x: np.ndarray, numbers: np.ndarray) -> Any:
        raise NotImplementedError


def _overrides(generator: Any, name: str) -> bool:
    """Whether a user's subclass of ImageDataGenerator has its own method of this name."""
    method = getattr(type(generator), name, None)
    return method is not None and method.__module__ != "lanthorn.preprocessing.generator"


class NumpyArrayIterator(Iterator):
    """Batches from arrays in memory: (x, y), (x, y, sample_weight), or x alone."""

    y: Any
    sample_weight: Any

    def __init__(
        self, x, y, image_data_generator, batch_size=32, shuffle=False, sample_weight=None, seed=None, data_format=None,
        save_to_dir=None, save_prefix="", save_format="png", subset=None, ignore_class_split=False, dtype=None,
        workers=None,
    ):  # fmt: skip
        self.dtype, self.data_format = standard_dtype(dtype).name, standard_format(data_format)
        x, misc = (x[0], x[1] if isinstance(x[1], list) else [x[1]]) if isinstance(x, (tuple, list)) else (x, [])
        parts = {"x": np.asarray(x), "y": None if y is None else np.asarray(y)}
        parts |= {f"x[{k + 1}]": np.asarray(other) for k, other in enumerate(misc)}
        parts["sample_weight"] = None if sample_weight is None else np.asarray(sample_weight)
        for name, part in parts.items():
            if part is not None and len(part) != len(parts["x"]):
                raise ValueError(f"flow: x holds {len(parts['x'])} pictures, {name} {len(part)}: expected as many.")
        self._setup(image_data_generator, save_to_dir, save_prefix, save_format, subset)
        if subset:
            parts = self._split(parts, subset, ignore_class_split)
        self.x, self.y, self.sample_weight = np.asarray(parts["x"], self.dtype), parts["y"], parts["sample_weight"]
        self.x_misc = [part for name, part in parts.items() if name.startswith("x[")]
        if self.x.ndim != 4:
            raise ValueError(
                f"flow: expected pictures with 4 axes (n, height, width, channels), got the shape {self.x.shape}."
            )
        channels = self.x.shape[3 if self.data_format == "channels_last" else 1]
        if channels not in (1, 3, 4):
            warnings.warn(
                f"flow: expected 1, 3 or 4 channels ({self.data_format}), got {channels} (shape {self.x.shape}).",
                stacklevel=4,
            )
        self.image_shape = self.x.shape[1:]
        super().__init__(len(self.x), batch_size, shuffle, seed, workers)

    def _split(self, parts, subset, ignore_class_split):
        cut, y = int(len(parts["x"]) * self.image_data_generator._validation_split), parts["y"]
        if y is not None and not ignore_class_split and not np.array_equal(np.unique(y[:cut]), np.unique(y[cut:])):
            raise ValueError(
                "flow: the first part (validation) and the rest (training) do not hold the same classes. The arrays "
                "seem sorted by label: shuffle them, or pass ignore_class_split=True."
            )
        where = slice(0, cut) if subset == "validation" else slice(cut, None)
        return {name: None if part is None else part[where] for name, part in parts.items()}

    def _picture(self, number):
        return self.x[number] if self.data_format == "channels_last" else self.x[number].transpose(1, 2, 0)

    def _batch(self, x, numbers):
        first = [x, *(other[numbers] for other in self.x_misc)] if self.x_misc else x
        if self.y is None:
            return first
        rest = () if self.sample_weight is None else (self.sample_weight[numbers],)
        return (first, self.y[numbers], *rest)
