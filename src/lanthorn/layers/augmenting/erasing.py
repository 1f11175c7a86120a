"""Pictures blurred, and pictures with a part erased."""

from typing import Any

from ... import ops
from . import draws
from .base import Augmentation, batch_of, span, where_chosen


class RandomGaussianBlur(Augmentation):
    """Pictures blurred with a window of `kernel_size` pixels; the bell's widths along x and y are drawn from `sigma`.

    `factor`: the probability that a picture changes, or the range it is drawn from.

    Shapes: (batch, height, width, channels) or (height, width, channels), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomGaussianBlur(kernel_size=5, seed=1)(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    factor: Any = 1.0
    kernel_size: Any = 3
    sigma: Any = 1.0
    value_range: Any = (0, 255)
    data_format: str | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.factor, self.sigma = span(self, "factor", self.factor, 0, 1), span(self, "sigma", self.sigma, 0, 1)
        sizes = self.kernel_size if isinstance(self.kernel_size, (tuple, list)) else (self.kernel_size,) * 2
        if len(sizes) != 2 or any(not isinstance(n, (int, float)) or n % 2 != 1 for n in sizes):
            raise ValueError(f"RandomGaussianBlur: `kernel_size` must be an odd number or two, got {self.kernel_size}.")
        self.kernel_size = tuple(sizes)

    def draw(self, images, generator):
        chosen = self.chosen(images, generator)
        both = self.between(images, generator, self.sigma, self.sigma)
        return {"should_apply_blur": chosen, "blur_factor": ops.stack([s[0] for s in both]) + 1e-6}

    def augment(self, images, transformation, interpolation):
        blurred = ops.image.gaussian_blur(
            images, self.kernel_size, transformation["blur_factor"], data_format=self.data_format
        )
        return ops.clip(where_chosen(transformation["should_apply_blur"], blurred, images), *self.value_range)


def window(images: Any, top: int, x: tuple, y: tuple) -> Any:
    """Which pixels lie in a window per picture: from x[0] up to x[1] and from y[0] up to y[1], (batch,) each."""
    shape, places = ops.shape(images), []
    for axis, (first, end) in ((top, y), (top + 1, x)):
        at = ops.arange(shape[axis], dtype="float32", like=images)
        at = ops.reshape(at, (-1,) + (1,) * (-1 - axis))
        first, end = (ops.reshape(n, (-1, 1, 1, 1)) for n in (first, end))
        places.append(ops.logical_and(at >= first, at < end))
    return ops.logical_and(*places)


class RandomErasing(Augmentation):
    """A window of each picture erased (Zhong et al. 2017, arXiv:1708.04896): with noise, or with `fill_value`.

    `factor`: the probability that a picture changes, or the range it is drawn from. `scale`: the range of the product
    of the window's height and width, in parts of the picture. `fill_value`: None, a number, or one for each channel.

    Shapes: (batch, height, width, channels) or (height, width, channels), unchanged, as floats.

    Example:
        >>> lanthorn.layers.RandomErasing((1.0, 1.0), fill_value=0, seed=1)(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    factor: Any = 1.0
    scale: Any = (0.02, 0.33)
    fill_value: Any = None
    value_range: Any = (0, 255)
    seed: int | None = None
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.factor, self.scale = span(self, "factor", self.factor, 0, 1), span(self, "scale", self.scale, 0, 1)
        value = self.fill_value
        if not (
            value is None or isinstance(value, (int, float)) or isinstance(value, (tuple, list)) and len(value) == 3
        ):
            raise ValueError(f"RandomErasing: `fill_value` must be None, a number or three numbers, got {value!r}.")

    def draw(self, images, generator):
        height, width = self.size(images)
        wide, tall, x, y = self.between(images, generator, self.scale, self.scale, (0, 1), (0, 1))
        wide, tall = ops.sqrt(wide), ops.sqrt(tall)
        x, y = x * (1 - wide), y * (1 - tall)
        mask = window(images, self._top, (x * width, (x + wide) * width), (y * height, (y + tall) * height))
        return {
            "apply_erasing": self.chosen(images, generator),
            "batch_masks": mask,
            "fill_value": self._filling(images, generator),
        }

    def _filling(self, images, generator):
        if self.fill_value is None:
            shape = ops.shape(images)
            count = shape[-1] * shape[-2] * shape[-3]
            noise = draws.normal(generator, batch_of(images), count, images)
            noise = ops.reshape(noise, (-1, *shape[-3:])) * self.value_range[1]
            return ops.clip(noise, *self.value_range)
        value = ops.reshape(draws.constant(self.fill_value, images), (-1,))
        value = ops.reshape(value, (-1, 1, 1) if self.data_format == "channels_first" else (-1,))
        return ops.clip(value, *self.value_range)

    def augment(self, images, transformation, interpolation):
        filling = ops.cast(ops.convert_to_tensor(transformation["fill_value"], like=images), ops.dtype(images))
        erased = ops.where(transformation["batch_masks"], filling, images)
        return where_chosen(transformation["apply_erasing"], erased, images)
