"""Convolutions over one, two and three spatial axes: one class, three ranks."""

from typing import Any, ClassVar

from .. import ops
from ..activations import ActivationLike
from ..constraints import ConstraintLike
from ..core.layer import InputSpec, Layer
from ..initializers import InitializerLike
from ..regularizers import RegularizerLike
from .settings import add_weight, channel_axis, choice, layout, sizes


class Conv(Layer):
    """The convolution that `Conv1D`, `Conv2D` and `Conv3D` are ranks of."""

    whole_numbers = False

    rank: ClassVar[int]
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")

    filters: int
    kernel_size: Any
    strides: Any = 1
    padding: str = "valid"
    data_format: str | None = None
    dilation_rate: Any = 1
    groups: int = 1
    activation: ActivationLike = None
    use_bias: bool = True
    kernel_initializer: InitializerLike = "glorot_uniform"
    bias_initializer: InitializerLike = "zeros"
    kernel_regularizer: RegularizerLike = None
    bias_regularizer: RegularizerLike = None
    activity_regularizer: RegularizerLike = None
    kernel_constraint: ConstraintLike = None
    bias_constraint: ConstraintLike = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.kernel_size = sizes(self, "kernel_size", self.kernel_size, self.rank)
        self.strides = sizes(self, "strides", self.strides, self.rank)
        self.dilation_rate = sizes(self, "dilation_rate", self.dilation_rate, self.rank)
        self.padding = choice(self, "padding", self.padding, self.paddings)
        self.data_format = layout(self, self.data_format)
        who = type(self).__name__
        if self.filters < 1 or self.groups < 1 or self.filters % self.groups:
            raise ValueError(
                f"{who}: `filters` must be a multiple of `groups` and both at least 1, got {self.filters} filters "
                f"in {self.groups} groups."
            )
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"{who}: strides {self.strides} and dilation_rate {self.dilation_rate} cannot both exceed 1."
            )
        self.input_spec = InputSpec(min_ndim=self.rank + 2)

    def build(self, input_shape) -> None:
        axis = channel_axis(self.data_format)  # pyright: ignore[reportArgumentType]
        channels = input_shape[axis]
        if channels % self.groups:
            raise ValueError(
                f"{self.describe()}: expected channels in a multiple of its {self.groups} groups, "
                f"got an input of shape {tuple(input_shape)} with {channels} channels. Change `groups` or the input."
            )
        self.kernel = add_weight(self, "kernel", (*self.kernel_size, channels // self.groups, self.filters))
        self.bias = add_weight(self, "bias", (self.filters,)) if self.use_bias else None
        self.input_spec = InputSpec(min_ndim=self.rank + 2, axes={axis: channels})

    def call(self, inputs):
        return self.activation(self.convolve(inputs, self.padding))

    def convolve(self, inputs, padding):
        return ops.conv(
            inputs, self.kernel, self.strides, padding, self.data_format, self.dilation_rate, bias=self.bias
        )


class Conv1D(Conv):
    """Filters that slide along a sequence.

    `padding="causal"` pads on the left only, so that an output never sees later inputs. The other settings and
    the weights are those of `Conv2D`, with one spatial axis.

    Shapes: (batch, steps, channels) → (batch, new_steps, filters), or channels first.

    Example:
        >>> lanthorn.layers.Conv1D(4, 3, padding="causal")(np.ones((2, 10, 3), "float32")).shape
        (2, 10, 4)
    """

    rank = 1
    reads_steps = True
    paddings = ("valid", "same", "causal")

    def call(self, inputs):
        if self.padding != "causal":
            return super().call(inputs)
        before = self.dilation_rate[0] * (self.kernel_size[0] - 1)
        axis = 1 if self.data_format == "channels_last" else 2
        inputs = ops.pad(inputs, [(before, 0) if i == axis else (0, 0) for i in range(3)])
        return self.activation(self.convolve(inputs, "valid"))


class Conv2D(Conv):
    """Filters that slide over a picture; every output is a weighted sum of a window of the input.

    With `padding="valid"` only whole windows count; with `"same"` the border is padded with zeros so that the
    output has ceil(size / stride) steps, one more zero after than before where they are not even. `groups` splits
    channels and filters into that many independent convolutions.

    Shapes: (batch, height, width, channels) → (batch, new_height, new_width, filters), or channels first.
    Weights: kernel (height, width, channels / groups, filters), bias (filters,).

    Raises:
        ValueError: settings that do not fit together, or an input with other channels than it was built for.

    Example:
        >>> lanthorn.layers.Conv2D(8, (3, 3), strides=2, padding="same")(np.ones((1, 9, 9, 3), "float32")).shape
        (1, 5, 5, 8)
    """

    rank = 2


class Conv3D(Conv):
    """Filters that slide over a volume. Settings and weights are those of `Conv2D`, with three spatial axes.

    Shapes: (batch, depth, height, width, channels) → (batch, …, filters), or channels first.

    Example:
        >>> lanthorn.layers.Conv3D(4, 2)(np.ones((1, 5, 5, 5, 3), "float32")).shape
        (1, 4, 4, 4, 4)
    """

    rank = 3
