"""The same numbers in another shape."""

import math
from typing import Any

from .. import ops
from ..core.layer import InputSpec, Layer
from .settings import layout


class Identity(Layer):
    """Its input, unchanged: a name in a graph, or a place to put something later."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True

    def call(self, inputs):
        return inputs


class Flatten(Layer):
    """All numbers of a sample in one row; a sample that is a single number becomes a row of one.

    Shapes: (batch, a, b, …) → (batch, a · b · …). Channels-first pictures are put channels last before that, so
    that a Dense layer sees the same order in both formats.

    Example:
        >>> lanthorn.layers.Flatten()(np.ones((2, 4, 4, 3), "float32")).shape
        (2, 48)
    """

    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.data_format = layout(self, self.data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs):
        rank = len(inputs.shape)
        if self.data_format == "channels_first" and rank > 2:
            inputs = ops.transpose(inputs, (0, *range(2, rank), 1))
        shape = ops.shape(inputs)
        known = all(isinstance(size, int) for size in shape[1:])
        return ops.reshape(inputs, (shape[0] if known else -1, math.prod(shape[1:])) if known else (shape[0], -1))


class Reshape(Layer):
    """Each sample in `target_shape`; one axis may be -1 and takes what is left.

    Shapes: (batch, …) → (batch, *target_shape).

    Raises:
        ValueError: the sample has another number of numbers than `target_shape`.

    Example:
        >>> lanthorn.layers.Reshape((2, -1))(np.ones((5, 12), "float32")).shape
        (5, 2, 6)
    """

    target_shape: Any

    def __post_init__(self) -> None:
        super().__post_init__()
        shape = self.target_shape
        self.target_shape = (shape,) if isinstance(shape, int) else tuple(shape)
        if sum(size == -1 for size in self.target_shape) > 1:
            raise ValueError(f"Reshape: only one axis of `target_shape` may be -1, got {self.target_shape}.")

    def build(self, input_shape) -> None:
        self._check(input_shape)

    def _check(self, shape) -> None:
        sample = tuple(shape)[1:]
        if not all(isinstance(size, int) for size in sample):
            return
        have, rest = math.prod(sample), math.prod(size for size in self.target_shape if size != -1)
        if have != rest if -1 not in self.target_shape else have % max(rest, 1):
            raise ValueError(
                f"{self.describe()}: expected samples of {rest} numbers{' times any' * (-1 in self.target_shape)} "
                f"for target_shape {self.target_shape}, got an input of shape {tuple(shape)} ({have} numbers). "
                "Change `target_shape` or what comes before."
            )

    def call(self, inputs):
        shape = ops.shape(inputs)
        target = self.target_shape
        if -1 in target and all(isinstance(size, int) for size in shape[1:]):
            left = math.prod(shape[1:]) // math.prod(size for size in target if size != -1)
            target = tuple(left if size == -1 else size for size in target)
        return ops.reshape(inputs, (shape[0] if isinstance(shape[0], int) or -1 in target else -1, *target))


class Permute(Layer):
    """Axes in another order; `dims` counts from 1, the batch stays first.

    Shapes: with `dims=(2, 1)`, (batch, a, b) → (batch, b, a).

    Example:
        >>> lanthorn.layers.Permute((2, 1))(np.ones((5, 3, 4), "float32")).shape
        (5, 4, 3)
    """

    dims: tuple

    def __post_init__(self) -> None:
        super().__post_init__()
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(f"Permute: `dims` must hold each of 1 to {len(self.dims)} once, got {self.dims}.")
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def call(self, inputs):
        return ops.transpose(inputs, (0, *self.dims))


class RepeatVector(Layer):
    """Each sample, a vector, `n` times over: a sequence.

    Shapes: (batch, features) → (batch, n, features).

    Example:
        >>> lanthorn.layers.RepeatVector(3)(np.ones((5, 4), "float32")).shape
        (5, 3, 4)
    """

    n: int

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n < 1:
            raise ValueError(f"RepeatVector: `n` must be at least 1, got {self.n}.")
        self.input_spec = InputSpec(ndim=2)

    def call(self, inputs):
        return ops.repeat(ops.expand_dims(inputs, 1), self.n, axis=1)
