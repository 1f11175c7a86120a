"""Activations as layers."""

from typing import Any, ClassVar

from .. import ops
from ..activations import ActivationLike
from ..constraints import ConstraintLike
from ..core.layer import InputSpec, Layer
from ..initializers import InitializerLike
from ..regularizers import RegularizerLike
from .settings import add_weight


class Activation(Layer):
    """A function applied to each number (or, for "softmax", to each vector).

    `activation` is a name ("relu", "tanh", "softmax", …) or a function of one array.

    Example:
        >>> lanthorn.layers.Activation("relu")(np.array([[-1.0, 2.0]], "float32"))
    """

    whole_numbers = False

    activation: ActivationLike

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True

    def call(self, inputs):
        return self.activation(inputs)


class ReLU(Layer):
    """`max(x, 0)`, with a ceiling, a slope below and a threshold where they are set.

    x from `threshold` up stays (at most `max_value`); below it becomes `negative_slope * (x - threshold)`.

    Example:
        >>> lanthorn.layers.ReLU(6.0)(np.array([[-1.0, 2.0, 8.0]], "float32"))  # [[0, 2, 6]]
    """

    whole_numbers = False

    max_value: float | None = None
    negative_slope: float = 0.0
    threshold: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True
        for name in ("max_value", "negative_slope", "threshold"):
            if (getattr(self, name) or 0) < 0:
                raise ValueError(f"ReLU: `{name}` must not be negative, got {getattr(self, name)}.")

    def call(self, inputs):
        low, high, slope = self.threshold, self.max_value, self.negative_slope
        if low == 0 and slope == 0:
            if high is None:
                return ops.relu(inputs)
            return ops.relu6(inputs) if high == 6 else ops.clip(inputs, 0.0, high)
        kept = ops.where(inputs >= low if slope else inputs > low, inputs, ops.zeros_like(inputs))
        if slope:
            kept = ops.where(inputs >= low, inputs, slope * (inputs - low))
        return kept if high is None else ops.minimum(kept, high)


class LeakyReLU(Layer):
    """x where positive, `negative_slope * x` elsewhere. Keras 2 called the slope `alpha`.

    Example:
        >>> lanthorn.layers.LeakyReLU(0.1)(np.array([[-1.0, 2.0]], "float32"))  # [[-0.1, 2]]
    """

    whole_numbers = False

    negative_slope: float = 0.3

    _legacy: ClassVar[dict[str, str | None]] = {"alpha": "negative_slope"}

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True
        if self.negative_slope < 0:
            raise ValueError(f"LeakyReLU: `negative_slope` must not be negative, got {self.negative_slope}.")

    def call(self, inputs):
        return ops.leaky_relu(inputs, self.negative_slope)


class PReLU(Layer):
    """A leaky ReLU whose slope is learned, one per number of the input (He et al. 2015, arXiv:1502.01852).

    `shared_axes` names axes along which one slope is shared: (1, 2) gives one per channel of a picture.

    Weights: alpha, of the input's shape without the batch, 1 along shared axes.

    Example:
        >>> lanthorn.layers.PReLU(shared_axes=(1, 2))(np.ones((2, 8, 8, 3), "float32")).shape
        (2, 8, 8, 3)
    """

    whole_numbers = False

    alpha_initializer: InitializerLike = "zeros"
    alpha_regularizer: RegularizerLike = None
    alpha_constraint: ConstraintLike = None
    shared_axes: Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True
        if self.shared_axes is not None:
            self.shared_axes = [self.shared_axes] if isinstance(self.shared_axes, int) else list(self.shared_axes)

    def build(self, input_shape) -> None:
        shared = self.shared_axes or []
        shape = [1 if axis in shared else size for axis, size in enumerate(input_shape)][1:]
        self.alpha = add_weight(self, "alpha", tuple(shape))
        axes = {axis: size for axis, size in enumerate(input_shape) if axis and axis not in shared}
        self.input_spec = InputSpec(ndim=len(input_shape), axes=axes)

    def call(self, inputs):
        return ops.relu(inputs) - self.alpha * ops.relu(-inputs)


class ELU(Layer):
    """x where positive, `alpha * (exp(x) - 1)` elsewhere (Clevert et al. 2015, arXiv:1511.07289).

    Example:
        >>> lanthorn.layers.ELU()(np.array([[-1.0, 2.0]], "float32"))
    """

    whole_numbers = False

    alpha: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True

    def call(self, inputs):
        return ops.elu(inputs, alpha=self.alpha)


class Softmax(Layer):
    """Numbers along `axis` as shares that add up to 1; where the mask is False the share is 0.

    `axis` may be several axes, over which the shares then add up together.

    Example:
        >>> lanthorn.layers.Softmax()(np.array([[1.0, 1.0]], "float32"))  # [[0.5, 0.5]]
    """

    whole_numbers = False

    axis: Any = -1

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True
        self.axis = self.axis if isinstance(self.axis, int) else tuple(self.axis)

    def call(self, inputs, mask=None):
        if mask is not None:
            mask = ops.cast(mask, "bool")
            inputs = ops.where(mask, inputs, -1e9)
        if isinstance(self.axis, int):
            outputs = ops.softmax(inputs, axis=self.axis)
        else:
            outputs = ops.exp(inputs - ops.logsumexp(inputs, axis=self.axis, keepdims=True))
        return outputs if mask is None else ops.where(mask, outputs, 0.0)
