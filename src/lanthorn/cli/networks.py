"""The networks that `lanthorn train` can train: a pretrained base with a new head, or a small one from scratch."""

from pathlib import Path
from typing import Any, NamedTuple

# name on the command line: (module of lanthorn.applications, constructor)
BACKBONES = {
    "mobilenet_v2": ("mobilenet_v2", "MobileNetV2"),
    "mobilenet": ("mobilenet", "MobileNet"),
    "resnet50": ("resnet", "ResNet50"),
    "resnet101": ("resnet", "ResNet101"),
    "resnet152": ("resnet", "ResNet152"),
    "vgg16": ("vgg16", "VGG16"),
    "vgg19": ("vgg19", "VGG19"),
}
DEFAULT = "mobilenet_v2"
SMALL_SIZE, LARGE_SIZE = 64, 224  # pixels, where --image-size does not say


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
    """Decide what to train. `auto` takes MobileNetV2 where its weights can be had, else the small network."""
    if weights not in (None, "imagenet", "none") and not Path(weights).exists():
        raise FileNotFoundError(f"--weights: there is no file {weights!r}. Give a file, 'imagenet' or 'none'.")
    if backbone == "none":
        if weights not in (None, "none"):
            raise ValueError("--weights belong to a backbone, and --backbone none is the small network without one.")
        return Plan("none", None, size or SMALL_SIZE)
    name = DEFAULT if backbone == "auto" else backbone
    if weights == "none":
        return Plan(name, None, size or LARGE_SIZE)
    if weights not in (None, "imagenet"):
        return Plan(name, weights, size or LARGE_SIZE)
    if backbone != "auto" or weights == "imagenet":
        return Plan(name, "imagenet", size or LARGE_SIZE)
    try:
        base(Plan(name, "imagenet", size or LARGE_SIZE), None)
    except Exception as error:  # offline, most likely; `auto` has a way on
        why = f"no ImageNet weights for {name}: {' '.join(str(error).split())}"
        return Plan("none", None, size or SMALL_SIZE, why)
    return Plan(name, "imagenet", size or LARGE_SIZE)


def application(backbone: str) -> Any:
    """The module of `lanthorn.applications` that a backbone lives in."""
    import importlib

    return importlib.import_module(f"lanthorn.applications.{BACKBONES[backbone][0]}")


def base(plan: Plan, engine: str | None) -> Any:
    """The backbone without its top, ending in one vector per picture; frozen if it is pretrained."""
    module = application(plan.backbone)
    network = getattr(module, BACKBONES[plan.backbone][1])
    shape = (plan.size, plan.size, 3)
    made = network(include_top=False, weights=plan.weights, input_shape=shape, pooling="avg", engine=engine)
    made.trainable = not plan.pretrained
    return made


def make(plan: Plan, classes: int, engine: str | None) -> Any:
    """The network of a plan, for so many classes, with probabilities at its end."""
    from .. import layers, models

    if plan.backbone == "none":
        return small(plan.size, classes, engine)
    body = base(plan, engine)
    x = layers.Dense(128, activation="relu", name="hidden")(body.output)
    x = layers.Dense(classes, activation="softmax", name="classes")(x)
    return models.Model(body.input, x, name=f"{plan.backbone}_photos")


def small(size: int, classes: int, engine: str | None) -> Any:
    """Four convolutions with batch normalisation and a head: about 80,000 weights, trained in seconds to minutes."""
    from .. import layers, models

    steps: list = [models.Input((size, size, 3), engine=engine)]
    for filters in (16, 32, 64, 96):
        steps += [
            layers.Conv2D(filters, 3, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("relu"),
            layers.MaxPooling2D(2),
        ]
    steps += [layers.GlobalAveragePooling2D(), layers.Dropout(0.2), layers.Dense(classes, activation="softmax")]
    return models.Sequential(steps, name="small_photos")


def preprocessing(plan: Plan) -> Any:
    """What the network of a plan expects of a picture."""
    from .. import data

    scale = "tf" if plan.backbone == "none" else application(plan.backbone).preprocess_input.scale
    return data.Preprocessing(size=(plan.size, plan.size), scale=scale)
