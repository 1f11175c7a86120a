"""RandomFlip: pictures mirrored."""

from ... import ops
from ..settings import choice
from .base import Moving, per_picture, where_chosen
from .boxes import changed, per_sample, together


class RandomFlip(Moving):
    """Half of the pictures mirrored: left to right, top to bottom, or both.

    Shapes: (batch, height, width, channels) or (height, width, channels), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomFlip("horizontal", seed=1)(np.ones((2, 4, 6, 3), "uint8")).shape
        (2, 4, 6, 3)
    """

    mode: str = "horizontal_and_vertical"
    seed: int | None = None
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.mode = choice(self, "mode", self.mode, ("horizontal", "vertical", "horizontal_and_vertical"))

    def draw(self, images, generator):
        (throw,) = self.between(images, generator, (0, 1))
        return {"flips": per_picture(throw <= 0.5), "input_shape": ops.shape(images)}

    def augment(self, images, transformation, interpolation):
        axes = [self._top] * ("vertical" in self.mode) + [self._top + 1] * ("horizontal" in self.mode)
        axes = [axis % len(images.shape) for axis in axes]
        return where_chosen(transformation["flips"], ops.flip(images, axis=axes), images)

    def transform_segmentation_masks(self, segmentation_masks, transformation=None, training=True):
        return self.transform_images(segmentation_masks, transformation, training)

    def transform_bounding_boxes(self, bounding_boxes, transformation=None, training=True):
        if not training or transformation is None:
            return bounding_boxes
        shape = transformation["input_shape"]
        height, width = shape[self._top], shape[self._top + 1]
        flips, boxes = together(transformation["flips"], bounding_boxes["boxes"])
        flips = per_sample(flips, boxes)

        def change(x1, y1, x2, y2):
            if "horizontal" in self.mode:
                x1, x2 = ops.where(flips, width - x2, x1), ops.where(flips, width - x1, x2)
            if "vertical" in self.mode:
                y1, y2 = ops.where(flips, height - y2, y1), ops.where(flips, height - y1, y2)
            return x1, y1, x2, y2

        return changed(self, bounding_boxes | {"boxes": boxes}, height, width, change)
