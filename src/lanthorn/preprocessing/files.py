"""Batches from picture files: what every iterator over files does, and the one over a folder of classes."""

import os
import warnings
from typing import Any

import numpy as np

from ..data import check
from ..data.decode import PictureError, read_picture
from ..data.folder import Folder, warn_of_sets
from ..data.kept import CACHE, KeptPictures
from ..data.listing import entries, pictures_under
from ..data.paths import PathList
from ..data.preprocessing import Preprocessing
from ..data.resize import check_interpolation, resize
from .iterators import SUFFIXES, Iterator
from .pictures import COLOR_MODES, img_to_array, load_img, standard_dtype, standard_format


class FileIterator(Iterator):
    """Base of the iterators over files: how a file becomes a picture, and labels a batch."""

    sample_weight: Any = None
    classes: Any
    class_indices: dict[str, int]

    def _setup_files(self, target_size, color_mode, data_format, interpolation, keep_aspect_ratio, dtype, cache):
        self._cache = KeptPictures(cache)
        if color_mode not in COLOR_MODES:
            raise ValueError(f"color_mode: expected one of {', '.join(map(repr, COLOR_MODES))}, got {color_mode!r}.")
        check_interpolation(interpolation)
        if np.ndim(target_size) != 1 or len(target_size) != 2:
            raise ValueError(f"target_size: expected (height, width), got {target_size!r}.")
        self.target_size, self.color_mode = (int(target_size[0]), int(target_size[1])), color_mode
        self.interpolation, self.keep_aspect_ratio = interpolation, keep_aspect_ratio
        self.data_format, self.dtype = standard_format(data_format), standard_dtype(dtype).name
        channels = (COLOR_MODES[color_mode],)
        last = self.data_format == "channels_last"
        self.image_shape = self.target_size + channels if last else channels + self.target_size
        scale = "none" if self.image_data_generator is None else self.image_data_generator.scale
        if color_mode == "rgb" and scale is not None:
            fit = "crop" if keep_aspect_ratio else "stretch"
            self.preprocessing = Preprocessing(self.target_size, fit, interpolation, scale)

    def path(self, number: int) -> str:
        """The full path of a sample."""
        raise NotImplementedError

    @property
    def labels(self) -> Any:
        """The class of every sample."""
        return self.classes

    @property
    def filepaths(self) -> list[str]:
        """The full paths of all samples."""
        return [self.path(k) for k in range(self.n)]

    def _picture(self, number):
        kept = self._cache.get(number)
        return self._cache.keep(number, self._decoded(self.path(number))) if kept is None else kept

    def _decoded(self, path):
        try:
            if self.color_mode == "rgb" and not self.keep_aspect_ratio:
                # 'nearest' (Keras's default) picks single pixels of the whole picture, and must see it. The smooth
                # filters average: from a large JPEG decoded at a reduced scale that keeps three times the pixels
                # wanted per axis, photos come out within two grey levels of Keras's.
                smooth = self.interpolation in ("bilinear", "bicubic", "lanczos")
                at_least = (2 * self.target_size[0], 2 * self.target_size[1]) if smooth else None
                return resize(read_picture(path, at_least), self.target_size, "stretch", self.interpolation)
            image = load_img(path, self.color_mode, self.target_size, self.interpolation, self.keep_aspect_ratio)
            return img_to_array(image, "channels_last", np.uint8)
        except OSError as error:
            raise PictureError(path, f"cannot be opened ({error.strerror or error})") from error

    def _batch(self, x, numbers):
        if self.class_mode is None:
            return x
        y = x.copy() if self.class_mode == "input" else self._targets(numbers)
        return (x, y) if self.sample_weight is None else (x, y, self.sample_weight[numbers])

    def _targets(self, numbers: np.ndarray) -> Any:
        if self.class_mode == "categorical":
            y = np.zeros((len(numbers), len(self.class_indices)), self.dtype)
            for k, number in enumerate(numbers):
                y[k, self.classes[number]] = 1.0
            return y
        return np.asarray([self.classes[number] for number in numbers], self.dtype)


