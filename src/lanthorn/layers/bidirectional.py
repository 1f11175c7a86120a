"""Bidirectional: a sequence read from both ends."""

from typing import Annotated, Any

from .. import ops
from ..core.config import Setting
from ..core.layer import Layer
from .wrapper import LayerLike, _read, _write

MERGES = ("sum", "mul", "ave", "concat", None)


class Bidirectional(Layer):
    """One recurrent layer forwards, one backwards, and their outputs joined.

    `layer` is copied; the copy that goes backwards may be given as `backward_layer`. `merge_mode` is "concat", "sum",
    "mul", "ave", or None for both outputs. With `return_sequences`, the outputs for a step stand at that step.

    Shapes: with an LSTM of `units`, (batch, steps, features) → (batch, 2 · units) by "concat".

    Example:
        >>> lanthorn.layers.Bidirectional(lanthorn.layers.LSTM(4))(np.ones((2, 5, 3), "float32")).shape
        (2, 8)
    """

    layer: LayerLike
    merge_mode: str | None = "concat"
    backward_layer: Annotated[Any, Setting(_read, _write)] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.layer, Layer) or not hasattr(self.layer, "go_backwards"):
            raise TypeError(f"Bidirectional: `layer` must be a recurrent layer, got {self.layer!r}.")
        if self.merge_mode not in MERGES:
            raise ValueError(f"Bidirectional: `merge_mode` must be one of {MERGES}, got {self.merge_mode!r}.")
        given = self.layer
        self.layer = self.forward_layer = _copy(given, "forward_", given.go_backwards)
        if self.backward_layer is None:
            self.backward_layer = _copy(given, "backward_", not given.go_backwards)
        forward, backward = self.forward_layer, self.backward_layer
        for name in ("stateful", "return_sequences", "return_state"):
            if getattr(forward, name) != getattr(backward, name):
                raise ValueError(f"Bidirectional: `layer` and `backward_layer` must agree in `{name}`.")
        if forward.go_backwards == backward.go_backwards:
            raise ValueError("Bidirectional: `layer` and `backward_layer` must go in opposite directions.")
        for half in (forward, backward):
            if hasattr(half, "zero_output_for_mask"):  # else a masked end would repeat what was read before it
                half.zero_output_for_mask = half.return_sequences
        self.supports_masking = True
        self.input_spec = forward.input_spec

    @property
    def return_sequences(self) -> bool:
        return self.forward_layer.return_sequences

    @property
    def return_state(self) -> bool:
        return self.forward_layer.return_state

    @property
    def stateful(self) -> bool:
        return self.forward_layer.stateful

    def build(self, input_shape) -> None:
        for half in (self.forward_layer, self.backward_layer):
            if not half.built:
                half.build(input_shape)
        self.input_spec = self.forward_layer.input_spec

    def reset_states(self) -> None:
        """Set the states of both stateful layers to zero."""
        self.forward_layer.reset_states()
        self.backward_layer.reset_states()

    reset_state = reset_states

    def call(self, sequences, initial_state=None, mask=None, training=None):
        first = second = None
        if initial_state is not None:
            half = len(initial_state) // 2
            first, second = list(initial_state[:half]), list(initial_state[half:])
        y = self.forward_layer(sequences, initial_state=first, mask=mask, training=training)
        back = self.backward_layer(sequences, initial_state=second, mask=mask, training=training)
        states = ()
        if self.return_state:
            (y, *a), (back, *b) = y, back
            states = (*a, *b)
        if self.return_sequences:
            back = ops.flip(back, axis=1)
        outputs = self._merge(y, back)
        if self.merge_mode is None:
            return (*outputs, *states)
        return (outputs, *states) if states else outputs

    def _merge(self, y, back):
        if self.merge_mode == "concat":
            return ops.concatenate([y, back], axis=-1)
        if self.merge_mode is None:
            return y, back
        if self.merge_mode == "mul":
            return y * back
        return y + back if self.merge_mode == "sum" else (y + back) / 2

    def compute_mask(self, inputs, mask=None):
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        own = mask if self.return_sequences else None
        outputs = [own, own] if self.merge_mode is None else [own]
        states = 2 * len(self.forward_layer.cell.state_size) if self._two_states() else 2
        outputs += [None] * states if self.return_state else []
        return outputs if len(outputs) > 1 else own

    def _two_states(self) -> bool:
        return isinstance(getattr(self.forward_layer.cell, "state_size", 0), (list, tuple))

    def makes_mask(self, masked_inputs: bool) -> bool:
        return masked_inputs and self.return_sequences


def _copy(layer: Any, prefix: str, backwards: bool) -> Any:
    config = layer.get_config() | {"name": prefix + layer.name.removeprefix(prefix), "go_backwards": backwards}
    return type(layer).from_config(config)
