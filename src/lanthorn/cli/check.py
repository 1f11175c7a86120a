"""Look through a folder of photos before training on it.

Finds what cannot be read; photos that are tiny, blank, blurred or panoramas; photos that are there twice, mirrored or
nearly so, in a class, in two, in the training and the validation set; classes that are small beside others or spelled
in two ways; labels that a pretrained network finds suspicious. Nothing is changed.

exit codes: 0 nothing that spoils training, 1 something that does (or an error)
"""

import argparse
import json
from pathlib import Path

from ..photos.numbers import at_least_one
from ..photos.options import BACKBONES
from .options import word
from .output import refuse_output

HELP = "find out what is wrong with a folder of photos"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("photos", metavar="PHOTOS", help="folder of photos, one sub-folder per class")
    parser.add_argument("--validation", metavar="FOLDER", help="another folder of validation photos")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a summary")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write a page with the pictures side by side")
    parser.add_argument(
        "--fix",
        type=Path,
        metavar="FOLDER",
        help="write a cleaned copy of the photos; a name that ends in .csv: a list of what would be moved, and why",
    )
    parser.add_argument(
        "--suspects", action=argparse.BooleanOptionalAction, default=True, help="look for wrong labels (default: on)"
    )
    parser.add_argument(
        "--backbone",
        default="auto",
        choices=["auto", *BACKBONES],
        help="the network that judges labels (default: auto)",
    )
    parser.add_argument("--weights", metavar="FILE", help="its weights")
    parser.add_argument(
        "--max-pixels", type=word(at_least_one), metavar="N", help="take photos that declare up to so many pixels"
    )


def run(given: argparse.Namespace) -> int:
    from .. import photos
    from ..data.checking.fixing import said

    refuse_output("--output", given.output, (".html", ".htm"), (given.photos, given.validation))
    report = photos.check(
        given.photos, validation=given.validation, suspects=given.suspects, backbone=given.backbone,
        weights=given.weights, max_pixels=given.max_pixels,
    )  # fmt: skip
    print(json.dumps(report.to_dict(), indent=2, ensure_ascii=False) if given.json else report)
    if given.output:
        given.output.parent.mkdir(parents=True, exist_ok=True)
        report.page(given.output, f"Check of {given.photos}")
    done = said(report.fix(given.fix)) if given.fix else None
    if not given.json:
        if given.output:
            print(f"\nThe pictures side by side: {given.output}")
        if done:
            print(f"\n{given.fix}: {done}")
    return report.severity
