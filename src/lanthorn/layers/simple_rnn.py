"""SimpleRNN: the output is fed back as it is (Elman 1990)."""

from .. import ops
from ..activations import ActivationLike
from ..constraints import ConstraintLike
from ..core.layer import InputSpec
from ..initializers import InitializerLike
from ..regularizers import RegularizerLike
from .recurrent import Recurrent, RecurrentCell, own_cell
from .settings import add_weight


class SimpleRNNCell(RecurrentCell):
    """One step of `SimpleRNN`: `h = activation(x @ kernel + h_before @ recurrent_kernel + bias)`.

    Shapes: (batch, features), states [(batch, units)] → (batch, units), states.
    """

    units: int
    activation: ActivationLike = "tanh"
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
    seed: int | None = None

    def build(self, input_shape) -> None:
        units = self.units
        self.kernel = add_weight(self, "kernel", (input_shape[-1], units))
        self.recurrent_kernel = add_weight(self, "recurrent_kernel", (units, units), settings="recurrent")
        self.bias = add_weight(self, "bias", (units,)) if self.use_bias else None
        self.input_spec = InputSpec(axes={-1: input_shape[-1]})

    def project(self, inputs):
        return ops.linear(self.drop_inputs(inputs), self.kernel, self.bias)

    def step(self, projected, states):
        output = self.activation(projected + ops.matmul(self.drop_state(states[0]), self.recurrent_kernel))
        return output, [output]


class SimpleRNN(Recurrent):
    """A sequence through `SimpleRNNCell`. See `RNN` for the settings of the way and `LSTM` for one that remembers.

    Shapes: (batch, steps, features) → (batch, units), or (batch, steps, units) with `return_sequences`.

    Example:
        >>> lanthorn.layers.SimpleRNN(4)(np.ones((2, 5, 3), "float32")).shape
        (2, 4)
    """

    units: int
    activation: ActivationLike = "tanh"
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
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    seed: int | None = None
    zero_output_for_mask: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.cell = own_cell(self, SimpleRNNCell, "simple_rnn_cell")
