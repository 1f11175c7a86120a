"""Some pictures changed, and the others left: made grey, or inverted."""

from typing import Any

from ... import ops
from .base import Augmentation, per_picture, span, where_chosen


class RandomGrayscale(Augmentation):
    """Pictures made grey, each with the probability `factor`; they keep three channels.

    Shapes: (batch, height, width, 3) or (height, width, 3), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomGrayscale(1.0)(np.eye(3, dtype="float32").reshape(1, 1, 3, 3)).shape
        (1, 1, 3, 3)
    """

    factor: float = 0.5
    data_format: str | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.factor <= 1:
            raise ValueError(f"RandomGrayscale: `factor` must be from 0 to 1, got {self.factor}.")

    def draw(self, images, generator):
        (throw,) = self.between(images, generator, (0, 1))
        return per_picture(throw < self.factor)

    def augment(self, images, transformation, interpolation):
        grey = ops.image.rgb_to_grayscale(images, data_format=self.data_format)
        return where_chosen(transformation, grey, images)


class RandomInvert(Augmentation):
    """Pictures as negatives, each with a probability drawn from `factor` (a number f: from 0 to f).

    Shapes: (batch, height, width, channels) or (height, width, channels), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomInvert((1.0, 1.0))(np.zeros((1, 1, 1), "float32")).item()
        255.0
    """

    factor: Any = 1.0
    value_range: Any = (0, 255)
    seed: int | None = None
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.factor = span(self, "factor", self.factor, 0, 1)

    def draw(self, images, generator):
        return {"apply_inversion": self.chosen(images, generator)}

    def augment(self, images, transformation, interpolation):
        return where_chosen(transformation["apply_inversion"], self.value_range[1] - images, images)
