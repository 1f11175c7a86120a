"""Pictures turned, zoomed, moved and sheared: one matrix per picture, one warp."""

import math
from typing import Any, ClassVar

from ... import ops
from .base import Moving, batch_of, span
from .boxes import around, changed, clip_to_image_size, convert_format, corners, joined, per_sample, together


def matrix(*numbers: Any) -> Any:
    """Rows (a, b, c, d, e, f, 0, 0): the result at (x, y) is seen at (a x + b y + c, d x + e y + f)."""
    like = next(n for n in numbers if not isinstance(n, (int, float)))
    flat = ops.reshape(like, (-1,))
    columns = [n + 0 * flat if isinstance(n, (int, float)) else ops.reshape(n, (-1,)) for n in (*numbers, 0.0, 0.0)]
    return ops.stack(columns, axis=-1)


class Affine(Moving):
    """Base: `numbers(transformation, height, width)` gives the matrix of what was drawn."""

    boxes_in_a_batch: ClassVar[bool] = True  # boxes (count, 4) come back as (1, count, 4), as in Keras

    def numbers(self, transformation: Any, height: Any, width: Any) -> Any:
        raise NotImplementedError

    def augment(self, images, transformation, interpolation):
        return ops.image.affine_transform(
            images, self.numbers(transformation, *self.size(images)), interpolation, self.fill_mode, self.fill_value,
            self.data_format,
        )  # fmt: skip

    def transform_bounding_boxes(self, bounding_boxes, transformation=None, training=True):
        if not training or transformation is None:
            return bounding_boxes
        height, width = self.size_of(transformation)
        numbers, boxes = together(self.numbers(transformation, height, width), bounding_boxes["boxes"])
        boxes = ops.expand_dims(boxes, 0) if self.boxes_in_a_batch and len(boxes.shape) == 2 else boxes
        a, b, c, d, e, f = (per_sample(ops.cast(numbers[:, i], "float32"), boxes) for i in range(6))
        volume = a * e - b * d

        def back(x, y):
            return (e * (x - c) - b * (y - f)) / volume, (a * (y - f) - d * (x - c)) / volume

        return changed(
            self, bounding_boxes | {"boxes": boxes}, height, width, lambda a, b, c, d: around(a, b, c, d, back)
        )

    def size_of(self, transformation: Any) -> tuple:
        shape = transformation["input_shape"]
        return shape[self._top], shape[self._top + 1]


def _float(size: Any) -> Any:
    return size if isinstance(size, int) else ops.cast(size, "float32")


