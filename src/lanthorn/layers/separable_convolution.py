"""Separable convolutions: a depthwise convolution, then a mix of the channels at each place."""

from typing import Any, ClassVar

from .. import ops
from ..activations import ActivationLike
from ..constraints import ConstraintLike
from ..core.layer import InputSpec, Layer
from ..initializers import InitializerLike
from ..regularizers import RegularizerLike
from .settings import add_weight, channel_axis, choice, layout, sizes


class SeparableConv(Layer):
    """The convolution that `SeparableConv1D` and `SeparableConv2D` are ranks of."""

    whole_numbers = False

    rank: ClassVar[int]
    # Keras 2 wrote what Conv2D has into the file; it never had a meaning here.
    _legacy: ClassVar[dict[str, str | None]] = dict.fromkeys(
        ["groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"]
    )

    filters: int
    kernel_size: Any
    strides: Any = 1
    padding: str = "valid"
    data_format: str | None = None
    dilation_rate: Any = 1
    depth_multiplier: int = 1
    activation: ActivationLike = None
    use_bias: bool = True
    depthwise_initializer: InitializerLike = "glorot_uniform"
    pointwise_initializer: InitializerLike = "glorot_uniform"
    bias_initializer: InitializerLike = "zeros"
    depthwise_regularizer: RegularizerLike = None
    pointwise_regularizer: RegularizerLike = None
    bias_regularizer: RegularizerLike = None
    activity_regularizer: RegularizerLike = None
    depthwise_constraint: ConstraintLike = None
    pointwise_constraint: ConstraintLike = None
    bias_constraint: ConstraintLike = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.kernel_size = sizes(self, "kernel_size", self.kernel_size, self.rank)
        self.strides = sizes(self, "strides", self.strides, self.rank)
        self.dilation_rate = sizes(self, "dilation_rate", self.dilation_rate, self.rank)
        self.padding = choice(self, "padding", self.padding, ("valid", "same"))
        self.data_format = layout(self, self.data_format)
        if self.filters < 1 or self.depth_multiplier < 1:
            raise ValueError(f"{type(self).__name__}: `filters` and `depth_multiplier` must be at least 1.")
        self.input_spec = InputSpec(min_ndim=self.rank + 2)

    def build(self, input_shape) -> None:
        axis, ones = channel_axis(self.data_format), (1,) * self.rank  # pyright: ignore[reportArgumentType]
        channels, depth = input_shape[axis], self.depth_multiplier
        self.depthwise_kernel = add_weight(
            self, "depthwise_kernel", (*self.kernel_size, channels, depth), settings="depthwise"
        )
        self.pointwise_kernel = add_weight(
            self, "pointwise_kernel", (*ones, channels * depth, self.filters), settings="pointwise"
        )
        self.bias = add_weight(self, "bias", (self.filters,)) if self.use_bias else None
        self.input_spec = InputSpec(min_ndim=self.rank + 2, axes={axis: channels})

    def call(self, inputs):
        outputs = ops.separable_conv(
            inputs,
            self.depthwise_kernel,
            self.pointwise_kernel,
            self.strides,
            self.padding,
            self.data_format,
            self.dilation_rate,
            bias=self.bias,
        )
        return self.activation(outputs)


class SeparableConv1D(SeparableConv):
    """`SeparableConv2D` with one spatial axis.

    Shapes: (batch, steps, channels) → (batch, new_steps, filters), or channels first.

    Example:
        >>> lanthorn.layers.SeparableConv1D(6, 3)(np.ones((1, 9, 4), "float32")).shape
        (1, 7, 6)
    """

    rank = 1


class SeparableConv2D(SeparableConv):
    """Each channel convolved for itself, then all channels mixed by a 1×1 convolution (Chollet 2017, arXiv:1610.02357).

    Shapes: (batch, height, width, channels) → (batch, new_height, new_width, filters), or channels first.
    Weights: depthwise_kernel (height, width, channels, depth_multiplier), pointwise_kernel (1, 1, channels ·
    depth_multiplier, filters), bias (filters,).

    Example:
        >>> lanthorn.layers.SeparableConv2D(6, 3, padding="same")(np.ones((1, 9, 9, 4), "float32")).shape
        (1, 9, 9, 6)
    """

    rank = 2
