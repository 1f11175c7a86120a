"""Name new photos with a saved model. Nothing but the model's file is needed.

Give photos, or folders of them (searched to the bottom). Prints a table, or JSON; -o draws each photo with its
percentages, and a sheet of the first ones.
"""

import argparse
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

from ..photos.numbers import at_least_one, share
from .options import add_naming, naming, refuse_nonsense, word
from .output import say

HELP = "name new photos with a saved model"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a model saved by lanthorn train")
    parser.add_argument("photos", nargs="+", metavar="PHOTO|FOLDER", help="what to name")
    parser.add_argument(
        "--top", type=word(at_least_one), default=2, metavar="N", help="classes to list per photo (default: 2)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--uncertain", type=word(at_least_one), metavar="N", help="list only the N to label next")
    parser.add_argument(
        "--sort", type=Path, metavar="FOLDER", help="copy the photos into a folder per class, and the others to unsure/"
    )
    parser.add_argument("--link", action="store_true", help="with --sort: links in the place of copies")
    parser.add_argument(
        "--unsure-below",
        type=word(share),
        metavar="SHARE",
        help="with --sort: photos named with a smaller probability go to unsure/",
    )
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write all probabilities to a table; -: print it")
    parser.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="draw the photos with their percentages")
    add_naming(parser)


def run(given: argparse.Namespace) -> int:
    from .. import photos
    from ..data.check import PictureWarning

    _refuse_nonsense(given)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PictureWarning)
        seen = photos.predict(given.model, given.photos, **naming(given))
    for path, reason in seen.skipped.items():
        say(f"skipped {path}: {reason}.")
    placed = photos.sort_photos(seen, given.sort, link=given.link, below=given.unsure_below) if given.sort else None
    if given.uncertain:
        seen = seen.least_certain(given.uncertain)
    if placed is not None:
        say(f"sorted into {given.sort}: {', '.join(f'{name} {n}' for name, n in placed.items())}.")
    if given.csv and str(given.csv) != "-":
        given.csv.parent.mkdir(parents=True, exist_ok=True)
        seen.to_csv(given.csv)
    sheet = draw(given.output, seen, given.top) if given.output else None  # before printing: `| head` ends that
    if str(given.csv) == "-":
        seen.to_csv(sys.stdout)
        return 0
    if given.json:
        print(json.dumps(seen.to_dict(given.top), indent=2, ensure_ascii=False))
        return 0
    print("\n".join(seen.lines(given.top)))
    if given.csv:
        print(f"\nAll probabilities are in {given.csv}")
    if sheet:
        print(f"\nThe photos with their percentages are in {given.output}; {sheet} of them on one sheet: "
              f"{given.output / 'sheet.png'}")  # fmt: skip
    return 0


def _refuse_nonsense(given: argparse.Namespace) -> None:
    """What cannot be done is said before photos are looked at."""
    from ..photos import sorting
    from ..photos.reading import folders

    refuse_nonsense(given)
    if not given.sort and (given.link or given.unsure_below is not None):
        raise ValueError("--link and --unsure-below belong to --sort FOLDER, which was not given.")
    for target in filter(None, (given.sort, given.output)):
        sorting.refuse(target, folders(given.photos))


def draw(folder: Path, seen: Any, top: int) -> int:
    """Each photo with its percentages, and `sheet.png` with the first ones; returns how many are on the sheet."""
    from .. import vision
    from ..photos.predictions import ON_A_SHEET
    from ..photos.reading import progress

    folder.mkdir(parents=True, exist_ok=True)
    paths = [Path(photo) for photo in seen.photos]
    start = os.path.commonpath([os.path.abspath(path.parent) for path in paths])
    bar = progress(len(paths), "drawing", True)
    others = [False] * len(paths) if seen.unknown is None else seen.unknown
    for done, (path, row, other) in enumerate(zip(paths, seen.table, others), 1):
        target = folder / Path(os.path.relpath(path, start)).with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        picture = vision.pictures([path], [row], seen.class_names, size=448, top=top, unknown=[other])
        picture.save(target.with_name(f"{target.name}{path.suffix.replace('.', '_')}.png"))
        bar.update(done)
    seen.sheet(size=192, top=top).save(folder / "sheet.png")
    return min(ON_A_SHEET, len(paths))