class RandomRotation(Affine):
    """Pictures turned about their middle by an angle drawn from `factor`, in parts of a full turn.

    A positive angle turns against the clock; 0.1 is from -36 to 36 degrees, a pair is (lowest, highest). What lies
    outside is filled as `fill_mode` says: "reflect" (d c b a | a b c d), "wrap", "nearest" or "constant", which is
    `fill_value`.

    Shapes: (batch, height, width, channels) or (height, width, channels), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomRotation(0.1, seed=1)(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    factor: Any
    fill_mode: str = "reflect"
    interpolation: str = "bilinear"
    seed: int | None = None
    fill_value: float = 0.0
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.factor = span(self, "factor", self.factor)

    def draw(self, images, generator):
        low, high = self.factor
        (angle,) = self.between(images, generator, (360.0 * low, 360.0 * high))
        height, width = self.size(images)
        drawn = {"angle": angle, "image_height": height, "image_width": width, "batch_size": batch_of(images)}
        return drawn | {"rotation_matrix": self.numbers(drawn, height, width)}

    def numbers(self, transformation, height, width):
        if "rotation_matrix" in transformation:
            return ops.reshape(transformation["rotation_matrix"], (-1, 8))
        angle = ops.multiply(transformation["angle"], math.pi / 180)
        cos, sin = ops.cos(angle), ops.sin(angle)
        x, y = (_float(width) - 1) / 2, (_float(height) - 1) / 2
        return matrix(cos, -sin, x - x * cos + y * sin, sin, cos, y - x * sin - y * cos)

    def size_of(self, transformation):
        return transformation["image_height"], transformation["image_width"]


class RandomZoom(Affine):
    """Pictures seen from farther (positive factors) or nearer (negative ones).

    0.2 draws from -0.2 to 0.2; with `width_factor` None the proportions stay.

    Shapes: (batch, height, width, channels) or (height, width, channels), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomZoom((0.1, 0.2), seed=1)(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    height_factor: Any
    width_factor: Any = None
    fill_mode: str = "reflect"
    interpolation: str = "bilinear"
    seed: int | None = None
    fill_value: float = 0.0
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.height_lower, self.height_upper = _both(self, "height_factor", -1.0)
        if self.width_factor is not None:
            self.width_lower, self.width_upper = _both(self, "width_factor", -1.0)

    def draw(self, images, generator):
        tall = (1 + self.height_lower, 1 + self.height_upper)
        wide = tall if self.width_factor is None else (1 + self.width_lower, 1 + self.width_upper)
        height, width = (ops.expand_dims(z, 1) for z in self.between(images, generator, tall, wide))
        width = height if self.width_factor is None else width
        return {"height_zoom": height, "width_zoom": width, "input_shape": ops.shape(images)}

    def numbers(self, transformation, height, width):
        down, across = transformation["height_zoom"], transformation["width_zoom"]
        x, y = (_float(width) - 1) / 2, (_float(height) - 1) / 2
        return matrix(across, 0.0, x * (1 - across), 0.0, down, y * (1 - down))


class RandomTranslation(Affine):
    """Pictures moved down and to the right (or, negative factors, up and left), in parts of their size.

    Shapes: (batch, height, width, channels) or (height, width, channels), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomTranslation(0.2, (0.0, 0.1), seed=1)(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    boxes_in_a_batch = False

    height_factor: Any
    width_factor: Any
    fill_mode: str = "reflect"
    interpolation: str = "bilinear"
    seed: int | None = None
    fill_value: float = 0.0
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.height_lower, self.height_upper = _both(self, "height_factor")
        self.width_lower, self.width_upper = _both(self, "width_factor")

    def draw(self, images, generator):
        height, width = self.size(images)
        down, across = self.between(
            images, generator, (self.height_lower, self.height_upper), (self.width_lower, self.width_upper)
        )
        translations = ops.stack([across * _float(width), down * _float(height)], axis=1)
        return {"translations": translations, "input_shape": ops.shape(images)}

    def numbers(self, transformation, height, width):
        moved = transformation["translations"]
        return matrix(1.0, 0.0, -moved[:, 0], 0.0, 1.0, -moved[:, 1])


class RandomShear(Affine):
    """Pictures sheared along x and along y, by parts of their size.

    Each factor is a number from 0 to 1 or a pair (lowest, highest); half of the pictures are sheared the other way.

    Shapes: (batch, height, width, channels) or (height, width, channels), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomShear(0.2, seed=1)(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    x_factor: Any = 0.0
    y_factor: Any = 0.0
    interpolation: str = "bilinear"
    fill_mode: str = "reflect"
    fill_value: float = 0.0
    data_format: str | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.x_factor, self.y_factor = _both(self, "x_factor"), _both(self, "y_factor")

    def draw(self, images, generator):
        throw, x, y = self.between(images, generator, (0, 1), self.x_factor, self.y_factor)
        sign = ops.expand_dims(ops.where(throw > 0.5, -ops.ones_like(throw), ops.ones_like(throw)), 1)
        return {"shear_factor": ops.stack([x, y], axis=1) * sign, "input_shape": ops.shape(images)}

    def numbers(self, transformation, height, width):
        x, y = transformation["shear_factor"][:, 0], transformation["shear_factor"][:, 1]
        return matrix(1.0, x, 0.0, y, 1.0, 0.0)

    def transform_bounding_boxes(self, bounding_boxes, transformation=None, training=True):
        if not training or transformation is None:
            return bounding_boxes
        height, width = self.size_of(transformation)
        factor, boxes = together(transformation["shear_factor"], bounding_boxes["boxes"])
        boxes = bounding_boxes | {"boxes": ops.expand_dims(boxes, 0) if len(boxes.shape) == 2 else boxes}
        boxes = convert_format(boxes, self.bounding_box_format, "rel_xyxy", height, width)
        sx, sy = (per_sample(ops.cast(factor[:, i], "float32"), boxes["boxes"]) for i in range(2))
        x1, y1, x2, y2 = corners(boxes["boxes"])  # as Keras reckons: along x first, then along y from the moved x
        x1, x2 = (
            ops.where(sx < 0, x1 - sx * y1, x1 - sx * y2),
            ops.where(sx < 0, x2 - sx * y2, x2 - sx * y1),
        )
        y1, y2 = (
            ops.where(sy > 0, y1 - sy * x2, y1 - sy * x1),
            ops.where(sy > 0, y2 - sy * x1, y2 - sy * x2),
        )
        boxes = clip_to_image_size(boxes | {"boxes": joined(x1, y1, x2, y2)}, bounding_box_format="rel_xyxy")
        return convert_format(boxes, "rel_xyxy", self.bounding_box_format, height, width)


def _both(layer: Any, name: str, open_end: float | None = None) -> tuple[float, float]:
    """A factor as `span` reads it, with both ends inside -1 … 1; `open_end` itself is not allowed."""
    value = getattr(layer, name)
    given = value if isinstance(value, (tuple, list)) else (value,)
    if not all(isinstance(v, (int, float)) and -1 <= v <= 1 and v != open_end for v in given):
        raise ValueError(
            f"{type(layer).__name__}: The `{name}` argument should be a number (or a list of two numbers) in the range "
            f"{'(' if open_end else '['}-1.0, 1.0]. Received: {name}={value}"
        )
    return span(layer, name, value)
