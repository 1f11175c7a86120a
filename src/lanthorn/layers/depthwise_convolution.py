"""Depthwise convolutions: each channel has filters of its own."""

from typing import Any, ClassVar

from .. import ops
from ..activations import ActivationLike
from ..constraints import ConstraintLike
from ..core.layer import InputSpec, Layer
from ..initializers import InitializerLike
from ..regularizers import RegularizerLike
from .settings import add_weight, channel_axis, choice, layout, sizes


class DepthwiseConv(Layer):
    """The convolution that `DepthwiseConv1D` and `DepthwiseConv2D` are ranks of."""

    whole_numbers = False

    rank: ClassVar[int]
    # Keras 2.8 wrote `groups`, and what Conv2D has, into the file; they never had a meaning here.
    _legacy: ClassVar[dict[str, str | None]] = dict.fromkeys(
        ["groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"]
    )

    kernel_size: Any
    strides: Any = 1
    padding: str = "valid"
    depth_multiplier: int = 1
    data_format: str | None = None
    dilation_rate: Any = 1
    activation: ActivationLike = None
    use_bias: bool = True
    depthwise_initializer: InitializerLike = "glorot_uniform"
    bias_initializer: InitializerLike = "zeros"
    depthwise_regularizer: RegularizerLike = None
    bias_regularizer: RegularizerLike = None
    activity_regularizer: RegularizerLike = None
    depthwise_constraint: ConstraintLike = None
    bias_constraint: ConstraintLike = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.kernel_size = sizes(self, "kernel_size", self.kernel_size, self.rank)
        self.strides = sizes(self, "strides", self.strides, self.rank)
        self.dilation_rate = sizes(self, "dilation_rate", self.dilation_rate, self.rank)
        self.padding = choice(self, "padding", self.padding, ("valid", "same"))
        self.data_format = layout(self, self.data_format)
        if self.depth_multiplier < 1:
            raise ValueError(f"{type(self).__name__}: `depth_multiplier` must be at least 1.")
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"{type(self).__name__}: strides {self.strides} and dilation_rate {self.dilation_rate} "
                "cannot both exceed 1."
            )
        self.input_spec = InputSpec(min_ndim=self.rank + 2)

    def build(self, input_shape) -> None:
        axis = channel_axis(self.data_format)  # pyright: ignore[reportArgumentType]
        channels = input_shape[axis]
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.kernel = add_weight(self, "kernel", shape, settings="depthwise")
        self.bias = add_weight(self, "bias", (channels * self.depth_multiplier,)) if self.use_bias else None
        self.input_spec = InputSpec(min_ndim=self.rank + 2, axes={axis: channels})

    def call(self, inputs):
        outputs = ops.depthwise_conv(
            inputs, self.kernel, self.strides, self.padding, self.data_format, self.dilation_rate, bias=self.bias
        )
        return self.activation(outputs)


class DepthwiseConv1D(DepthwiseConv):
    """`DepthwiseConv2D` with one spatial axis.

    Shapes: (batch, steps, channels) → (batch, new_steps, channels · depth_multiplier), or channels first.

    Example:
        >>> lanthorn.layers.DepthwiseConv1D(3)(np.ones((1, 9, 4), "float32")).shape
        (1, 7, 4)
    """

    rank = 1


class DepthwiseConv2D(DepthwiseConv):
    """A convolution that keeps channels apart: each one is seen by `depth_multiplier` filters of its own.

    Shapes: (batch, height, width, channels) → (batch, …, channels · depth_multiplier), or channels first; the
    outputs of a channel stand next to each other.
    Weights: kernel (height, width, channels, depth_multiplier), bias (channels · depth_multiplier,).

    Example:
        >>> lanthorn.layers.DepthwiseConv2D((3, 3), padding="same")(np.ones((1, 9, 9, 4), "float32")).shape
        (1, 9, 9, 4)
    """

    rank = 2
