"""Networks with ImageNet weights: `lanthorn.applications.MobileNetV2(include_top=False)`.

Layer names, shapes and numbers are those of Keras's networks, but for `Wick`, a small one of our own whose weights come
with the package. Nothing loads until a name is asked for.
"""

from importlib import import_module
from typing import Any

_WHERE = {
    "mobilenet": "MobileNet",
    "mobilenet_v2": "MobileNetV2",
    "resnet": "ResNet50 ResNet101 ResNet152",
    "vgg16": "VGG16",
    "vgg19": "VGG19",
    "wick": "Wick",
    "registry": "FoundWeights WeightsFile fetch_weights find_weights",
}
_NAMES = {name: module for module, names in _WHERE.items() for name in names.split()}
_MODULES = ("imagenet_utils", "mobilenet", "mobilenet_v2", "registry", "resnet", "resnet50", "vgg16", "vgg19", "wick")

__all__ = sorted([*_NAMES, *_MODULES])


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    if name not in _NAMES:
        raise AttributeError(f"lanthorn.applications has no {name!r}. It has {', '.join(sorted(_NAMES))}.")
    value = getattr(import_module(f".{_NAMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
