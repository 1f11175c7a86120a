"""The test cases of linear algebra, networks, convolutions, Fourier transforms, pictures and control flow."""

import numpy as np

from .ops_cases import CUBE, INNER, B, S, X, Y, bools, case, floats, ints

POSITIVE = (S @ S.T + 4 * np.eye(4)).astype(np.float32)

# -- linear algebra --------------------------------------------------------------------------------------------------
case("matmul", X, floats(4, 2))
case("matmul", CUBE, floats(4, 2))
case("matmul", CUBE, floats(2, 4, 2))
case("matmul", floats(5, 1, 3, 4), floats(2, 4, 2))
case("matmul", X, floats(4))
case("matmul", floats(4), floats(4))
case("matmul", floats(3), X)
case("linear", X, floats(4, 2), floats(2), want=lambda x, k, b: x @ k + b)
case("linear", X, floats(4, 2), want=lambda x, k: x @ k)
case("linear", CUBE, floats(4, 2), bias=floats(2), want=lambda x, k, bias: x @ k + bias)
case("dot", X, floats(4, 2))
case("dot", CUBE, floats(4))
case("dot", CUBE, floats(5, 4, 2))
case("tensordot", CUBE, floats(3, 4, 2))
case("tensordot", CUBE, floats(3, 4, 2), axes=([1, 2], [0, 1]))
case("tensordot", CUBE, floats(4, 2), axes=1)
case("einsum", "bij,jk->bik", CUBE, floats(4, 2))
case("einsum", "ij,ij->i", X, Y)
case("outer", floats(3), floats(2))
case("inner", X, Y)
case("vdot", X, Y)
case("cross", floats(2, 3), floats(2, 3))
case("cross", floats(3, 2), floats(3, 2), axis=0)
case("kron", floats(2, 3), floats(2, 2))
for _mode in ("valid", "same", "full"):
    case("correlate", floats(6), floats(3), mode=_mode)
case("correlate", floats(3), floats(6))
case("cdist", floats(3, 4), floats(2, 4), want="keras")
case("cholesky", POSITIVE, want=lambda x: np.linalg.cholesky(x), grad=False)
case("cholesky", POSITIVE, upper=True, want=lambda x, upper: np.linalg.cholesky(x).T, grad=False)
case(
    "cholesky_inverse", np.linalg.cholesky(POSITIVE), want=lambda x: np.linalg.inv(x @ x.T), grad=False, tolerance=1e-4
)
case("det inv", POSITIVE, want="linalg", tolerance=1e-4)
case("slogdet", POSITIVE, want=lambda x: tuple(np.linalg.slogdet(x)))
case("logdet", POSITIVE, want=lambda x: np.linalg.slogdet(x)[1], grad=False)
case("pinv", floats(4, 3), want=lambda x: np.linalg.pinv(x), grad=False, tolerance=1e-4)
case("solve", POSITIVE, floats(4, 2), want="linalg")
case("solve_triangular", np.triu(POSITIVE), floats(4, 2), want=lambda a, b: np.linalg.solve(np.triu(a), b), grad=False)
case(
    "solve_triangular",
    np.tril(POSITIVE),
    floats(4, 2),
    lower=True,
    want=lambda a, b, lower: np.linalg.solve(np.tril(a), b),
    grad=False,
)
case("lstsq", floats(5, 3), floats(5), want=lambda a, b: np.linalg.lstsq(a, b)[0], grad=False, tolerance=1e-4)
case("matrix_rank", np.diag([1.0, 2.0, 0.0]).astype(np.float32), want="linalg")
case("svd", floats(4, 3), compute_uv=False, want="linalg", grad=False)
case("svd", floats(4, 3), full_matrices=False, want="rebuild", grad=False)
case("qr eigh", POSITIVE, want="rebuild", grad=False)
case("eig", S, want="rebuild", grad=False)
case("lu_factor", POSITIVE, want="keras", grad=False)

# -- activations, normalization --------------------------------------------------------------------------------------
case(
    "relu relu6 leaky_relu elu selu celu gelu silu swish sigmoid log_sigmoid hard_sigmoid hard_silu hard_swish hard_tanh "  # noqa: E501
    "softplus softsign softmax log_softmax glu tanh_shrink soft_shrink hard_shrink squareplus sparse_plus "
    "sparse_sigmoid",
    X * 3,
    want="keras",
    tolerance=2e-5,
)
case("relu", ints(3, 4, low=-3), want="keras")
case("sigmoid tanh_shrink", ints(3, 4), want="keras")
case("softmax", ints(3, 4), want=lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True))
case("leaky_relu", X, negative_slope=0.1, want="keras")
case("elu celu", X, alpha=0.5, want="keras")
case("gelu", X, approximate=False, want="keras", tolerance=2e-5)
case("softmax log_softmax", CUBE, axis=1, want="keras")
case("glu", CUBE, axis=-1, want="keras")


