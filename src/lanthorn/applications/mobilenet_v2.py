"""MobileNetV2: inverted residuals and linear bottlenecks (Sandler et al., 2018, arXiv:1801.04381)."""

from collections.abc import Sequence
from typing import Any

from .. import layers
from ..core.undrawn import values_follow
from ..models import Model
from .blueprint import blueprint, divisible_by_8, halving_pad, image_size
from .imagenet_utils import decode_predictions, preprocessor

__all__ = ["MobileNetV2", "decode_predictions", "preprocess_input"]

preprocess_input = preprocessor("tf", __name__)

# One row per group of blocks (table 2 of the paper): expansion, filters, blocks, stride of the first.
GROUPS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))


@values_follow()
def MobileNetV2(
    input_shape: Sequence[int | None] | None = None,
    alpha: float = 1.0,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = None,
    engine: str | None = None,
) -> Model:
    """MobileNetV2, with Keras's layer names, on pictures scaled by `preprocess_input` to -1 … 1.

    Args:
        input_shape: (height, width, channels), at least 32x32; (224, 224, 3) with a top, else (None, None, 3).
        alpha: width of the network; ImageNet weights exist for 0.35, 0.5, 0.75, 1.0, 1.3 and 1.4.
        include_top: with the classifier; without, the output is the last feature map.
        weights: 'imagenet', the path of a weights file, or None for random values. A file that has a classifier
            serves a network without one too.
        input_tensor: a batch of pictures in a functional model to build on.
        pooling: without top: None, 'avg' or 'max' over the last feature map.
        classes: outputs of the classifier.
        classifier_activation: 'softmax', or None for logits.
        name: of the model; `mobilenetv2_1.00_224` and the like by default.
        engine: 'torch', 'jax', 'tensorflow' or 'numpy'; the default engine when None.

    Returns:
        A functional model: (batch, height, width, 3) to (batch, classes), or to (batch, height/32, width/32, 1280).

    Raises:
        ValueError: an argument does not fit, or the file is not of this network (it names layer and shapes).
        FileNotFoundError: the ImageNet weights are neither on this machine nor can they be fetched.

    Example:
        >>> base = lanthorn.applications.MobileNetV2(include_top=False, weights=None, input_shape=(96, 96, 3))
        >>> base.output_shape
        (None, 3, 3, 1280)
    """
    if alpha <= 0:
        raise ValueError(f"MobileNetV2: `alpha` must be more than 0, got {alpha!r}.")
    plan = blueprint(
        "MobileNetV2", include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, engine,
        sizes=(96, 128, 160, 192, 224),
    )  # fmt: skip
    axis = plan.channel_axis

    x = layers.Conv2D(divisible_by_8(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="Conv1")(
        plan.image
    )
    x = _norm_relu(x, axis, "bn_Conv1", "Conv1_relu")
    block = 0
    for expansion, filters, count, stride in GROUPS:
        for i in range(count):
            x = _inverted_residual(x, axis, expansion, divisible_by_8(int(filters * alpha)), 1 if i else stride, block)
            block += 1
    last = divisible_by_8(1280 * alpha) if alpha > 1 else 1280
    x = layers.Conv2D(last, 1, use_bias=False, name="Conv_1")(x)
    x = plan.head(_norm_relu(x, axis, "Conv_1_bn", "out_relu"))
    return plan.finish(x, name or f"mobilenetv2_{alpha:0.2f}_{plan.size[0]}", alpha=float(alpha))


def _norm(x: Any, axis: int, name: str) -> Any:
    return layers.BatchNormalization(axis=axis, epsilon=1e-3, momentum=0.999, name=name)(x)


def _norm_relu(x: Any, axis: int, norm: str, relu: str) -> Any:
    return layers.ReLU(6.0, name=relu)(_norm(x, axis, norm))


def _inverted_residual(x: Any, axis: int, expansion: int, filters: int, stride: int, block: int) -> Any:
    """Widen by 1x1, filter each channel by 3x3, narrow by 1x1; added to the input where the shapes allow."""
    given, channels = x, x.shape[axis]
    prefix = f"block_{block}_" if block else "expanded_conv_"
    if block:
        x = layers.Conv2D(expansion * channels, 1, padding="same", use_bias=False, name=prefix + "expand")(x)
        x = _norm_relu(x, axis, prefix + "expand_BN", prefix + "expand_relu")
    if stride == 2:
        x = layers.ZeroPadding2D(halving_pad(image_size(x.shape[1:])), name=prefix + "pad")(x)
    padding = "same" if stride == 1 else "valid"
    x = layers.DepthwiseConv2D(3, strides=stride, padding=padding, use_bias=False, name=prefix + "depthwise")(x)
    x = _norm_relu(x, axis, prefix + "depthwise_BN", prefix + "depthwise_relu")
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False, name=prefix + "project")(x)
    x = _norm(x, axis, prefix + "project_BN")
    return layers.Add(name=prefix + "add")([given, x]) if stride == 1 and channels == filters else x
