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
    op(
        "image.extract_patches_3d(volumes, size, strides=None, dilation_rate=1, padding='valid', data_format=None)",
        "Every window of the volumes, flat on the last axis.",
    )
    op(
        "image.perspective_transform(images, start_points, end_points, interpolation='bilinear', fill_value=0, "
        "data_format=None)",
        "Pictures warped so that the corners start_points (x, y) come to end_points: (4, 2), or one such per picture.",
    )
    op(
        "image.elastic_transform(images, alpha=20.0, sigma=5.0, interpolation='bilinear', fill_mode='reflect', "
        "fill_value=0.0, seed=None, data_format=None)",
        "Pictures moved by smooth noise: alpha says how far, sigma how smooth it is, in pixels.",
        simple=False,
    )
    op(
        "image.gaussian_blur(images, kernel_size=(3, 3), sigma=(1.0, 1.0), data_format=None)",
        "Pictures blurred with a normal distribution; sizes and sigmas are those of (width, height).",
        simple=False,
    )
    op(
        "image.scale_and_translate(images, output_shape, scale, translation, spatial_dims, method, antialias=True)",
        "Arrays scaled and moved along some axes: new place = old place * scale + translation.",
    )
    op("image.sobel_edges(images, data_format=None)", "Change along rows and along columns, on a new last axis.")
    op(
        "image.ssim(image1, image2, max_val=1.0, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03, data_format=None)",
        "How alike two pictures are in structure, 1 at most, one number each (Wang et al. 2004).",
    )
    op("image.rgb_to_hsv(images, data_format=None)", "Hue, saturation and value of pictures from 0 to 1.")
    op("image.hsv_to_rgb(images, data_format=None)", "Red, green and blue from hue, saturation and value.")
