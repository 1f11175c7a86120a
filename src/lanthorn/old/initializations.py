"""`keras.initializations` of Keras 1: functions of a shape and a scale, which give first values."""

from typing import Any

from .. import initializers


def normal(shape: Any, scale: float = 0.05, name: str | None = None) -> Any:
    """Normal numbers with this standard deviation."""
    return initializers.RandomNormal(0.0, scale)(shape)


def uniform(shape: Any, scale: float = 0.05, name: str | None = None) -> Any:
    """Numbers between -scale and scale."""
    return initializers.RandomUniform(-scale, scale)(shape)


def identity(shape: Any, scale: float = 1.0, name: str | None = None) -> Any:
    """The identity matrix, times `scale`."""
    return initializers.Identity(scale)(shape)


def orthogonal(shape: Any, scale: float = 1.1, name: str | None = None) -> Any:
    """A matrix with orthogonal rows or columns, times `scale`."""
    return initializers.Orthogonal(scale)(shape)
