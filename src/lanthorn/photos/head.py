"""The head that goes on a backbone, and how it is trained.

The defaults were chosen by measurement (docs/decisions/the-head.md). The photos are shown in a few views, again and
again: features of a view that has been seen cost nothing, so that thirty epochs take as long as three.
"""

from typing import Any, NamedTuple

from .. import optimizers
from ..callbacks import EarlyStopping
from .networks import Plan
from .options import DROPOUT, HIDDEN, VIEWS, TrainOptions


class Course(NamedTuple):
    """How many epochs, the largest rate, and in which share of the steps it rises to that; then it falls to nothing."""

    epochs: int
    rate: float
    rise: float


ON_A_FROZEN_BACKBONE, FROM_SCRATCH = Course(30, 3e-3, 0.0), Course(15, 5e-3, 0.1)


def course(plan: Plan) -> Course:
    """The usual course of a plan."""
    return ON_A_FROZEN_BACKBONE if plan.pretrained else FROM_SCRATCH


def settle(options: TrainOptions, plan: Plan) -> None:
    """Put the defaults of this plan in the place of what was not said.

    Raises:
        ValueError: an option that has no meaning for the plan.
    """
    if options.augment_views and not plan.pretrained:
        raise ValueError("augment-views belong to a frozen network: its features of each view are what is kept.")
    if plan.backbone == "none" and (options.hidden is not None or options.dropout is not None):
        raise ValueError("hidden and dropout belong to the head of a backbone, and backbone 'none' has no head.")
    if options.fine_tune and not plan.pretrained:
        raise ValueError("fine-tune is a second stage after a frozen network, and this one is trained whole anyway.")
    usual = course(plan)
    defaults = {"epochs": usual.epochs, "learning_rate": usual.rate, "hidden": HIDDEN, "dropout": DROPOUT}
    if plan.pretrained and options.augment:
        defaults["augment_views"] = VIEWS
    for name, value in defaults.items():
        if getattr(options, name) is None:
            setattr(options, name, value)


def refuse_what_the_photos_lack(options: TrainOptions, train: Any, validation: Any) -> None:
    """Raises ValueError for an option that needs validation photos, or photos of one class each."""
    if validation is None:
        for name, why in (("early_stopping", "watches"), ("unknown", "is learnt from")):
            if getattr(options, name):
                raise ValueError(f"train: {name} {why} the validation photos, and validation 0 leaves none.")
    if train.label_mode == "multi":
        for name in ("class_weight", "early_stopping", "unknown"):
            if getattr(options, name):
                raise ValueError(f"train: {name} is for photos of one class each, and these have several labels.")


def optimizer(options: TrainOptions, plan: Plan, steps: int) -> Any:
    """AdamW with the rate of these settings, for so many steps."""
    rate = options.learning_rate
    assert rate is not None
    if options.schedule == "constant":
        return optimizers.AdamW(rate, weight_decay=options.weight_decay)
    rise = int(course(plan).rise * steps)
    falling = optimizers.schedules.CosineDecay(
        rate / 10 if rise else rate,
        decay_steps=max(1, steps - rise),
        warmup_target=rate if rise else None,
        warmup_steps=rise,
    )
    return optimizers.AdamW(falling, weight_decay=options.weight_decay)


UNSHOWN = ("balanced_loss",)  # what is watched, and would make an epoch's line too long


def callbacks(options: TrainOptions) -> list:
    """What watches over the training: a loss in which each class counts the same cannot be fooled by a large class."""
    return [best_of(options.early_stopping)] if options.early_stopping else []


def best_of(patience: int) -> EarlyStopping:
    """Stops where so many epochs were no better, and restores the best."""
    return EarlyStopping("val_balanced_loss", patience=patience, restore_best_weights=True, mode="min")


def class_weights(given: Any, train: Any) -> dict[int, float] | None:
    """Weights by class number: n / (classes * n of the class) for 'balanced', as scikit-learn has it.

    Raises:
        ValueError: a name in a dict is no class.
    """
    if given is None:
        return None
    names, counts = list(train.class_names), train.folder.counts()
    if isinstance(given, dict):
        numbers = {str(i): i for i in range(len(names))} | {name: i for i, name in enumerate(names)}
        unknown = [name for name in given if str(name) not in numbers]  # as text: a resumed training reads JSON
        if unknown:
            raise ValueError(
                f"train: class_weight names {', '.join(map(repr, unknown))}; the classes are {', '.join(names)}."
            )
        return {numbers[str(name)]: float(weight) for name, weight in given.items()}
    present = [count for count in counts.values() if count]
    whole = sum(present) / len(present)
    return {i: whole / counts[name] if counts[name] else 1.0 for i, name in enumerate(names)}
