"""What every network does around its body: the input, the head, the name, the weights.

A family of networks is one file: a `Blueprint` made from the arguments, a body of layers, and `finish`.
"""

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from .. import layers
from ..backend import image_data_format, is_keras_tensor
from ..models import Input, Model

IMAGENET_CLASSES = 1000


class Blueprint(NamedTuple):
    """The arguments that all networks take, checked; see `MobileNetV2` for what they mean."""

    network: str
    include_top: bool
    weights: Any
    image: Any
    source: Any
    pooling: str | None
    classes: int
    classifier_activation: Any
    published: str = "imagenet"

    @property
    def channel_axis(self) -> int:
        return -1 if image_data_format() == "channels_last" else 1

    @property
    def size(self) -> tuple[int | None, int | None]:
        """Height and width of the picture, None where any will do."""
        return image_size(self.image.shape[1:])

    @property
    def preprocessing(self) -> Any:
        """What this network expects of a picture (`lanthorn.data.Preprocessing`)."""
        from . import registry

        return registry.preprocessing(self.network, self.size)

    def pool(self, x: Any, average: str | None = None, maximum: str | None = None) -> Any:
        """`x` after the global pooling that was asked for; the names are those of the layers."""
        if self.pooling == "avg":
            return layers.GlobalAveragePooling2D(name=average)(x)
        if self.pooling == "max":
            return layers.GlobalMaxPooling2D(name=maximum)(x)
        return x

    def head(self, x: Any, average: str | None = None, maximum: str | None = None) -> Any:
        """Global average and the classifier; without top, the pooling that was asked for."""
        if not self.include_top:
            return self.pool(x, average, maximum)
        x = layers.GlobalAveragePooling2D(name=average)(x)
        return layers.Dense(self.classes, activation=self.classifier_activation, name="predictions")(x)

    def finish(self, x: Any, name: str, **variant: Any) -> Model:
        """The model from the input to `x`, its weights loaded. `variant` picks the row of the weights registry."""
        model = Model(self.source, x, name=name)
        model.preprocessing = self.preprocessing
        if self.weights is not None:
            from .loading import load

            path = None if self.weights == self.published else self.weights
            load(model, self.network, path, self.include_top, self.size, variant)
        return model


def blueprint(
    network: str,
    include_top: bool,
    weights: Any,
    input_tensor: Any,
    input_shape: Sequence[int | None] | None,
    pooling: str | None,
    classes: int,
    classifier_activation: Any,
    engine: str | None,
    sizes: Sequence[int] = (224,),
    minimum: int = 32,
    fixed_size: bool = False,
    published: str = "imagenet",
) -> Blueprint:
    """Check the arguments and make the input.

    Args:
        network: the function's name, for messages and for the registry of weights.
        sizes: picture sizes there are published weights for; the largest is the default.
        minimum: the smallest picture that leaves a feature map to pool.
        fixed_size: the head depends on the picture's size (VGG flattens).
        published: what `weights` says for the network's published weights.
    """
    if pooling not in (None, "avg", "max"):
        raise ValueError(f"{network}: `pooling` must be None, 'avg' or 'max', got {pooling!r}.")
    if isinstance(classes, bool) or int(classes) != classes or classes < 1:
        raise ValueError(f"{network}: `classes` must be a whole number of at least 1, got {classes!r}.")
    _check_weights(network, weights, include_top, classes, classifier_activation, published)
    if input_tensor is not None:
        image, source = input_tensor, _source(network, input_tensor, input_shape)
    else:
        shape = picture_shape(network, input_shape, include_top, weights, max(sizes), minimum, fixed_size, published)
        image = source = Input(shape=shape, engine=engine)
    return Blueprint(
        network, bool(include_top), weights, image, source, pooling, int(classes), classifier_activation, published
    )


