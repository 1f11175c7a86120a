"""The settings of `lanthorn.train` and of `lanthorn train`: one table, one name and one default for both.

A field is an option: `image_size=96` in Python is `--image-size 96` on the command line.
"""

import dataclasses
import difflib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .numbers import above_zero, at_least, at_least_one, number

# name of the option: (module of lanthorn.applications, constructor)
BACKBONES = {
    "wick": ("wick", "Wick"),
    "mobilenet_v2": ("mobilenet_v2", "MobileNetV2"),
    "mobilenet": ("mobilenet", "MobileNet"),
    "resnet50": ("resnet", "ResNet50"),
    "resnet101": ("resnet", "ResNet101"),
    "resnet152": ("resnet", "ResNet152"),
    "vgg16": ("vgg16", "VGG16"),
    "vgg19": ("vgg19", "VGG19"),
}
# The head and its training: chosen by measurement, docs/decisions/the-head.md.
HIDDEN, DROPOUT, VIEWS = 128, 0.5, 3


def option(default: Any, help: str, read: Callable | None = None, metavar: str | None = None, **more: Any) -> Any:
    """A field with what the command line says of it; `read` takes a word or a value, and raises ValueError."""
    return field(default=default, metadata={"help": help, "read": read, "metavar": metavar, **more})


def share_or_folder(given: Any) -> float | str:
    """A share from 0 (none) to below 1, else the path of a folder."""
    try:
        share = float(given)
    except (TypeError, ValueError):
        return os.fspath(given)
    if not 0 <= share < 1:
        raise ValueError(f"a share must lie between 0 (none) and 1, got {given}")
    return share


def class_weights(given: Any) -> Any:
    """'balanced', or, from Python, weights by class name."""
    if given in (None, "balanced") or isinstance(given, dict):
        return given
    raise ValueError(f"expected 'balanced' (in Python also a dict of weights by class name), got {given!r}")