def _sparsemax(x, axis=-1):
    """The point of the simplex next to x: max(x - t, 0), t found by halving."""
    low, high = x.min(axis, keepdims=True) - 1, x.max(axis, keepdims=True)
    for _ in range(60):
        t = (low + high) / 2
        over = np.maximum(x - t, 0).sum(axis, keepdims=True) > 1
        low, high = np.where(over, t, low), np.where(over, high, t)
    return np.maximum(x - low, 0)


case("sparsemax", CUBE, want=_sparsemax)
case("sparsemax", CUBE, axis=1, want=_sparsemax)
case("soft_shrink hard_shrink", X, threshold=0.2, want="keras")
case("squareplus", X, b=2, want="keras")
case("threshold", X, 0.2, -1.0, want="keras")
case("normalize", X, want="keras")
case("normalize", CUBE, axis=1, order=1, want="keras")
case("batch_normalization", floats(2, 3, 4), floats(4), floats(4, low=0.5, high=2), -1, want="keras")
case(
    "batch_normalization",
    floats(2, 4, 3),
    floats(4),
    floats(4, low=0.5, high=2),
    1,
    floats(4),
    floats(4),
    epsilon=1e-5,
    want="keras",
)
case(
    "batch_normalization",
    floats(2, 4, 3, 2),
    floats(4),
    floats(4, low=0.5, high=2),
    axis=1,
    offset=floats(4),
    want="keras",
)
case("batch_normalization", floats(5, 4), floats(4), floats(4, low=0.5, high=2), axis=-1, scale=floats(4), want="keras")


def _batch_norm_train(x, gamma=1.0, beta=0.0, axis=-1, epsilon=0.001):
    axes = tuple(i for i in range(x.ndim) if i != axis % x.ndim)
    mean, variance = x.mean(axes), x.var(axes)
    y = (np.moveaxis(x, axis, -1) - mean) / np.sqrt(variance + epsilon) * gamma + beta
    return np.moveaxis(y, -1, axis), mean, variance


case("batch_norm_train", floats(3, 5, 4), want=_batch_norm_train, grad=False)
case(
    "batch_norm_train", floats(3, 4, 5), floats(4), floats(4), axis=1, epsilon=1e-5, want=_batch_norm_train, grad=False
)
case("layer_normalization", CUBE, want="keras", tolerance=5e-5)
case("layer_normalization", CUBE, floats(4), floats(4), axis=-1, epsilon=1e-3, want="keras")
case("layer_normalization", CUBE, gamma=floats(3, 4), beta=floats(3, 4), axis=(1, 2), epsilon=1e-3, want="keras")
case("rms_normalization", CUBE, want="keras")
case("rms_normalization", CUBE, floats(4), axis=-1, epsilon=1e-3, want="keras")

