"""TensorFlow: bilinear warps by its own kernel, where its idea of what lies outside is that of the others."""

import tensorflow as tf

from ...composite import warping as _warping

_KNOWN = ("constant", "nearest", "reflect")


def _warped(images, transforms, fill_mode, fill_value, data_format):
    images, undo = _warping.batched(images, data_format)
    out = tf.raw_ops.ImageProjectiveTransformV3(
        images=images, transforms=tf.cast(transforms, "float32"), output_shape=tf.shape(images)[1:3],
        fill_value=tf.cast(fill_value, "float32"), interpolation="BILINEAR", fill_mode=fill_mode.upper(),
    )  # fmt: skip
    return undo(tf.ensure_shape(out, images.shape))


def _suits(images, interpolation):
    return interpolation == "bilinear" and images.dtype == tf.float32


def image_affine_transform(
    images, transform, interpolation="bilinear", fill_mode="constant", fill_value=0, data_format=None
):
    if _suits(images, interpolation) and fill_mode in _KNOWN:
        return _warped(images, tf.reshape(transform, (-1, 8)), fill_mode, fill_value, data_format)
    return _warping.image_affine_transform(images, transform, interpolation, fill_mode, fill_value, data_format)


def image_perspective_transform(
    images, start_points, end_points, interpolation="bilinear", fill_value=0, data_format=None
):
    if not _suits(images, interpolation):
        return _warping.image_perspective_transform(
            images, start_points, end_points, interpolation, fill_value, data_format
        )
    numbers = _warping.homography(*(_warping.points(p, images) for p in (start_points, end_points)))
    return _warped(images, numbers, "constant", fill_value, data_format)
