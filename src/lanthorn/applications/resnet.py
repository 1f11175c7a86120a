"""ResNet-50, 101 and 152: deep residual learning (He et al., 2015, arXiv:1512.03385), version 1.

As in Keras: the stride is on a block's first 1x1 convolution (torchvision's "v1.5" has it on the 3x3, and weights for
that one fit in here without an error and give wrong numbers), convolutions have biases, epsilon is 1.001e-5.
"""

from collections.abc import Sequence
from typing import Any

from .. import layers
from ..core.undrawn import values_follow
from ..models import Model
from .blueprint import blueprint
from .imagenet_utils import decode_predictions, preprocessor

__all__ = ["ResNet50", "ResNet101", "ResNet152", "decode_predictions", "preprocess_input"]

preprocess_input = preprocessor("caffe", __name__)

EPSILON = 1.001e-5


def ResNet50(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Sequence[int | None] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet50",
    engine: str | None = None,
) -> Model:
    """ResNet-50 v1, with the layer names of Keras since 2.2.5, on pictures from `preprocess_input` (BGR less mean).

    Args:
        input_shape: (height, width, channels), at least 32x32; (224, 224, 3) with a top, else (None, None, 3).
        include_top, weights, input_tensor, pooling, classes, classifier_activation, name, engine: as for
            `MobileNetV2`.

    Returns:
        A functional model: (batch, height, width, 3) to (batch, classes), or to (batch, height/32, width/32, 2048).

    Raises:
        ValueError: an argument does not fit, or the file is not of this network.
        FileNotFoundError: the ImageNet weights are neither on this machine nor can they be fetched.

    Example:
        >>> lanthorn.applications.ResNet50(weights=None, include_top=False, pooling="avg").output_shape
        (None, 2048)
    """
    arguments = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, engine)
    return _resnet("ResNet50", (3, 4, 6, 3), name or "resnet50", *arguments)


def ResNet101(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Sequence[int | None] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet101",
    engine: str | None = None,
) -> Model:
    """ResNet-101 v1; arguments as for `ResNet50`."""
    arguments = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, engine)
    return _resnet("ResNet101", (3, 4, 23, 3), name or "resnet101", *arguments)


def ResNet152(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Sequence[int | None] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet152",
    engine: str | None = None,
) -> Model:
    """ResNet-152 v1; arguments as for `ResNet50`."""
    arguments = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, engine)
    return _resnet("ResNet152", (3, 8, 36, 3), name or "resnet152", *arguments)


@values_follow()
def _resnet(
    network: str,
    blocks: Sequence[int],
    name: str,
    include_top: bool,
    weights: Any,
    input_tensor: Any,
    input_shape: Sequence[int | None] | None,
    pooling: str | None,
    classes: int,
    classifier_activation: Any,
    engine: str | None,
) -> Model:
    plan = blueprint(
        network, include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, engine
    )
    axis = plan.channel_axis
    x = layers.ZeroPadding2D(3, name="conv1_pad")(plan.image)
    x = layers.Conv2D(64, 7, strides=2, name="conv1_conv")(x)
    x = _relu(_norm(x, axis, "conv1_bn"), "conv1_relu")
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)
    for stage, count in enumerate(blocks):
        for i in range(count):
            stride = 2 if stage and not i else 1
            x = residual_block(x, axis, 64 * 2**stage, stride, widen=not i, name=f"conv{stage + 2}_block{i + 1}")
    return plan.finish(plan.head(x, "avg_pool", "max_pool"), name)


def residual_block(x: Any, axis: int, filters: int, stride: int, widen: bool, name: str) -> Any:
    """Narrow by 1x1, filter by 3x3, widen by 1x1 to 4 `filters`; added to the input, or to a 1x1 of it.

    The calls stand in the order in which Keras lists the layers: the shortcut's among those of the third convolution.
    """
    given = x
    x = layers.Conv2D(filters, 1, strides=stride, name=name + "_1_conv")(x)
    x = _relu(_norm(x, axis, name + "_1_bn"), name + "_1_relu")
    x = layers.Conv2D(filters, 3, padding="same", name=name + "_2_conv")(x)
    x = _relu(_norm(x, axis, name + "_2_bn"), name + "_2_relu")
    if widen:
        given = layers.Conv2D(4 * filters, 1, strides=stride, name=name + "_0_conv")(given)
    x = layers.Conv2D(4 * filters, 1, name=name + "_3_conv")(x)
    if widen:
        given = _norm(given, axis, name + "_0_bn")
    x = _norm(x, axis, name + "_3_bn")
    return _relu(layers.Add(name=name + "_add")([given, x]), name + "_out")


def _norm(x: Any, axis: int, name: str) -> Any:
    return layers.BatchNormalization(axis=axis, epsilon=EPSILON, name=name)(x)


def _relu(x: Any, name: str) -> Any:
    return layers.Activation("relu", name=name)(x)