# -- losses ----------------------------------------------------------------------------------------------------------
PROBABILITIES = np.exp(X) / np.exp(X).sum(-1, keepdims=True)
HOT = np.eye(4, dtype=np.float32)[[0, 3, 1]]
case("binary_crossentropy", B.astype(np.float32), X, from_logits=True, want="keras")
case("binary_crossentropy", B.astype(np.float32), np.abs(INNER), want="keras")
case(
    "binary_crossentropy", np.array([0.0, 1.0], np.float32), np.array([1.0, 0.0], np.float32), want="keras", grad=False
)
case("categorical_crossentropy", HOT, X, from_logits=True, want="keras")
case("categorical_crossentropy", HOT, PROBABILITIES, want="keras")
case("categorical_crossentropy", HOT.T, X.T, from_logits=True, axis=0, want="keras")
case("sparse_categorical_crossentropy", np.array([0, 3, 1], np.int32), X, from_logits=True, want="keras")
case("sparse_categorical_crossentropy", np.array([0, 3, 1], np.int32), PROBABILITIES, want="keras")
case("sparse_categorical_crossentropy", np.array([[0], [3], [1]], np.int32), PROBABILITIES, want="keras")
case("multi_hot", np.array([[0, 2], [1, 1]], np.int32), 4, want="keras")
case("multi_hot", np.array([0, 2], np.int32), 4, want="keras")
case("psnr", np.abs(INNER), np.abs(X), 1.0, want="keras")
case(
    "ctc_loss",
    np.array([[1, 2, 2, 0], [3, 1, 0, 0]], np.int32),
    floats(2, 7, 5),
    np.array([3, 2], np.int32),
    np.array([7, 6], np.int32),
    want="keras",
    tolerance=1e-4,
)
SAID, STEPS = floats(3, 6, 4), np.array([6, 4, 1], np.int32)
case("ctc_decode", SAID, STEPS, want="keras", grad=False)
case("ctc_decode", SAID, STEPS, merge_repeated=False, mask_index=3, want="keras", grad=False)
case("ctc_decode", SAID, STEPS, "beam_search", 4, top_paths=3, want="keras", grad=False, tolerance=1e-4)
case("ctc_decode", 3 * SAID, STEPS, "beam_search", mask_index=None, want="keras", grad=False, tolerance=1e-4)
case("dot_product_attention", floats(2, 3, 2, 4), floats(2, 5, 2, 4), floats(2, 5, 2, 4), want="keras")
case("dot_product_attention", floats(2, 5, 2, 4), floats(2, 5, 2, 4), floats(2, 5, 2, 4), is_causal=True, want="keras")
case(
    "dot_product_attention",
    floats(2, 3, 2, 4),
    floats(2, 5, 2, 4),
    floats(2, 5, 2, 4),
    bias=floats(2, 2, 3, 5),
    scale=0.3,
    want="keras",
)
case(
    "dot_product_attention",
    floats(2, 3, 2, 4),
    floats(2, 5, 1, 4),
    floats(2, 5, 1, 4),
    mask=bools(2, 1, 3, 5) | (np.arange(5) == 0),
    want="keras",
)

# -- convolutions ----------------------------------------------------------------------------------------------------
PICTURE, KERNEL = floats(2, 7, 6, 4), floats(3, 2, 4, 6)
for _padding in ("valid", "same"):
    case("conv", PICTURE, KERNEL, 1, _padding, want="keras")
    case("conv", PICTURE, KERNEL, strides=2, padding=_padding, want="keras")
    case("conv", PICTURE, KERNEL, padding=_padding, dilation_rate=2, want="keras")
    case("conv", PICTURE, floats(3, 3, 2, 6), 1, _padding, want="keras")
    case("conv", floats(2, 9, 3), floats(4, 3, 5), 2, _padding, want="keras")
    case("conv", floats(1, 5, 6, 4, 2), floats(3, 2, 3, 2, 3), 2, _padding, want="keras")
    case("depthwise_conv", PICTURE, floats(3, 3, 4, 2), 2, _padding, want="keras")
    case("depthwise_conv", floats(2, 9, 3), floats(4, 3, 1), 1, _padding, want="keras")
    case("separable_conv", PICTURE, floats(3, 3, 4, 2), floats(1, 1, 8, 5), 2, _padding, want="keras")
    case("conv_transpose", floats(2, 4, 5, 3), floats(3, 3, 2, 3), 2, _padding, want="keras")
    case("conv_transpose", floats(2, 4, 5, 3), floats(2, 2, 2, 3), 1, _padding, want="keras")
    case("conv_transpose", floats(2, 4, 3), floats(3, 2, 3), 3, _padding, want="keras")
    case("max_pool average_pool", floats(2, 7, 6, 3), 2, padding=_padding, want="keras")
    case("max_pool", floats(2, 7, 6, 3), (3, 2), strides=(2, 1), padding=_padding, want="keras")
    case("average_pool", floats(2, 7, 6, 3), (3, 2), strides=(2, 1), padding=_padding, want="numpy engine")
    case("max_pool average_pool", floats(2, 9, 3), 3, strides=2, padding=_padding, want="keras")
    case("max_pool average_pool", floats(1, 4, 5, 6, 2), 2, padding=_padding, want="keras")
