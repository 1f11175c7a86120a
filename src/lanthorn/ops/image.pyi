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

def extract_patches_3d(volumes: Array, size: Any, strides: Any = None, dilation_rate: Any = 1, padding: Any = "valid", data_format: str | None = None) -> Any:
    """Every window of the volumes, flat on the last axis."""

def perspective_transform(images: Array, start_points: Array, end_points: Array, interpolation: Any = "bilinear", fill_value: Any = 0, data_format: str | None = None) -> Any:
    """Pictures warped so that the corners start_points (x, y) come to end_points: (4, 2), or one such per picture."""

def elastic_transform(images: Array, alpha: Any = 20.0, sigma: Any = 5.0, interpolation: Any = "bilinear", fill_mode: Any = "reflect", fill_value: Any = 0.0, seed: Any = None, data_format: str | None = None) -> Any:
    """Pictures moved by smooth noise: alpha says how far, sigma how smooth it is, in pixels."""

def gaussian_blur(images: Array, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0), data_format: str | None = None) -> Any:
    """Pictures blurred with a normal distribution; sizes and sigmas are those of (width, height)."""

def scale_and_translate(images: Array, output_shape: Any, scale: Array, translation: Array, spatial_dims: Any, method: Any, antialias: Any = True) -> Any:
    """Arrays scaled and moved along some axes: new place = old place * scale + translation."""

def sobel_edges(images: Array, data_format: str | None = None) -> Any:
    """Change along rows and along columns, on a new last axis."""

def ssim(image1: Array, image2: Array, max_val: Any = 1.0, filter_size: Any = 11, filter_sigma: Any = 1.5, k1: Any = 0.01, k2: Any = 0.03, data_format: str | None = None) -> Any:
    """How alike two pictures are in structure, 1 at most, one number each (Wang et al. 2004)."""

def rgb_to_hsv(images: Array, data_format: str | None = None) -> Any:
    """Hue, saturation and value of pictures from 0 to 1."""

def hsv_to_rgb(images: Array, data_format: str | None = None) -> Any:
    """Red, green and blue from hue, saturation and value."""
