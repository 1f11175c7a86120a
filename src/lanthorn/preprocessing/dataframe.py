"""Batches from a pandas data frame that names files and labels. pandas itself is not imported: the user has it."""

import os
import warnings
from typing import Any

import numpy as np

from ..data import check
from ..data.folder import Folder
from ..data.kept import CACHE
from ..data.paths import PathList
from .files import FileIterator
from .iterators import SUFFIXES

_MODES = ("binary", "categorical", "input", "multi_output", "raw", "sparse", None)
_WITH_CLASSES = ("binary", "categorical", "sparse")


class DataFrameIterator(FileIterator):
    """Batches of the files named in a data frame.

    `class_mode`: 'binary', 'sparse' and 'categorical' read class names (strings; lists of them for several labels per
    picture with 'categorical'); 'raw' takes the column(s) `y_col` as they are; 'multi_output' gives one array per
    column; 'input' gives the pictures; None gives no labels. `weight_col` adds sample weights. `validate_filenames`
    leaves out what is no picture file. `cache` is explained at DirectoryIterator.
    """

    def __init__(
        self, dataframe, directory=None, image_data_generator=None, x_col="filename", y_col="class", weight_col=None,
        target_size=(256, 256), color_mode="rgb", classes=None, class_mode="categorical", batch_size=32, shuffle=True,
        seed=None, data_format="channels_last", save_to_dir=None, save_prefix="", save_format="png", subset=None,
        interpolation="nearest", keep_aspect_ratio=False, dtype="float32", validate_filenames=True, on_error="skip",
        workers=None, cache=CACHE,
    ):  # fmt: skip
        self.directory, self.class_mode = os.fspath(directory or ""), class_mode
        self._setup(image_data_generator, save_to_dir, save_prefix, save_format, subset)
        self._setup_files(target_size, color_mode, data_format, interpolation, keep_aspect_ratio, dtype, cache)
        names, columns = _read(dataframe, x_col, y_col, weight_col, class_mode, classes)
        keep = np.ones(len(names), bool)
        if validate_filenames:
            keep &= [self._is_picture(name) for name in names]
            if not keep.all():
                warnings.warn(
                    f"flow_from_dataframe: {(~keep).sum()} of {len(names)} file names in {x_col!r} are no picture "
                    f"files (missing, or not {', '.join(SUFFIXES)}) and are left out, such as "
                    f"{names[int(np.argmin(keep))]!r}.",
                    stacklevel=3,
                )
        if class_mode in _WITH_CLASSES:
            known = (
                list(dict.fromkeys(classes)) if classes else sorted({c for row in columns[0] for c in _as_list(row)})
            )
            self.class_indices = {name: k for k, name in enumerate(known)}
            self.num_classes = len(known)
            if classes:
                keep &= [any(c in self.class_indices for c in _as_list(row)) for row in columns[0]]
        places = np.flatnonzero(keep)
        if subset:
            cut = int(image_data_generator._validation_split * len(places))
            places = places[:cut] if subset == "validation" else places[cut:]
        if validate_filenames:
            places = self._without_broken(names, places, on_error, workers)
        self._names = PathList([names[k] for k in places])
        self._targets_given = (
            [np.array([column[k] for k in places]) for column in columns] if class_mode not in _WITH_CLASSES else []
        )
        if class_mode in _WITH_CLASSES:
            self.classes = [self._label(columns[0][k]) for k in places]
        self.sample_weight = None if weight_col is None else np.asarray(dataframe[weight_col])[places]
        self.samples = len(places)
        super().__init__(self.samples, batch_size, shuffle, seed, workers, on_error)
        belonging = f" belonging to {self.num_classes} classes" if class_mode in _WITH_CLASSES else ""
        print(f"Found {self.samples} {'' if validate_filenames else 'non-'}validated image filenames{belonging}.")

    def _is_picture(self, name: str) -> bool:
        return name.lower().endswith(SUFFIXES) and os.path.isfile(os.path.join(self.directory, name))

    def _without_broken(self, names, places, on_error, workers):
        folder = Folder(self.directory, (), PathList([names[k] for k in places]), places)
        return check.without_broken(folder, on_error, workers).labels

    def _label(self, row: Any) -> Any:
        if isinstance(row, (list, tuple)):
            return [self.class_indices[c] for c in row if c in self.class_indices]
        return self.class_indices[row]

    @property
    def filenames(self) -> list[str]:
        """The names in the data frame, of the samples that are used."""
        return list(self._names)

    @property
    def labels(self) -> Any:
        """The class of every sample, or the columns as they were given."""
        if self.class_mode == "multi_output":
            return self._targets_given
        return self._targets_given[0] if self.class_mode == "raw" else self.classes

    def path(self, number):
        return os.path.join(self.directory, self._names[number])

    def _targets(self, numbers):
        if self.class_mode == "multi_output":
            return [column[numbers] for column in self._targets_given]
        if self.class_mode == "raw":
            return self._targets_given[0][numbers]
        return super()._targets(numbers)


def _as_list(row: Any) -> list | tuple:
    return row if isinstance(row, (list, tuple)) else [row]


def _read(frame, x_col, y_col, weight_col, class_mode, classes) -> tuple[list[str], list[list]]:
    """File names and label columns, checked against what `class_mode` needs."""
    who = "flow_from_dataframe"
    if class_mode not in _MODES:
        raise ValueError(f"{who}: class_mode must be one of {', '.join(map(repr, _MODES))}, got {class_mode!r}.")
    if class_mode == "multi_output" and not isinstance(y_col, list):
        raise TypeError(f"{who}: class_mode='multi_output' needs a list of columns as y_col, got {y_col!r}.")
    wanted = [x_col, *([] if class_mode in ("input", None) else y_col if isinstance(y_col, list) else [y_col])]
    for column in [*wanted, *([weight_col] if weight_col else [])]:
        if column not in frame.columns:
            raise ValueError(
                f"{who}: there is no column {column!r}; the data frame has {', '.join(map(repr, frame.columns))}."
            )
    names = frame[x_col].tolist()
    if not all(isinstance(name, str) for name in names):
        raise TypeError(f"{who}: the column {x_col!r} must hold file names (strings).")
    if weight_col and not np.issubdtype(np.asarray(frame[weight_col]).dtype, np.number):
        raise TypeError(f"{who}: the column {weight_col!r} must hold numbers, to be used as weights.")
    if class_mode == "raw" and isinstance(y_col, list):
        return names, [frame[y_col].values.tolist()]
    columns = [frame[column].tolist() for column in wanted[1:]]
    if class_mode in _WITH_CLASSES:
        kinds = (str, list, tuple) if class_mode == "categorical" else str
        odd = next((row for row in columns[0] if not isinstance(row, kinds)), None)
        if odd is not None:
            raise TypeError(f"{who}: class_mode={class_mode!r} needs class names (strings) in {y_col!r}, got {odd!r}.")
        different = len(set(classes)) if classes else len(set(columns[0])) if class_mode == "binary" else 2
        if class_mode == "binary" and different != 2:
            raise ValueError(f"{who}: class_mode='binary' needs 2 classes, {y_col!r} has {different}.")
    elif classes:
        warnings.warn(f"{who}: `classes` is not used with class_mode={class_mode!r}.", stacklevel=4)
    return names, columns