case("conv", floats(2, 4, 7, 6), KERNEL, strides=2, padding="same", data_format="channels_first", want="keras")
case(
    "conv",
    floats(2, 7, 3),
    floats(3, 3, 2),
    padding="causal",
    dilation_rate=2,
    want=lambda x, k, **_: np.einsum(
        "btwc,wco->bto", np.stack([np.pad(x, ((0, 0), (4, 0), (0, 0)))[:, i * 2 : i * 2 + 7] for i in range(3)], 2), k
    ),
)
case("conv", PICTURE, floats(1, 1, 4, 5), bias=floats(5), want=lambda x, k, bias: x @ k[0, 0] + bias)
case(
    "depthwise_conv", floats(2, 4, 7, 6), floats(3, 3, 4, 1), padding="same", data_format="channels_first", want="keras"
)
case("conv_transpose", floats(2, 3, 4, 5), floats(3, 3, 2, 3), 2, "same", data_format="channels_first", want="keras")
case("conv_transpose", floats(2, 4, 5, 3), floats(3, 3, 2, 3), 2, "same", output_padding=1, want="keras")
case("max_pool average_pool", floats(2, 3, 7, 6), 2, padding="same", data_format="channels_first", want="keras")
case("max_pool", ints(2, 4, 4, 1), 2, want=lambda x, n: x.reshape(2, 2, 2, 2, 2, 1).max((2, 4)))
case("adaptive_average_pool adaptive_max_pool", floats(2, 7, 6, 3), (3, 2), want="keras")
case("adaptive_average_pool adaptive_max_pool", floats(2, 3, 7, 6), 2, data_format="channels_first", want="keras")
case("unfold", floats(2, 3, 6, 5), 2, want="keras")
case("unfold", floats(2, 3, 6, 5), (3, 2), dilation=1, padding=1, stride=2, want="keras")
case("fold", floats(2, 12, 20), (6, 5), 2, want="keras")

# -- Fourier ---------------------------------------------------------------------------------------------------------
case("fft fft2 ifft2", (floats(2, 4, 8), floats(2, 4, 8)), want="keras", grad=False, tolerance=1e-4)
case("rfft", floats(2, 9), want="keras", grad=False, tolerance=1e-4)
case("rfft", floats(2, 9), fft_length=6, want="keras", grad=False, tolerance=1e-4)
case("irfft", (floats(2, 5), floats(2, 5)), want="keras", grad=False, tolerance=1e-4)
case("irfft", (floats(2, 5), floats(2, 5)), fft_length=7, want="keras", grad=False, tolerance=1e-4)
case("stft", floats(2, 64), 16, 4, 16, want="keras", grad=False, tolerance=1e-4)
case("stft", floats(2, 64), 12, 4, 16, window="hamming", center=False, want="keras", grad=False, tolerance=1e-4)
case("istft", (floats(2, 13, 9), floats(2, 13, 9)), 16, 4, 16, want="keras", grad=False, tolerance=1e-4)
COMPLEX = (floats(2, 4, 5) + 1j * floats(2, 4, 5)).astype(np.complex64)
case("complex_fft", COMPLEX, want=lambda x: np.fft.fft(x), grad=False)
case("complex_fft2", COMPLEX, want=lambda x: np.fft.fft2(x), grad=False)
case("complex_ifft2", COMPLEX, want=lambda x: np.fft.ifft2(x), grad=False)
case("complex_rfft", floats(2, 6), 6, want=lambda x, n: np.fft.rfft(x, n), grad=False)
case("complex_irfft", COMPLEX, 8, want=lambda x, n: np.fft.irfft(x, n), grad=False)
case("view_as_complex", floats(3, 2), want="keras", grad=False)
case("view_as_real", (floats(3) + 1j * floats(3)).astype(np.complex64), want="keras", grad=False)
case("polar", floats(3, low=0, high=2), floats(3), want="keras", grad=False)

