"""EinsumDense: a product with a kernel along any axes, in Einstein's notation."""

import re
from typing import Any, ClassVar

from .. import ops
from ..activations import ActivationLike
from ..constraints import ConstraintLike
from ..core.layer import InputSpec, Layer
from ..initializers import InitializerLike, VarianceScaling
from ..regularizers import RegularizerLike


class EinsumDense(Layer):
    """`activation(einsum(equation, inputs, kernel) + bias)`.

    Args:
        equation: "abc,cd->abd"; the input may have "..." at its start ("...c,cd->...d") or at its end.
        output_shape: sizes of the output's axes after the batch, None where they are the input's. (Kept as
            `partial_output_shape`; the layer's `output_shape` is that of its output.)
        bias_axes: the letters of the output along which the bias differs; None for no bias.

    Example:
        >>> lanthorn.layers.EinsumDense("abc,cd->abd", (None, 6), bias_axes="d")(np.ones((2, 5, 3), "float32")).shape
        (2, 5, 6)
    """

    whole_numbers = False

    _legacy: ClassVar[dict[str, str | None]] = {
        "output_shape": "partial_output_shape",
        "gptq_unpacked_column_size": None,
    }

    equation: str
    partial_output_shape: Any
    activation: ActivationLike = None
    bias_axes: str | None = None
    kernel_initializer: InitializerLike = "glorot_uniform"
    bias_initializer: InitializerLike = "zeros"
    kernel_regularizer: RegularizerLike = None
    bias_regularizer: RegularizerLike = None
    kernel_constraint: ConstraintLike = None
    bias_constraint: ConstraintLike = None

    def __post_init__(self) -> None:
        super().__post_init__()
        shape = self.partial_output_shape
        self.partial_output_shape = (shape,) if isinstance(shape, int) else tuple(shape)
        self._parts = parse(self.equation)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return config | {"output_shape": config.pop("partial_output_shape")}

    def build(self, input_shape) -> None:
        kernel, bias, inside, outside = shapes(self._parts, self.partial_output_shape, self.bias_axes, input_shape)
        initializer = self.kernel_initializer
        if isinstance(initializer, VarianceScaling) and initializer.input_axes is None:
            axes = {"input_axes": inside, "output_axes": outside}
            initializer = type(initializer).from_config(initializer.get_config() | axes)
        self.kernel = self.add_weight(
            name="kernel",
            shape=kernel,
            initializer=initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None
        if bias is not None:
            self.bias = self.add_weight(
                name="bias",
                shape=bias,
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.input_spec = InputSpec(ndim=len(input_shape))

    def call(self, inputs):
        outputs = ops.einsum(self.equation, inputs, self.kernel)
        if self.bias is not None:
            outputs = outputs + self.bias
        return self.activation(outputs)


def parse(equation: str) -> tuple[str, str, str, bool]:
    """Letters of input, kernel and output, and whether "..." stands before them."""
    found = re.fullmatch(r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?", equation)
    if not found or bool(found[1]) != bool(found[5]) or bool(found[3]) != bool(found[7]) or (found[1] and found[3]):
        raise ValueError(
            f"EinsumDense: `equation` must be like 'ab,bc->ac', '...b,bc->...c' or 'ab...,bc->ac...', got {equation!r}."
        )
    inputs, kernel, outputs = found[2], found[4], found[6]
    lost = [c for c in kernel if c not in inputs + outputs] + [c for c in outputs if c not in inputs + kernel]
    if lost:
        raise ValueError(f"EinsumDense: the axis {lost[0]!r} of {equation!r} stands on one side only.")
    return inputs, kernel, outputs, bool(found[1])


def shapes(parts: tuple, partial: tuple, bias_axes: str | None, input_shape: tuple) -> tuple:
    """Kernel shape, bias shape (or None), and which kernel axes go in and come out."""
    inputs, kernel, outputs, before = parts
    more = len(input_shape) - len(inputs)  # axes that "..." stands for
    known = dict(zip(inputs, input_shape[more:] if before else input_shape, strict=False))
    full = [input_shape[0], *(input_shape[1:more] if before else ()), *partial]
    full += input_shape[len(input_shape) - more :] if not before else ()
    named = full[len(full) - len(outputs) :] if before else full
    for letter, size in zip(outputs, named, strict=False):
        if size is not None and known.get(letter) not in (None, size):
            raise ValueError(f"axis {letter!r} is {known[letter]} in the input and {size} in `output_shape`.")
        known[letter] = size if size is not None else known.get(letter)
    bias = None
    if bias_axes:
        if any(letter not in outputs for letter in bias_axes):
            raise ValueError(f"`bias_axes` {bias_axes!r} must be axes of the output {outputs!r}.")
        tail = outputs[min(map(outputs.find, bias_axes)) :]
        bias = tuple(known[c] if c in bias_axes else 1 for c in tail) + (1,) * (0 if before else more)
    inside = [i for i, c in enumerate(kernel) if c not in outputs]
    return tuple(known[c] for c in kernel), bias, inside, [i for i in range(len(kernel)) if i not in inside]
