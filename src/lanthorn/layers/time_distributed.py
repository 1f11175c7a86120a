"""TimeDistributed: the same layer at every step."""

from .. import ops
from .wrapper import Wrapper


class TimeDistributed(Wrapper):
    """Applies a layer (or model) to every step of a sequence, with the same weights.

    Shapes: (batch, steps, …) → (batch, steps, *what the layer makes of …*).

    Example:
        >>> frames = np.ones((2, 5, 8, 8, 3), "float32")
        >>> lanthorn.layers.TimeDistributed(lanthorn.layers.Conv2D(4, 3))(frames).shape
        (2, 5, 6, 6, 4)
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True

    def build(self, input_shape) -> None:
        if len(input_shape) < 3:
            raise ValueError(
                f"{self.describe()}: expected an input of (batch, steps, …) with at least 3 axes, got "
                f"shape {tuple(input_shape)}."
            )
        super().build((input_shape[0], *input_shape[2:]))

    def call(self, inputs, training=None, mask=None):
        shape = ops.shape(inputs)
        kwargs = {"training": training} if "training" in self.layer.takes else {}
        if mask is not None and "mask" in self.layer.takes:
            kwargs["mask"] = ops.reshape(mask, (-1, *ops.shape(mask)[2:]))
        # (batch, steps, …) → (batch · steps, …): one call instead of one per step
        outputs = self.layer(ops.reshape(inputs, (-1, *shape[2:])), **kwargs)
        return ops.reshape(outputs, (shape[0], shape[1], *ops.shape(outputs)[1:]))
