"""MaxNumBoundingBoxes: as many boxes for each picture."""

from ... import ops
from .base import Augmentation


class MaxNumBoundingBoxes(Augmentation):
    """As many boxes for each picture: more are cut off, and for those that are missing there is `fill_value`.

    Shapes: {"boxes": (batch, n, 4), "labels": (batch, n)} → the same with `max_number` for n.

    Example:
        >>> boxes = {"boxes": np.ones((1, 1, 4), "float32"), "labels": np.ones((1, 1), "int32")}
        >>> data = {"images": np.ones((1, 8, 8, 3), "float32"), "bounding_boxes": boxes}
        >>> layer = lanthorn.layers.MaxNumBoundingBoxes(2, bounding_box_format="xyxy")
        >>> layer(data)["bounding_boxes"]["boxes"].shape
        (1, 2, 4)
    """

    max_number: int
    fill_value: int = -1

    def transform_images(self, images, transformation=None, training=True):
        return images

    def transform_bounding_boxes(self, bounding_boxes, transformation=None, training=True):
        def filled(x):
            x = x[:, : self.max_number]
            missing = ops.maximum(self.max_number - ops.shape(x)[1], 0) if x.shape[1] is None else None
            missing = max(self.max_number - x.shape[1], 0) if missing is None else missing
            pads = [(0, 0), (0, missing)] + [(0, 0)] * (len(x.shape) - 2)
            return ops.reshape(
                ops.pad(x, pads, constant_values=self.fill_value), (ops.shape(x)[0], self.max_number, *x.shape[2:])
            )

        return bounding_boxes | {key: filled(bounding_boxes[key]) for key in ("boxes", "labels")}

    def compute_output_shape(self, input_shape):
        if not isinstance(input_shape, dict) or "bounding_boxes" not in input_shape:
            return input_shape
        inner = input_shape["bounding_boxes"]
        if extra := set(inner) - {"boxes", "labels"}:
            raise KeyError(
                f"MaxNumBoundingBoxes: 'bounding_boxes' holds {sorted(extra)}, but may only hold boxes and labels."
            )
        shapes = {key: (shape[0], self.max_number, *shape[2:]) for key, shape in inner.items()}
        return input_shape | {"bounding_boxes": shapes}
