"""The head that `lanthorn train` puts on a backbone, and how it is trained.

The defaults were chosen by measurement (docs/decisions/the-head.md). The photos are shown in a few views, again and
again: features of a view that has been seen cost nothing, so that thirty epochs take as long as three.
"""

import argparse
from typing import Any, NamedTuple

from .networks import Plan
from .options import above_zero, at_least, at_least_one, number

HIDDEN, DROPOUT, VIEWS = 128, 0.5, 3


class Course(NamedTuple):
    """How many epochs, the largest rate, and in which share of the steps it rises to that; then it falls to nothing."""

    epochs: int
    rate: float
    rise: float


ON_A_FROZEN_BACKBONE, FROM_SCRATCH = Course(30, 3e-3, 0.0), Course(15, 5e-3, 0.1)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    usual, scratch = ON_A_FROZEN_BACKBONE, FROM_SCRATCH
    head = parser.add_argument_group("the head (what is trained on a frozen backbone)")
    head.add_argument(
        "--hidden", type=at_least(0), metavar="UNITS", help=f"of a layer before the last, 0: none (default: {HIDDEN})"
    )
    head.add_argument(
        "--dropout",
        type=number(least=0, below=1),
        metavar="SHARE",
        help=f"of what the last layer gets that is left out at random (default: {DROPOUT})",
    )
    head.add_argument(
        "--augment-views",
        type=at_least_one,
        metavar="N",
        help=f"use N views of each photo in turn (default: {VIEWS}): epochs beyond N cost next to nothing; with as "
        "many as epochs each has a new one",
    )
    training = parser.add_argument_group("training")
    training.add_argument(
        "--epochs", type=at_least_one, metavar="N", help=f"default: {usual.epochs}; {scratch.epochs} from scratch"
    )
    training.add_argument("--batch-size", type=at_least_one, default=32, metavar="N", help="default: 32")
    training.add_argument(
        "--learning-rate",
        type=above_zero,
        metavar="RATE",
        help=f"the largest (default: {usual.rate}; {scratch.rate} from scratch)",
    )
    training.add_argument(
        "--schedule",
        choices=["cosine", "constant"],
        default="cosine",
        help="cosine (the default): the rate falls to nothing; constant: it stays",
    )
    training.add_argument("--weight-decay", type=number(least=0), default=0.0, metavar="RATE", help="default: 0")
    training.add_argument(
        "--early-stopping",
        type=at_least_one,
        metavar="N",
        help="stop when the validation loss has not fallen for N epochs, and keep the best (default: off)",
    )
    training.add_argument("--seed", type=int, default=0, help="the same seed gives the same run (default: 0)")


def _course(plan: Plan) -> Course:
    return ON_A_FROZEN_BACKBONE if plan.pretrained else FROM_SCRATCH


def settle(given: argparse.Namespace, plan: Plan) -> None:
    """Put the defaults of this plan in the place of what was not said.

    Raises:
        ValueError: an option that has no meaning for the plan.
    """
    course = _course(plan)
    if given.augment_views and not plan.pretrained:
        raise ValueError("--augment-views belongs to a frozen network: its features of each view are what is kept.")
    if plan.backbone == "none" and (given.hidden is not None or given.dropout is not None):
        raise ValueError("--hidden and --dropout belong to the head of a backbone, and --backbone none has none.")
    defaults = {"epochs": course.epochs, "learning_rate": course.rate, "hidden": HIDDEN, "dropout": DROPOUT}
    if plan.pretrained and given.augment:
        defaults["augment_views"] = VIEWS
    for name, value in defaults.items():
        if getattr(given, name) is None:
            setattr(given, name, value)


def optimizer(given: argparse.Namespace, plan: Plan, steps: int) -> Any:
    """AdamW with the rate of these settings, for so many steps."""
    from .. import optimizers

    if given.schedule == "constant":
        return optimizers.AdamW(given.learning_rate, weight_decay=given.weight_decay)
    rise = int(_course(plan).rise * steps)
    rate = optimizers.schedules.CosineDecay(
        given.learning_rate / 10 if rise else given.learning_rate,
        decay_steps=max(1, steps - rise),
        warmup_target=given.learning_rate if rise else None,
        warmup_steps=rise,
    )
    return optimizers.AdamW(rate, weight_decay=given.weight_decay)


def callbacks(given: argparse.Namespace) -> list:
    """What watches over the training."""
    from ..callbacks import EarlyStopping

    if not given.early_stopping:
        return []
    return [EarlyStopping(patience=given.early_stopping, restore_best_weights=True)]