@dataclass(kw_only=True)
class TrainOptions:
    """How photos are trained on. See `lanthorn.train`."""

    backbone: str = option(
        "auto",
        "auto (the default): mobilenet_v2, mobilenet or a resnet if its weights are on this machine, else wick, which "
        "comes with Lanthorn; none: a small network from scratch",
        choices=("auto", *BACKBONES, "none"),
        group="the network",
    )
    weights: str | None = option(
        None,
        "weights of the backbone: a file, imagenet or none (random); default: those published for it, which are "
        "fetched where they are not here",
        os.fspath,
        "FILE",
        group="the network",
    )
    image_size: int | None = option(
        None, "side (default: 192 for wick, 224 for others, 64 without backbone)", at_least_one, "PIXELS",
        group="the network",
    )  # fmt: skip
    engine: str | None = option(
        None, "default: the first one installed; see `lanthorn engines`", str, "ENGINE", group="the network"
    )

    hidden: int | None = option(
        None, f"units of a layer before the last, 0: none (default: {HIDDEN})", at_least(0), "UNITS", group="the head"
    )
    dropout: float | None = option(
        None, f"share of what the last layer gets that is left out at random (default: {DROPOUT})",
        number(least=0, below=1), "SHARE", group="the head",
    )  # fmt: skip
    augment_views: int | None = option(
        None,
        f"use N views of each photo in turn (default: {VIEWS}): epochs beyond N cost next to nothing; with as many as "
        "epochs each has a new one",
        at_least_one,
        "N",
        group="the head",
    )

    epochs: int | None = option(None, "default: 30; 15 from scratch", at_least_one, "N", group="training")
    batch_size: int = option(32, "default: 32", at_least_one, "N", group="training")
    learning_rate: float | None = option(
        None, "the largest (default: 0.003; 0.005 from scratch)", above_zero, "RATE", group="training"
    )
    schedule: str = option(
        "cosine", "cosine (the default): the rate falls to nothing; constant: it stays",
        choices=("cosine", "constant"), group="training",
    )  # fmt: skip
    weight_decay: float = option(0.0, "default: 0", number(least=0), "RATE", group="training")
    early_stopping: int | None = option(
        None,
        "stop when the validation loss, each class counting the same, has not fallen for N epochs, and keep the best "
        "(default: off)",
        at_least_one,
        "N",
        group="training",
    )
    class_weight: Any = option(
        None, "balanced: rare classes count as much as frequent ones (default: each photo counts the same)",
        class_weights, choices=("balanced",), group="training",
    )  # fmt: skip
    fine_tune: int = option(
        0, "after the head, train the whole network for N epochs more, its early layers the least (default: 0)",
        at_least(0), "N", group="training",
    )  # fmt: skip
    seed: int = option(0, "the same seed gives the same run (default: 0)", at_least(0), "N", group="training")
    resume: bool = option(
        False, "go on with a training that was stopped (Ctrl-C, a crash), from its file", group="training"
    )

    validation: Any = option(
        None,
        "photos to check with: a folder, or a share of PHOTOS to split off, class by class; 0: none, all photos are "
        "trained on (default: PHOTOS/validation if there is one, else 0.2)",
        share_or_folder,
        "FOLDER|SHARE",
        group="the photos",
    )
    on_error: str = option(
        "skip", "what to do with a broken photo (default: skip)", choices=("skip", "raise"), group="the photos"
    )
    max_pixels: int | None = option(
        None, "take photos that declare up to so many pixels (default: 89,478,485; beyond it lies a bomb, mostly)",
        at_least_one, "N", group="the photos",
    )  # fmt: skip
    unknown: bool = option(False, "learn from the validation photos when to answer 'none of these'", group="the photos")

    augment: bool = option(True, "switch all of it on or off (default: on)", group="augmentation")
    shear: float = option(10.0, "default: 10", number(), "DEGREES", group="augmentation")
    zoom: float = option(0.2, "default: 0.2, from 0.8 to 1.2", number(least=0, below=1), "SHARE", group="augmentation")
    rotate: float = option(0.0, "default: 0", number(), "DEGREES", group="augmentation")
    shift: float = option(0.0, "default: 0", number(), "SHARE", group="augmentation")
    brightness: float = option(0.0, "default: 0", number(least=0), "SHARE", group="augmentation")
    flip: bool = option(True, "mirror half of the photos (default: on)", group="augmentation")

    def __post_init__(self):
        self._said: dict[str, Any] = {}
        for each in dataclasses.fields(self):
            value, about = getattr(self, each.name), each.metadata
            if value == each.default or value is None:
                continue
            if about.get("choices") and not isinstance(value, dict) and value not in about["choices"]:
                near = difflib.get_close_matches(str(value), about["choices"], 1)
                hint = f" Did you mean {near[0]!r}?" if near else ""
                raise ValueError(
                    f"train: {each.name} must be one of {', '.join(about['choices'])}, got {value!r}.{hint}"
                )
            if isinstance(each.default, bool) and not isinstance(value, bool):
                raise ValueError(f"train: {each.name}: expected True or False, got {value!r}.")
            if about["read"] is not None:
                try:
                    setattr(self, each.name, about["read"](value))
                except (ValueError, TypeError) as error:
                    raise ValueError(f"train: {each.name}: {error}.") from None

    @classmethod
    def of(cls, given: dict[str, Any]) -> "TrainOptions":
        """The options by their names; a TypeError names the nearest where one does not exist."""
        names = [each.name for each in dataclasses.fields(cls)]
        for name in given:
            if name not in names:
                near = difflib.get_close_matches(name, names, 1)
                hint = f"Did you mean {near[0]!r}?" if near else f"It has: {', '.join(names)}."
                raise TypeError(f"train: there is no option {name!r}. {hint}")
        made = cls(**given)
        made._said = {name: getattr(made, name) for name in given if name != "resume"}
        return made

    def said(self) -> dict[str, Any]:
        """What was asked for and is not so by default; `resume` is no setting of the training itself."""
        defaults = {each.name: each.default for each in dataclasses.fields(self)}
        return {name: value for name, value in self._said.items() if value != defaults[name]}
