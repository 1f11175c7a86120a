"""What recurrent layers share: the way of a sequence through a cell, and cells with dropout."""

from typing import Any, ClassVar

import numpy as np

from .. import activations, ops, random
from ..core import tree
from ..core.config import fields_of
from ..core.layer import InputSpec, Layer
from ..core.old_names import finder
from ..core.variable import Variable

__getattr__ = finder(__name__)  # names of Keras 1 and 2


class RecurrentCell(Layer):
    """A cell whose step is a product of the input and then something with the states.

    `project` is that product; it does not depend on the states, so a layer runs it for all steps at once. `step`
    is the rest. Dropout uses the same mask for all steps of a sequence (Gal and Ghahramani 2016, arXiv:1512.05287).
    """

    whole_numbers = False

    _input_mask = _state_mask = None

    def __post_init__(self) -> None:
        super().__post_init__()
        who = type(self).__name__
        if self.units < 1:
            raise ValueError(f"{who}: `units` must be at least 1, got {self.units}.")
        for name in ("dropout", "recurrent_dropout"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{who}: `{name}` must be from 0 to 1, got {getattr(self, name)}.")
        if self.dropout or self.recurrent_dropout:
            self.seed_generator = random.SeedGenerator(self.seed)
        self.state_size = self.output_size = self.units

    def project(self, inputs: Any) -> Any:
        """(…, features) → (…, gates · units)."""
        raise TypeError(f"{type(self).__name__}: write project(self, inputs).")

    def step(self, projected: Any, states: list) -> tuple[Any, list]:
        """One step: what `project` made, and the states before → the output and the states after."""
        raise TypeError(f"{type(self).__name__}: write step(self, projected, states).")

    def whole(self, sequences: Any, states: list, every: bool) -> tuple[Any, list] | None:
        """A whole sequence by one op: (all outputs if `every`, else the last; states), or None: step by step."""
        return None

    def usual(self) -> bool:
        """Whether the settings are those that engines have kernels for."""
        activation, gate = self.activation, self.recurrent_activation
        return activation is activations.tanh and gate is activations.sigmoid and self._state_mask is None

    def call(self, inputs, states, training=False):
        given = states if isinstance(states, (list, tuple)) else [states]
        drawn = self.draw_masks(inputs, training) if self._input_mask is None and self._state_mask is None else False
        try:
            output, new = self.step(self.project(inputs), given)  # pyright: ignore[reportArgumentType]
        finally:
            if drawn:
                self.forget_masks()
        return output, new if isinstance(states, (list, tuple)) else new[0]

    def draw_masks(self, inputs, training) -> bool:
        """Dropout masks for a batch of sequences; `inputs` is one step of it. False if none are needed."""
        if not training or not (self.dropout or self.recurrent_dropout):
            return False
        if self.dropout:
            self._input_mask = random.dropout(ops.ones_like(inputs), self.dropout, seed=self.seed_generator)
        if self.recurrent_dropout:
            ones = ops.ones_like(self.get_initial_state(ops.shape(inputs)[0], inputs)[0])
            self._state_mask = random.dropout(ones, self.recurrent_dropout, seed=self.seed_generator)
        return True

    def forget_masks(self) -> None:
        self._input_mask = self._state_mask = None

    def drop_inputs(self, inputs):
        mask = self._input_mask
        if mask is None:
            return inputs
        return inputs * (mask if len(inputs.shape) == len(mask.shape) else ops.expand_dims(mask, 1))

    def drop_state(self, state):
        return state if self._state_mask is None else state * self._state_mask

    def get_initial_state(self, batch_size=None, like=None) -> list:
        """Zeros for each state."""
        return zero_states(self.state_size, batch_size, self.kernel if like is None else like)


def own_cell(layer: "Recurrent", cell: type, name: str) -> RecurrentCell:
    """The cell of a layer that has all settings of the cell."""
    names = [field.name for field in fields_of(cell) if field.name != "activity_regularizer"]
    settings = {name: getattr(layer, name) for name in names}
    layer.input_spec = InputSpec(ndim=3)
    return cell(**settings, name=name, dtype=layer._policy, trainable=layer.trainable)


def zero_states(sizes: Any, batch: Any, like: Any) -> list:
    """Zeros for each state of a cell: `sizes` is a number, or a list of numbers, shapes and lists."""

    def zeros(size):
        return ops.zeros((batch, size), dtype=ops.dtype(like), like=like)

    return [zeros(sizes)] if isinstance(sizes, int) else [
        zeros(size) if isinstance(size, int) else zero_states(size, batch, like) for size in sizes
    ]  # fmt: skip


class Recurrent(Layer):
    """Runs `self.cell` along a sequence. Base of `RNN`, `SimpleRNN`, `LSTM` and `GRU`."""

    whole_numbers = False
    reads_steps = True

    # settings of 2018 and of Keras's files that choose among ways to the same result
    _legacy: ClassVar[dict[str, str | None]] = dict.fromkeys(["implementation", "time_major", "use_cudnn"])

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True
        self.states = None

    def build(self, input_shape) -> None:
        shape = input_shape[0] if isinstance(input_shape[0], (list, tuple)) else input_shape
        if isinstance(self.cell, Layer) and not self.cell.built:
            self.cell.build((shape[0], *shape[2:]))
        self.input_spec = InputSpec(ndim=len(shape), axes={-1: shape[-1]})
        if self.stateful:
            if shape[0] is None:
                raise ValueError(
                    f"{self.describe()}: a stateful layer must know its batch size, got an input of "
                    f"shape {tuple(shape)}. Give it by Input(batch_shape=...) or batch_input_shape=."
                )
            self.states = tree.map(self._state_variable, self._zeros(shape[0], np.zeros(0, "float32")))

    def _state_variable(self, value):
        settings = {"name": "state", "path": f"{self.name}/state", "engine": self.engine, "seed": True}
        return Variable(value, dtype=self.dtype, trainable=False, **settings)

    def _zeros(self, batch, like):
        if isinstance(self.cell, RecurrentCell):
            return self.cell.get_initial_state(batch, like)
        return zero_states(self.cell.state_size, batch, like)

    def reset_states(self, states=None) -> None:
        """Set the states of a stateful layer to zero, or to these arrays."""
        if self.states is None:
            raise ValueError(f"{self.describe()}: has no states to reset: it is not stateful or not built.")
        variables = tree.flatten(self.states)
        values = [ops.zeros_like(v.value) for v in variables] if states is None else tree.flatten(states)
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    reset_state = reset_states

    def call(self, sequences, initial_state=None, mask=None, training=False):
        if isinstance(sequences, (list, tuple)):  # 2018: layer([x, h, c])
            sequences, *rest = sequences
            initial_state = rest or initial_state
            mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        states = self._first_states(sequences, initial_state)
        droppers = [c for c in _cells(self.cell) if isinstance(c, RecurrentCell)]
        try:
            for cell, like in zip(droppers, _step_inputs(droppers, sequences), strict=True):
                cell.draw_masks(like, training)
            output, states = self._run(sequences, states, mask, training)
        finally:
            for cell in droppers:
                cell.forget_masks()
        if self.stateful:
            for variable, value in zip(tree.leaves(self.states), tree.leaves(states), strict=True):
                variable.assign(ops.stop_gradient(value))
        return (output, *states) if self.return_state else output

    def _first_states(self, sequences, given):
        if given is None and self.stateful:
            return tree.map(lambda v: ops.copy(v.value), self.states)
        batch = ops.shape(sequences)[0]
        own = getattr(self.cell, "get_initial_state", None)
        if own is None or isinstance(self.cell, RecurrentCell):
            states = self._zeros(batch, sequences)
        else:
            states = own(batch_size=batch)
            states = list(states) if isinstance(states, (list, tuple)) else [states]
        return states if given is None else tree.pack(states, tree.leaves(given))

    def _run(self, sequences, states, mask, training):
        """The output (all of them with `return_sequences`, else the last) and the last states."""
        cell, all_at_once = self.cell, isinstance(self.cell, RecurrentCell)
        if all_at_once and mask is None and not self.unroll:
            ordered = ops.flip(sequences, axis=1) if self.go_backwards else sequences
            done = cell.whole(ordered, states, self.return_sequences)
            if done is not None:
                return done
        if all_at_once and type(cell).call is RecurrentCell.call:
            sequences, run = cell.project(sequences), cell.step
        else:
            run = cell if isinstance(cell, Layer) else cell.call
            if "training" in getattr(cell, "takes", ()):
                run = _with_training(run, training)

        def step(carry, xs):
            before, last = carry
            x, keep = xs if mask is not None else (xs, None)
            output, after = run(x, before)
            after = tree.pack(before, tree.leaves(after))
            if keep is not None:
                output = _where(keep, output, ops.zeros_like(output) if self.zero_output_for_mask else last)
                after = tree.map(lambda new, old: _where(keep, new, old), after, before)
            return (after, output), output if self.return_sequences else None

        xs = _swap(sequences)  # (steps, batch, …)
        xs = xs if mask is None else (xs, _swap(ops.cast(mask, "bool")))
        if self.go_backwards:
            xs = tree.map(lambda x: ops.flip(x, axis=0), xs)
        size = getattr(cell, "output_size", None) or _first(cell.state_size)
        size = (size,) if isinstance(size, int) else tuple(size)
        first = ops.zeros((ops.shape(sequences)[0], *size), dtype=ops.dtype(sequences), like=sequences)
        if self.unroll:
            (states, last), ys = _unrolled(step, (states, first), xs)
        else:
            (states, last), ys = ops.scan(step, (states, first), xs)
        return (_swap(ys) if self.return_sequences else last), states

    def compute_mask(self, inputs, mask=None):
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        own = mask if self.return_sequences else None
        return [own] + [None] * len(_as_list(self.cell.state_size)) if self.return_state else own

    def makes_mask(self, masked_inputs: bool) -> bool:
        return masked_inputs and self.return_sequences


def _cells(cell: Any) -> list:
    return [part for c in cell.cells for part in _cells(c)] if hasattr(cell, "cells") else [cell]


def _step_inputs(cells: list, sequences: Any) -> list:
    """For each of stacked cells, ones in the shape of what it sees at one step."""
    if not cells or not any(c.dropout or c.recurrent_dropout for c in cells):
        return [sequences] * len(cells)
    first = sequences[:, 0]
    rows = [ops.ones((ops.shape(first)[0], c.units), dtype=ops.dtype(first), like=first) for c in cells[:-1]]
    return [first, *rows]


def _with_training(run, training):
    return lambda x, states: run(x, states, training=training)


def _as_list(sizes: Any) -> list:
    return [sizes] if isinstance(sizes, int) else list(sizes)


def _first(sizes: Any) -> int:
    return sizes if isinstance(sizes, int) else _first(sizes[0])


def _swap(x: Any) -> Any:
    """(batch, steps, …) ↔ (steps, batch, …)."""
    return ops.transpose(x, (1, 0, *range(2, len(x.shape))))


def _where(keep, new, old):
    for _ in range(len(new.shape) - len(keep.shape)):
        keep = ops.expand_dims(keep, -1)
    return ops.where(keep, new, old)


def _unrolled(step, carry, xs):
    steps = next(tree.leaves(xs)).shape[0]
    ys = []
    for t in range(steps):
        carry, y = step(carry, tree.map(lambda x, t=t: x[t], xs))
        ys.append(y)
    return carry, None if ys[0] is None else ops.stack(ys)
