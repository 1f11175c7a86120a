# Written by tools/make_stubs.py: names that are loaded when they are used. Do not edit.

from typing import Any

from . import imagenet_utils as imagenet_utils
from . import mobilenet as mobilenet
from . import mobilenet_v2 as mobilenet_v2
from . import registry as registry
from . import resnet as resnet
from . import resnet50 as resnet50
from . import vgg16 as vgg16
from . import vgg19 as vgg19
from . import wick as wick
from .mobilenet import MobileNet as MobileNet
from .mobilenet_v2 import MobileNetV2 as MobileNetV2
from .registry import FoundWeights as FoundWeights
from .registry import WeightsFile as WeightsFile
from .registry import fetch_weights as fetch_weights
from .registry import find_weights as find_weights
from .resnet import ResNet101 as ResNet101
from .resnet import ResNet152 as ResNet152
from .resnet import ResNet50 as ResNet50
from .vgg16 import VGG16 as VGG16
from .vgg19 import VGG19 as VGG19
from .wick import Wick as Wick


__all__ = [
    "FoundWeights",
    "MobileNet",
    "MobileNetV2",
    "ResNet101",
    "ResNet152",
    "ResNet50",
    "VGG16",
    "VGG19",
    "WeightsFile",
    "Wick",
    "fetch_weights",
    "find_weights",
    "imagenet_utils",
    "mobilenet",
    "mobilenet_v2",
    "registry",
    "resnet",
    "resnet50",
    "vgg16",
    "vgg19",
    "wick",
]
