"""One affine warp of a picture, bilinear, with four kinds of border.

A matrix here is 3x3, acts on (row, column, 1) and maps OUTPUT pixels to INPUT pixels, as
scipy.ndimage.affine_transform does; so matrices compose from left to right in the order of the user's list.

OpenCV does the work where it is installed, the NumPy route at a tenth of the speed elsewhere. Against scipy, order 1,
on values 0 … 255: both are within 0.02 (float32) or rounding (uint8). OpenCV 4 places pixels in steps of 1/32: on
photos 99 of 100 values are within one grey level, on noise all are within six.

Borders, for a row a b c d:
    nearest    a a a a | a b c d | d d d d
    constant   k k k k | a b c d | k k k k     k from beyond the last pixel's centre (`edge`=0.5: its rim)
    reflect    d c b a | a b c d | d c b a
    wrap       scipy's: period 3 for 4 pixels, the last one and the first one share a place
    tile       a b c d | a b c d | a b c d     (scipy's grid-wrap)
"""

import math
import threading
from typing import Any

import numpy as np

from .decode import opencv

FILL_MODES = ("nearest", "constant", "reflect", "wrap")
_OPENCV_LIMIT = 32767  # OpenCV's warps address pixels with 16 bits
_ROUNDING = 1e-6  # pixels: a coordinate this little outside is rounding, not outside


def linear(
    theta: float = 0, shear: float = 0, zx: float = 1, zy: float = 1, tx: float = 0, ty: float = 0
) -> np.ndarray:
    """Rotation, shift, shear and zoom as one matrix about the origin.

    R(theta) @ T(tx, ty) @ Shear @ diag(zx, zy) acting on (x, y), angles in degrees, shifts in pixels: the order and
    the signs of keras.src.legacy.preprocessing.image.apply_affine_transform. x runs along columns, y along rows.
    Multiplied out by hand: seven small arrays per picture cost more than their sines.
    """
    ca, sa = math.cos(math.radians(theta)), math.sin(math.radians(theta))
    cs, ss = math.cos(math.radians(shear)), math.sin(math.radians(shear))
    xx, xy = ca * zx, -(ca * ss + sa * cs) * zy
    yx, yy = sa * zx, (ca * cs - sa * ss) * zy
    return np.array([[yy, yx, sa * tx + ca * ty], [xy, xx, ca * tx - sa * ty], [0.0, 0.0, 1.0]])


def centred(matrix: np.ndarray, height: int, width: int) -> np.ndarray:
    """The same map about the middle of a picture of this size."""
    row, col = height / 2 - 0.5, width / 2 - 0.5
    (a, b, down), (c, d, across), _ = matrix.tolist()
    return np.array([[a, b, down + row - a * row - b * col], [c, d, across + col - c * row - d * col], [0.0, 0.0, 1.0]])


class _Scratch(threading.local):
    """Room for one thread to work in. Fresh memory for every picture costs as much as the warp itself: the system
    hands it out page by page."""

    def __init__(self):
        self.room: dict[str, np.ndarray] = {}

    def array(self, name: str, shape: tuple, dtype: Any) -> np.ndarray:
        """An array with anything in it, good until the same name is asked for again in this thread."""
        need = math.prod(shape) * np.dtype(dtype).itemsize
        found = self.room.get(name)
        if need > _SCRATCH_LIMIT:
            return np.empty(shape, dtype)
        if found is None or found.nbytes < need:
            found = self.room[name] = np.empty(need, np.uint8)
        return np.ndarray(shape, dtype, found)


_SCRATCH_LIMIT = 16 << 20  # bytes; larger pictures get memory of their own
scratch = _Scratch()


