"""Pictures seen askew, stretched like rubber, and cut out."""

from typing import Any

from ... import ops
from ...ops.composite import warping
from ...random import SeedGenerator
from . import draws
from .base import Moving, batch_of, span, where_chosen
from .boxes import around, changed, convert_format, corners, joined, per_sample, together


class RandomPerspective(Moving):
    """Pictures seen askew: each corner but the first moves by up to half of `scale` times its distance from it.

    `factor`: the probability that a picture changes, or the range it is drawn from.

    Shapes: (batch, height, width, channels) or (height, width, channels), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomPerspective(1.0, 0.3, seed=1)(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    factor: Any = 1.0
    scale: float = 1.0
    interpolation: str = "bilinear"
    fill_value: float = 0.0
    seed: int | None = None
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.factor = span(self, "factor", self.factor, 0, 1)
        if not 0 <= self.scale <= 1:
            raise ValueError(f"RandomPerspective: `scale` must be from 0 to 1, got {self.scale}.")

    def draw(self, images, generator):
        height, width = self.size(images)
        moved = draws.uniform(generator, batch_of(images), 8, images)
        start = [[[0.0, 0.0], [width - 1, 0.0], [0.0, height - 1], [width - 1, height - 1]]]
        start = ops.cast(ops.convert_to_tensor(start, like=images), "float32") + ops.zeros_like(moved[:, :1, None])
        return {
            "apply_perspective": self.chosen(images, generator),
            "start_points": start,
            "end_points": start * (1 + (ops.reshape(moved, (-1, 4, 2)) - 0.5) * self.scale),
            "input_shape": ops.shape(images),
        }

    def augment(self, images, transformation, interpolation):
        changed = ops.image.perspective_transform(
            images, transformation["start_points"], transformation["end_points"], interpolation, self.fill_value,
            self.data_format,
        )  # fmt: skip
        return where_chosen(transformation["apply_perspective"], changed, images)

    def transform_bounding_boxes(self, bounding_boxes, transformation=None, training=True):
        if not training or transformation is None:
            return bounding_boxes
        names = ("end_points", "start_points", "apply_perspective")
        boxes, *ends, chosen = together(bounding_boxes["boxes"], *(transformation[name] for name in names))
        shape, boxes = transformation["input_shape"], ops.expand_dims(boxes, 0) if len(boxes.shape) == 2 else boxes
        ends = [warping.points(end, boxes) for end in ends]
        numbers = warping.homography(*ends)  # from where a point was to where it comes
        a, b, c, d, e, f, g, h = (per_sample(numbers[:, i], boxes) for i in range(8))
        chosen, bounding_boxes = per_sample(chosen, boxes), bounding_boxes | {"boxes": boxes}

        def move(x, y):
            depth = g * x + h * y + 1
            return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth

        def change(x1, y1, x2, y2):
            moved = around(x1, y1, x2, y2, move)
            return tuple(ops.where(chosen, new, old) for new, old in zip(moved, (x1, y1, x2, y2), strict=True))

        return changed(self, bounding_boxes, int(shape[self._top]), int(shape[self._top + 1]), change)


class RandomElasticTransform(Moving):
    """Pictures stretched like rubber by smooth noise (Simard et al. 2003); `scale` says how much.

    `factor`: the probability that a picture changes, or the range it is drawn from.

    Shapes: (batch, height, width, channels) or (height, width, channels), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomElasticTransform(seed=1)(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    factor: Any = 1.0
    scale: Any = 1.0
    interpolation: str = "bilinear"
    fill_mode: str = "reflect"
    fill_value: float = 0.0
    value_range: Any = (0, 255)
    seed: int | None = None
    data_format: str | None = None
    fill_modes = ("constant", "nearest", "wrap", "mirror", "reflect")

    def __post_init__(self) -> None:
        super().__post_init__()
        self.factor, self.scale = span(self, "factor", self.factor, 0, 1), span(self, "scale", self.scale, 0, 1)

    def draw(self, images, generator):
        if self.scale[1] == 0 or self.factor[1] == 0:
            return None
        chosen = self.chosen(images, generator)
        (distortion,) = self.between(images, generator, self.scale)
        noise = self._noise(images, generator)
        return {"apply_transform": chosen, "distortion_factor": distortion[0], "noise": noise}

    def _noise(self, images, generator):
        height, width = self.size(images)
        noise = draws.normal(generator, batch_of(images), 2 * height * width, images)
        return ops.unstack(ops.reshape(noise, (-1, 2, height, width)), 2, axis=1)

    def augment(self, images, transformation, interpolation):
        height, width = self.size(images)
        factor = ops.maximum(transformation["distortion_factor"], 1e-6)
        # as wide as the largest `scale` needs: what is compiled cannot depend on what is drawn
        window = int(6 * 0.05 * min(height, width) * self.scale[1]) | 1
        pictures, undo = warping.batched(images, self.data_format)
        noise = transformation.get("noise")
        if noise is None:
            noise = self._noise(images, SeedGenerator(transformation["seed"], counted=True))
        changed = undo(
            warping.stretched(
                pictures, noise, 0.1 * max(height, width) * factor, 0.05 * min(height, width) * factor, window,
                interpolation, self.fill_mode, self.fill_value,
            )
        )  # fmt: skip
        return ops.clip(where_chosen(transformation["apply_transform"], changed, images), *self.value_range)

    def transform_bounding_boxes(self, bounding_boxes, transformation=None, training=True):
        raise NotImplementedError("RandomElasticTransform: what it does to bounding boxes is not known; Keras neither.")


class RandomCrop(Moving):
    """A window of `height` by `width` at a random place, the same for all pictures of a batch.

    Outside training, and for pictures that are not larger, the largest window in the middle that has its proportions,
    brought to that size.

    Shapes: (batch, h, w, channels) or (h, w, channels) → the same with `height` and `width`, as floats.

    Raises:
        ValueError: pictures whose height or width a graph does not know.

    Example:
        >>> lanthorn.layers.RandomCrop(4, 5, seed=1)(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 4, 5, 3)
    """

    keeps_shape = False

    height: int
    width: int
    seed: int | None = None
    data_format: str | None = None

    def get_random_transformation(self, data, training=True, seed=None):
        images = data["images"] if isinstance(data, dict) else data
        h, w = images.shape[self._top], images.shape[self._top + 1]
        if h is None or w is None:
            raise ValueError(f"RandomCrop: the height and width of pictures must be known, got shape {images.shape}.")
        if training and h > self.height and w > self.width:
            ranges = (0, h - self.height + 1), (0, w - self.width + 1)
            down, along = self.between(images, seed or self.generator, *ranges)
            return ops.cast(down[0], "int32"), ops.cast(along[0], "int32")
        tall, wide = self._middle(h, w)
        return int((h - tall) / 2), int((w - wide) / 2)

    def _middle(self, h, w):
        """The largest window with the proportions of `height` and `width`."""
        tall, wide = int(float(w * self.height) / self.width), int(float(h * self.width) / self.height)
        return max(min(h, tall), 1), max(min(w, wide), 1)

    def _window(self, images, start, training):
        h, w = images.shape[self._top], images.shape[self._top + 1]
        if not training:
            return self._middle(h, w)
        known = [s if isinstance(s, int) else 0 for s in start]
        return min(self.height, h - known[0]), min(self.width, w - known[1])

    def transform_images(self, images, transformation=None, training=True):
        return self._cut(images, transformation, training, "bilinear")

    def transform_segmentation_masks(self, segmentation_masks, transformation=None, training=True):
        return self._cut(segmentation_masks, transformation, training, "nearest")

    def _cut(self, images, start, training, interpolation):
        images = ops.cast(images, self.compute_dtype or "float32")
        top = len(images.shape) + self._top
        for axis, first, size in zip((top, top + 1), start, self._window(images, start, training), strict=True):
            places = ops.add(ops.arange(size, dtype="int32", like=images), first)
            images = ops.take(images, places, axis=axis)
        if (images.shape[top], images.shape[top + 1]) != (self.height, self.width):
            images = ops.image.resize(images, (self.height, self.width), interpolation, data_format=self.data_format)
        return images

    def transform_bounding_boxes(self, bounding_boxes, transformation=None, training=True):
        if not training:
            return bounding_boxes
        down, along = (n if isinstance(n, int) else ops.cast(n, "float32") for n in transformation)
        boxes = convert_format(bounding_boxes, self.bounding_box_format, "xyxy", self.height, self.width)
        x1, y1, x2, y2 = corners(boxes["boxes"])
        x1, x2 = (ops.clip(x - along, 0, self.width) for x in (x1, x2))
        y1, y2 = (ops.clip(y - down, 0, self.height) for y in (y1, y2))
        boxes = boxes | {"boxes": joined(x1, y1, x2, y2)}
        return convert_format(boxes, "xyxy", self.bounding_box_format, self.height, self.width)

    def compute_output_shape(self, input_shape):
        shape = list(input_shape)
        shape[self._top], shape[self._top + 1] = self.height, self.width
        return tuple(shape)
