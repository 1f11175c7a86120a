"""What ImageDataGenerator does to one picture, as functions: the mathematics of 2018.

The affine map is R(theta) @ T(tx, ty) @ Shear @ diag(zx, zy) on (x, y) about the picture's middle, from output to
input, bilinear: the values of keras.src.legacy.preprocessing.image. Two of its slips are not repeated: it turns a
picture that is not square about a point beside its middle, and its `height_shift_range` moves pictures sideways.
"""

from typing import Any

import numpy as np

from ..data import warp as warping
from ..data.decode import opencv


def _channels_last(x: np.ndarray, row_axis: int, col_axis: int, channel_axis: int) -> tuple[np.ndarray, tuple]:
    axes = (row_axis, col_axis, channel_axis)
    if x.ndim != 3 or sorted(axes) != [0, 1, 2] or channel_axis == 1:
        raise ValueError(
            f"apply_affine_transform: expected one picture, channels first or last, got the shape {x.shape} with "
            f" row_axis={row_axis}, col_axis={col_axis}, channel_axis={channel_axis}."
        )
    return x.transpose(axes), tuple(int(k) for k in np.argsort(axes))


def apply_affine_transform(
    x: np.ndarray,
    theta: float = 0,
    tx: float = 0,
    ty: float = 0,
    shear: float = 0,
    zx: float = 1,
    zy: float = 1,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    order: int = 1,
) -> np.ndarray:
    """One picture rotated (`theta`, degrees), shifted (pixels), sheared (degrees) and zoomed (over 1 shrinks it).

    `x` is (channels, rows, columns) unless the axes say otherwise. `fill_mode`: 'nearest', 'constant', 'reflect' or
    'wrap'.
    """
    check_fill_mode("apply_affine_transform", fill_mode)
    picture, back = _channels_last(x, row_axis, col_axis, channel_axis)
    out = affine(picture, theta, tx, ty, shear, zx, zy, fill_mode, cval, order)
    return out.transpose(back)


def check_fill_mode(who: str, fill_mode: str) -> None:
    if fill_mode not in warping.FILL_MODES:
        raise ValueError(
            f"{who}: fill_mode must be one of {', '.join(map(repr, warping.FILL_MODES))}, got {fill_mode!r}."
        )


def affine(
    x: np.ndarray, theta: float = 0, tx: float = 0, ty: float = 0, shear: float = 0, zx: float = 1, zy: float = 1,
    fill_mode: str = "nearest", cval: float = 0.0, order: int = 1, flips: tuple[bool, bool] = (False, False),
    out: np.ndarray | None = None,
) -> np.ndarray:  # fmt: skip
    """`apply_affine_transform` on (rows, columns, channels), then mirrored up-down and left-right as `flips` say:
    one warp for all of it. `out` takes the result (float32 from uint8 without rounding)."""
    if (theta, tx, ty, shear, zx, zy) == (0, 0, 0, 0, 1, 1):
        x = x[:: -1 if flips[0] else 1, :: -1 if flips[1] else 1]
        if out is None:
            return x
        np.copyto(out, x)
        return out
    h, w = x.shape[:2]
    matrix = warping.centred(warping.linear(theta, shear, zx, zy, tx, ty), h, w)
    if flips[0]:
        matrix[:2, 2] += matrix[:2, 0] * (h - 1)
        matrix[:2, 0] *= -1
    if flips[1]:
        matrix[:2, 2] += matrix[:2, 1] * (w - 1)
        matrix[:2, 1] *= -1
    return warping.warp(x, matrix, None, fill_mode, cval, order, out=out)


def apply_channel_shift(x: np.ndarray, intensity: float, channel_axis: int = 0) -> np.ndarray:
    """`intensity` added to every value, clipped to the picture's own least and largest."""
    return np.clip(x + intensity, x.min(), x.max())


def apply_brightness_shift(x: np.ndarray, brightness: float, scale: bool = True) -> np.ndarray:
    """Every value times `brightness`, as 8-bit pixels. `scale` stretches the values to 0 … 255 first; without it
    that is done, and undone, only for a picture with values outside 0 … 255."""
    x = np.asarray(x)
    low, high = x.min(), x.max()
    beyond = bool(low < 0 or high > 255)
    pixels = x
    if beyond or scale:
        pixels = x - low
        top = pixels.max()
        pixels = (pixels / top if top != 0 else pixels) * 255
    table = np.clip(np.float32(brightness) * np.arange(256, dtype=np.float32), 0, 255).astype(np.uint8)
    pixels, cv2 = np.ascontiguousarray(pixels.astype(np.uint8)), opencv()
    bright = (table[pixels] if cv2 is None else cv2.LUT(pixels, table).reshape(x.shape)).astype(np.float32)
    return bright / 255 * (high - low) + low if beyond and not scale else bright


def flip_axis(x: np.ndarray, axis: int) -> np.ndarray:
    """`x` mirrored along an axis."""
    return np.flip(x, axis)


def random_rotation(
    x, rg, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest", cval=0.0, interpolation_order=1
):
    """Rotated by -rg … rg degrees, drawn from NumPy's global generator."""
    axes = (row_axis, col_axis, channel_axis)
    return _random(x, axes, fill_mode, cval, interpolation_order, theta=np.random.uniform(-rg, rg))


def random_shift(
    x, wrg, hrg, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest", cval=0.0, interpolation_order=1
):
    """Shifted by up to the fraction `wrg` of its width and `hrg` of its height."""
    ty = np.random.uniform(-hrg, hrg) * x.shape[row_axis]
    tx = np.random.uniform(-wrg, wrg) * x.shape[col_axis]
    return _random(x, (row_axis, col_axis, channel_axis), fill_mode, cval, interpolation_order, tx=tx, ty=ty)


def random_shear(
    x, intensity, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest", cval=0.0, interpolation_order=1
):
    """Sheared by -intensity … intensity degrees."""
    axes = (row_axis, col_axis, channel_axis)
    return _random(x, axes, fill_mode, cval, interpolation_order, shear=np.random.uniform(-intensity, intensity))


def random_zoom(
    x, zoom_range, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest", cval=0.0, interpolation_order=1
):
    """Zoomed by a factor from zoom_range = (low, high), drawn for each axis on its own."""
    if len(zoom_range) != 2:
        raise ValueError(f"random_zoom: zoom_range must be a pair (low, high), got {zoom_range!r}.")
    zx, zy = (1, 1) if tuple(zoom_range) == (1, 1) else np.random.uniform(zoom_range[0], zoom_range[1], 2)
    return _random(x, (row_axis, col_axis, channel_axis), fill_mode, cval, interpolation_order, zx=zx, zy=zy)


def _random(x, axes, fill_mode, cval, order, **drawn: Any):
    row_axis, col_axis, channel_axis = axes
    return apply_affine_transform(
        x, **drawn, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
        fill_mode=fill_mode, cval=cval, order=order,
    )  # fmt: skip


def random_channel_shift(x, intensity_range, channel_axis=0):
    """`apply_channel_shift` by -intensity_range … intensity_range."""
    return apply_channel_shift(x, np.random.uniform(-intensity_range, intensity_range), channel_axis)


def random_brightness(x, brightness_range, scale=True):
    """`apply_brightness_shift` by a factor from brightness_range = (low, high)."""
    if len(brightness_range) != 2:
        raise ValueError(f"random_brightness: brightness_range must be a pair (low, high), got {brightness_range!r}.")
    return apply_brightness_shift(x, np.random.uniform(*brightness_range), scale)
