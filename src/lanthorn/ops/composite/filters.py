"""Pictures filtered and compared: blur, edges, likeness, hue; pictures scaled and moved by numbers."""

import numpy as np

from ... import ops
from ..padding import per_axis
from .image import resize_matrix_of
from .warping import batched


def _float(images):
    return images if "float" in ops.dtype(images) else ops.cast(images, "float32")


def _back(out, dtype):
    """A result in the dtype of the pictures; whole numbers are cut off, as a cast does."""
    return out if ops.dtype(out) == dtype else ops.cast(out, dtype)


def _each_channel(images, kernel, padding="same"):
    """Every channel of (batch, height, width, channels) convolved with a kernel (height, width)."""
    kernel = ops.reshape(ops.cast(kernel, ops.dtype(images)), (*kernel.shape, 1, 1))
    return ops.depthwise_conv(images, ops.tile(kernel, (1, 1, images.shape[-1], 1)), padding=padding)


def _bell(size, sigma, like):
    """`size` values of a normal distribution, which add up to 1."""
    x = (ops.arange(size, dtype="float32", like=like) - (size - 1) / 2) / sigma
    y = ops.exp(-0.5 * x * x)
    return y / ops.sum(y)


def image_gaussian_blur(images, kernel_size=(3, 3), sigma=(1.0, 1.0), data_format=None):
    pictures, undo = batched(_float(images), data_format)
    down, across = (_bell(int(kernel_size[i]), sigma[i], pictures) for i in (1, 0))
    blurred = _each_channel(_each_channel(pictures, ops.expand_dims(down, 1)), ops.expand_dims(across, 0))
    return _back(undo(blurred), ops.dtype(images))


def image_sobel_edges(images, data_format=None):
    pictures, _ = batched(_float(images), data_format)
    smooth, change = np.array([1, 2, 1], "float32"), np.array([-1, 0, 1], "float32")
    kernels = np.outer(change, smooth), np.outer(smooth, change)
    edges = [_each_channel(pictures, ops.convert_to_tensor(k, like=pictures)) for k in kernels]
    edges = ops.stack(edges, axis=-1)
    edges = ops.transpose(edges, (0, 3, 1, 2, 4)) if data_format == "channels_first" else edges
    return _back(edges, ops.dtype(images))


def image_ssim(
    image1, image2, max_val=1.0, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03, data_format=None
):  # fmt: skip
    (x, _), (y, _) = (batched(_float(image), data_format) for image in (image1, image2))
    bell = _bell(filter_size, filter_sigma, x)

    def mean(z):
        z = _each_channel(z, ops.expand_dims(bell, 1), "valid")
        return _each_channel(z, ops.expand_dims(bell, 0), "valid")

    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    mx, my = mean(x), mean(y)
    spread = mean(x * x) - mx * mx + mean(y * y) - my * my + c2
    both = mean(x * y) - mx * my
    likeness = (2 * mx * my + c1) * (2 * both + c2) / ((mx * mx + my * my + c1) * spread)
    likeness = ops.mean(likeness, axis=(1, 2, 3))
    return _back(ops.squeeze(likeness, 0) if len(image1.shape) == 3 else likeness, ops.dtype(image1))


def _planes(images, data_format, who):
    if "float" not in ops.dtype(images):
        raise ValueError(f"ops.image.{who}: expected pictures of floats, got dtype {ops.dtype(images)}.")
    axis = -3 if data_format == "channels_first" else -1
    return [ops.squeeze(plane, axis) for plane in ops.split(images, 3, axis=axis)], axis


def image_rgb_to_hsv(images, data_format=None):
    (r, g, b), axis = _planes(images, data_format, "rgb_to_hsv")
    tiny = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float64": 2.0**-52}.get(ops.dtype(images), 2.0**-23)
    none = ops.zeros_like(r)
    r, g, b = (ops.where(ops.absolute(c) < tiny, none, c) for c in (r, g, b))
    value = ops.maximum(ops.maximum(r, g), b)
    reach = value - ops.minimum(ops.minimum(r, g), b)
    one = ops.ones_like(r)
    saturation = ops.where(value > 0, reach / ops.where(value > 0, value, one), none)
    sixth = 1 / (6 * ops.where(reach > 0, reach, one))
    hue = ops.where(value == g, sixth * (b - r) + 2 / 6, sixth * (r - g) + 4 / 6)
    hue = ops.where(value == r, sixth * (g - b), hue)
    hue = ops.where(reach > 0, hue, none)
    return ops.stack([ops.where(hue < 0, hue + 1, hue), saturation, value], axis=axis)


def image_hsv_to_rgb(images, data_format=None):
    (hue, saturation, value), axis = _planes(images, data_format, "hsv_to_rgb")
    hue = ops.mod(hue, 1.0) * 6
    shares = (
        ops.absolute(hue - 3) - 1,
        2 - ops.absolute(hue - 2),
        2 - ops.absolute(hue - 4),
    )
    return ops.stack([value * (1 - saturation + saturation * ops.clip(s, 0, 1)) for s in shares], axis=axis)


def image_scale_and_translate(images, output_shape, scale, translation, spatial_dims, method, antialias=True):
    y = _float(images)
    for i, axis in enumerate(spatial_dims):
        matrix = resize_matrix_of(
            images.shape[axis], output_shape[axis], method, antialias, scale[i], translation[i], y
        )
        y = ops.moveaxis(ops.tensordot(y, ops.cast(matrix, ops.dtype(y)), axes=((axis,), (1,))), -1, axis)
    if ops.dtype(y) == ops.dtype(images):
        return y
    return ops.saturate_cast(ops.round(y), ops.dtype(images))


def image_extract_patches_3d(volumes, size, strides=None, dilation_rate=1, padding="valid", data_format=None):
    single = len(volumes.shape) == 4
    x = ops.expand_dims(volumes, 0) if single else volumes
    size = per_axis(size, 3)
    channels = x.shape[1 if data_format == "channels_first" else -1]
    count = size[0] * size[1] * size[2] * channels
    kernel = ops.reshape(ops.eye(count, dtype=ops.dtype(x), like=x), (*size, channels, count))
    strides = size if strides is None else per_axis(strides, 3)
    y = ops.conv(
        x, kernel, strides=strides, padding=padding, data_format=data_format, dilation_rate=per_axis(dilation_rate, 3)
    )
    return ops.squeeze(y, 0) if single else y
