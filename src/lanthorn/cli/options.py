"""Options that several commands share. A number that cannot be meant is wrong usage, said before anything is read."""

import argparse
import math


def at_least_one(text: str) -> int:
    """A whole number of at least 1, for argparse."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text!r}")
    return number


def above_zero(text: str) -> float:
    """A finite number above 0, for argparse."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number above 0, got {text!r}")
    return number


def add_naming(parser: argparse.ArgumentParser) -> None:
    """How a saved model is run on photos: for the commands that do."""
    parser.add_argument(
        "--flip", action="store_true", help="look at each photo and its mirror image, and average: twice the time"
    )
    parser.add_argument("--batch-size", type=at_least_one, default=32, metavar="N", help="default: 32")
    parser.add_argument(
        "--engine", metavar="ENGINE", help="default: none if OpenVINO can do it, else the first one installed"
    )
    parser.add_argument(
        "--on-error", choices=["skip", "raise"], default="skip", help="for a broken photo (default: skip)"
    )
