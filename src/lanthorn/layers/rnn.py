"""RNN: any cell along a sequence."""

from typing import Annotated, Any

from ..core.config import Setting
from ..core.layer import InputSpec
from .recurrent import Recurrent


def _read(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        from .stacked_rnn_cells import StackedRNNCells

        return StackedRNNCells(list(value))
    from . import deserialize

    return deserialize(value) if isinstance(value, dict) else value


def _write(value: Any) -> Any:
    from . import serialize

    return serialize(value)


class RNN(Recurrent):
    """Runs a cell along a sequence: at each step it sees the input and its own states.

    A cell has `call(inputs, states)`, which returns an output and the new states, and `state_size` (a number or a
    list of numbers); `output_size` and `get_initial_state(batch_size)` if they differ from the first state and from
    zeros. A list of cells is run as a stack.

    Args:
        return_sequences: all outputs instead of the last one.
        return_state: the last states as well: `output, *states`.
        go_backwards: from the last step to the first; outputs come in that order.
        stateful: a batch starts with the states that the one before ended with (see `reset_states`).
        unroll: a Python loop over the steps, for short sequences of known length.
        zero_output_for_mask: at masked steps zeros instead of the output before.

    Shapes: (batch, steps, …) → (batch, units), or (batch, steps, units) with `return_sequences`.
    At steps where the mask (batch, steps) is False, states and output stay as they were.

    Example:
        >>> cells = [lanthorn.layers.LSTMCell(8), lanthorn.layers.LSTMCell(4)]
        >>> lanthorn.layers.RNN(cells)(np.ones((2, 5, 3), "float32")).shape
        (2, 4)
    """

    cell: Annotated[Any, Setting(_read, _write)]
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    zero_output_for_mask: bool = False

    @property
    def whole_numbers(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The cell says what it takes."""
        return getattr(self.cell, "whole_numbers", True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not hasattr(self.cell, "call") or not hasattr(self.cell, "state_size"):
            raise TypeError(
                f"RNN: `cell` must have call(inputs, states) and `state_size`, got {self.cell!r} "
                f"({type(self.cell).__name__})."
            )
        self.input_spec = InputSpec(min_ndim=2)
