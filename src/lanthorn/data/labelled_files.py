"""Files of any kind in one sub-folder per class, as Keras's `…_dataset_from_directory` take them."""

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .listing import FolderError, entries
from .pipeline import Samples


def check_format(who: str, format: str | None) -> None:
    if format not in (None, "tf"):
        raise ValueError(f"{who}: format must be None (batches of NumPy) or 'tf' (a tf.data.Dataset), got {format!r}.")


def check_split(who: str, share: float | None, subset: str | None, shuffle: bool, seed: int | None) -> None:
    if share and not 0 < share < 1:
        raise ValueError(f"{who}: `validation_split` must be between 0 and 1, got {share}.")
    if bool(share) != bool(subset) or subset not in ("training", "validation", "both", None):
        raise ValueError(
            f"{who}: validation_split (a share such as 0.2) and subset ('training', 'validation' or 'both') go "
            f"together, got validation_split={share!r}, subset={subset!r}."
        )
    if share and shuffle and seed is None:
        raise ValueError(f"{who}: give a `seed`, or the training and the validation subset would overlap.")


def labelled(
    who: str, directory: Any, read: Callable[[list[str]], Any], suffix: str, labels: Any, label_mode: str | None,
    class_names: Sequence[str] | None, batch_size: int | None, shuffle: bool, seed: int | None,
    validation_split: float | None, subset: str | None, follow_links: bool, verbose: bool,
) -> Any:  # fmt: skip
    """The dataset of a folder, or a pair for subset='both'; `read(paths)` makes x of a batch.

    The files are shuffled and cut as Keras does it, so that a seed gives its training and validation sets.
    """
    if label_mode not in ("int", "categorical", "binary", None):
        raise ValueError(f"{who}: label_mode must be 'int', 'categorical', 'binary' or None, got {label_mode!r}.")
    given: Any = None if isinstance(labels, str) else labels
    if isinstance(labels, str) and labels != "inferred" or given is not None and class_names:
        raise ValueError(
            f"{who}: labels must be 'inferred', None, or a list of integers (without class_names), got {labels!r}."
        )
    check_split(who, validation_split, subset, shuffle, seed)
    seed = int(np.random.randint(10**6)) if seed is None else seed
    root = os.fspath(directory)
    folders = entries(root)[0]
    if class_names is not None and not set(class_names) <= set(folders):
        raise ValueError(f"{who}: class_names {list(class_names)} are not all among the sub-folders {folders}.")
    names = list(class_names or folders) if labels == "inferred" else [""]
    found = [(path, k) for k, name in enumerate(names) for path in _files(root, name, suffix, follow_links)]
    if not found:
        raise FolderError(f"{who}: {root} holds no {suffix} files" + (" in class folders." if names != [""] else "."))
    paths = np.array([path for path, _ in found], object)
    classes = np.array([k for _, k in found], np.int32)
    if given is not None:
        if len(given) != len(paths):
            raise ValueError(f"{who}: {root} holds {len(paths)} files (sorted by path), got {len(given)} labels.")
        classes, names = np.asarray(given, np.int32), [str(label) for label in sorted(set(given))]
    if labels is None or label_mode is None:
        label_mode = None
    if label_mode == "binary" and len(names) != 2:
        raise ValueError(f"{who}: label_mode='binary' needs exactly 2 classes, got {names}.")
    if verbose:
        print(f"Found {len(paths)} files" + (f" belonging to {len(names)} classes." if label_mode else "."))
    if shuffle:
        order = np.arange(len(paths))
        np.random.RandomState(seed).shuffle(order)
        paths, classes = paths[order], classes[order]
    cut = len(paths) - int((validation_split or 0) * len(paths))
    if subset and cut in (0, len(paths)):
        raise ValueError(f"{who}: {len(paths)} files are too few to split a share of {validation_split} off.")
    if verbose and subset:
        print(f"Using {cut} files for training and {len(paths) - cut} for validation.")

    def part(where: slice, shuffle: bool) -> Samples:
        paths_, targets = paths[where], _targets(classes[where], label_mode, len(names))

        def make(numbers):
            x = read(paths_[numbers].tolist())
            return x if targets is None else (x, targets[numbers])

        made = Samples(len(paths_), make, batch_size, shuffle, seed)
        made.class_names, made.file_paths = names if label_mode else None, paths_.tolist()
        return made

    if subset == "both":
        return part(slice(cut), shuffle), part(slice(cut, None), False)
    where = {None: slice(None), "training": slice(cut), "validation": slice(cut, None)}[subset]
    return part(where, shuffle)


def _files(root: str, name: str, suffix: str, follow_links: bool) -> list[str]:
    walk = sorted(os.walk(os.path.join(root, name), followlinks=follow_links), key=lambda found: found[0])
    return [os.path.join(at, file) for at, _, files in walk for file in sorted(files) if file.lower().endswith(suffix)]


def _targets(classes: np.ndarray, label_mode: str | None, count: int) -> np.ndarray | None:
    if label_mode == "categorical":
        return np.eye(count, dtype=np.float32)[classes]
    if label_mode == "binary":
        return classes.astype(np.float32)[:, None]
    return classes if label_mode else None


def finished(made: Any, format: str | None) -> Any:
    """One or two datasets in the format that was asked for."""
    if format is None:
        return made
    return tuple(one.tf() for one in made) if isinstance(made, tuple) else made.tf()
