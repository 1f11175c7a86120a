"""The networks that `lanthorn train` can train: a pretrained base with a new head, or a small one from scratch.

Which one `--backbone auto` takes is decided by what lies on this machine; nothing is downloaded for it. Wick comes with
Lanthorn and is there always. A larger network takes its place where its weights are at hand.
"""

import importlib
from pathlib import Path
from typing import Any, NamedTuple

from .. import data, layers, models
from ..applications import registry
from .options import BACKBONES

# What `auto` takes of the networks whose weights are at hand, the first first: what keeps nobody waiting, then what is
# right a little more often. A picture costs MobileNetV2 0.3 billion multiply-adds, MobileNet 0.6, ResNet-50 to 152 4 to
# 11. VGG has to be asked for: with 15 to 20 billion it is no more often right on ImageNet than MobileNetV2.
PREFERRED = ("mobilenet_v2", "mobilenet", "resnet50", "resnet101", "resnet152")
OWN, SMALL_SIZE = "wick", 64  # pixels of the small network, where image_size does not say


class Plan(NamedTuple):
    """What will be trained: the network's name ('none' for the small one), where its weights come from, its size."""

    backbone: str
    weights: str | None
    size: int
    why: str = ""

    @property
    def pretrained(self) -> bool:
        return self.weights is not None


def plan(backbone: str, weights: str | None, size: int | None) -> Plan:
    """Decide what to train, for `--backbone`, `--weights` and `--image-size` as they were given."""
    if weights not in (None, "imagenet", "none") and not Path(weights).exists():
        raise FileNotFoundError(f"weights: there is no file {weights!r}. Give a file, 'imagenet' or 'none'.")
    if backbone == "none":
        if weights not in (None, "none"):
            raise ValueError("weights belong to a backbone, and backbone 'none' is the small network without one.")
        return Plan("none", None, size or SMALL_SIZE)
    if backbone == "auto":
        if weights is None:
            return at_hand(size)
        backbone = _meant_by(weights)
    if weights in (None, "imagenet"):
        weights = OWN if backbone == OWN else "imagenet"
    return Plan(backbone, None if weights == "none" else weights, size or usual_size(backbone))


def usual_size(backbone: str) -> int:
    """The side of the pictures that the published weights of a backbone are best on."""
    return max(registry.family(backbone)["sizes"])


def at_hand(size: int | None) -> Plan:
    """The best network whose weights are on this machine, and a line that says which and why."""
    given = registry.given_place()
    if given is not None and given.is_file():
        return _given(given, size)
    for backbone in PREFERRED:
        for side in dict.fromkeys((size, None)):  # weights for these pictures rather than others; both serve
            found = registry.find_weights(backbone, include_top=False, size=side)
            if found.path is not None:
                where = f"the {found.source}" if found.source == "cache" else found.source
                return _with_file(backbone, found.path, size, f"weights in {where}: {found.path}")
    return _own(size, "no weights of MobileNet or ResNet are on this machine; --backbone mobilenet_v2 fetches them")


def _given(file: Path, size: int | None) -> Plan:
    """The network that the file `LANTHORN_WEIGHTS` is for: by its name, else by trying."""
    row, why = registry.named_like(file), f"weights in LANTHORN_WEIGHTS: {file}"
    if row is not None and row.alpha not in (None, 1.0):
        return _own(
            size, f"LANTHORN_WEIGHTS is {file}, {row.network} of width {row.alpha}; only width 1.0 can be trained here"
        )
    backbone = _named_like(file)
    if backbone is not None:
        return _with_file(backbone, file, size, why)
    tried = _with_file(PREFERRED[0], file, size, why)
    try:
        base(tried, "numpy")
    except (ValueError, OSError) as error:
        reason = " ".join(str(error).split()).split(". ")[0].rstrip(".")
        return _own(size, f"LANTHORN_WEIGHTS does not fit {PREFERRED[0]}: {reason}")
    return tried


def _meant_by(weights: str) -> str:
    """The backbone that `auto` is with `--weights`: ImageNet's are fetched if need be, a file is told by its name."""
    if weights == "none":
        return OWN
    return (weights != "imagenet" and _named_like(Path(weights))) or PREFERRED[0]


def _named_like(file: Path) -> str | None:
    """The backbone that a file of weights is for by its name; None if the name does not tell."""
    row = registry.named_like(file)
    return next((name for name, (_, network) in BACKBONES.items() if row and network == row.network), None)


def _with_file(backbone: str, file: Path, size: int | None, why: str) -> Plan:
    return Plan(backbone, str(file), size or usual_size(backbone), f"backbone: {backbone} ({why})")


def _own(size: int | None, why: str) -> Plan:
    found = registry.find_weights(OWN)
    assert found.path is not None
    if found.source != "package":
        return _with_file(OWN, found.path, size, f"weights in {found.source}: {found.path}")
    return Plan(OWN, OWN, size or usual_size(OWN), f"backbone: {OWN}, which comes with Lanthorn ({why})")


def application(backbone: str) -> Any:
    """The module of `lanthorn.applications` that a backbone lives in."""
    return importlib.import_module(f"lanthorn.applications.{BACKBONES[backbone][0]}")


def base(plan: Plan, engine: str | None) -> Any:
    """The backbone without its top, ending in one vector per picture; frozen if it is pretrained."""
    module = application(plan.backbone)
    network = getattr(module, BACKBONES[plan.backbone][1])
    shape = (plan.size, plan.size, 3)
    try:
        made = network(include_top=False, weights=plan.weights, input_shape=shape, pooling="avg", engine=engine)
    except FileNotFoundError as error:
        if plan.backbone == OWN:
            raise
        raise FileNotFoundError(f"{error} Or train with --backbone {OWN}, which comes with Lanthorn.") from error
    made.trainable = not plan.pretrained
    return made


def make(
    plan: Plan, classes: int, engine: str | None, hidden: int = 0, dropout: float = 0.0, several: bool = False
) -> Any:
    """The network of a plan, for so many classes, with probabilities at its end.

    Args:
        hidden: units of a hidden layer in the head of a backbone, 0 for none.
        dropout: share of the head's inputs to its last layer that is left out in training.
        several: a photo may be of several classes: each has a probability of its own.
    """
    if plan.backbone == "none":
        return small(plan.size, classes, engine, several)
    body = base(plan, engine)
    x = body.output
    if hidden:
        x = layers.Dense(hidden, activation="relu", name="hidden")(x)
    if dropout:
        x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Dense(classes, activation="sigmoid" if several else "softmax", name="classes")(x)
    return models.Model(body.input, x, name=f"{plan.backbone}_photos")


def small(size: int, classes: int, engine: str | None, several: bool = False) -> Any:
    """Four convolutions with batch normalisation and a head: about 80,000 weights, trained in seconds to minutes."""
    steps: list = [models.Input((size, size, 3), engine=engine)]
    for filters in (16, 32, 64, 96):
        steps += [
            layers.Conv2D(filters, 3, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("relu"),
            layers.MaxPooling2D(2),
        ]
    steps += [layers.GlobalAveragePooling2D(), layers.Dropout(0.2)]
    steps += [layers.Dense(classes, activation="sigmoid" if several else "softmax")]
    return models.Sequential(steps, name="small_photos")


def preprocessing(plan: Plan) -> Any:
    """What the network of a plan expects of a picture."""
    scale = "tf" if plan.backbone == "none" else application(plan.backbone).preprocess_input.scale
    return data.Preprocessing(size=(plan.size, plan.size), scale=scale)
