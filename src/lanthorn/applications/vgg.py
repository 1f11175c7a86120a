"""The body of VGG-16 and VGG-19: stacks of 3x3 convolutions (Simonyan and Zisserman, 2014, arXiv:1409.1556)."""

from collections.abc import Sequence
from typing import Any

from .. import layers
from ..core.undrawn import values_follow
from ..models import Model
from .blueprint import blueprint

FILTERS = (64, 128, 256, 512, 512)


@values_follow()
def vgg(
    network: str,
    depths: Sequence[int],
    include_top: bool,
    weights: Any,
    input_tensor: Any,
    input_shape: Sequence[int | None] | None,
    pooling: str | None,
    classes: int,
    classifier_activation: Any,
    name: str,
    engine: str | None,
) -> Model:
    """A VGG with `depths[i]` convolutions in block i + 1. Its classifier flattens, so it needs a picture size."""
    plan = blueprint(
        network, include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, engine,
        fixed_size=True,
    )  # fmt: skip
    x = plan.image
    for block, (filters, depth) in enumerate(zip(FILTERS, depths), start=1):
        for i in range(1, depth + 1):
            x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"block{block}_conv{i}")(x)
        x = layers.MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
    if include_top:
        x = layers.Flatten(name="flatten")(x)
        x = layers.Dense(4096, activation="relu", name="fc1")(x)
        x = layers.Dense(4096, activation="relu", name="fc2")(x)
        x = layers.Dense(plan.classes, activation=classifier_activation, name="predictions")(x)
    else:
        x = plan.pool(x)
    return plan.finish(x, name)
