"""Wick: the small pretrained network that comes with the package (`docs/wick.md`; trained by `recipes/wick`)."""

from collections.abc import Sequence
from typing import Any

from .. import layers
from ..core.undrawn import values_follow
from ..models import Model
from .blueprint import blueprint
from .imagenet_utils import preprocessor

__all__ = ["Wick", "preprocess_input"]

preprocess_input = preprocessor("tf", __name__)

# Every stage halves the picture first. Plain convolutions where there are many places and few channels: they are
# faster than depthwise ones there; inverted residuals (as in MobileNetV2) at the end, where weights would be many.
STEM, PLAIN, NARROW, EXPANSION, FEATURES = 16, ((24, 2), (48, 3), (96, 4)), (160, 3), 4, 768


@values_follow()
def Wick(
    input_shape: Sequence[int | None] | None = None,
    include_top: bool = False,
    weights: Any = "wick",
    input_tensor: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str = "wick",
    engine: str | None = None,
) -> Model:
    """Wick, whose weights come with the package, on pictures scaled by `preprocess_input` to -1 … 1.

    A small network to build on: its weights have no classifier. Nothing is downloaded.

    Args:
        input_shape: (height, width, channels), at least 32x32; (192, 192, 3) with a top, else (None, None, 3). The
            weights are made for pictures of 160 to 224 pixels.
        include_top: with a classifier, which has random values; only where `weights` is None or a file that has one.
        weights: 'wick' (or 'imagenet', as other networks call theirs), the path of a weights file, or None for random
            values.
        input_tensor, pooling, classes, classifier_activation, engine: as for `MobileNetV2`.
        name: of the model.

    Returns:
        A functional model: (batch, height, width, 3) to (batch, height/32, width/32, 768), with pooling to
        (batch, 768), with a top to (batch, classes).

    Raises:
        ValueError: an argument does not fit, a classifier was asked of the weights, or the file is not of this network.
        FileNotFoundError: the package lacks its file of weights.

    Example:
        >>> base = lanthorn.applications.Wick(weights=None, input_shape=(192, 192, 3), pooling="avg")
        >>> base.output_shape
        (None, 768)
    """
    weights = "wick" if weights == "imagenet" else weights
    if include_top and weights == "wick":
        raise ValueError(
            f"Wick: its weights have no classifier. Pass include_top=False and put a Dense({classes}) on it; or pass "
            "weights=None for a network of random values with one."
        )
    plan = blueprint(
        "Wick", include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, engine,
        sizes=(192,), published="wick",
    )  # fmt: skip
    axis = plan.channel_axis
    x = _convolution(plan.image, axis, STEM, 3, "stem", strides=2)
    for stage, (filters, count) in enumerate(PLAIN, 1):
        for i in range(1, count + 1):
            x = _residual(x, axis, filters, f"stage{stage}_{i}", strides=1 if i > 1 else 2)
    filters, count = NARROW
    for i in range(1, count + 1):
        x = _inverted_residual(x, axis, filters, f"stage{len(PLAIN) + 1}_{i}", strides=1 if i > 1 else 2)
    x = _convolution(x, axis, FEATURES, 1, "features")
    return plan.finish(plan.head(x, "avg_pool", "max_pool"), name)


def _normed(layer: layers.Layer, x: Any, axis: int, relu: bool = True) -> Any:
    x = layers.BatchNormalization(axis=axis, name=f"{layer.name}_norm")(layer(x))
    return layers.ReLU(name=f"{layer.name}_relu")(x) if relu else x


def _convolution(x: Any, axis: int, filters: int, kernel: int, name: str, strides: int = 1, relu: bool = True) -> Any:
    layer = layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=False, name=name)
    return _normed(layer, x, axis, relu)


def _residual(x: Any, axis: int, filters: int, name: str, strides: int) -> Any:
    """One 3x3 convolution, added to its input where the shapes allow."""
    y = _convolution(x, axis, filters, 3, name, strides, relu=False)
    if strides == 1:
        y = layers.Add(name=f"{name}_add")([x, y])
    return layers.ReLU(name=f"{name}_relu")(y)


def _inverted_residual(x: Any, axis: int, filters: int, name: str, strides: int) -> Any:
    """Widen by 1x1, filter each channel by 3x3, narrow by 1x1; added to its input where the shapes allow."""
    y = _convolution(x, axis, EXPANSION * x.shape[axis], 1, f"{name}_widen")
    each = layers.DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False, name=f"{name}_each")
    y = _convolution(_normed(each, y, axis), axis, filters, 1, f"{name}_narrow", relu=False)
    return layers.Add(name=f"{name}_add")([x, y]) if strides == 1 else y
