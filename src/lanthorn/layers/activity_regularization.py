"""A penalty on what passes through."""

from ..core.layer import Layer
from ..regularizers import L1L2


class ActivityRegularization(Layer):
    """Passes its input and adds `l1 * sum(|x|) + l2 * sum(x²)`, per sample, to the loss.

    Example:
        >>> layer = lanthorn.layers.ActivityRegularization(l2=0.1)
        >>> layer(np.ones((2, 3), "float32")).shape
        (2, 3)
    """

    l1: float = 0.0
    l2: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True
        self.activity_regularizer = L1L2(l1=self.l1, l2=self.l2)

    def get_config(self):
        config = super().get_config()
        config.pop("activity_regularizer", None)
        return config

    def call(self, inputs):
        return inputs
