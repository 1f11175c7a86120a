"""Pictures: (batch, height, width, channels), or without the batch."""

ALL = dict.fromkeys(("torch", "jax", "tensorflow", "numpy"), "composite")


def fill(op):
    op(
        "image.resize(images, size, interpolation='bilinear', antialias=False, crop_to_aspect_ratio=False, "
        "pad_to_aspect_ratio=False, fill_mode='constant', fill_value=0.0, data_format=None)",
        "Pictures in another size (height, width).",
    )
    op("image.rgb_to_grayscale(images, data_format=None)", "Brightness: 0.2989 R + 0.587 G + 0.114 B.")
    op(
        "image.crop_images(images, top_cropping=None, left_cropping=None, bottom_cropping=None, right_cropping=None, "
        "target_height=None, target_width=None, data_format=None)",
        "Pictures without some rows and columns at the edges.",
    )
    op(
        "image.pad_images(images, top_padding=None, left_padding=None, bottom_padding=None, right_padding=None, "
        "target_height=None, target_width=None, data_format=None)",
        "Pictures with rows and columns of zeros at the edges.",
    )
    op(
        "image.affine_transform(images, transform, interpolation='bilinear', fill_mode='constant', fill_value=0, "
        "data_format=None)",
        "Pictures warped: output (x, y) is taken from (a x + b y + c, d x + e y + f), transform = [a b c d e f 0 0].",
    )
    op(
        "image.extract_patches(images, size, strides=None, dilation_rate=1, padding='valid', data_format=None)",
        "Every window of the pictures, flat on the last axis.",
    )
    op(
        "image.map_coordinates(inputs, coordinates, order, fill_mode='constant', fill_value=0)",
        "The values of inputs at these (fractional) coordinates, one array per axis; order 0 or 1.",
    )
