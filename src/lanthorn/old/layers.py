"""Layers that Keras 1 and 2 had, and Keras 3 has not."""

from typing import Any, ClassVar

from .. import layers, ops
from ..activations import ActivationLike
from ..initializers import Constant, InitializerLike
from ..layers.settings import add_weight, layout, sizes
from .said import say


class ThresholdedReLU(layers.Layer):
    """x where it is above `theta`, else 0; today `x * (x > theta)` in ops.

    Example:
        >>> lanthorn.layers.ThresholdedReLU(theta=1.0)(np.array([[0.5, 2.0]], "float32"))  # [[0, 2]]
    """

    theta: float = 1.0

    def call(self, inputs):
        return ops.where(inputs > self.theta, inputs, ops.zeros_like(inputs))


class MaxoutDense(layers.Layer):
    """The largest of `nb_feature` linear maps (Goodfellow et al. 2013, arXiv:1302.4389).

    Shapes: (batch, n) → (batch, output_dim). Weights: kernel (nb_feature, n, output_dim), bias (nb_feature,
    output_dim).
    """

    output_dim: int
    nb_feature: int = 4
    kernel_initializer: InitializerLike = "glorot_uniform"
    use_bias: bool = True

    def build(self, input_shape) -> None:
        shape = self.nb_feature, input_shape[-1], self.output_dim
        self.kernel = add_weight(self, "kernel", shape)
        self.bias = self.add_weight(name="bias", shape=shape[::2], initializer="zeros") if self.use_bias else None

    def call(self, inputs):
        maps = ops.einsum("bn,fno->bfo", inputs, self.kernel)
        return ops.max(maps if self.bias is None else maps + self.bias, axis=1)


class Highway(layers.Layer):
    """t * activation(dense(x)) + (1 - t) * x, with a gate t of its own (Srivastava et al. 2015, arXiv:1505.00387).

    Shapes: (batch, n) → the same. The gate's bias begins at `transform_bias`, so that the input passes at first.
    """

    activation: ActivationLike = None
    transform_bias: float = -1.0
    kernel_initializer: InitializerLike = "glorot_uniform"
    use_bias: bool = True

    def build(self, input_shape) -> None:
        size = input_shape[-1]
        start = {"use_bias": self.use_bias, "kernel_initializer": self.kernel_initializer}
        self.dense = layers.Dense(size, activation=self.activation, **start)
        self.gate = layers.Dense(size, activation="sigmoid", bias_initializer=Constant(self.transform_bias), **start)
        self.dense.build(input_shape)
        self.gate.build(input_shape)

    def call(self, inputs):
        through = self.gate(inputs)
        return through * self.dense(inputs) + (1.0 - through) * inputs


class LocallyConnected(layers.Layer):
    """A convolution whose filters differ from place to place."""

    rank: ClassVar[int]

    filters: int
    kernel_size: Any
    strides: Any = 1
    padding: str = "valid"
    data_format: str | None = None
    activation: ActivationLike = None
    use_bias: bool = True
    kernel_initializer: InitializerLike = "glorot_uniform"
    bias_initializer: InitializerLike = "zeros"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.kernel_size = sizes(self, "kernel_size", self.kernel_size, self.rank)
        self.strides = sizes(self, "strides", self.strides, self.rank)
        self.data_format = layout(self, self.data_format)
        if self.padding != "valid":
            raise ValueError(f"{type(self).__name__}: only padding='valid' is there, got {self.padding!r}.")

    def _last(self, shape: Any) -> Any:
        """A shape, or a way to order axes, with the channels last."""
        return shape if self.data_format == "channels_last" else (shape[0], *shape[2:], shape[1])

    def build(self, input_shape) -> None:
        shape = self._last(tuple(input_shape))
        steps = [(n - k) // s + 1 for n, k, s in zip(shape[1:-1], self.kernel_size, self.strides)]
        places, window = 1, shape[-1]
        for count, size in zip(steps, self.kernel_size):
            places, window = places * count, window * size
        self.steps = steps
        self.kernel = add_weight(self, "kernel", (places, window, self.filters))
        self.bias = add_weight(self, "bias", (*steps, self.filters)) if self.use_bias else None

    def call(self, inputs):
        x = inputs if self.data_format == "channels_last" else ops.moveaxis(inputs, 1, -1)
        for axis, (count, size, stride) in enumerate(zip(self.steps, self.kernel_size, self.strides), 1):
            windows = [ops.take(x, list(range(at * stride, at * stride + size)), axis=axis) for at in range(count)]
            x = ops.stack(windows, axis=axis)  # each axis becomes two: the place, and the place in its window
            x = ops.moveaxis(x, axis + 1, -2)
        x = ops.reshape(x, (-1, *self.kernel.shape[:2]))
        x = ops.einsum("bpw,pwf->bpf", x, self.kernel)
        x = ops.reshape(x, (-1, *self.steps, self.filters))
        x = self.activation(x if self.bias is None else x + self.bias)
        return x if self.data_format == "channels_last" else ops.moveaxis(x, -1, 1)


class LocallyConnected1D(LocallyConnected):
    """Filters along a sequence that differ from step to step; `padding` is 'valid'.

    Shapes: (batch, steps, channels) → (batch, new_steps, filters). Weights: kernel (new_steps, kernel_size * channels,
    filters), bias (new_steps, filters).

    Example:
        >>> lanthorn.layers.LocallyConnected1D(4, 3)(np.ones((2, 10, 3), "float32")).shape
        (2, 8, 4)
    """

    rank = 1


class LocallyConnected2D(LocallyConnected):
    """Filters over a picture that differ from place to place; `padding` is 'valid'.

    Shapes: (batch, height, width, channels) → (batch, rows, columns, filters). Weights: kernel (rows * columns,
    window * channels, filters), bias (rows, columns, filters).

    Example:
        >>> lanthorn.layers.LocallyConnected2D(4, 3)(np.ones((2, 6, 5, 3), "float32")).shape
        (2, 4, 3, 4)
    """

    rank = 2


def TimeDistributedDense(units: int, **kwargs: Any) -> Any:  # noqa: N802 (its name)
    """A Dense layer: it takes one step after another by itself."""
    say("TimeDistributedDense is of Keras 1: it is Dense today, which works along the last axis.")
    return layers.Dense(units, **kwargs)
