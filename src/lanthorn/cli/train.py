"""Train a classifier on a folder of photos.

PHOTOS holds one sub-folder per class, or train/ and validation/ that hold those. A pretrained network is frozen and
gets a new head: Wick, which comes with Lanthorn, or a larger one whose weights are on this machine. The saved file
carries the class names and how to prepare a picture, so `lanthorn predict` needs nothing else.
"""

import argparse
import shlex
from pathlib import Path

from .options import add_fields, said

HELP = "train a classifier on a folder of photos"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("photos", metavar="PHOTOS", help="folder of photos, one sub-folder per class")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("model.keras"),
        metavar="FILE",
        help="the model (default: model.keras)",
    )
    add_fields(parser)


def run(given: argparse.Namespace) -> int:
    from .. import photos

    trained = photos.train(given.photos, given.output, **said(given))
    print(f"\n{trained}")
    print(f"model              {given.output}")
    print(f"\nName new photos with:  lanthorn predict {shlex.quote(str(given.output))} PHOTO|FOLDER …")
    return 0
