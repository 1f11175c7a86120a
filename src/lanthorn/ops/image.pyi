# ruff: noqa
"""The ops of lanthorn.ops.image. Written by `python -m lanthorn.ops.stub`: do not edit."""

from collections.abc import Callable, Sequence
from typing import Any

Array = Any
Axis = int | Sequence[int] | None
Shape = Sequence[Any] | Any
DType = Any

def resize(images: Array, size: Any, interpolation: Any = "bilinear", antialias: Any = False, crop_to_aspect_ratio: Any = False, pad_to_aspect_ratio: Any = False, fill_mode: Any = "constant", fill_value: Any = 0.0, data_format: str | None = None) -> Any:
    """Pictures in another size (height, width)."""

def rgb_to_grayscale(images: Array, data_format: str | None = None) -> Any:
    """Brightness: 0.2989 R + 0.587 G + 0.114 B."""

def crop_images(images: Array, top_cropping: Any = None, left_cropping: Any = None, bottom_cropping: Any = None, right_cropping: Any = None, target_height: Any = None, target_width: Any = None, data_format: str | None = None) -> Any:
    """Pictures without some rows and columns at the edges."""

def pad_images(images: Array, top_padding: Any = None, left_padding: Any = None, bottom_padding: Any = None, right_padding: Any = None, target_height: Any = None, target_width: Any = None, data_format: str | None = None) -> Any:
    """Pictures with rows and columns of zeros at the edges."""

def affine_transform(images: Array, transform: Array, interpolation: Any = "bilinear", fill_mode: Any = "constant", fill_value: Any = 0, data_format: str | None = None) -> Any:
    """Pictures warped: output (x, y) is taken from (a x + b y + c, d x + e y + f), transform = [a b c d e f 0 0]."""

def extract_patches(images: Array, size: Any, strides: Any = None, dilation_rate: Any = 1, padding: Any = "valid", data_format: str | None = None) -> Any:
    """Every window of the pictures, flat on the last axis."""

def map_coordinates(inputs: Array, coordinates: Array, order: Any, fill_mode: Any = "constant", fill_value: Any = 0) -> Any:
    """The values of inputs at these (fractional) coordinates, one array per axis; order 0 or 1."""
