"""GroupNormalization (Wu and He 2018, arXiv:1803.08494)."""

from .. import ops
from ..constraints import ConstraintLike
from ..core.layer import InputSpec, Layer
from ..initializers import InitializerLike
from ..regularizers import RegularizerLike
from .settings import add_weight


class GroupNormalization(Layer):
    """Each sample normalised over places and over groups of channels; independent of the batch.

    `groups=1` is layer normalisation over the whole sample, `groups=-1` gives each channel its own group
    (instance normalisation).

    Shapes: any with channels along `axis`, unchanged. Weights: gamma and beta (channels,).

    Raises:
        ValueError: the channels do not split into that many groups.

    Example:
        >>> lanthorn.layers.GroupNormalization(groups=2)(np.random.randn(2, 4, 4, 6).astype("float32")).shape
        (2, 4, 4, 6)
    """

    whole_numbers = False

    wide = True

    groups: int = 32
    axis: int = -1
    epsilon: float = 1e-3
    center: bool = True
    scale: bool = True
    beta_initializer: InitializerLike = "zeros"
    gamma_initializer: InitializerLike = "ones"
    beta_regularizer: RegularizerLike = None
    gamma_regularizer: RegularizerLike = None
    beta_constraint: ConstraintLike = None
    gamma_constraint: ConstraintLike = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True

    def build(self, input_shape) -> None:
        channels = input_shape[self.axis]
        groups = channels if self.groups == -1 else self.groups
        if groups < 1 or channels % groups:
            raise ValueError(
                f"{self.describe()}: expected channels in a multiple of its {groups} groups, got an "
                f"input of shape {tuple(input_shape)} with {channels} channels along axis {self.axis}. Set `groups`."
            )
        self.groups = groups
        self.gamma = add_weight(self, "gamma", (channels,)) if self.scale else None
        self.beta = add_weight(self, "beta", (channels,)) if self.center else None
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: channels})

    def call(self, inputs):
        shape = ops.shape(inputs)
        axis = self.axis % len(shape)
        grouped = (*shape[:axis], self.groups, shape[axis] // self.groups, *shape[axis + 1 :])
        x = ops.reshape(inputs, grouped)
        others = tuple(i for i in range(1, len(grouped)) if i != axis)
        mean, variance = ops.moments(x, axes=others, keepdims=True)
        x = ops.reshape((x - mean) * ops.rsqrt(variance + self.epsilon), shape)
        along = [1] * len(shape)
        along[axis] = shape[axis]
        if self.scale:
            x = x * ops.reshape(self.gamma, along)
        if self.center:
            x = x + ops.reshape(self.beta, along)
        return x
