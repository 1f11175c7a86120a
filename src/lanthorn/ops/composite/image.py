"""Pictures: resizing is a product with two small matrices."""

from typing import Any

import numpy as np

from ... import ops
from ..padding import amounts, per_axis
from .warping import into

_REACH = {"bilinear": 1.0, "bicubic": 2.0, "lanczos3": 3.0, "lanczos5": 5.0}


def _weight(interpolation, x, lib: Any = np):
    """How much a pixel counts at a distance, with NumPy's functions or those of `ops`."""
    x = lib.absolute(x)
    if interpolation == "bilinear":
        return lib.maximum(1 - x, 0)
    if interpolation == "bicubic":  # Keys, a = -1/2
        near, far = ((1.5 * x - 2.5) * x) * x + 1, ((-0.5 * x + 2.5) * x - 4) * x + 2
        return lib.where(x < 1, near, lib.where(x < 2, far, 0 * x))
    n = _REACH[interpolation]
    return lib.where(x < n, lib.sinc(x) * lib.sinc(x / n), 0 * x)


def resize_matrix(before, after, interpolation, antialias=False):
    """(after, before): how much each old element counts in each new one; pixels are squares of size 1."""
    scale = before / after
    centers = (np.arange(after) + 0.5) * scale - 0.5
    if interpolation == "nearest":
        places = np.minimum(np.floor((np.arange(after) + 0.5) * scale), before - 1).astype(int)
        return np.eye(before, dtype=np.float32)[places]
    wide = max(scale, 1.0) if antialias else 1.0
    weights = _weight(interpolation, (np.arange(before)[None, :] - centers[:, None]) / wide)
    return (weights / weights.sum(1, keepdims=True)).astype(np.float32)


_METHODS = {
    "linear": "bilinear",
    "trilinear": "bilinear",
    "triangle": "bilinear",
    "cubic": "bicubic",
    "tricubic": "bicubic",
}


def resize_matrix_of(before, after, method, antialias, scale, translation, like):
    """(after, before) as `resize_matrix`, for a scale and translation that are known only when it runs."""
    method = _METHODS.get(method, method)
    if method not in _REACH:
        raise ValueError(
            f"ops.image.scale_and_translate: `method` must be one of {(*_REACH, *_METHODS)}, got {method!r}."
        )
    new = ops.arange(after, dtype="float32", like=like)
    centers = (new + 0.5) / scale - translation / scale - 0.5
    apart = ops.expand_dims(centers, 1) - ops.expand_dims(ops.arange(before, dtype="float32", like=like), 0)
    wide = ops.maximum(1 / scale, 1.0) if antialias else 1.0
    weights = _weight(method, apart / wide, ops)
    total = ops.sum(weights, axis=1, keepdims=True)
    known = ops.absolute(total) > 1000 * 2.0**-23
    weights = ops.where(known, weights / ops.where(known, total, ops.ones_like(total)), ops.zeros_like(weights))
    seen = ops.expand_dims(ops.logical_and(centers >= -0.5, centers <= before - 0.5), 1)
    return ops.where(seen, weights, ops.zeros_like(weights))


def image_resize(
    images, size, interpolation="bilinear", antialias=False, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False,
    fill_mode="constant", fill_value=0.0, data_format=None,
):  # fmt: skip
    if interpolation != "nearest" and interpolation not in _REACH:
        raise ValueError(
            f"ops.image.resize: `interpolation` must be 'nearest' or one of {tuple(_REACH)}, got {interpolation!r}."
        )
    if fill_mode != "constant":
        raise ValueError(f"ops.image.resize: `fill_mode` must be 'constant', got {fill_mode!r}.")
    axis = len(images.shape) - (2 if data_format == "channels_first" else 3)
    dtype = ops.dtype(images)
    if crop_to_aspect_ratio or pad_to_aspect_ratio:
        images = _fit(images, size, axis, crop_to_aspect_ratio, fill_value)
    y = images if "float" in dtype else ops.cast(images, "float32")
    for i, after in enumerate(size):
        before = y.shape[axis + i]
        if before == after:
            continue
        matrix = ops.convert_to_tensor(
            resize_matrix(before, after, interpolation, antialias), dtype=ops.dtype(y), like=y
        )
        y = ops.moveaxis(ops.tensordot(y, matrix, axes=((axis + i,), (1,))), -1, axis + i)
    if dtype == ops.dtype(y):
        return y
    return ops.saturate_cast(ops.round(y), dtype)


