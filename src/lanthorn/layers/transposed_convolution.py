"""Transposed convolutions: each input number writes a window of the output."""

from typing import Any, ClassVar

from .. import ops
from ..activations import ActivationLike
from ..constraints import ConstraintLike
from ..core.layer import InputSpec, Layer
from ..initializers import InitializerLike
from ..regularizers import RegularizerLike
from .settings import add_weight, channel_axis, choice, layout, sizes


class ConvTranspose(Layer):
    """The convolution that `Conv1DTranspose`, `Conv2DTranspose` and `Conv3DTranspose` are ranks of."""

    whole_numbers = False

    rank: ClassVar[int]
    _legacy: ClassVar[dict[str, str | None]] = {"groups": None}

    filters: int
    kernel_size: Any
    strides: Any = 1
    padding: str = "valid"
    output_padding: Any = None
    data_format: str | None = None
    dilation_rate: Any = 1
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
        self.padding = choice(self, "padding", self.padding, ("valid", "same"))
        self.data_format = layout(self, self.data_format)
        if self.output_padding is not None:
            self.output_padding = sizes(self, "output_padding", self.output_padding, self.rank, minimum=0)
            if any(extra >= step for extra, step in zip(self.output_padding, self.strides, strict=True)):
                raise ValueError(
                    f"{type(self).__name__}: `output_padding` {self.output_padding} must be less than the strides "
                    f"{self.strides}."
                )
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def build(self, input_shape) -> None:
        axis = channel_axis(self.data_format)  # pyright: ignore[reportArgumentType]
        channels = input_shape[axis]
        self.kernel = add_weight(self, "kernel", (*self.kernel_size, self.filters, channels))
        self.bias = add_weight(self, "bias", (self.filters,)) if self.use_bias else None
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: channels})

    def call(self, inputs):
        outputs = ops.conv_transpose(
            inputs,
            self.kernel,
            self.strides,
            self.padding,
            self.output_padding,
            self.data_format,
            self.dilation_rate,
            bias=self.bias,
        )
        return self.activation(outputs)


class Conv1DTranspose(ConvTranspose):
    """`Conv2DTranspose` with one spatial axis.

    Shapes: (batch, steps, channels) → (batch, new_steps, filters), or channels first.

    Example:
        >>> lanthorn.layers.Conv1DTranspose(4, 2, strides=2)(np.ones((1, 5, 3), "float32")).shape
        (1, 10, 4)
    """

    rank = 1


class Conv2DTranspose(ConvTranspose):
    """A convolution run backwards: with strides it makes pictures larger.

    "same" gives size · stride, "valid" gives size · stride + max(kernel - stride, 0); `output_padding` sets how much is
    added at the far side instead.

    Shapes: (batch, height, width, channels) → (batch, new_height, new_width, filters), or channels first.
    Weights: kernel (height, width, filters, channels), bias (filters,).

    Example:
        >>> lanthorn.layers.Conv2DTranspose(4, 3, strides=2, padding="same")(np.ones((1, 5, 5, 3), "float32")).shape
        (1, 10, 10, 4)
    """

    rank = 2


class Conv3DTranspose(ConvTranspose):
    """`Conv2DTranspose` with three spatial axes.

    Shapes: (batch, depth, height, width, channels) → (batch, …, filters), or channels first.
    """

    rank = 3
