"""MobileNet: depthwise separable convolutions (Howard et al., 2017, arXiv:1704.04861)."""

from collections.abc import Sequence
from typing import Any

from .. import layers
from ..activations import relu6
from ..core.undrawn import values_follow
from ..layers import DepthwiseConv2D
from ..models import Model
from .blueprint import Blueprint, blueprint
from .imagenet_utils import decode_predictions, preprocessor

# `relu6` and `DepthwiseConv2D` are what code of 2018 takes from here to load a MobileNet: custom_objects={"relu6": …}.
__all__ = ["DepthwiseConv2D", "MobileNet", "decode_predictions", "preprocess_input", "relu6"]

preprocess_input = preprocessor("tf", __name__)

# Filters and stride of each depthwise separable block (table 1 of the paper).
BLOCKS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))


@values_follow()
def MobileNet(
    input_shape: Sequence[int | None] | None = None,
    alpha: float = 1.0,
    depth_multiplier: int = 1,
    dropout: float = 1e-3,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = None,
    engine: str | None = None,
) -> Model:
    """MobileNet, with Keras's layer names, on pictures scaled by `preprocess_input` to -1 … 1.

    Args:
        input_shape: (height, width, channels), at least 32x32; (224, 224, 3) with a top, else (None, None, 3).
        alpha: width of the network; ImageNet weights exist for 0.25, 0.5, 0.75 and 1.0.
        depth_multiplier: filters per channel of the depthwise convolutions.
        dropout: share dropped before the classifier.
        include_top, weights, input_tensor, pooling, classes, classifier_activation, name, engine: as for
            `MobileNetV2`.

    Returns:
        A functional model: (batch, height, width, 3) to (batch, classes), or to the last feature map.

    Raises:
        ValueError: an argument does not fit, or the file is not of this network.
        FileNotFoundError: the ImageNet weights are neither on this machine nor can they be fetched.

    Example:
        >>> lanthorn.applications.MobileNet(alpha=0.25, weights=None).count_params()
        475544
    """
    if alpha <= 0:
        raise ValueError(f"MobileNet: `alpha` must be more than 0, got {alpha!r}.")
    plan = blueprint(
        "MobileNet", include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, engine,
        sizes=(128, 160, 192, 224),
    )  # fmt: skip
    axis = plan.channel_axis

    x = layers.Conv2D(int(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="conv1")(plan.image)
    x = _norm_relu(x, axis, "conv1")
    for block, (filters, stride) in enumerate(BLOCKS, start=1):
        if stride == 2:
            x = layers.ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{block}")(x)
        x = layers.DepthwiseConv2D(
            3,
            strides=stride,
            padding="same" if stride == 1 else "valid",
            depth_multiplier=depth_multiplier,
            use_bias=False,
            name=f"conv_dw_{block}",
        )(x)
        x = _norm_relu(x, axis, f"conv_dw_{block}")
        x = layers.Conv2D(int(filters * alpha), 1, padding="same", use_bias=False, name=f"conv_pw_{block}")(x)
        x = _norm_relu(x, axis, f"conv_pw_{block}")
    x = _classifier(x, plan, dropout) if include_top else plan.pool(x)
    model_name = name or f"mobilenet_{alpha:0.2f}_{plan.size[0]}"
    return plan.finish(x, model_name, alpha=float(alpha), depth_multiplier=depth_multiplier)


def _norm_relu(x: Any, axis: int, name: str) -> Any:
    x = layers.BatchNormalization(axis=axis, name=name + "_bn")(x)
    return layers.ReLU(6.0, name=name + "_relu")(x)


def _classifier(x: Any, plan: Blueprint, dropout: float) -> Any:
    """The classifier is a 1x1 convolution on the pooled map, as in the paper's own code."""
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Conv2D(plan.classes, 1, padding="same", name="conv_preds")(x)
    x = layers.Reshape((plan.classes,), name="reshape_2")(x)
    return layers.Activation(plan.classifier_activation, name="predictions")(x)