def warp(
    x: np.ndarray,
    matrix: np.ndarray,
    size: tuple[int, int] | None = None,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    order: int = 1,
    edge: float = 0.0,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """`x` of shape (h, w, channels) seen through `matrix`, at `size` (height, width), in the dtype of `x`.

    `edge` (pixels) is how far beyond the outermost pixel centres 'constant' still counts as inside. `out` of shape
    (height, width, channels) takes the result; if it is float32 and x is uint8, nothing is rounded.
    """
    size = x.shape[:2] if size is None else size
    kind = x.dtype if out is None else out.dtype
    fits = max(*x.shape[:2], *size) < _OPENCV_LIMIT and x.shape[2] in (1, 3, 4)  # two channels: 1/32 pixel steps
    if order == 1 and fits and opencv() is not None and kind in (np.uint8, np.float32):
        return _by_opencv(x, matrix, size, fill_mode, cval, edge, kind, out)
    x = x.astype(kind, copy=False)
    if order > 1:
        result = _spline(x, matrix, size, fill_mode, cval, order)
    else:
        result = _by_numpy(x, matrix, size, fill_mode, cval, order, edge)
    if out is None:
        return result
    out[...] = result
    return out


def _by_opencv(x, matrix, size, fill_mode, cval, edge, kind, out):
    cv2, channels = opencv(), x.shape[2]
    source = np.ascontiguousarray(x)
    if channels == 3:  # OpenCV's kernels for four channels take half the time of those for three, copies included
        source = cv2.cvtColor(source, cv2.COLOR_RGB2RGBA, dst=scratch.array("four", (*x.shape[:2], 4), x.dtype))
    if source.dtype != kind:
        source, rough = scratch.array("exact", source.shape, kind), source
        np.copyto(source, rough)
    target = scratch.array("warped", (*size, source.shape[2]), kind)
    if fill_mode == "wrap":
        rows, cols = _coordinates(matrix, size)
        rows, cols = _wrapped(rows, x.shape[0]).astype(np.float32), _wrapped(cols, x.shape[1]).astype(np.float32)
        cv2.remap(source, cols, rows, cv2.INTER_LINEAR, dst=target, borderMode=cv2.BORDER_REPLICATE)
    else:
        border = {"reflect": cv2.BORDER_REFLECT, "tile": cv2.BORDER_WRAP}.get(fill_mode, cv2.BORDER_REPLICATE)
        (a, b, down), (c, d, across), _ = matrix.tolist()
        xy = np.array(((d, c, across), (b, a, down)))
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        cv2.warpAffine(source, xy, (size[1], size[0]), dst=target, flags=flags, borderMode=border)
    out = np.empty((*size, channels), kind) if out is None else out
    if channels == 3 and out.flags.c_contiguous:
        cv2.cvtColor(target, cv2.COLOR_RGBA2RGB, dst=out)
    else:
        np.copyto(out, target[..., :channels])
    if fill_mode == "constant":
        _paint_outside(out, _coordinates(matrix, size), x.shape, cval, edge)
    return out


def _coordinates(matrix, size):
    rows, cols = np.arange(size[0], dtype=np.float64)[:, None], np.arange(size[1], dtype=np.float64)[None, :]
    return tuple((matrix[k, 0] * rows + matrix[k, 2]) + matrix[k, 1] * cols for k in (0, 1))


def _paint_outside(out, coordinates, shape, cval, edge):
    (rows, cols), slack = coordinates, edge + _ROUNDING
    outside = (rows < -slack) | (rows > shape[0] - 1 + slack) | (cols < -slack) | (cols > shape[1] - 1 + slack)
    out[outside] = cval


def _wrapped(at: np.ndarray, n: int) -> np.ndarray:
    """scipy's 'wrap': what leaves 0 … n-1 comes in again with the period n-1 (both ends stay where they are)."""
    if n == 1:
        return np.zeros_like(at)
    outside = (at < 0) | (at > n - 1)
    return np.where(outside, np.mod(at, n - 1), at)


def _index(k: np.ndarray, n: int, fill_mode: str) -> np.ndarray:
    """Whole pixel numbers, some of them outside, as places in the picture."""
    if fill_mode == "reflect":
        k = np.mod(k, 2 * n)
        return np.minimum(k, 2 * n - 1 - k)
    if fill_mode == "tile":
        return np.mod(k, n)
    return np.clip(k, 0, n - 1)


def _by_numpy(x, matrix, size, fill_mode, cval, order, edge):
    rows, cols = _coordinates(matrix, size)
    h, w = x.shape[:2]
    if fill_mode == "wrap":
        rows, cols = _wrapped(rows, h), _wrapped(cols, w)
    if order == 0:
        r, c = np.floor(rows + 0.5).astype(np.int64), np.floor(cols + 0.5).astype(np.int64)
        out = x[_index(r, h, fill_mode), _index(c, w, fill_mode)]
    else:
        r, c = np.floor(rows).astype(np.int64), np.floor(cols).astype(np.int64)
        fr, fc = (rows - r).astype(np.float32)[..., None], (cols - c).astype(np.float32)[..., None]
        r0, r1 = _index(r, h, fill_mode), _index(r + 1, h, fill_mode)
        c0, c1 = _index(c, w, fill_mode), _index(c + 1, w, fill_mode)
        top = x[r0, c0] * (1 - fc) + x[r0, c1] * fc
        bottom = x[r1, c0] * (1 - fc) + x[r1, c1] * fc
        out = top * (1 - fr) + bottom * fr
        out = (np.rint(out) if x.dtype.kind in "iu" else out).astype(x.dtype)
    if fill_mode == "constant":
        _paint_outside(out, (rows, cols), x.shape, cval, edge)
    return out


def _spline(x, matrix, size, fill_mode, cval, order):
    try:
        from scipy import ndimage
    except ImportError:
        raise ImportError(
            f"interpolation_order={order}: splines need scipy (`pip install scipy`). "
            "Orders 0 (nearest) and 1 (bilinear) need nothing."
        ) from None
    mode = "grid-wrap" if fill_mode == "tile" else fill_mode
    planes = [
        ndimage.affine_transform(x[..., k], matrix[:2, :2], matrix[:2, 2], size, order=order, mode=mode, cval=cval)
        for k in range(x.shape[2])
    ]
    return np.stack(planes, axis=-1)
