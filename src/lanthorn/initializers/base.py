"""What an initializer is, and those that draw nothing."""

from typing import Any

import numpy as np

from ..core.config import Configurable


class Initializer(Configurable):
    """Base of the initializers: override `__call__(shape, dtype, rng) -> numpy.ndarray`."""

    def __call__(self, shape: tuple, dtype: Any = None, rng: np.random.Generator | None = None) -> Any:
        raise TypeError(f"{type(self).__name__}: an initializer must define __call__(shape, dtype=None, rng=None).")

    @classmethod
    def from_config(cls, config: dict):
        """An initializer with these settings; the `dtype` that Keras 2 wrote is left out."""
        return cls(**{k: v for k, v in config.items() if k != "dtype"})

    def clone(self):
        return type(self).from_config(self.get_config())


def numpy_dtype(dtype: Any) -> np.dtype:
    """The NumPy type to draw in; float32 for those NumPy lacks (bfloat16, float8): the variable casts."""
    try:
        found = np.dtype(dtype or "float32")
    except TypeError:
        return np.dtype("float32")
    return found if found.kind in "biufc" else np.dtype("float32")


class Zeros(Initializer):
    """All zeros."""

    def __call__(self, shape, dtype=None, rng=None):
        return np.zeros(tuple(shape), numpy_dtype(dtype))


class Ones(Initializer):
    """All ones."""

    def __call__(self, shape, dtype=None, rng=None):
        return np.ones(tuple(shape), numpy_dtype(dtype))


class Constant(Initializer):
    """All `value`: a number, or an array that broadcasts to the shape."""

    value: Any = 0.0

    def __call__(self, shape, dtype=None, rng=None):
        return np.full(tuple(shape), self.value, numpy_dtype(dtype))

    def get_config(self):
        value = self.value
        return {"value": value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value}


class Identity(Initializer):
    """`gain` on the main diagonal of a matrix, 0 elsewhere. Raises ValueError for a shape that is not 2-D."""

    gain: float = 1.0

    def __call__(self, shape, dtype=None, rng=None):
        if len(shape) != 2:
            raise ValueError(f"Identity: expected the shape of a matrix, got {tuple(shape)}.")
        return self.gain * np.eye(*shape, dtype=numpy_dtype(dtype))


class Given(Initializer):
    """An array given as initializer: its own values."""

    value: Any

    def __call__(self, shape, dtype=None, rng=None):
        if tuple(shape) != self.value.shape:
            raise ValueError(f"initializer: an array of shape {self.value.shape} was given for a weight of {shape}.")
        return self.value.astype(numpy_dtype(dtype))

    def get_config(self):
        return {"value": self.value.tolist()}
