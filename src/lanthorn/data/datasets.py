"""The ways to a Dataset: one folder, a pair for training and validation, and Keras's `image_dataset_from_directory`."""

import os
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import check
from .batches import Dataset
from .checking.look import Looks, look
from .checking.twins import twin_groups
from .decode import PictureError
from .folder import Folder, scan_folder, warn_of_sets, with_classes_of
from .kept import CACHE
from .labelled_files import check_format, finished
from .listing import FolderError, entries, pictures_under
from .preprocessing import Preprocessing
from .sources import find_photos
from .stratify import stratified_split
from .words import counted, listed


def _preprocessing(given: Preprocessing | None, size: Any, fit: str, interpolation: str, scale: str) -> Preprocessing:
    if given is not None:
        return given
    return Preprocessing(size=size, fit=fit, interpolation=interpolation, scale=scale)


def folder_dataset(
    directory: str | os.PathLike,
    size: int | tuple[int, int] = (224, 224),
    batch_size: int = 32,
    *,
    augment: Any = None,
    labels: str | None = "int",
    shuffle: bool = True,
    seed: int = 0,
    preprocessing: Preprocessing | None = None,
    fit: str = "stretch",
    interpolation: str = "bilinear",
    scale: str = "none",
    class_names: Sequence[str] | None = None,
    workers: int | None = None,
    on_error: str = "skip",
    cache: int = CACHE,
) -> Dataset:
    """Batches of a folder with one sub-folder per class, or whatever else `find_photos` takes.

    `size` is (height, width) in pixels; `preprocessing` says size, fit, interpolation and scale in one (a pretrained
    network's own). `augment` is a list of transforms such as `[Affine(shear=10, zoom=0.2), Flip()]`. The rest is
    explained at Dataset. Raises FolderError where the folder is missing, empty or classless.

        >>> train = folder_dataset("photos/train", size=(160, 160), scale="tf")  # doctest: +SKIP
        >>> for x, y in train: ...  # doctest: +SKIP
    """
    prep = _preprocessing(preprocessing, size, fit, interpolation, scale)
    found = find_photos(directory, class_names, 1 if labels is None else 2)
    folder = found.train
    if found.validation is not None:
        held = found.validation.root
        where = f"{found.train.root} (and {held})" if held != found.train.root else "a table of one set"
        raise FolderError(
            f"{found.place}: holds a training and a validation set. Give {where}, or give it where both are asked for: "
            "lanthorn train, lanthorn.train, folder_datasets."
        )
    return Dataset(folder, prep, batch_size, augment, shuffle, seed, labels, workers, on_error, cache)


def folder_datasets(
    photos: Any,
    validation: Any = None,
    size: int | tuple[int, int] = (224, 224),
    batch_size: int = 32,
    *,
    augment: Any = None,
    labels: str | None = "int",
    seed: int = 0,
    preprocessing: Preprocessing | None = None,
    fit: str = "stretch",
    interpolation: str = "bilinear",
    scale: str = "none",
    class_names: Sequence[str] | None = None,
    workers: int | None = None,
    on_error: str = "skip",
    cache: int = CACHE,
    groups: Any = "twins",
) -> tuple[Dataset, Any]:
    """Training and validation batches: `photos` is a folder of classes, or holds `train/` and `validation/`.

    The two sets may have any of their usual names (`Training`, `seg_test`, `dev`, …; see `find_layout`). In place of a
    folder there may be a .zip or .tar of one, or a .csv of file names and labels (see `find_photos`). `validation`
    is a folder, or the share to split off (stratified, chosen by `seed`), 0 for none: then None is given in place of
    its Dataset; `validation=None` takes the folder found in `photos`, else a share of 0.2. Validation pictures are
    neither augmented nor shuffled. `groups` keeps pictures on one side when a share is split off: "twins" those of one
    photo (each is read once for that), None none, or a number for each picture. Raises FolderError where there are
    validation pictures of a class without training pictures; a warning names classes without validation pictures.

        >>> train, validation = folder_datasets("photos", 0.2, scale="tf")  # doctest: +SKIP
    """
    found = find_photos(photos, class_names)
    train = found.train
    held_out: Folder | None = None
    looks: Looks | None = None
    left_out: list[PictureError] = []
    if validation is None:
        validation = 0.2 if found.validation is None else found.validation
    if isinstance(validation, (int, float)):
        if validation:
            if isinstance(groups, str):
                looks = look(train, workers)
                train, left_out = _readable(train, looks, on_error)
                groups = twin_groups(train, workers, looks)
            train, held_out = _split(train, validation, seed, groups)
    else:
        held_out = with_classes_of(train, find_photos(validation, class_names, min_classes=1).measured)
    prep = _preprocessing(preprocessing, size, fit, interpolation, scale)
    settings = {"seed": seed, "labels": labels, "workers": workers, "on_error": on_error, "cache": cache}
    training = Dataset(train, prep, batch_size, augment, shuffle=True, **settings)
    training.looks, training.left_out = looks, training.left_out + left_out
    if held_out is None:
        return training, None
    return training, Dataset(held_out, prep, batch_size, None, shuffle=False, **settings)


def _readable(folder: Folder, looks: Looks, on_error: str) -> tuple[Folder, list[PictureError]]:
    """The pictures that could be read, and the errors of the others, which one warning names."""
    errors = list(looks.errors.values())
    if errors and on_error == "raise":
        raise errors[0]
    if errors:
        check.warn_skipped(folder.root, errors)
        folder = folder.select(np.flatnonzero(looks.read))
    return folder, errors