def _check_weights(
    network: str, weights: Any, include_top: bool, classes: int, activation: Any, published: str
) -> None:
    if weights is None:
        return
    if weights != published and not (isinstance(weights, (str, os.PathLike)) and os.path.exists(weights)):
        raise ValueError(
            f"{network}: `weights` must be None (random), {published!r} or the path of a file that exists, got "
            f"{os.fspath(weights) if isinstance(weights, os.PathLike) else weights!r}."
        )
    if not include_top:
        return
    if weights == "imagenet" and classes != IMAGENET_CLASSES:
        raise ValueError(
            f"{network}: weights='imagenet' with include_top=True has {IMAGENET_CLASSES} classes, got "
            f"classes={classes}. Pass include_top=False and put a Dense({classes}) on it."
        )
    name = getattr(activation, "__name__", activation)
    if name not in (None, "linear", "softmax"):
        raise ValueError(
            f"{network}: the classifier of these weights was trained with softmax; `classifier_activation` must be "
            f"'softmax', or None for logits, got {name!r}."
        )


def picture_shape(
    network: str,
    shape: Sequence[int | None] | None,
    include_top: bool,
    weights: Any = None,
    default: int = 224,
    minimum: int = 32,
    fixed_size: bool = False,
    published: str = "imagenet",
) -> tuple[int | None, ...]:
    """`input_shape` checked, or the default: (224, 224, 3) with a top, (None, None, 3) without."""
    last = image_data_format() == "channels_last"
    if shape is None:
        side = default if include_top else None
        return (side, side, 3) if last else (3, side, side)
    shape = tuple(shape)
    wanted = "(height, width, channels)" if last else "(channels, height, width)"
    if len(shape) != 3:
        raise ValueError(f"{network}: `input_shape` must be {wanted}, without the batch, got {shape}.")
    height, width = image_size(shape)
    channels = shape[-1] if last else shape[0]
    if channels is None or (weights == published and channels != 3):
        hint = " Is it channels first? " + wanted + " is expected." if 3 in shape else ""
        raise ValueError(f"{network}: expected 3 channels (weights={weights!r}), got input_shape={shape}.{hint}")
    if (height is not None and height < minimum) or (width is not None and width < minimum):
        hint = f" Is the order of the axes {wanted}?" if min(shape, key=lambda n: n or minimum) in (1, 3) else ""
        raise ValueError(f"{network}: pictures must be at least {minimum}x{minimum}, got input_shape={shape}.{hint}")
    if include_top and fixed_size and None in (height, width):
        raise ValueError(
            f"{network}: the classifier needs a fixed picture size, got input_shape={shape}. Give height and width, "
            "or pass include_top=False."
        )
    if include_top and fixed_size and weights == "imagenet" and (height, width) != (default, default):
        raise ValueError(
            f"{network}: the ImageNet classifier was trained on pictures of {default}x{default}, got "
            f"input_shape={shape}. Leave `input_shape` out, or pass include_top=False."
        )
    return shape


def image_size(shape: Sequence[int | None]) -> tuple[int | None, int | None]:
    """Height and width in a shape without the batch."""
    rows = 0 if image_data_format() == "channels_last" else 1
    return shape[rows], shape[rows + 1]


def _source(network: str, tensor: Any, input_shape: Sequence[int | None] | None) -> Any:
    """The model input that `tensor` comes from."""
    if not is_keras_tensor(tensor) or len(tensor.shape) != 4:
        raise ValueError(
            f"{network}: `input_tensor` must be a batch of pictures in a functional model, such as "
            f"lanthorn.Input(shape=(224, 224, 3)), got {tensor!r}."
        )
    if input_shape is not None and tuple(tensor.shape[1:]) != tuple(input_shape):
        raise ValueError(
            f"{network}: `input_tensor` has the shape {tuple(tensor.shape[1:])} and `input_shape` is "
            f"{tuple(input_shape)}. Give one of them."
        )
    found = []
    waiting = [tensor]
    while waiting:
        one = waiting.pop()
        before = one.node.inputs
        waiting += before
        if not before and not any(one is f for f in found):
            found.append(one)
    if len(found) != 1:
        raise ValueError(f"{network}: `input_tensor` must come from one input, it comes from {len(found)}.")
    return found[0]


def divisible_by_8(filters: float) -> int:
    """The multiple of 8 nearest to `filters`, at least 8 and not under 90 % of it (MobileNetV2's rule for widths)."""
    rounded = max(8, int(filters + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * filters else rounded


def halving_pad(size: tuple[int | None, int | None]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Zeros around a picture so that a 3x3 convolution with stride 2 lands where TensorFlow's 'same' does."""
    even = [side is None or side % 2 == 0 for side in size]
    return ((0, 1) if even[0] else (1, 1)), ((0, 1) if even[1] else (1, 1))
