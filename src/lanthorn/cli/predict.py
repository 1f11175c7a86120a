"""Name new photos with a saved model. Nothing but the model's file is needed.

Give photos, or folders of them (searched to the bottom). Prints a table, or JSON; -o draws each photo with its
percentages, and a sheet of the first ones.
"""

import argparse
import json
import os
from pathlib import Path

from .options import add_naming, at_least_one

HELP = "name new photos with a saved model"
ON_A_SHEET = 24


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model saved by lanthorn train")
    parser.add_argument("photos", type=Path, nargs="+", metavar="PHOTO|FOLDER", help="what to name")
    parser.add_argument(
        "--top", type=at_least_one, default=2, metavar="N", help="classes to list per photo (default: 2)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="draw the photos with their percentages")
    add_naming(parser)


def run(given: argparse.Namespace) -> int:
    import numpy as np

    from . import photos

    found = photos.gather(given.photos)
    model = photos.load(given.model, given.engine)
    kept, probabilities = photos.predict(model, found, given.batch_size, given.on_error, given.flip)
    paths, names = [found[i] for i in kept], model.class_names
    top = min(given.top, len(names))
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :top]
    if given.json:
        print(json.dumps(_as_json(paths, names, probabilities, order), indent=2, ensure_ascii=False))
    else:
        _print_table(paths, names, probabilities, order)
    if given.output:
        sheet = draw(given.output, paths, probabilities, names, top)
        if not given.json:
            print(f"\nThe photos with their percentages are in {given.output}; {len(sheet)} of them on one sheet: "
                  f"{given.output / 'sheet.png'}")  # fmt: skip
    return 0


def _as_json(paths, names, probabilities, order) -> list[dict]:
    return [
        {
            "photo": str(path),
            "class": names[best[0]],
            "probability": round(float(row[best[0]]), 6),
            "classes": {names[i]: round(float(row[i]), 6) for i in best},
        }
        for path, row, best in zip(paths, probabilities, order)
    ]


def _print_table(paths, names, probabilities, order) -> None:
    wide = min(60, max(len(str(path)) for path in paths))
    for path, row, best in zip(paths, probabilities, order):
        cells = "  ".join(f"{100 * row[i]:5.1f} % {names[i]:<{max(map(len, names))}}" for i in best)
        print(f"{path!s:<{wide}}  {cells}".rstrip())


def draw(folder: Path, paths, probabilities, names, top: int) -> list:
    """Each photo with its percentages, and `sheet.png` with the first ones; returns those on the sheet."""
    from .. import vision

    folder.mkdir(parents=True, exist_ok=True)
    start = os.path.commonpath([str(path.parent) for path in paths]) if len(paths) > 1 else str(paths[0].parent)
    for path, row in zip(paths, probabilities):
        target = folder / Path(os.path.relpath(path, start)).with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        picture = vision.pictures([path], [row], names, size=448, top=top)
        picture.save(target.with_name(f"{target.name}{path.suffix.replace('.', '_')}.png"))
    step = max(1, len(paths) // ON_A_SHEET)
    chosen = list(range(0, len(paths), step))[:ON_A_SHEET]
    sheet = vision.pictures([paths[i] for i in chosen], probabilities[chosen], names, size=192, top=top)
    sheet.save(folder / "sheet.png")
    return chosen
