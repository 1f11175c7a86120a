"""ConvLSTM (Shi et al. 2015, arXiv:1506.04214): an LSTM whose products are convolutions, for films and the like."""

from typing import Any, ClassVar

from .. import ops
from ..activations import ActivationLike
from ..constraints import ConstraintLike
from ..core.config import Configurable
from ..core.layer import InputSpec
from ..initializers import InitializerLike
from ..ops.composite.recurrent import lstm_step
from ..regularizers import RegularizerLike
from .lstm import forget_bias
from .recurrent import Recurrent, RecurrentCell, own_cell
from .settings import add_weight, channel_axis, choice, layout, sizes


class ConvLSTMSettings(Configurable):
    """The settings that the layers and their cell have in common."""

    filters: int
    kernel_size: Any
    strides: Any = 1
    padding: str = "valid"
    data_format: str | None = None
    dilation_rate: Any = 1
    activation: ActivationLike = "tanh"
    recurrent_activation: ActivationLike = "sigmoid"
    use_bias: bool = True
    kernel_initializer: InitializerLike = "glorot_uniform"
    recurrent_initializer: InitializerLike = "orthogonal"
    bias_initializer: InitializerLike = "zeros"
    unit_forget_bias: bool = True
    kernel_regularizer: RegularizerLike = None
    recurrent_regularizer: RegularizerLike = None
    bias_regularizer: RegularizerLike = None
    activity_regularizer: RegularizerLike = None
    kernel_constraint: ConstraintLike = None
    recurrent_constraint: ConstraintLike = None
    bias_constraint: ConstraintLike = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    seed: int | None = None


class ConvLSTMCell(ConvLSTMSettings, RecurrentCell):
    """One step: the formula of `LSTMCell` with convolutions; that of the state keeps its size.

    Weights: kernel (*kernel_size, channels, 4 · filters), recurrent_kernel (*kernel_size, filters, 4 · filters), bias
    (4 · filters,); gates in the order i, f, c, o.
    """

    rank: int = 2

    def __post_init__(self) -> None:
        self.units = self.filters
        super().__post_init__()
        for name in ("kernel_size", "strides", "dilation_rate"):
            setattr(self, name, sizes(self, name, getattr(self, name), self.rank))
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"ConvLSTM: strides {self.strides} and dilation_rate {self.dilation_rate} cannot both exceed 1."
            )
        self.padding = choice(self, "padding", self.padding, ("valid", "same"))
        self.data_format = layout(self, self.data_format)
        self.state_size = [self.filters, self.filters]
        self._channels = channel_axis(self.data_format)

    def build(self, input_shape) -> None:
        first = self.data_format == "channels_first"
        places, channels = input_shape[2:] if first else input_shape[1:-1], input_shape[self._channels]
        if None in places or channels is None:
            raise ValueError(
                f"ConvLSTM: pictures must be of a known size, got an input of shape {tuple(input_shape)} at each step."
            )
        after = [
            -(-n // s) if self.padding == "same" else (n - d * (k - 1) - 1) // s + 1
            for n, k, s, d in zip(places, self.kernel_size, self.strides, self.dilation_rate, strict=True)
        ]
        self.output_size = (self.filters, *after) if first else (*after, self.filters)
        self.state_size = [self.output_size, self.output_size]
        self.kernel = add_weight(self, "kernel", (*self.kernel_size, channels, 4 * self.filters))
        shape = (*self.kernel_size, self.filters, 4 * self.filters)
        self.recurrent_kernel = add_weight(self, "recurrent_kernel", shape, settings="recurrent")
        self.bias = forget_bias(self, self.filters) if self.use_bias else None

    def get_initial_state(self, batch_size=None, like=None) -> list:
        like = self.kernel if like is None else like
        return [ops.zeros((batch_size, *self.output_size), dtype=ops.dtype(like), like=like) for _ in range(2)]

    def project(self, inputs):
        inputs = self.drop_inputs(inputs)
        several = len(inputs.shape) == self.rank + 3  # all steps are pictures of one long batch
        flat = ops.reshape(inputs, (-1, *inputs.shape[2:])) if several else inputs
        made = ops.conv(
            flat, self.kernel, self.strides, self.padding, self.data_format, self.dilation_rate, bias=self.bias
        )
        return ops.reshape(made, (-1, inputs.shape[1], *made.shape[1:])) if several else made

    def step(self, projected, states):
        hidden, carry = states
        inner = ops.conv(self.drop_state(hidden), self.recurrent_kernel, 1, "same", self.data_format)
        gates = projected + inner
        hidden, carry = lstm_step(gates, carry, self.activation, self.recurrent_activation, self._channels)
        return hidden, [hidden, carry]


class ConvLSTM(ConvLSTMSettings, Recurrent):
    """The layer that `ConvLSTM1D`, `ConvLSTM2D` and `ConvLSTM3D` are ranks of."""

    rank: ClassVar[int]

    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    zero_output_for_mask: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.cell = own_cell(self, ConvLSTMCell, "conv_lstm_cell")
        for name in ("kernel_size", "strides", "dilation_rate", "padding", "data_format"):
            setattr(self, name, getattr(self.cell, name))
        self.input_spec = InputSpec(ndim=self.rank + 3)


class ConvLSTM1D(ConvLSTM):
    """A sequence of rows through an LSTM of convolutions. Settings and weights are those of `ConvLSTM2D`.

    Shapes: (batch, steps, width, channels) → (batch, new_width, filters), or channels first.
    """

    rank = 1


class ConvLSTM2D(ConvLSTM):
    """A film through an LSTM of convolutions (Shi et al. 2015, arXiv:1506.04214).

    The settings of the convolution are those of `Conv2D`, those of the way those of `RNN`; the convolution of the
    state has neither strides nor dilation. Dropout uses one mask for all steps.

    Shapes: (batch, steps, height, width, channels), or channels first → (batch, new_height, new_width, filters), with
    (batch, steps, …) for `return_sequences`; with `return_state` also h and c.
    Weights: kernel (height, width, channels, 4 · filters), recurrent_kernel (height, width, filters, 4 · filters),
    bias (4 · filters,).

    Example:
        >>> lanthorn.layers.ConvLSTM2D(4, 3, padding="same")(np.ones((1, 5, 8, 8, 3), "float32")).shape
        (1, 8, 8, 4)
    """

    rank = 2


class ConvLSTM3D(ConvLSTM):
    """A sequence of volumes through an LSTM of convolutions. Settings and weights are those of `ConvLSTM2D`.

    Shapes: (batch, steps, depth, height, width, channels) → (batch, …, filters), or channels first.
    """

    rank = 3
