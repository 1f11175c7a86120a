"""Pictures mixed with others of the batch, and their labels with them: MixUp and CutMix."""

from typing import Any

from ... import ops
from . import draws
from .base import Augmentation, batch_of, per_picture, span
from .erasing import window


def _others(x: Any, transformation: Any) -> Any:
    return ops.take(x, transformation["permutation_order"], axis=0)


def _mixed(x: Any, transformation: Any, rank: int = 4) -> Any:
    """Each sample and another, in the proportion drawn; labels of whole numbers become floats."""
    x = x if "float" in ops.dtype(x) else ops.cast(x, "float32")
    weight = ops.convert_to_tensor(transformation["mix_weight"], like=x)
    weight = ops.cast(ops.reshape(weight, (-1,) + (1,) * (rank - 1)), ops.dtype(x))
    return weight * x + (1 - weight) * _others(x, transformation)


class MixUp(Augmentation):
    """Each picture and its label mixed with another's (Zhang et al. 2017, arXiv:1710.09412), w from Beta(alpha, alpha).

    Bounding boxes of both are kept. Labels are one-hot.

    Shapes: (batch, height, width, channels), unchanged, as floats; {"images": …, "labels": (batch, classes)} likewise.

    Example:
        >>> layer = lanthorn.layers.MixUp(seed=1)
        >>> mixed = layer({"images": np.ones((2, 8, 8, 3), "float32"), "labels": np.eye(2, dtype="float32")})
        >>> mixed["labels"].sum().item()
        2.0
    """

    mixes_samples = True

    alpha: float = 0.2
    data_format: str | None = None
    seed: int | None = None

    def draw(self, images, generator):
        batch = batch_of(images)
        order = draws.permutation(generator, batch, images)
        return {"mix_weight": draws.beta(generator, batch, self.alpha, images), "permutation_order": order}

    def augment(self, images, transformation, interpolation):
        return _mixed(images, transformation)

    def transform_labels(self, labels, transformation=None, training=True):
        return _mixed(labels, transformation, 2) if training and transformation is not None else labels

    def transform_segmentation_masks(self, segmentation_masks, transformation=None, training=True):
        if not training or transformation is None:
            return segmentation_masks
        return _mixed(segmentation_masks, transformation)

    def transform_bounding_boxes(self, bounding_boxes, transformation=None, training=True):
        if not training or transformation is None:
            return bounding_boxes

        def both(x):
            return ops.concatenate([x, _others(x, transformation)], axis=min(1, len(x.shape) - 1))

        return bounding_boxes | {key: both(bounding_boxes[key]) for key in ("boxes", "labels")}


class CutMix(Augmentation):
    """A window of each picture cut out of another of the batch (Yun et al. 2019, arXiv:1905.04899).

    Labels (one-hot) are mixed as the areas are. The window's area is from Beta(a, a), a drawn from `factor`.

    Shapes: (batch, height, width, channels), unchanged, as floats; one picture alone stays as it is.

    Example:
        >>> layer = lanthorn.layers.CutMix(seed=1)
        >>> mixed = layer({"images": np.ones((2, 8, 8, 3), "float32"), "labels": np.eye(2, dtype="float32")})
        >>> mixed["labels"].shape
        (2, 2)
    """

    mixes_samples = True

    factor: Any = 1.0
    seed: int | None = None
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.factor = span(self, "factor", self.factor, 0, 1)

    def draw(self, images, generator):
        batch, (height, width) = batch_of(images), self.size(images)
        alpha, x, y = self.between(images, generator, self.factor, (0, 1), (0, 1))
        ratio = ops.sqrt(1 - draws.beta(generator, batch, alpha[:1] + 1e-6, images))
        x, y = x * (1 - ratio), y * (1 - ratio)
        mask = window(images, self._top, (x * width, (x + ratio) * width), (y * height, (y + ratio) * height))
        return {
            "permutation_order": draws.permutation(generator, batch, images),
            "batch_masks": mask,
            "mix_weight": per_picture(1 - ratio * ratio),
        }

    def augment(self, images, transformation, interpolation):
        return ops.where(transformation["batch_masks"], _others(images, transformation), images)

    def transform_labels(self, labels, transformation=None, training=True):
        return _mixed(labels, transformation, 2) if training and transformation is not None else labels

    def transform_segmentation_masks(self, segmentation_masks, transformation=None, training=True):
        return self.transform_images(segmentation_masks, transformation, training)

    def transform_bounding_boxes(self, bounding_boxes, transformation=None, training=True):
        raise NotImplementedError("CutMix: what it does to bounding boxes is not known; Keras neither.")
