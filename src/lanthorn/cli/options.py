"""The options of the commands, made from what the functions of `lanthorn` take."""

import argparse
import dataclasses
from collections.abc import Callable
from typing import Any

from ..photos.numbers import at_least_one, threshold
from ..photos.options import TrainOptions
from .output import refuse_output

GROUPS = {
    "the head": "the head (what is trained on a frozen backbone)",
    "augmentation": "augmentation (training photos are seen a little different in each view)",
}


def word(read: Callable[[Any], Any]) -> Callable[[str], Any]:
    """What reads a word of the command line, for argparse: wrong usage is said before anything is read."""

    def reading(text: str) -> Any:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return reading


def add_fields(parser: argparse.ArgumentParser) -> None:
    """An option for each field of TrainOptions. What is not given stays out, so that it is known what was said."""
    groups: dict[str, Any] = {}
    for each in dataclasses.fields(TrainOptions):
        about, title = each.metadata, each.metadata["group"]
        if title not in groups:
            groups[title] = parser.add_argument_group(GROUPS.get(title, title))
        more: dict[str, Any] = {"default": argparse.SUPPRESS, "help": about["help"]}
        if each.default is False:
            more["action"] = "store_true"
        elif each.default is True:
            more["action"] = argparse.BooleanOptionalAction
        else:
            more |= {"type": word(about["read"])} if about["read"] and not about.get("choices") else {}
            more |= {"choices": about["choices"]} if about.get("choices") else {"metavar": about["metavar"]}
        groups[title].add_argument("--" + each.name.replace("_", "-"), **more)


def said(given: argparse.Namespace) -> dict[str, Any]:
    """The options of TrainOptions that were given."""
    return {each.name: vars(given)[each.name] for each in dataclasses.fields(TrainOptions) if each.name in vars(given)}


def naming(given: argparse.Namespace) -> dict[str, Any]:
    """What `add_naming` read, as arguments of `lanthorn.predict` and `lanthorn.evaluate`."""
    names = ("batch_size", "flip", "on_error", "engine", "max_pixels", "threshold")
    return {name: vars(given)[name] for name in names if name in vars(given)}


def refuse_nonsense(given: argparse.Namespace) -> None:
    """What `predict` and `evaluate` cannot do is said before photos are looked at."""
    from ..photos import loading, unknown

    photos = given.photos if isinstance(given.photos, list) else [given.photos]
    refuse_output("--csv", given.csv, (".csv", ".tsv", ".txt"), (given.model, *photos))
    if str(given.csv) == "-" and given.json:
        raise ValueError("--csv - and --json both print to standard output: leave one out.")
    if vars(given).get("threshold") == "auto":
        file, given.model = given.model, loading.load(given.model, given.engine)
        if unknown.known(given.model) is None:
            raise ValueError(
                f"{file}: this model has not learnt when to answer 'none of these'. Train it anew with --unknown, or "
                "give a probability, such as --threshold 0.6."
            )


def add_naming(parser: argparse.ArgumentParser) -> None:
    """How a saved model is run on photos: for the commands that do."""
    parser.add_argument(
        "--flip", action="store_true", help="look at each photo and its mirror image, and average: twice the time"
    )
    parser.add_argument("--batch-size", type=word(at_least_one), default=32, metavar="N", help="default: 32")
    parser.add_argument(
        "--engine", metavar="ENGINE", help="default: none if OpenVINO can do it, else the first one installed"
    )
    parser.add_argument(
        "--max-pixels",
        type=word(at_least_one),
        metavar="N",
        help="take photos that declare up to so many pixels (default: 89,478,485; beyond it lies a bomb, mostly)",
    )
    parser.add_argument(
        "--on-error", choices=["skip", "raise"], default="skip", help="for a broken photo (default: skip)"
    )
    parser.add_argument(
        "--threshold",
        type=word(threshold),
        default=argparse.SUPPRESS,
        metavar="auto|SHARE|none",
        help="when to answer 'none of these': auto: as the model learnt it with train --unknown; SHARE: below such a "
        "probability; none: never (default: auto if the model learnt it)",
    )