# -- pictures --------------------------------------------------------------------------------------------------------
PHOTO = floats(2, 6, 8, 3, low=0, high=1)
FIRST_PHOTO, LARGE = np.moveaxis(PHOTO, -1, 1).copy(), floats(2, 13, 12, 3, low=0, high=1)
case("image.resize", PHOTO, (9, 5), want="keras")
case("image.resize", PHOTO, (3, 4), interpolation="nearest", want="keras")
case("image.resize", PHOTO, (3, 4), antialias=True, want="keras")
case("image.resize", PHOTO[0], (12, 16), want="keras")
case("image.resize", PHOTO, (4, 4), crop_to_aspect_ratio=True, want="keras")
case("image.resize", PHOTO, (4, 4), pad_to_aspect_ratio=True, fill_value=0.5, want="keras")
case("image.resize", np.moveaxis(PHOTO, -1, 1).copy(), (4, 4), data_format="channels_first", want="keras")
case("image.rgb_to_grayscale", PHOTO, want="keras", tolerance=1e-4)
case("image.crop_images", PHOTO, top_cropping=1, left_cropping=2, target_height=3, target_width=4, want="keras")
case("image.pad_images", PHOTO, top_padding=1, left_padding=2, target_height=9, target_width=12, want="keras")
TURN = np.array([[0.9, 0.2, 0.33, -0.1, 1.1, -0.4, 0, 0], [1, 0, 1.5, 0, 1, 0, 0, 0]], np.float32)
case("image.affine_transform", PHOTO, TURN, want="keras", grad=False, tolerance=1e-4)
case("image.affine_transform", PHOTO, TURN, fill_mode="nearest", want="keras", grad=False, tolerance=1e-4)
case(
    "image.affine_transform",
    PHOTO[0],
    TURN[0] + 0.003,
    interpolation="nearest",
    want="keras",
    grad=False,
    tolerance=1e-4,
)
for _mode in ("reflect", "mirror", "wrap", "constant"):
    case("image.affine_transform", PHOTO, TURN, fill_mode=_mode, fill_value=0.4, want="keras", grad=False,
         tolerance=1e-4)  # fmt: skip
case("image.affine_transform", FIRST_PHOTO, TURN, data_format="channels_first", want="keras", grad=False,
     tolerance=1e-4)  # fmt: skip
CORNERS = np.array([[0, 0], [7, 0], [0, 5], [7, 5]], np.float32)
MOVED = np.stack([CORNERS + floats(4, 2, low=-1, high=1), CORNERS * 0.8])
case("image.perspective_transform", PHOTO, np.stack([CORNERS, CORNERS]), MOVED, want="keras", grad=False,
     tolerance=1e-4)  # fmt: skip
case("image.perspective_transform", PHOTO[0], CORNERS, MOVED[0], "nearest", 0.5, want="keras", grad=False)
case("image.elastic_transform", PHOTO, alpha=0.0, want=lambda x, **_: x, grad=False, traced=False)
case("image.gaussian_blur", PHOTO, data_format="channels_last", want="keras")
case("image.gaussian_blur", FIRST_PHOTO, (5, 5), (0.8, 2.0), data_format="channels_first", want="keras")
case("image.sobel_edges", PHOTO, want="keras", data_format="channels_last")
case("image.sobel_edges", FIRST_PHOTO, data_format="channels_first", want="keras")
case("image.ssim", LARGE, LARGE[::-1].copy(), want="keras", tolerance=1e-4)
case("image.ssim", LARGE[0], LARGE[1], 2.0, 5, 1.0, 0.02, 0.05, want="keras", tolerance=1e-4)
case("image.rgb_to_hsv", PHOTO, want="keras", grad=False)
case("image.rgb_to_hsv", np.round(FIRST_PHOTO), data_format="channels_first", want="keras", grad=False)
case("image.hsv_to_rgb", PHOTO, want="keras", grad=False)
case("image.hsv_to_rgb", FIRST_PHOTO, data_format="channels_first", want="keras", grad=False)
for _method in ("linear", "cubic", "lanczos3"):
    case("image.scale_and_translate", PHOTO, (2, 9, 5, 3), np.array([1.4, 0.6], np.float32),
         np.array([0.3, -0.7], np.float32), (1, 2), _method, want="keras", grad=False, tolerance=1e-4)  # fmt: skip
case("image.scale_and_translate", PHOTO, (2, 4, 8, 3), np.array([0.5], np.float32), np.array([1.0], np.float32), (1,),
     "bilinear", antialias=False, want="keras", grad=False, tolerance=1e-4)  # fmt: skip
VOLUME = floats(1, 4, 5, 6, 2)
case("image.extract_patches_3d", VOLUME, 2, want="keras")
case("image.extract_patches_3d", VOLUME, (2, 1, 3), strides=1, padding="same", want="keras")
case("image.extract_patches", PHOTO, 2, want="keras")
case("image.extract_patches", PHOTO, (3, 2), strides=2, padding="same", want="keras")
for _mode in ("constant", "nearest", "wrap", "mirror", "reflect"):
    case(
        "image.map_coordinates",
        PHOTO[0, :, :, 0],
        (floats(7, low=-3, high=8), floats(7, low=-3, high=9)),
        order=1,
        fill_mode=_mode,
        want="keras",
        grad=False,
        tolerance=1e-4,
    )
