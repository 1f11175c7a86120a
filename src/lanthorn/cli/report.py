"""Write one HTML page on how good a saved model is and where it errs.

The page needs no other file and no network: the photos that are named wrong or with little certainty, by name, with
where the network looked; accuracy, class by class; the confusion matrix, whose cells lead to their photos; curves of
the training; what augmentation shows; twins and suspicious labels; settings, and the command that makes it again.
"""

import argparse
from pathlib import Path

from ..photos.numbers import at_least, number
from .options import add_naming, naming, word
from .output import say

HELP = "one page on how good a model is and where it errs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a model saved by lanthorn train")
    parser.add_argument(
        "photos",
        metavar="PHOTOS",
        help="folder of photos, one sub-folder per class; if it is the one that was trained on, the photos that the "
        "training held back are measured",
    )
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("report.html"), metavar="FILE", help="default: report.html"
    )
    parser.add_argument(
        "--maps", type=word(at_least(0)), default=60, metavar="N",
        help="show where the network looked for N photos, the wrong ones first (default: 60)",
    )  # fmt: skip
    parser.add_argument(
        "--doubtful", type=word(number(least=0)), default=0.6, metavar="SHARE",
        help="a right answer below this probability is doubtful (default: 0.6)",
    )  # fmt: skip
    parser.add_argument(
        "--check", action=argparse.BooleanOptionalAction, default=True,
        help="look for twins and suspicious labels, as lanthorn check does (default: on)",
    )  # fmt: skip
    parser.add_argument("--title", default="", metavar="TEXT", help="what stands at the top of the page")
    add_naming(parser)


def run(given: argparse.Namespace) -> int:
    from .. import photos

    result = photos.report(
        given.model, given.photos, given.output, maps=given.maps, doubtful=given.doubtful, check=given.check,
        title=given.title, **naming(given),
    )  # fmt: skip
    for path, reason in result.evaluation.predictions.skipped.items():
        say(f"skipped {path}: {reason.rstrip('.')}.")
    print(result)
    return 0
