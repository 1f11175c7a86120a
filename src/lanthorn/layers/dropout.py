"""Dropout (Srivastava et al. 2014): in training, a share of the numbers is 0 and the rest is scaled up."""

from typing import Any, ClassVar

from .. import ops, random
from ..core.layer import InputSpec, Layer
from .settings import layout


class RandomLayer(Layer):
    """A layer that acts at random in training, from its own seed, and does nothing else."""

    whole_numbers = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True
        rate = getattr(self, "rate", 0.0)
        if not 0 <= rate <= 1:
            raise ValueError(f"{type(self).__name__}: `rate` must be from 0 to 1, got {rate}.")
        if getattr(self, "rate", 1.0) > 0:
            self.seed_generator = random.SeedGenerator(self.seed)


class Dropout(RandomLayer):
    """In training, each number is 0 with probability `rate`, else multiplied by 1 / (1 - rate).

    `noise_shape` has 1 along axes that share their fate: (None, 1, None) drops whole channels of a sequence.
    Outside training the input passes unchanged.

    Example:
        >>> lanthorn.layers.Dropout(0.5, seed=1)(np.ones((1, 4), "float32"), training=True)
    """

    rate: float
    noise_shape: Any = None
    seed: int | None = None

    def call(self, inputs, training=False):
        if not training or self.rate == 0:
            return inputs
        shape = self._noise_shape(inputs)
        return random.dropout(inputs, self.rate, noise_shape=shape, seed=self.seed_generator)

    def _noise_shape(self, inputs):
        if self.noise_shape is None:
            return None
        return tuple(s if n is None else n for s, n in zip(ops.shape(inputs), self.noise_shape, strict=True))


class SpatialDropout(RandomLayer):
    """Dropout of whole channels (Tompson et al. 2014, arXiv:1411.4280): neighbours in a picture know each other."""

    rank: ClassVar[int]

    def __post_init__(self) -> None:
        super().__post_init__()
        if hasattr(self, "data_format"):
            self.data_format = layout(self, self.data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs, training=False):
        if not training or self.rate == 0:
            return inputs
        shape, ones = ops.shape(inputs), (1,) * self.rank
        last = getattr(self, "data_format", "channels_last") == "channels_last"
        noise = (shape[0], *ones, shape[-1]) if last else (shape[0], shape[1], *ones)
        return random.dropout(inputs, self.rate, noise_shape=noise, seed=self.seed_generator)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if self.trainable:  # Keras takes no such setting here
            del config["trainable"]
        return config


class SpatialDropout1D(SpatialDropout):
    """In training, whole channels of a sequence are 0 with probability `rate`.

    Shapes: (batch, steps, channels), unchanged.
    """

    rank = 1
    rate: float
    seed: int | None = None


class SpatialDropout2D(SpatialDropout):
    """In training, whole channels of a picture are 0 with probability `rate`.

    Shapes: (batch, height, width, channels), or channels first; unchanged.
    """

    rank = 2
    rate: float
    data_format: str | None = None
    seed: int | None = None


class SpatialDropout3D(SpatialDropout):
    """In training, whole channels of a volume are 0 with probability `rate`.

    Shapes: (batch, depth, height, width, channels), or channels first; unchanged.
    """

    rank = 3
    rate: float
    data_format: str | None = None
    seed: int | None = None
