"""Dense: a matrix product and a bias."""

from .. import ops
from ..activations import ActivationLike
from ..constraints import ConstraintLike
from ..core.layer import InputSpec, Layer
from ..initializers import InitializerLike
from ..regularizers import RegularizerLike
from .settings import add_weight


class Dense(Layer):
    """`activation(inputs @ kernel + bias)`: every output is a weighted sum of all inputs.

    Shapes: (..., inputs) → (..., units). Weights: kernel (inputs, units), bias (units,).

    Raises:
        ValueError: the last axis of the input is unknown, or is not the one that the layer was built for.

    Example:
        >>> layer = lanthorn.layers.Dense(2, activation="relu")
        >>> layer(np.ones((3, 4), "float32")).shape
        (3, 2)
    """

    whole_numbers = False

    units: int
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
        if self.units < 1:
            raise ValueError(f"Dense: `units` must be at least 1, got {self.units}.")
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True

    def build(self, input_shape) -> None:
        inputs = input_shape[-1]
        self.kernel = add_weight(self, "kernel", (inputs, self.units))
        self.bias = add_weight(self, "bias", (self.units,)) if self.use_bias else None
        self.input_spec = InputSpec(min_ndim=2, axes={-1: inputs})

    def call(self, inputs):
        return self.activation(ops.linear(inputs, self.kernel, self.bias))
