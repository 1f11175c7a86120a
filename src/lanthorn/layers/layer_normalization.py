"""LayerNormalization (Ba et al. 2016, arXiv:1607.06450) and its root-mean-square form."""

from typing import Any

from .. import ops
from ..constraints import ConstraintLike
from ..core.layer import Layer
from ..initializers import InitializerLike
from ..regularizers import RegularizerLike
from .settings import add_weight


class LayerNormalization(Layer):
    """`gamma * (x - mean) / sqrt(variance + epsilon) + beta`, with mean and variance over `axis` of each sample.

    `rms_scaling`, which old files may hold, leaves the mean in and has no beta.

    Shapes: any, unchanged. Weights: gamma and beta, of the input's sizes along `axis`.

    Example:
        >>> lanthorn.layers.LayerNormalization()(np.random.randn(2, 5, 8).astype("float32")).shape
        (2, 5, 8)
    """

    whole_numbers = False

    wide = True

    axis: Any = -1
    epsilon: float = 1e-3
    center: bool = True
    scale: bool = True
    beta_initializer: InitializerLike = "zeros"
    gamma_initializer: InitializerLike = "ones"
    beta_regularizer: RegularizerLike = None
    gamma_regularizer: RegularizerLike = None
    beta_constraint: ConstraintLike = None
    gamma_constraint: ConstraintLike = None
    rms_scaling: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True

    def build(self, input_shape) -> None:
        rank = len(input_shape)
        axes = [self.axis] if isinstance(self.axis, int) else list(self.axis)
        if not all(-rank <= axis < rank for axis in axes):
            raise ValueError(
                f"{self.describe()}: expected an input with axis {self.axis}, got one of shape {tuple(input_shape)}."
            )
        self._axes = tuple(sorted(axis % rank for axis in axes))
        shape = tuple(input_shape[axis] for axis in self._axes)
        self.gamma = add_weight(self, "gamma", shape) if self.scale or self.rms_scaling else None
        self.beta = add_weight(self, "beta", shape) if self.center and not self.rms_scaling else None

    def call(self, inputs):
        if self.rms_scaling:
            variance = ops.var(inputs, axis=self._axes, keepdims=True)
            gamma = ops.reshape(self.gamma, self._broadcast(inputs))
            return inputs * ops.rsqrt(variance + self.epsilon) * gamma
        return ops.layer_normalization(inputs, gamma=self.gamma, beta=self.beta, axis=self._axes, epsilon=self.epsilon)

    def _broadcast(self, inputs) -> tuple[int, ...]:
        return tuple(size if i in self._axes else 1 for i, size in enumerate(inputs.shape))


class RMSNormalization(Layer):
    """`scale * x / sqrt(mean(x²) + epsilon)` over `axis` (Zhang and Sennrich 2019, arXiv:1910.07467).

    Shapes: any, unchanged. Weights: scale, of the input's size along `axis`.

    Example:
        >>> lanthorn.layers.RMSNormalization()(np.random.randn(2, 8).astype("float32")).shape
        (2, 8)
    """

    whole_numbers = False

    wide = True

    axis: Any = -1
    epsilon: float = 1e-6

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True

    def build(self, input_shape) -> None:
        rank = len(input_shape)
        axes = [self.axis] if isinstance(self.axis, int) else list(self.axis)
        self._axes = tuple(sorted(axis % rank for axis in axes))
        shape = tuple(input_shape[axis] for axis in self._axes)
        self.scale = self.add_weight(name="scale", shape=shape, initializer="ones")

    def call(self, inputs):
        return ops.rms_normalization(inputs, self.scale, axis=self._axes, epsilon=self.epsilon)
