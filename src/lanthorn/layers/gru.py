"""GRU: the gated recurrent unit (Cho et al. 2014, arXiv:1406.1078)."""

from .. import ops
from ..activations import ActivationLike
from ..constraints import ConstraintLike
from ..core.layer import InputSpec
from ..initializers import InitializerLike
from ..ops.composite.recurrent import gru_step
from ..regularizers import RegularizerLike
from .recurrent import Recurrent, RecurrentCell, own_cell
from .settings import add_weight


class GRUCell(RecurrentCell):
    """One step of `GRU`.

    With gates z and r = recurrent_activation(…): h = z · h_before + (1 - z) · activation(x_h + r · (h_before @ U + b)).
    `reset_after=False` is the form of the first paper, `(r · h_before) @ U`, with one bias.

    Shapes: (batch, features), states [(batch, units)] → (batch, units), states.
    Weights: kernel (features, 3 · units), recurrent_kernel (units, 3 · units), bias (2, 3 · units), the second row for
    the recurrent part, or (3 · units,) with `reset_after=False`; gates in the order z, r, h.
    """

    units: int
    activation: ActivationLike = "tanh"
    recurrent_activation: ActivationLike = "sigmoid"
    use_bias: bool = True
    kernel_initializer: InitializerLike = "glorot_uniform"
    recurrent_initializer: InitializerLike = "orthogonal"
    bias_initializer: InitializerLike = "zeros"
    kernel_regularizer: RegularizerLike = None
    recurrent_regularizer: RegularizerLike = None
    bias_regularizer: RegularizerLike = None
    kernel_constraint: ConstraintLike = None
    recurrent_constraint: ConstraintLike = None
    bias_constraint: ConstraintLike = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    reset_after: bool = True
    seed: int | None = None

    def build(self, input_shape) -> None:
        units = self.units
        self.kernel = add_weight(self, "kernel", (input_shape[-1], 3 * units))
        self.recurrent_kernel = add_weight(self, "recurrent_kernel", (units, 3 * units), settings="recurrent")
        shape = (2, 3 * units) if self.reset_after else (3 * units,)
        self.bias = add_weight(self, "bias", shape) if self.use_bias else None
        self.input_spec = InputSpec(axes={-1: input_shape[-1]})

    def _bias(self, which):
        return None if self.bias is None else self.bias[which]

    def project(self, inputs):
        bias = self._bias(0) if self.reset_after else self.bias
        return ops.linear(self.drop_inputs(inputs), self.kernel, bias)

    def step(self, projected, states):
        before, gate = states[0], self.recurrent_activation
        state = self.drop_state(before)
        if self.reset_after:
            inner = ops.linear(state, self.recurrent_kernel, self._bias(1))
            output = gru_step(projected, inner, before, self.activation, gate)
        else:
            output = self._reset_before(projected, state, before)
        return output, [output]

    def _reset_before(self, projected, state, before):
        units, gate = self.units, self.recurrent_activation
        update_x, reset_x, new_x = ops.split(projected, 3, axis=-1)
        update_h, reset_h = ops.split(ops.matmul(state, self.recurrent_kernel[:, : 2 * units]), 2, axis=-1)
        new_h = ops.matmul(gate(reset_x + reset_h) * state, self.recurrent_kernel[:, 2 * units :])
        keep = gate(update_x + update_h)
        return keep * before + (1.0 - keep) * self.activation(new_x + new_h)

    def whole(self, sequences, states, every):
        if type(self) is not GRUCell or not self.reset_after or not self.usual():
            return None
        inputs = self.drop_inputs(sequences)
        output, *after = ops.gru(inputs, states[0], self.kernel, self.recurrent_kernel, self.bias, every)
        return output, after


class GRU(Recurrent):
    """A sequence through a cell with two gates and one state. Smaller than `LSTM`, often as good.

    See `RNN` for the settings of the way and `GRUCell` for the formula. `initial_state=h` may be given when it is
    called. Files of Keras 2.2 and before have `reset_after=False`.

    Shapes: (batch, steps, features) → (batch, units), or (batch, steps, units) with `return_sequences`; with
    `return_state` also h, (batch, units).

    Example:
        >>> lanthorn.layers.GRU(4)(np.ones((2, 5, 3), "float32")).shape
        (2, 4)
    """

    units: int
    activation: ActivationLike = "tanh"
    recurrent_activation: ActivationLike = "sigmoid"
    use_bias: bool = True
    kernel_initializer: InitializerLike = "glorot_uniform"
    recurrent_initializer: InitializerLike = "orthogonal"
    bias_initializer: InitializerLike = "zeros"
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
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    reset_after: bool = True
    zero_output_for_mask: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.cell = own_cell(self, GRUCell, "gru_cell")
