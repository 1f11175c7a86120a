"""Photos and models as the commands need them: found, read, checked and run through."""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm"}
WORKERS = 4


def say(text: str) -> None:
    """A remark that is no result: on standard error, so that a table or JSON stays clean."""
    print(f"lanthorn: {text}", file=sys.stderr)


def gather(places: Sequence[Path]) -> list[Path]:
    """The photos that are named, and those in the folders that are named, in a fixed order."""
    found: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            inside = sorted(p for p in place.rglob("*") if p.suffix.lower() in SUFFIXES and _visible(p, place))
            if not inside:
                raise FileNotFoundError(f"{place}: there are no photos in this folder ({', '.join(sorted(SUFFIXES))}).")
            found |= dict.fromkeys(p for p in inside if p.is_file())
        elif place.is_file():
            found[place] = None
        else:
            raise FileNotFoundError(f"{place}: there is no such photo or folder.")
    return list(found)


def _visible(path: Path, top: Path) -> bool:
    return not any(part.startswith(".") for part in path.relative_to(top).parts)


def labelled(folder: Path, class_names: Sequence[str]) -> tuple[list[Path], list[int]]:
    """The photos of a sorted folder with the model's label for each; its `validation/` if it has one."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: there is no such folder.")
    inside = {p.name for p in folder.iterdir() if p.is_dir() and not p.name.startswith(".")}
    if {"train", "validation"} <= inside and not {"train", "validation"} & set(class_names):
        return labelled(folder / "validation", class_names)
    unknown = sorted(inside - set(class_names))
    if not inside or unknown:
        got = f"the folders {', '.join(unknown)}" if unknown else "no folders"
        raise ValueError(f"{folder}: expected one folder per class of the model ({', '.join(class_names)}), got {got}.")
    paths: list[Path] = []
    labels: list[int] = []
    for name in sorted(inside):
        here = [p for p in sorted((folder / name).rglob("*")) if p.suffix.lower() in SUFFIXES and _visible(p, folder)]
        paths += here
        labels += [list(class_names).index(name)] * len(here)
    if not paths:
        raise FileNotFoundError(f"{folder}: there are no photos in the folders {', '.join(sorted(inside))}.")
    return paths, labels


def load(path: Path, engine: str | None) -> Any:
    """A saved classifier of photos, with class names and preprocessing."""
    from .. import models
    from . import quiet

    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no such model.")
    quiet.engine(engine)
    model = models.load_model(path, compile=False)
    if getattr(model, "preprocessing", None) is None:
        raise ValueError(
            f"{path}: this model does not say how its pictures are prepared, so it was not made by `lanthorn train`. "
            "In Python, set model.preprocessing = lanthorn.data.Preprocessing(…) and model.class_names; then save it."
        )
    outputs = int(model.output_shape[-1])
    if not model.class_names:
        model.class_names = [f"class {i}" for i in range(max(2, outputs))]
    if len(model.class_names) != max(2, outputs):
        raise ValueError(f"{path}: the model has {outputs} outputs and {len(model.class_names)} class names.")
    return model


def predict(model: Any, paths: Sequence[Path], batch_size: int, on_error: str) -> tuple[list[int], np.ndarray]:
    """Which of the photos could be read, and their probabilities, shape (photos, classes)."""
    from ..data import PictureError

    def read(path):
        try:
            return model.preprocessing(path)
        except (PictureError, OSError) as error:
            if on_error == "raise":
                raise
            return error

    kept: list[int] = []
    results: list[np.ndarray] = []
    with ThreadPoolExecutor(WORKERS) as pool:
        for start in range(0, len(paths), batch_size):
            pictures = list(pool.map(read, paths[start : start + batch_size]))
            for error in pictures:
                if isinstance(error, Exception):
                    say(f"skipped {' '.join(str(error).split())}")
            good = [i for i, picture in enumerate(pictures) if not isinstance(picture, Exception)]
            if good:
                batch = np.stack([pictures[i] for i in good])
                results.append(np.asarray(model.predict(batch, verbose=0)))
                kept += [start + i for i in good]
    if not results:
        raise ValueError("none of the photos could be read.")
    table = np.concatenate(results)
    if table.shape[-1] == 1:  # a sigmoid
        table = np.concatenate([1 - table, table], axis=-1)
    return kept, table


def training_sets(given: argparse.Namespace, preprocessing: Any, transforms: list) -> tuple[Any, Any]:
    """The training and the validation photos of `lanthorn train`; prints what was found."""
    from .. import data

    print(data.check_photos(given.photos))
    return data.folder_datasets(
        given.photos,
        validation=given.validation,
        preprocessing=preprocessing,
        augment=transforms,
        batch_size=given.batch_size,
        seed=given.seed,
        on_error=given.on_error,
    )
