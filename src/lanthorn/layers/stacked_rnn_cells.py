"""StackedRNNCells: cells on top of each other, as one cell."""

from typing import Annotated, Any

from ..core.config import Setting
from ..core.layer import Layer
from .recurrent import RecurrentCell, zero_states


def _read(value: Any) -> list:
    from . import deserialize

    return [deserialize(cell) if isinstance(cell, dict) else cell for cell in value]


def _write(value: list) -> list:
    from . import serialize

    return [serialize(cell) for cell in value]


class StackedRNNCells(Layer):
    """Several cells as one: each one's output is the next one's input. `RNN([a, b])` makes it.

    Example:
        >>> cell = lanthorn.layers.StackedRNNCells([lanthorn.layers.GRUCell(8), lanthorn.layers.GRUCell(4)])
        >>> cell.state_size
        [8, 4]
    """

    cells: Annotated[Any, Setting(_read, _write)]

    def __post_init__(self) -> None:
        super().__post_init__()
        for cell in self.cells:
            if not hasattr(cell, "call") or not hasattr(cell, "state_size"):
                raise TypeError(
                    f"StackedRNNCells: each cell must have call(inputs, states) and `state_size`, got {cell!r}."
                )

    @property
    def state_size(self) -> list:
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> int:
        last = self.cells[-1]
        size = getattr(last, "output_size", None) or last.state_size
        return size[0] if isinstance(size, (list, tuple)) else size

    def get_initial_state(self, batch_size=None) -> list:
        """For each cell its first states."""
        states = []
        for cell in self.cells:
            own = getattr(cell, "get_initial_state", None)
            if own is None or isinstance(cell, RecurrentCell):
                zeros = zero_states(cell.state_size, batch_size, self.weights[0])
                states.append(zeros[0] if isinstance(cell.state_size, int) else zeros)
            else:
                states.append(own(batch_size=batch_size))
        return states

    def build(self, input_shape) -> None:
        batch, *_ = input_shape
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built:
                cell.build(input_shape)
            size = getattr(cell, "output_size", None) or cell.state_size
            input_shape = (batch, size[0] if isinstance(size, (list, tuple)) else size)

    def call(self, inputs, states, training=False):
        after = []
        for cell, own in zip(self.cells, states, strict=True):
            run = cell if isinstance(cell, Layer) else cell.call
            kwargs = {"training": training} if "training" in getattr(cell, "takes", ()) else {}
            single = not isinstance(own, (list, tuple))
            inputs, new = run(inputs, [own] if single else list(own), **kwargs)
            new = list(new) if isinstance(new, (list, tuple)) else [new]
            after.append(new[0] if single else new)
        return inputs, after
