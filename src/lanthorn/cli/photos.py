"""Photos and models as the commands need them: found, read, checked and run through."""

import argparse
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

WORKERS = 4
FEW = 3  # photos that NumPy names (a ResNet-50: 0.6 s each) before an engine is imported and warm (torch: 2.3 s)


def say(text: str) -> None:
    """A remark that is no result: on standard error, so that a table or JSON stays clean."""
    print(f"lanthorn: {text}", file=sys.stderr)


def gather(places: Sequence[Path]) -> list[Path]:
    """The photos that are named, and those in the folders that are named, in a fixed order."""
    from ..data.folder import SUFFIXES, pictures_under

    found: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            inside, _ = pictures_under(str(place))
            if not inside:
                kinds = ", ".join(suffix[1:] for suffix in SUFFIXES)
                raise FileNotFoundError(f"{place}: there are no photos in this folder ({kinds}).")
            found |= dict.fromkeys(place / name for name in inside)
        elif place.is_file():
            found[place] = None
        else:
            raise FileNotFoundError(f"{place}: there is no such photo or folder.")
    return list(found)


def labelled(folder: Path, class_names: Sequence[str]) -> tuple[list[Path], list[int]]:
    """The photos of a sorted folder with the model's label for each; of its `validation/` if it has one."""
    from .. import data

    train, validation = data.find_splits(folder)
    found = data.scan_folder(validation or train, min_classes=1)
    unknown = sorted(set(found.class_names) - set(class_names))
    if unknown:
        raise ValueError(
            f"{found.root}: expected folders named like the classes of the model ({', '.join(class_names)}), "
            f"got {', '.join(unknown)} as well."
        )
    places = [list(class_names).index(name) for name in found.class_names]
    return [Path(found.path(i)) for i in range(len(found.filenames))], [places[i] for i in found.labels]


def load(path: Path, engine: str | None) -> Any:
    """A saved classifier of photos, with class names and preprocessing; on NumPy if no engine was asked for."""
    from .. import engines, saving
    from . import quiet

    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no such model.")
    asked = engine or engines.chosen_name()
    if asked:
        quiet.engine(engine)
    model = saving.load_model(path, compile=False, engine=None if asked else "numpy")
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


def answering(model: Any, count: int) -> Callable[[np.ndarray], np.ndarray]:
    """What names `count` photos soonest from a standing start, as a function from a batch to the outputs.

    A model that `load` put on NumPy, because no engine was asked for: a runner that needs no engine (MobileNetV2 with
    OpenVINO: a process that names one photo takes 0.6 to 0.7 of the time of `import torch` alone); else NumPy for a
    few photos; else the default engine. Any other model: its own engine.
    """
    from .. import engines
    from ..engines import runners
    from . import quiet

    if model.engine.name == "numpy" and not engines.chosen_name():
        runner = runners.without_engine(model.plan, model.variables) if model.__dict__.get("_plan") else None
        if runner is not None:
            return runner.run
        if count > FEW:
            model.to(quiet.engine(None).name)
    return lambda x: np.asarray(model.predict(x, verbose=0))


def predict(
    model: Any, paths: Sequence[Path], batch_size: int, on_error: str, flip: bool = False
) -> tuple[list[int], np.ndarray]:
    """Which of the photos could be read, and their probabilities, shape (photos, classes).

    With `flip`, each is the mean of what the photo and its mirror image give.
    """
    from ..data import PictureError

    def read(path):
        try:
            return model.preprocessing(path)
        except (PictureError, OSError) as error:
            if on_error == "raise":
                raise
            return error

    answer = answering(model, len(paths) * (2 if flip else 1))
    kept: list[int] = []
    results: list[np.ndarray] = []
    with ThreadPoolExecutor(WORKERS) as pool:
        for start in range(0, len(paths), batch_size):
            pictures = list(pool.map(read, paths[start : start + batch_size]))
            for error in pictures:
                if isinstance(error, Exception):
                    say(f"skipped {' '.join(str(error).split())}")
            good = [(i, picture) for i, picture in enumerate(pictures) if not isinstance(picture, Exception)]
            if good:
                batch = np.stack([picture for _, picture in good])
                answers = answer(batch)
                if flip:
                    answers = (answers + answer(np.ascontiguousarray(batch[:, :, ::-1]))) / 2
                results.append(answers)
                kept += [start + i for i, _ in good]
    if not results:
        raise ValueError("none of the photos could be read.")
    table = np.concatenate(results)
    if table.shape[-1] == 1:  # a sigmoid
        table = np.concatenate([1 - table, table], axis=-1)
    return kept, table


def training_sets(given: argparse.Namespace, preprocessing: Any, transforms: list) -> tuple[Any, Any]:
    """The training and the validation photos of `lanthorn train`; prints what was found."""
    from .. import data

    train, validation = data.folder_datasets(
        given.photos,
        given.validation,
        preprocessing=preprocessing,
        augment=transforms or None,
        batch_size=given.batch_size,
        seed=given.seed,
        on_error=given.on_error,
    )
    print(f"Photos: {train.samples} for training, {validation.samples} for validation.")
    print(data.check_photos(train.folder, validation.folder))
    return train, validation
