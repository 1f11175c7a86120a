"""BatchNormalization (Ioffe and Szegedy 2015, arXiv:1502.03167)."""

from typing import Any, ClassVar

from .. import ops
from ..constraints import ConstraintLike
from ..core.layer import InputSpec, Layer
from ..initializers import InitializerLike
from ..regularizers import RegularizerLike
from .settings import add_weight


class BatchNormalization(Layer):
    """`gamma * (x - mean) / sqrt(variance + epsilon) + beta`, each channel for itself.

    In training, mean and variance are those of the batch (of its unmasked places), and the stored ones move:
    `moving = moving * momentum + batch * (1 - momentum)`. Otherwise the stored ones are used. A frozen layer
    (`trainable = False`) always uses the stored ones and never moves them.

    Under a strategy of TensorFlow's with several replicas, the statistics in training are those of a replica's part of
    the batch, and what is stored is the replicas' mean; with `synchronized=True` they are those of the whole batch.

    The variance is the biased one, divided by n (PyTorch stores the unbiased one).
    `momentum` is the share of the old value that stays (PyTorch: the share of the new one).

    Shapes: any, unchanged; the channels are along `axis`.
    Weights: gamma, beta, moving_mean, moving_variance, all (channels,).

    Example:
        >>> layer = lanthorn.layers.BatchNormalization()
        >>> layer(np.random.randn(8, 3).astype("float32"), training=True).shape
        (8, 3)
    """

    whole_numbers = False

    # `fused`, `virtual_batch_size` and `adjustment` of 2018 never changed the result
    _legacy: ClassVar[dict[str, str | None]] = dict.fromkeys(["fused", "virtual_batch_size", "adjustment"])

    wide = True

    axis: Any = -1
    momentum: float = 0.99
    epsilon: float = 1e-3
    center: bool = True
    scale: bool = True
    beta_initializer: InitializerLike = "zeros"
    gamma_initializer: InitializerLike = "ones"
    moving_mean_initializer: InitializerLike = "zeros"
    moving_variance_initializer: InitializerLike = "ones"
    beta_regularizer: RegularizerLike = None
    gamma_regularizer: RegularizerLike = None
    beta_constraint: ConstraintLike = None
    gamma_constraint: ConstraintLike = None
    renorm: bool = False
    renorm_clipping: Any = None
    renorm_momentum: float = 0.99
    synchronized: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.renorm:
            raise ValueError(
                "BatchNormalization: batch renormalization (`renorm=True`) is not available; use GroupNormalization "
                "where batches are too small."
            )
        if isinstance(self.axis, (list, tuple)):  # as files of Keras 2 have it
            if len(self.axis) != 1:
                raise ValueError(f"BatchNormalization: `axis` must be one axis, got {self.axis}.")
            self.axis = self.axis[0]
        self.supports_masking = True

    @property
    def reads_halves(self) -> bool:
        """torch's kernel sums halves up in float32 by itself: without copies a step of Wick takes 7 % less."""
        return self.engine.normalizes_halves

    def build(self, input_shape) -> None:
        rank = len(input_shape)
        if not -rank <= self.axis < rank:
            raise ValueError(
                f"{self.describe()}: expected an input with axis {self.axis}, got one of shape "
                f"{tuple(input_shape)}. Set `axis` to the axis of the channels."
            )
        channels = (input_shape[self.axis],)
        self.gamma = add_weight(self, "gamma", channels) if self.scale else None
        self.beta = add_weight(self, "beta", channels) if self.center else None
        self.moving_mean = add_weight(self, "moving_mean", channels, trainable=False)
        self.moving_variance = add_weight(self, "moving_variance", channels, trainable=False)
        self.input_spec = InputSpec(ndim=rank, axes={self.axis: channels[0]})
        self._places = [i for i in range(rank) if i != self.axis % rank]

    def call(self, inputs, training=None, mask=None):
        if not (training and self.trainable):
            return ops.batch_normalization(
                inputs,
                self.moving_mean,
                self.moving_variance,
                axis=self.axis,
                offset=self.beta,
                scale=self.gamma,
                epsilon=self.epsilon,
            )
        together = self.synchronized and self.engine.is_replica()
        if mask is None and not together:
            outputs, mean, variance = ops.batch_norm_train(
                inputs, self.gamma, self.beta, axis=self.axis, epsilon=self.epsilon
            )
        else:
            mean, variance = self._moments(inputs, mask, self.engine.summed if together else list)
            outputs = ops.batch_normalization(
                inputs, mean, variance, axis=self.axis, offset=self.beta, scale=self.gamma, epsilon=self.epsilon
            )
        for kept, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            # not kept * momentum + now * (1 - momentum): where halves are kept, that would round twice
            kept.assign(kept + (ops.stop_gradient(now) - kept) * (1.0 - self.momentum))
        return outputs

    def _moments(self, inputs, mask, over_replicas):
        """Mean and variance of the unmasked places, of all replicas if `over_replicas` adds up over them."""
        if mask is None:
            mask = ops.ones_like(inputs[..., 0], dtype="bool")
        elif len(mask.shape) != len(inputs.shape) - 1:
            raise ValueError(
                f"{self.describe()}: expected a mask with one axis less than the input, got a mask of "
                f"shape {tuple(mask.shape)} for an input of shape {tuple(inputs.shape)}."
            )
        inputs = ops.cast(inputs, self.variable_dtype)
        mask = ops.broadcast_to(ops.expand_dims(ops.cast(mask, "bool"), -1), ops.shape(inputs))
        count = ops.sum(ops.cast(mask, inputs.dtype), axis=self._places, keepdims=True)
        total = ops.sum(ops.where(mask, inputs, 0.0), axis=self._places, keepdims=True)
        count, total = over_replicas([count, total])
        count = count + 1e-7
        mean = total / count
        squares = ops.square(ops.where(mask, inputs - mean, 0.0))
        (squares,) = over_replicas([ops.sum(squares, axis=self._places, keepdims=True)])
        variance = squares / count
        return ops.reshape(mean, (-1,)), ops.reshape(variance, (-1,))
