"""VGG-19 (Simonyan and Zisserman, 2014, arXiv:1409.1556), version E of the paper's table 1."""

from collections.abc import Sequence
from typing import Any

from ..models import Model
from .imagenet_utils import decode_predictions, preprocessor
from .vgg import vgg

__all__ = ["VGG19", "decode_predictions", "preprocess_input"]

preprocess_input = preprocessor("caffe", __name__)


def VGG19(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Sequence[int | None] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "vgg19",
    engine: str | None = None,
) -> Model:
    """VGG-19, with Keras's layer names, on pictures from `preprocess_input` (BGR less mean).

    Args:
        input_shape: (height, width, channels), at least 32x32; (224, 224, 3) with a top, else (None, None, 3).
        include_top, weights, input_tensor, pooling, classes, classifier_activation, name, engine: as for
            `MobileNetV2`.

    Returns:
        A functional model: (batch, height, width, 3) to (batch, classes), or to (batch, height/32, width/32, 512).

    Raises:
        ValueError: an argument does not fit, or the file is not of this network.
        FileNotFoundError: the ImageNet weights are neither on this machine nor can they be fetched.

    Example:
        >>> lanthorn.applications.VGG19(weights=None, include_top=False).count_params()
        20024384
    """
    arguments = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
    return vgg("VGG19", (2, 2, 4, 4, 4), *arguments, name or "vgg19", engine)
