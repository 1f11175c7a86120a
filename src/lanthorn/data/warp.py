"""One affine warp of a picture, bilinear, with four kinds of border.

A matrix here is 3x3, acts on (row, column, 1) and maps OUTPUT pixels to INPUT pixels, as
scipy.ndimage.affine_transform does; so matrices compose from left to right in the order of the user's list.

OpenCV does the work where it is installed; the NumPy route gives the same values (float32: within 0.01 grey levels,
uint8: within one) at a tenth of the speed. Against scipy, order 1, both are within 0.01 grey levels on float32.

Borders, for a row a b c d:
    nearest    a a a a | a b c d | d d d d
    constant   k k k k | a b c d | k k k k     k from beyond the last pixel's centre (`edge`=0.5: its rim)
    reflect    d c b a | a b c d | d c b a
    wrap       scipy's: period 3 for 4 pixels, the last one and the first one share a place
    tile       a b c d | a b c d | a b c d     (scipy's grid-wrap)
"""

import math

import numpy as np

from .decode import opencv

FILL_MODES = ("nearest", "constant", "reflect", "wrap")
_OPENCV_LIMIT = 32767  # OpenCV's warps address pixels with 16 bits
_ROUNDING = 1e-6  # pixels: a coordinate this little outside is rounding, not outside


def linear(theta: float = 0, shear: float = 0, zx: float = 1, zy: float = 1, tx: float = 0, ty: float = 0) -> np.ndarray:
    """Rotation, shift, shear and zoom as one matrix about the origin.

    R(theta) @ T(tx, ty) @ Shear @ diag(zx, zy) acting on (x, y), angles in degrees, shifts in pixels: the order and
    the signs of keras.src.legacy.preprocessing.image.apply_affine_transform. x runs along columns, y along rows.
    """
    a, s = math.radians(theta), math.radians(shear)
    rotate = np.array([[math.cos(a), -math.sin(a), 0], [math.sin(a), math.cos(a), 0], [0, 0, 1.0]])
    shift = np.array([[1, 0, tx], [0, 1, ty], [0, 0, 1.0]])
    slant = np.array([[1, -math.sin(s), 0], [0, math.cos(s), 0], [0, 0, 1.0]])
    m = rotate @ shift @ slant @ np.diag([zx, zy, 1.0])
    swap = [1, 0, 2]  # (x, y) to (row, column)
    return m[swap][:, swap]


def centred(matrix: np.ndarray, height: int, width: int) -> np.ndarray:
    """The same map about the middle of a picture of this size."""
    row, col = height / 2 - 0.5, width / 2 - 0.5
    there = np.array([[1, 0, row], [0, 1, col], [0, 0, 1.0]])
    back = np.array([[1, 0, -row], [0, 1, -col], [0, 0, 1.0]])
    return there @ matrix @ back


def warp(
    x: np.ndarray,
    matrix: np.ndarray,
    size: tuple[int, int] | None = None,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    order: int = 1,
    edge: float = 0.0,
) -> np.ndarray:
    """`x` of shape (h, w, channels) seen through `matrix`, at `size` (height, width), in the dtype of `x`.

    `edge` (pixels) is how far beyond the outermost pixel centres 'constant' still counts as inside.
    """
    size = x.shape[:2] if size is None else size
    if order > 1:
        return _spline(x, matrix, size, fill_mode, cval, order)
    cv2 = opencv()
    fits = max(*x.shape[:2], *size) < _OPENCV_LIMIT and x.shape[2] <= 4
    if cv2 is None or not fits or order == 0 or x.dtype not in (np.uint8, np.float32):
        return _by_numpy(x, matrix, size, fill_mode, cval, order, edge)
    # OpenCV's kernels for four channels take half the time of those for three, both copies included.
    source = cv2.cvtColor(x, cv2.COLOR_RGB2RGBA) if x.shape[2] == 3 else np.ascontiguousarray(x)
    if fill_mode == "wrap":
        rows, cols = _coordinates(matrix, size)
        rows, cols = _wrapped(rows, x.shape[0]).astype(np.float32), _wrapped(cols, x.shape[1]).astype(np.float32)
        out = cv2.remap(source, cols, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    else:
        border = {"reflect": cv2.BORDER_REFLECT, "tile": cv2.BORDER_WRAP}.get(fill_mode, cv2.BORDER_REPLICATE)
        xy = np.ascontiguousarray(matrix[[1, 0]][:, [1, 0, 2]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        out = cv2.warpAffine(source, xy, (size[1], size[0]), flags=flags, borderMode=border)
    out = cv2.cvtColor(out, cv2.COLOR_RGBA2RGB) if x.shape[2] == 3 else out
    out = out.reshape(*size, x.shape[2])
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
            f"interpolation_order={order}: splines need scipy (`pip install scipy`). Orders 0 (nearest) and 1 (bilinear) need nothing."
        ) from None
    mode = "grid-wrap" if fill_mode == "tile" else fill_mode
    planes = [
        ndimage.affine_transform(x[..., k], matrix[:2, :2], matrix[:2, 2], size, order=order, mode=mode, cval=cval)
        for k in range(x.shape[2])
    ]
    return np.stack(planes, axis=-1)
