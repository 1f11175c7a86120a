"""Convolutions and pooling: channels last by default, 'same' as TensorFlow pads."""


def fill(op):
    op(
        "conv(inputs, kernel, strides=1, padding='valid', data_format=None, dilation_rate=1, bias=None)",
        "Convolution in 1, 2 or 3 dimensions; kernel (*sizes, in, out).",
    )
    op(
        "depthwise_conv(inputs, kernel, strides=1, padding='valid', data_format=None, dilation_rate=1, bias=None)",
        "Each channel convolved on its own; kernel (*sizes, in, multiplier).",
    )
    op(
        "separable_conv(inputs, depthwise_kernel, pointwise_kernel, strides=1, padding='valid', "
        "data_format=None, dilation_rate=1, bias=None)",
        "A depthwise convolution followed by a 1x1 convolution.",
    )
    op(
        "conv_transpose(inputs, kernel, strides=1, padding='valid', output_padding=None, "
        "data_format=None, dilation_rate=1, bias=None)",
        "Transposed convolution; kernel (*sizes, out, in).",
    )
    op(
        "max_pool(inputs, pool_size, strides=None, padding='valid', data_format=None)",
        "Largest element of each window.",
        simple=False,
    )
    op(
        "average_pool(inputs, pool_size, strides=None, padding='valid', data_format=None)",
        "Mean of each window; padding does not count.",
        simple=False,
    )
    op(
        "adaptive_average_pool(inputs, output_size, data_format=None)",
        "Means over so many windows per axis.",
        simple=False,
    )
    op(
        "adaptive_max_pool(inputs, output_size, data_format=None)",
        "Largest elements of so many windows per axis.",
        simple=False,
    )
    op(
        "unfold(x, kernel_size, dilation=1, padding=0, stride=1)",
        "Every window of (batch, channels, height, width) as a column.",
        torch="nn.functional.unfold",
    )
    op(
        "fold(x, output_size, kernel_size, dilation=1, padding=0, stride=1)",
        "Columns added up at the places of their windows.",
        torch="nn.functional.fold",
    )