class DirectoryIterator(FileIterator):
    """Batches from a folder with one sub-folder per class.

    `class_indices` (name: label), `classes` (int32), `filenames`, `samples`, `num_classes`. Hidden folders are no
    classes. Pictures that cannot be read are named in one warning and left out; on_error='raise' raises PictureError.
    Pictures are kept at `target_size` in memory up to `cache` bytes (256 MiB; 0 keeps none), so that the next epoch
    need not decode them.
    """

    def __init__(
        self, directory, image_data_generator, target_size=(256, 256), color_mode="rgb", classes=None,
        class_mode="categorical", batch_size=32, shuffle=True, seed=None, data_format=None, save_to_dir=None,
        save_prefix="", save_format="png", follow_links=False, subset=None, interpolation="nearest",
        keep_aspect_ratio=False, dtype=None, on_error="skip", workers=None, cache=CACHE,
    ):  # fmt: skip
        if class_mode not in ("categorical", "binary", "sparse", "input", None):
            raise ValueError(
                "flow_from_directory: class_mode must be 'categorical', 'binary', 'sparse', 'input' or None, "
                f"got {class_mode!r}."
            )
        self._setup(image_data_generator, save_to_dir, save_prefix, save_format, subset)
        self._setup_files(target_size, color_mode, data_format, interpolation, keep_aspect_ratio, dtype, cache)
        self.directory, self.class_mode = os.fspath(directory), class_mode
        folder = check.without_broken(self._scan(classes, follow_links), on_error, workers)
        self.folder, self.classes = folder, folder.labels
        self.class_indices = {name: k for k, name in enumerate(folder.class_names)}
        self.num_classes, self.samples = len(folder.class_names), len(folder.filenames)
        super().__init__(self.samples, batch_size, shuffle, seed, workers, on_error)
        print(f"Found {self.samples} images belonging to {self.num_classes} classes.")

    def _scan(self, classes, follow_links) -> Folder:
        root = self.directory
        folders, files = entries(root)
        if not classes:
            warn_of_sets("flow_from_directory", root)
        names = list(classes) if classes else folders
        found, labels = [], []
        for label, name in enumerate(names):
            if not os.path.isdir(os.path.join(root, name)):
                raise ValueError(f"flow_from_directory: {root} has no folder {name!r} (it has: {', '.join(folders)}).")
            pictures, _ = pictures_under(root, name, follow_links, lambda path: path.lower().endswith(SUFFIXES))
            pictures = sorted(pictures, key=os.path.split)
            share = self.image_data_generator._validation_split if self.subset else 0
            cut = int(share * len(pictures))
            pictures = pictures[:cut] if self.subset == "validation" else pictures[cut:]
            found.append(PathList(pictures))
            labels.append(np.full(len(pictures), label, np.int32))
        self._judge(names, files, labels)
        return Folder(root, tuple(names), PathList.joined(found), np.concatenate(labels))

    def _judge(self, names, files, labels):
        """Errors and warnings for a folder on which training would go wrong silently."""
        who, sizes = f"flow_from_directory: {self.directory}", [len(some) for some in labels]
        if not any(sizes):
            loose = sum(name.lower().endswith(SUFFIXES) for name in files)
            hint = f"{loose} pictures lie in it directly: move them to one sub-folder per class." if loose else ""
            what = "its class folders hold no pictures" if names else "it has no class folders"
            raise ValueError(f"{who}: {what} ({', '.join(SUFFIXES)}). {hint}".rstrip())
        if self.class_mode == "binary" and len(names) != 2:
            raise ValueError(f"{who}: class_mode='binary' needs 2 classes, found {len(names)}: {', '.join(names)}.")
        empty = [name for name, size in zip(names, sizes, strict=True) if not size]
        if empty:
            warnings.warn(f"{who}: no pictures in {', '.join(empty)}; the class keeps its label.", stacklevel=5)
        if len(names) == 1 and self.class_mode in ("categorical", "sparse"):
            warnings.warn(f"{who}: one class only ({names[0]}): there is nothing to tell apart.", stacklevel=5)

    @property
    def filenames(self) -> list[str]:
        """Relative paths of all samples."""
        return list(self.folder.filenames)

    def path(self, number):
        return self.folder.path(number)
