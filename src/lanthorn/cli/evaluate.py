"""Measure a saved model on photos that are sorted into one folder per class.

The folders must carry names of classes that the model knows. Prints the accuracy, and for each class how many of its
photos were named right and what the others were taken for.
"""

import argparse
import json
import sys
from pathlib import Path

from .options import add_naming, naming, refuse_nonsense
from .output import PICTURES, refuse_output, say

HELP = "measure a saved model on sorted photos"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a model saved by lanthorn train")
    parser.add_argument("photos", metavar="PHOTOS", help="folder of photos, one sub-folder per class")
    parser.add_argument("--all", action="store_true", help="also the photos that the model was trained on")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--errors", action="store_true", help="list the photos that were named wrong")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the photos that were named wrong to a table; "
                        "-: print it")  # fmt: skip
    parser.add_argument("--confusion", type=Path, metavar="FILE", help="draw the confusion matrix into a picture")
    add_naming(parser)


def run(given: argparse.Namespace) -> int:
    from .. import photos, vision

    refuse_nonsense(given)
    refuse_output("--confusion", given.confusion, PICTURES, (given.model, given.photos))
    result = photos.evaluate(given.model, given.photos, all_photos=given.all, **naming(given))
    if result.note:
        say(result.note)
    if given.confusion and not hasattr(result, "confusion"):
        raise ValueError("evaluate: there is no confusion matrix where photos have several labels.")
    if given.confusion:
        given.confusion.parent.mkdir(parents=True, exist_ok=True)
        vision.save(vision.confusion(result.confusion, result.class_names), given.confusion)
    if given.csv and str(given.csv) != "-":
        given.csv.parent.mkdir(parents=True, exist_ok=True)
        result.to_csv(given.csv)
    if str(given.csv) == "-":
        result.to_csv(sys.stdout)
        return 0
    if given.json:
        print(json.dumps(result.to_dict(), indent=2, ensure_ascii=False))
        return 0
    print(result)
    if given.errors:
        print("\n" + "\n".join(_listed(result)))
    if given.confusion:
        print(f"\nThe confusion matrix is drawn in {given.confusion}")
    if given.csv:
        print(f"\nThe photos that were named wrong are listed in {given.csv}")
    return 0


def _listed(result) -> list[str]:
    from ..data.checking.wording import plain

    if not result.errors:
        return ["No photo was named wrong."]
    wide = min(60, max(len(each.photo) for each in result.errors))
    return [
        f"{plain(each.photo):<{wide}}  {plain(each.truth)}, taken for {plain(each.answer)}"
        + (f" ({100 * each.probability:.1f} %)" if hasattr(each, "probability") else "")
        for each in result.errors
    ]
