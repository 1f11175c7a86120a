"""LSTM: long short-term memory (Hochreiter and Schmidhuber 1997)."""

from typing import Any

import numpy as np

from .. import ops
from ..activations import ActivationLike
from ..constraints import ConstraintLike
from ..core.layer import InputSpec
from ..initializers import Initializer, InitializerLike
from ..ops.composite.recurrent import lstm_step
from ..regularizers import RegularizerLike
from .recurrent import Recurrent, RecurrentCell, own_cell
from .settings import add_weight


class LSTMCell(RecurrentCell):
    """One step of `LSTM`.

    With gates i, f, o = recurrent_activation(…) and c~ = activation(…), each of `x @ kernel + h @ recurrent_kernel +
    bias`: c = f · c_before + i · c~, and the output h = o · activation(c).

    Shapes: (batch, features), states [h, c], both (batch, units) → (batch, units), states.
    Weights: kernel (features, 4 · units), recurrent_kernel (units, 4 · units), bias (4 · units,); gates in the order
    i, f, c, o.
    """

    units: int
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
    kernel_constraint: ConstraintLike = None
    recurrent_constraint: ConstraintLike = None
    bias_constraint: ConstraintLike = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    seed: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.state_size = [self.units, self.units]

    def build(self, input_shape) -> None:
        units = self.units
        self.kernel = add_weight(self, "kernel", (input_shape[-1], 4 * units))
        self.recurrent_kernel = add_weight(self, "recurrent_kernel", (units, 4 * units), settings="recurrent")
        self.bias = forget_bias(self, units) if self.use_bias else None
        self.input_spec = InputSpec(axes={-1: input_shape[-1]})

    def project(self, inputs):
        return ops.linear(self.drop_inputs(inputs), self.kernel, self.bias)

    def step(self, projected, states):
        hidden, carry = states
        gates = projected + ops.matmul(self.drop_state(hidden), self.recurrent_kernel)
        hidden, carry = lstm_step(gates, carry, self.activation, self.recurrent_activation)
        return hidden, [hidden, carry]

    def whole(self, sequences, states, every):
        if type(self) is not LSTMCell or not self.usual():
            return None
        inputs, (hidden, carry) = self.drop_inputs(sequences), states
        output, *after = ops.lstm(inputs, hidden, carry, self.kernel, self.recurrent_kernel, self.bias, every)
        return output, after


def forget_bias(cell: Any, units: int) -> Any:
    """The bias of a cell of four gates."""
    make = cell.bias_initializer
    return cell.add_weight(
        name="bias",
        shape=(4 * units,),
        initializer=ForgetBias(make) if cell.unit_forget_bias else make,
        regularizer=cell.bias_regularizer,
        constraint=cell.bias_constraint,
    )


class ForgetBias(Initializer):
    """A bias that starts at 1 for the forget gate (Jozefowicz et al. 2015), elsewhere as `others` says."""

    others: Any

    def __call__(self, shape, dtype=None, rng=None):
        units = shape[0] // 4
        make = self.others
        draw = (lambda s: make(s, dtype, rng)) if isinstance(make, Initializer) else (lambda s: make(s, dtype))
        parts = [draw((units,)), np.ones(units), draw((2 * units,))]
        return np.concatenate([np.asarray(part) for part in parts]).astype(dtype or "float32")


class LSTM(Recurrent):
    """A sequence through a cell that learns what to keep, for how long (Hochreiter and Schmidhuber 1997).

    See `RNN` for the settings of the way and `LSTMCell` for the formula. `dropout` drops inputs and
    `recurrent_dropout` the fed-back output, in training, with one mask for all steps. `initial_state=[h, c]` may
    be given when it is called.

    Shapes: (batch, steps, features) → (batch, units), or (batch, steps, units) with `return_sequences`; with
    `return_state` also h and c, (batch, units) each.

    Example:
        >>> lanthorn.layers.LSTM(4, return_sequences=True)(np.ones((2, 5, 3), "float32")).shape
        (2, 5, 4)
    """

    units: int
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
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    zero_output_for_mask: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.cell = own_cell(self, LSTMCell, "lstm_cell")
