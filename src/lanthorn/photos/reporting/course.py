"""How the model came about: the curves of the run, what augmentation showed, settings, versions, the command."""

import shlex
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ... import __version__, data, vision
from ..gathering import transforms
from ..loading import local
from ..options import VIEWS, TrainOptions
from . import markup
from .markup import code, name, path, text
from .measured import Measured
from .thumbnails import encoded

REPLAYED, MOST_VIEWS, SIDE = 2, 5, 144


def curves(history: dict[str, list]) -> str:
    """A plot per metric, '' where there is no epoch."""
    groups: dict[str, dict] = {}
    for key, values in history.items():
        if key not in ("lr", "learning_rate") and isinstance(values, list) and values:
            groups.setdefault(key.removeprefix("val_"), {})[key] = values
    plots = []
    for _, group in sorted(groups.items(), key=lambda item: item[0] != "loss"):
        try:
            plots.append(vision.curves_svg(group))
        except ValueError:  # nothing in it can be drawn
            continue
    return f'<div class="plots">{"".join(plots)}</div>' if plots else ""


def replay(model: Any, photos: Any, measured: Measured) -> str:
    """What augmentation made of two photos; '' where the model does not say, or nothing was augmented."""
    try:
        settings = TrainOptions.of((model.metadata or {}).get("options") or {})
        changes = transforms(settings)
        folder = _training_photos(photos, measured)
    except (ValueError, TypeError, OSError):
        return ""
    if not changes or not (model.metadata or {}).get("backbone") or not len(folder.filenames):
        return ""
    numbers = _of_two_classes(np.asarray(folder.labels))
    views = settings.augment_views or (VIEWS if model.metadata["backbone"] != "none" else MOST_VIEWS)
    try:
        train = data.Dataset(folder.select(numbers), model.preprocessing, augment=changes, seed=settings.seed)
    except data.FolderError:
        return ""
    plain = data.Dataset(train.folder, model.preprocessing, shuffle=False)
    rows = []
    for k, file in enumerate(train.filenames):
        shown = [("as it is", plain.picture(k))]
        shown += [(f"view {e + 1}", train.picture(k, e)) for e in range(min(views, MOST_VIEWS))]
        pictures = "".join(
            f"<li><figure>{encoded(Image.fromarray(pixels), SIDE, 70).img(f'{file}, {what}')}"
            f"<figcaption>{what}</figcaption></figure></li>"
            for what, pixels in shown
        )
        rows.append(f'<h3>{path(file)}</h3><ul class="strip">{pictures}</ul>')
    done = ", ".join(code(repr(each)) for each in changes)
    return (
        "<p>While it was trained, the network saw each photo a little different, for example so. The changes: "
        f"{done}.</p>{''.join(rows)}"
    )


def _training_photos(photos: Any, measured: Measured) -> data.Folder:
    if isinstance(photos, data.Dataset):
        return photos.folder
    if isinstance(photos, data.Folder):
        return photos
    return data.find_photos(local(photos), min_classes=1).train


def _of_two_classes(labels: np.ndarray) -> np.ndarray:
    """The first photo of each of the first two classes; two of the one class where there is no other."""
    _, first = np.unique(labels, return_index=True)
    chosen = [*first[:REPLAYED], *[i for i in range(len(labels)) if i not in first]][:REPLAYED]
    return np.array(sorted(int(i) for i in chosen))


def settings(model: Any, file: Any, photos: Any, output: Any, measured: Measured, extra: list[str]) -> str:
    """Everything that is needed to make it again."""
    noted = model.metadata or {}
    prepared = model.preprocessing.get_config() if hasattr(model.preprocessing, "get_config") else {}
    rows = [
        ("Model", path(str(file)) if file else name(model.name)),
        ("Network", f"{name(noted.get('backbone', model.name))}, {int(model.count_params()):,} weights"),
        ("Pictures", text(", ".join(f"{key} {_plain(value)}" for key, value in prepared.items()))),
        ("Classes", f"{len(measured.evaluation.class_names)}"),
        ("Photos", path(str(local(photos))) if isinstance(photos, (str, Path)) else ""),
        ("Settings", ", ".join(f"{code(k)} {name(_plain(v))}" for k, v in (noted.get("options") or {}).items())
         or ("all as they are by default" if "options" in noted else "")),
        ("Seed", text(noted["seed"]) if "seed" in noted else ""),
        ("None of these", f"below {markup.percent(noted['threshold'], 0)}" if noted.get("threshold") else ""),
        ("Made by", text(noted.get("made_by", ""))),
        ("Trained with", text(", ".join(f"{k} {v}" for k, v in (noted.get("versions") or {}).items()))),
        ("This page", text(f"lanthorn {__version__}")),
    ]  # fmt: skip
    commands = [("The model again:", noted.get("command"))]
    if file and isinstance(photos, (str, Path)):
        commands.append(
            ("This page again:", shlex.join(["lanthorn", "report", str(file), str(photos), "-o", str(output), *extra]))
        )
    typed = "".join(f"<p>{what}</p><pre><code>{text(line)}</code></pre>" for what, line in commands if line)
    return markup.facts(rows) + typed


def _plain(value: Any) -> str:
    return " × ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