def _fit(images, size, axis, crop, fill_value):
    """Cut off, or fill up, evenly on both sides, to the proportions of `size`."""
    height, width = images.shape[axis], images.shape[axis + 1]
    choose = min if crop else max
    target = choose(height, int(width * size[0] / size[1])), choose(width, int(height * size[1] / size[0]))
    if crop:
        top, left = (height - target[0]) // 2, (width - target[1]) // 2
        key = [slice(None)] * axis + [slice(top, top + target[0]), slice(left, left + target[1])]
        return images[tuple(key)]
    pads = [(0, 0)] * len(images.shape)
    for i, (have, want) in enumerate(zip((height, width), target, strict=True)):
        pads[axis + i] = ((want - have) // 2, want - have - (want - have) // 2)
    return ops.pad(images, pads, constant_values=fill_value)


def image_rgb_to_grayscale(images, data_format=None):
    axis = -3 if data_format == "channels_first" else -1
    red, green, blue = ops.split(images, 3, axis=axis)
    if "float" in ops.dtype(images):
        return red * 0.2989 + green * 0.587 + blue * 0.114
    red, green, blue = (ops.cast(c, "float32") for c in (red, green, blue))
    return ops.cast(red * 0.2989 + green * 0.587 + blue * 0.114, ops.dtype(images))


def _ends(who, size, before, after, target, grow):
    """Both ends of an axis from two of (before, after, target)."""
    if [before, after, target].count(None) != 1:
        raise ValueError(f"ops.image.{who}: give exactly two of start, end and target size for each axis.")
    change = None if target is None else (target - size if grow else size - target)
    before = change - after if before is None else before
    after = change - before if after is None else after
    if before < 0 or after < 0:
        raise ValueError(
            f"ops.image.{who}: the amounts must not be negative, got {before} and {after} for size {size}."
        )
    return before, after


def image_crop_images(
    images, top_cropping=None, left_cropping=None, bottom_cropping=None, right_cropping=None, target_height=None,
    target_width=None, data_format=None,
):  # fmt: skip
    axis = len(images.shape) - (2 if data_format == "channels_first" else 3)
    height, width = images.shape[axis], images.shape[axis + 1]
    top, bottom = _ends("crop_images", height, top_cropping, bottom_cropping, target_height, False)
    left, right = _ends("crop_images", width, left_cropping, right_cropping, target_width, False)
    return images[(slice(None),) * axis + (slice(top, height - bottom), slice(left, width - right))]


def image_pad_images(
    images, top_padding=None, left_padding=None, bottom_padding=None, right_padding=None, target_height=None,
    target_width=None, data_format=None,
):  # fmt: skip
    axis = len(images.shape) - (2 if data_format == "channels_first" else 3)
    pads = [(0, 0)] * len(images.shape)
    pads[axis] = _ends("pad_images", images.shape[axis], top_padding, bottom_padding, target_height, True)
    pads[axis + 1] = _ends("pad_images", images.shape[axis + 1], left_padding, right_padding, target_width, True)
    return ops.pad(images, pads)


def image_map_coordinates(inputs, coordinates, order, fill_mode="constant", fill_value=0):
    sizes = inputs.shape
    flat = ops.ravel(inputs if "float" in ops.dtype(inputs) else ops.cast(inputs, "float32"))
    places = ops.unstack(coordinates, axis=0) if ops.is_tensor(coordinates) else list(coordinates)
    places = [p if "float" in ops.dtype(p) else ops.cast(p, "float32") for p in places]
    low = [ops.round(p) if order == 0 else ops.floor(p) for p in places]
    total = None
    for corner in np.ndindex(*[1 if order == 0 else 2] * len(sizes)):
        weight, index, inside = None, None, None
        for offset, p, floor, size in zip(corner, places, low, sizes, strict=True):
            place = floor + offset
            share = 1 - ops.abs(p - place) if order else ops.ones_like(p)
            weight = share if weight is None else weight * share
            here = ops.cast(into(place, size, fill_mode), "int32")
            index = here if index is None else index * size + here
            known = ops.logical_and(place >= 0, place <= size - 1)
            inside = known if inside is None else ops.logical_and(inside, known)
        value = ops.take(flat, index, axis=0)
        if fill_mode == "constant":
            value = ops.where(inside, value, ops.full_like(value, fill_value))
        total = value * weight if total is None else total + value * weight
    return total if ops.dtype(total) == ops.dtype(inputs) else ops.saturate_cast(ops.round(total), ops.dtype(inputs))


def image_extract_patches(images, size, strides=None, dilation_rate=1, padding="valid", data_format=None):
    single = len(images.shape) == 3
    images = ops.expand_dims(images, 0) if single else images
    images = images if data_format == "channels_first" else ops.transpose(images, (0, 3, 1, 2))
    kernel = per_axis(size, 2)
    strides, dilations = kernel if strides is None else per_axis(strides, 2), per_axis(dilation_rate, 2)
    pads = amounts(padding, images.shape[2:], kernel, strides, dilations)
    images = ops.pad(images, ((0, 0), (0, 0), *pads))
    high, wide = ((n - (k - 1) * d - 1) // s + 1 for n, k, d, s in zip(images.shape[2:], kernel, dilations, strides))  # noqa: B905
    columns = ops.unfold(images, kernel, dilation=dilations, padding=0, stride=strides)
    y = ops.reshape(columns, (-1, images.shape[1], kernel[0] * kernel[1], high, wide))
    y = ops.reshape(ops.transpose(y, (0, 3, 4, 2, 1)), (-1, high, wide, kernel[0] * kernel[1] * images.shape[1]))
    y = ops.transpose(y, (0, 3, 1, 2)) if data_format == "channels_first" else y
    return y[0] if single else y
