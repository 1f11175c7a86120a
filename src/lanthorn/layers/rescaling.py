"""Rescaling: numbers to another range."""

from typing import Any

import numpy as np

from .. import ops
from ..backend import image_data_format
from ..core.layer import Layer


class Rescaling(Layer):
    """`x * scale + offset`: `Rescaling(1 / 127.5, offset=-1)` takes 0…255 to -1…1.

    `scale` and `offset` may be lists with one number per channel. Whole numbers become floats.

    Shapes: any, unchanged.

    Example:
        >>> lanthorn.layers.Rescaling(1 / 255)(np.full((1, 2), 255, "uint8"))  # [[1, 1]]
    """

    wide = True
    anywhere = True

    scale: Any
    offset: Any = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.supports_masking = True
        self.scale, self.offset = _plain(self.scale), _plain(self.offset)

    def call(self, inputs):
        scale, offset = self.scale, self.offset
        if isinstance(scale, list):
            scale = np.asarray(scale, "float32")
            if image_data_format() == "channels_first":
                scale = scale.reshape(scale.shape + (1,) * (3 - scale.ndim))
        if isinstance(offset, list):
            offset = np.asarray(offset, "float32")
        return ops.add(ops.multiply(ops.cast(inputs, self.dtype), scale), offset)


def _plain(value: Any) -> Any:
    """A number or a list of numbers, also from the form in which Keras writes arrays to files."""
    if isinstance(value, dict):
        value = value["config"]["value"] if "config" in value else value["value"]
    value = np.asarray(value)
    return value.tolist() if value.ndim else value.item()