def _split(folder: Folder, share: float, seed: int, groups: Any) -> tuple[Folder, Folder]:
    """The training and the validation pictures; what was found beside them stays with the former."""
    train, held = stratified_split(folder.labels, share, seed, groups)
    if not len(held):
        raise FolderError(
            f"{folder.root}: {counted(len(folder.filenames), 'picture')} are too few to split a share off. Add more, "
            "or set validation to 0: then all are trained on."
        )
    train, held = folder.select(train), folder.select(held)
    alone = [name for name, n in folder.counts().items() if n == 1]
    if alone:
        which = f"{listed(alone)} {'has' if len(alone) == 1 else 'have'}"
        warnings.warn(
            f"{folder.root}: {which} one picture only, which is trained on; whether the class is told cannot be "
            "measured. Add pictures of it.",
            stacklevel=3,
        )
    return train, held._replace(stray=(), loose=(), notes=())


def image_dataset_from_directory(
    directory: str | os.PathLike,
    labels: str | Sequence[int] | None = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: tuple[int, int] = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    data_format: str | None = None,
    format: str | None = None,
    verbose: bool = True,
    **extra: Any,
) -> Any:
    """Keras's call, without TensorFlow: batches of float32 pixels 0 … 255, as a Dataset.

    Differences: the split is stratified; transparent pictures are shown over white and turned ones turned; hidden
    folders are no classes; color_mode='rgba' is not offered. batch_size=None gives single pictures; format="tf" a
    tf.data.Dataset (needs TensorFlow); without it the result has `.map`, `.cache`, `.shuffle` … of its own.
    subset='both' gives (training, validation). `extra` may
    hold Dataset's own settings: augment, workers, on_error, cache, preprocessing.
    """
    who = "image_dataset_from_directory"
    check_format(who, format)
    if batch_size is None or format:
        arguments = {k: v for k, v in locals().items() if k not in ("who", "extra", "format", "batch_size")}
        made = image_dataset_from_directory(**arguments, batch_size=batch_size or 32, **extra)
        return finished(_map(lambda d: d if batch_size else _single(d), made), format)
    if color_mode not in ("rgb", "grayscale"):
        advice = "Transparency is composed over white; ImageDataGenerator.flow_from_directory offers 'rgba'."
        raise ValueError(f"{who}: color_mode must be 'rgb' or 'grayscale', got {color_mode!r}. {advice}")
    if data_format not in (None, "channels_last"):
        raise ValueError(
            f"{who}: data_format must be 'channels_last', got {data_format!r}. Transpose the batches instead."
        )
    if (validation_split is None) != (subset is None) or subset not in (None, "training", "validation", "both"):
        raise ValueError(
            f"{who}: validation_split (a share such as 0.2) and subset ('training', 'validation' or 'both') go "
            f"together, got validation_split={validation_split!r}, subset={subset!r}."
        )
    if subset in ("training", "validation") and seed is None and shuffle:
        raise ValueError(f"{who}: give a seed, or the training and the validation subset would overlap.")
    folder = _labelled(os.fspath(directory), labels, class_names, follow_links)
    label_mode = None if labels is None else label_mode
    fit = "crop" if crop_to_aspect_ratio else "pad" if pad_to_aspect_ratio else "stretch"
    prep = extra.pop("preprocessing", None) or Preprocessing(image_size, fit, interpolation)
    seed = int(np.random.randint(2**31)) if seed is None else seed
    if verbose:
        print(f"Found {len(folder.filenames)} files belonging to {len(folder.class_names)} classes.")
    common = {"seed": seed, "labels": label_mode, "grayscale": color_mode == "grayscale", **extra}
    if subset is None:
        return Dataset(folder, prep, batch_size, shuffle=shuffle, **common)
    train_places, places = stratified_split(folder.labels, validation_split or 0, seed)
    train = (
        Dataset(folder.select(train_places), prep, batch_size, shuffle=shuffle, **common)
        if subset != "validation"
        else None
    )
    common.pop("augment", None)
    held = Dataset(folder.select(places), prep, batch_size, shuffle=shuffle, **common) if subset != "training" else None
    if verbose:
        print(f"Using {len(train_places)} files for training and {len(places)} for validation.")
    return (train, held) if subset == "both" else train or held


def _map(function: Any, made: Any) -> Any:
    return tuple(map(function, made)) if isinstance(made, tuple) else function(made)


def _single(dataset: Dataset) -> Any:
    """The same, picture by picture."""
    made = dataset.unbatch()
    made.class_names = dataset.class_names
    return made


def _labelled(root: str, labels, class_names, follow_links: bool) -> Folder:
    if isinstance(labels, str):
        if labels != "inferred":
            raise ValueError(f"labels: expected 'inferred', None or a list of integers, got {labels!r}.")
        if class_names is None:
            warn_of_sets("image_dataset_from_directory", root)
            return scan_folder(root, entries(root)[0] or None, follow_links, min_classes=1, keep_empty=True)
        return scan_folder(root, class_names, follow_links, min_classes=1)
    if not os.path.isdir(root):
        scan_folder(root)  # says what is wrong
    pictures, other = pictures_under(root, follow_links=follow_links)
    if not pictures:
        raise FolderError(f"{root}: no pictures in it.")
    given = np.zeros(len(pictures), np.int32) if labels is None else np.asarray(labels, np.int32)
    if len(given) != len(pictures):
        raise ValueError(f"labels: {root} holds {len(pictures)} pictures (sorted by path), got {len(given)} labels.")
    names = class_names or [str(k) for k in np.unique(given)] if labels is not None else ()
    return Folder(root, tuple(names), pictures, given, tuple(other))
