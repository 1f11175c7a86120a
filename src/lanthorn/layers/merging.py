"""Several inputs into one: sum, product, mean, largest, joined, dot product; as layers and as functions."""

import functools
import operator
from typing import Any

from .. import ops
from ..core.layer import Layer


class Merge(Layer):
    """What the element-wise merging layers share: the inputs are a list, broadcast to one shape.

    An input with fewer axes gets axes of 1 after the batch. A place is masked out where all inputs are.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True

    def merge(self, inputs: list) -> Any:
        """The inputs, which broadcast against each other, as one array."""
        raise TypeError(f"{type(self).__name__}: write merge(self, inputs) to say how the inputs become one.")

    def build(self, input_shape) -> None:
        shapes = self._several(input_shape)
        rank = max(map(len, shapes))
        shapes = [(s[0], *(1,) * (rank - len(s)), *s[1:]) for s in shapes]
        for axis, sizes in enumerate(zip(*shapes, strict=True)):
            if len({size for size in sizes if size not in (None, 1)}) > 1:
                raise ValueError(
                    f"{self.describe()}: expected inputs that agree along every axis (or have 1 "
                    f"there), got sizes {sizes} along axis {axis} of the shapes {list(map(tuple, input_shape))}."
                )

    def _several(self, shapes) -> list:
        if not isinstance(shapes, (list, tuple)) or not shapes or not isinstance(shapes[0], (list, tuple)):
            raise ValueError(
                f"{self.describe()}: expected a list of inputs, got one input of shape {shapes}. "
                f"Call it as layer([a, b])."
            )
        return [tuple(shape) for shape in shapes]

    def call(self, inputs):
        rank = max(len(x.shape) for x in inputs)
        return self.merge([_with_rank(x, rank) for x in inputs])

    def compute_mask(self, inputs, mask=None):
        if mask is None or any(m is None for m in mask):
            return None
        return functools.reduce(ops.logical_or, mask)


def _with_rank(x, rank):
    for _ in range(rank - len(x.shape)):
        x = ops.expand_dims(x, 1)
    return x


class Add(Merge):
    """The sum of its inputs.

    Example:
        >>> lanthorn.layers.Add()([np.ones((2, 3), "float32"), np.ones((2, 3), "float32")])
    """

    def merge(self, inputs):
        return functools.reduce(operator.add, inputs)


class Subtract(Merge):
    """The first of two inputs minus the second."""

    def build(self, input_shape) -> None:
        if len(self._several(input_shape)) != 2:
            raise ValueError(f"{self.describe()}: expected two inputs, got {len(input_shape)}.")
        super().build(input_shape)

    def merge(self, inputs):
        return inputs[0] - inputs[1]


class Multiply(Merge):
    """The product of its inputs, number by number. Where an input is masked out it counts as 1."""

    def call(self, inputs, mask=None):
        if mask is not None:
            inputs = [x if m is None else ops.where(_like(m, x), x, 1.0) for x, m in zip(inputs, mask, strict=True)]
        return super().call(inputs)

    def merge(self, inputs):
        return functools.reduce(operator.mul, inputs)


def _like(mask, x):
    mask = ops.cast(mask, "bool")
    while len(mask.shape) < len(x.shape):
        mask = ops.expand_dims(mask, -1)
    return mask


class Average(Merge):
    """The mean of its inputs, number by number."""

    whole_numbers = False

    def merge(self, inputs):
        return functools.reduce(operator.add, inputs) / len(inputs)


class Maximum(Merge):
    """The largest of its inputs, number by number."""

    def merge(self, inputs):
        return functools.reduce(ops.maximum, inputs)


class Minimum(Merge):
    """The smallest of its inputs, number by number."""

    def merge(self, inputs):
        return functools.reduce(ops.minimum, inputs)


class Concatenate(Merge):
    """Its inputs one after another along `axis`; all other axes must agree.

    Shapes: (batch, a), (batch, b) → (batch, a + b).

    Example:
        >>> lanthorn.layers.Concatenate()([np.ones((2, 3), "float32"), np.ones((2, 1), "float32")]).shape
        (2, 4)
    """

    axis: int = -1

    def build(self, input_shape) -> None:
        shapes = self._several(input_shape)
        rank = len(shapes[0])
        others = [[s for i, s in enumerate(shape) if i != self.axis % rank] for shape in shapes]
        fits = all(len(shape) == rank for shape in shapes) and -rank <= self.axis < rank
        for sizes in zip(*others, strict=True) if fits else ():
            fits = fits and len({size for size in sizes if size is not None}) <= 1
        if not fits:
            raise ValueError(
                f"{self.describe()}: expected inputs that agree along every axis but axis {self.axis}, got "
                f"the shapes {shapes}."
            )

    def call(self, inputs):
        return ops.concatenate(inputs, axis=self.axis)

    def compute_mask(self, inputs, mask=None):
        if mask is None or all(m is None for m in mask):
            return None
        full = []
        for x, m in zip(inputs, mask, strict=True):
            everywhere = ops.ones_like(x, dtype="bool")
            full.append(everywhere if m is None else ops.logical_and(everywhere, _like(m, x)))
        return ops.any(ops.concatenate(full, axis=self.axis), axis=-1)


class Dot(Merge):
    """The dot product of two inputs along `axes` (one number, or one per input), sample by sample.

    `normalize=True` divides both by their length first: the cosine of the angle.

    Shapes: with `axes=2`, (batch, a, n), (batch, b, n) → (batch, a, b); vectors give (batch, 1).

    Example:
        >>> lanthorn.layers.Dot(axes=1)([np.ones((2, 3), "float32"), np.ones((2, 3), "float32")])  # [[3], [3]]
    """

    whole_numbers = False

    axes: Any
    normalize: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        pair = (self.axes, self.axes) if isinstance(self.axes, int) else tuple(self.axes)
        if len(pair) != 2 or not all(isinstance(axis, int) and axis != 0 for axis in pair):
            raise ValueError(f"Dot: `axes` must be an axis, or one per input, and not 0 (the batch), got {self.axes}.")

    def _axes(self, ranks) -> tuple[int, int]:
        pair = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        return pair[0] % ranks[0], pair[1] % ranks[1]

    def build(self, input_shape) -> None:
        shapes = self._several(input_shape)
        if len(shapes) != 2:
            raise ValueError(f"{self.describe()}: expected two inputs, got {len(shapes)}.")
        first, second = self._axes([len(s) for s in shapes])
        if None not in (shapes[0][first], shapes[1][second]) and shapes[0][first] != shapes[1][second]:
            raise ValueError(
                f"{self.describe()}: expected the same size along axis {first} of the first and axis {second} of the "
                f"second input, got the shapes {shapes}."
            )

    def call(self, inputs):
        a, b = inputs
        first, second = self._axes([len(a.shape), len(b.shape)])
        if self.normalize:
            a, b = ops.normalize(a, axis=first), ops.normalize(b, axis=second)
        letters = "zabcdefghijkl"
        left = [letters[i] for i in range(len(a.shape))]
        right = ["z", *"ABCDEFGHIJKL"[: len(b.shape) - 1]]
        left[first] = right[second] = "n"
        out = [c for c in left if c != "n"] + [c for c in right[1:] if c != "n"]
        product = ops.einsum(f"{''.join(left)},{''.join(right)}->{''.join(out)}", a, b)
        return product if len(out) > 1 else ops.expand_dims(product, -1)

    def compute_mask(self, inputs, mask=None):
        return None


def add(inputs, **kwargs):
    """`Add(**kwargs)(inputs)`."""
    return Add(**kwargs)(inputs)


def subtract(inputs, **kwargs):
    """`Subtract(**kwargs)(inputs)`."""
    return Subtract(**kwargs)(inputs)


def multiply(inputs, **kwargs):
    """`Multiply(**kwargs)(inputs)`."""
    return Multiply(**kwargs)(inputs)


def average(inputs, **kwargs):
    """`Average(**kwargs)(inputs)`."""
    return Average(**kwargs)(inputs)


def maximum(inputs, **kwargs):
    """`Maximum(**kwargs)(inputs)`."""
    return Maximum(**kwargs)(inputs)


def minimum(inputs, **kwargs):
    """`Minimum(**kwargs)(inputs)`."""
    return Minimum(**kwargs)(inputs)


def concatenate(inputs, axis=-1, **kwargs):
    """`Concatenate(axis, **kwargs)(inputs)`."""
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs, axes=-1, **kwargs):
    """`Dot(axes, **kwargs)(inputs)`."""
    return Dot(axes=axes, **kwargs)(inputs)
