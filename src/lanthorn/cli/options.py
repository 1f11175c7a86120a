"""Options that several commands share. A number that cannot be meant is wrong usage, said before anything is read."""

import argparse
import math
from collections.abc import Callable


def at_least(least: int) -> Callable[[str], int]:
    """What reads a whole number of at least `least`, for argparse."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise argparse.ArgumentTypeError(f"expected a whole number of at least {least}, got {text!r}")
        return number

    return read


def number(above: float = -math.inf, least: float = -math.inf, below: float = math.inf) -> Callable[[str], float]:
    """What reads a finite number within bounds, for argparse."""
    words = [f"above {above:g}"] * (above > -math.inf) + [f"of at least {least:g}"] * (least > -math.inf)
    expected = " and ".join(["a number " + "".join(words)] + [f"below {below:g}"] * (below < math.inf))

    def read(text: str) -> float:
        try:
            found = float(text)
        except ValueError:
            found = math.nan
        if not (found > above and least <= found < below):
            raise argparse.ArgumentTypeError(f"expected {expected}, got {text!r}")
        return found

    return read


at_least_one, above_zero = at_least(1), number(above=0)


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
