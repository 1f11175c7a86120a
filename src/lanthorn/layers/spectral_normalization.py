"""SpectralNormalization (Miyato et al. 2018, arXiv:1802.05957)."""

from .. import ops
from ..core.layer import InputSpec
from ..initializers import TruncatedNormal
from .wrapper import Wrapper


class SpectralNormalization(Wrapper):
    """A layer whose kernel is divided by its largest singular value at each call in training.

    The value is found by `power_iterations` steps from where the last call ended: v = u Wᵀ / |u Wᵀ|,
    u = v W / |v W|, with W the kernel as (…, outputs). The gradient is that of the divided kernel.

    Weights: those of the layer, which has a `kernel` or `embeddings`, and vector_u (1, outputs).

    Raises:
        ValueError: the layer has neither, or `power_iterations` is less than 1.

    Example:
        >>> layer = lanthorn.layers.SpectralNormalization(lanthorn.layers.Dense(3))
        >>> _ = [layer(np.ones((2, 4), "float32"), training=True) for _ in range(20)]
        >>> round(float(np.linalg.norm(layer.layer.kernel.numpy(), 2)), 3)
        1.0
    """

    power_iterations: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.power_iterations < 1:
            raise ValueError(
                f"SpectralNormalization: `power_iterations` must be at least 1, got {self.power_iterations}."
            )

    def build(self, input_shape) -> None:
        super().build(input_shape)
        self.input_spec = InputSpec(min_ndim=1, axes={-1: input_shape[-1]})
        found = getattr(self.layer, "kernel", None)
        self.kernel = getattr(self.layer, "embeddings", None) if found is None else found
        if self.kernel is None:
            raise ValueError(
                f"{self.describe()}: expected a layer with a `kernel` or `embeddings`, got {self.layer.describe()}."
            )
        self.vector_u = self.add_weight(
            name="vector_u",
            shape=(1, self.kernel.shape[-1]),
            initializer=TruncatedNormal(stddev=0.02),
            trainable=False,
            dtype=self.kernel.dtype,
        )

    def call(self, inputs, training=False):
        if training:
            kernel, u = self.kernel.value, self.vector_u.value
            fixed = ops.stop_gradient(kernel)
            normal, after = self._normalized(fixed, u)
            self.vector_u.assign(after)
            self.kernel.assign(kernel + ops.stop_gradient(normal - fixed))
        return self.layer(inputs)

    def _normalized(self, kernel, u):
        """The kernel over its largest singular value, and u after; a kernel of zeros stays."""
        flat = ops.reshape(kernel, (-1, kernel.shape[-1]))
        before, v = u, None
        for _ in range(self.power_iterations):
            v = ops.normalize(ops.matmul(u, ops.transpose(flat)))
            u = ops.normalize(ops.matmul(v, flat))
        largest = ops.sum(ops.matmul(v, flat) * u)
        empty = ops.all(ops.equal(kernel, 0.0))
        return kernel / ops.where(empty, 1.0, largest), ops.where(empty, before, u)
