"""InputSpec: what a layer expects of its input's shape."""

from typing import Any


class InputSpec:
    """Expected rank and sizes of one input.

    Args:
        ndim: exact rank. min_ndim, max_ndim: its bounds.
        axes: {axis: size}.
        shape: full shape, None where any size will do.
    """

    def __init__(self, dtype=None, shape=None, ndim=None, max_ndim=None, min_ndim=None, axes=None, **ignored: Any):
        self.dtype, self.shape = dtype, tuple(shape) if shape is not None else None
        self.ndim = len(self.shape) if self.shape is not None else ndim
        self.min_ndim, self.max_ndim = min_ndim, max_ndim
        self.axes = {int(k): v for k, v in (axes or {}).items()}

    def problem(self, shape: tuple) -> str | None:
        """What is wrong with an input of this shape, in words; None if nothing is."""
        rank = len(shape)
        if self.ndim is not None and rank != self.ndim:
            return f"expected an input with {self.ndim} axes, got one with {rank}: shape {shape}."
        if self.min_ndim is not None and rank < self.min_ndim:
            return f"expected an input with at least {self.min_ndim} axes, got shape {shape}."
        if self.max_ndim is not None and rank > self.max_ndim:
            return f"expected an input with at most {self.max_ndim} axes, got shape {shape}."
        wanted = dict(enumerate(self.shape or ())) | self.axes
        for axis, size in wanted.items():
            if size is None or not -rank <= axis < rank or shape[axis] is None or shape[axis] == size:
                continue
            where = "the last axis" if axis in (-1, rank - 1) else f"axis {axis}"
            return f"expected {where} to be {size} (set when it was built), got an input of shape {shape}."
        return None
