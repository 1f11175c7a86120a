"""Pictures seen through a map of coordinates: every pixel of the result is looked up between up to four old ones."""

from ... import ops
from ..dispatch import kind, load


def into(place, size, mode):
    """A coordinate moved into the picture, by fill mode; places outside count as fill for 'constant'."""
    if mode == "nearest" or mode == "constant":
        return ops.clip(place, 0, size - 1)
    if mode == "wrap":
        return ops.mod(place, size)
    period = 2 * size - 2 if mode == "mirror" else 2 * size
    place = ops.mod(place, max(period, 1) if isinstance(size, int) else period)
    return ops.minimum(place, (period if mode == "mirror" else period - 1) - place)


def sampled(images, rows, columns, order, fill_mode, fill_value=0):
    """(batch, height, width, channels) at rows and columns of shape (batch, …); order 0 (nearest) or 1 (bilinear)."""
    batch, height, width, channels = ops.shape(images)
    dtype = ops.dtype(images)
    flat = ops.reshape(images if "float" in dtype else ops.cast(images, "float32"), (-1, channels))
    places = ops.arange(batch, dtype="int32", like=images) * (height * width)
    first = ops.reshape(places, (-1,) + (1,) * (len(rows.shape) - 1))
    across = _taps(columns, width, order, fill_mode)
    total, known = None, 0.0
    for row, share in _taps(rows, height, order, fill_mode):
        for column, part in across:
            value, weight = ops.take(flat, first + row * width + column, axis=0), share * part
            known = known + weight
            weight = ops.cast(ops.expand_dims(weight, -1), ops.dtype(flat))
            total = value * weight if total is None else total + value * weight
    if fill_mode == "constant":
        total = total + ops.expand_dims(1 - known, -1) * fill_value
    return total if ops.dtype(total) == dtype else ops.saturate_cast(ops.round(total), dtype)


def _taps(places, size, order, mode):
    """The whole coordinates (int32, inside the picture) around the given ones, and how much each counts."""
    low = ops.floor(places if order else places + 0.5)  # half-way between two, on every engine, the latter
    after = places - low
    size = size if isinstance(size, int) else ops.cast(size, "float32")
    found = []
    for place, share in ((low, 1 - after), (low + 1, after)) if order else ((low, ops.ones_like(low)),):
        if mode == "constant":
            share = ops.where(ops.logical_and(place >= 0, place <= size - 1), share, ops.zeros_like(share))
        found.append((ops.cast(into(place, size, mode), "int32"), share))
    return found


def grid(height, width, like):
    """Columns x of shape (1, 1, width) and rows y of shape (1, height, 1), as floats."""
    x = ops.reshape(ops.arange(width, dtype="float32", like=like), (1, 1, -1))
    return x, ops.reshape(ops.arange(height, dtype="float32", like=like), (1, -1, 1))


def batched(images, data_format):
    """Pictures as (batch, height, width, channels), and a function that undoes it."""
    single, first = len(images.shape) == 3, data_format == "channels_first"
    images = ops.expand_dims(images, 0) if single else images
    images = ops.transpose(images, (0, 2, 3, 1)) if first else images

    def undo(out):
        out = ops.transpose(out, (0, 3, 1, 2)) if first else out
        return ops.squeeze(out, 0) if single else out

    return images, undo


def image_affine_transform(
    images, transform, interpolation="bilinear", fill_mode="constant", fill_value=0, data_format=None
):
    images, undo = batched(images, data_format)
    a, b, c, d, e, f = (ops.reshape(ops.reshape(transform, (-1, 8))[:, i], (-1, 1, 1)) for i in range(6))
    x, y = grid(*ops.shape(images)[1:3], images)
    rows, columns = d * x + e * y + f, a * x + b * y + c
    return undo(sampled(images, rows, columns, int(interpolation == "bilinear"), fill_mode, fill_value))


def homography(start_points, end_points):
    """The eight numbers (batch, 8) of the projective map that takes `end_points` (batch, 4, 2) to `start_points`."""
    x, y = end_points[..., 0], end_points[..., 1]
    one, none = ops.ones_like(x), ops.zeros_like(x)
    across, down = start_points[..., 0], start_points[..., 1]
    matrix = ops.concatenate(
        [
            ops.stack([x, y, one, none, none, none, -across * x, -across * y], axis=-1),
            ops.stack([none, none, none, x, y, one, -down * x, -down * y], axis=-1),
        ],
        axis=1,
    )
    targets = ops.expand_dims(ops.concatenate([across, down], axis=1), -1)
    return ops.squeeze(ops.solve(matrix, targets), -1)


def points(given, like):
    """Four corners as floats of shape (batch, 4, 2)."""
    given = ops.cast(ops.convert_to_tensor(given, like=like), "float32")
    return ops.reshape(given, (-1, 4, 2))


def image_perspective_transform(
    images, start_points, end_points, interpolation="bilinear", fill_value=0, data_format=None
):
    images, undo = batched(images, data_format)
    numbers = homography(points(start_points, images), points(end_points, images))
    a, b, c, d, e, f, g, h = (ops.reshape(numbers[:, i], (-1, 1, 1)) for i in range(8))
    x, y = grid(*ops.shape(images)[1:3], images)
    depth = g * x + h * y + 1
    rows, columns = (d * x + e * y + f) / depth, (a * x + b * y + c) / depth
    every = ops.zeros((ops.shape(images)[0], 1, 1), like=images)  # one map may serve several pictures
    order = int(interpolation == "bilinear")
    return undo(sampled(images, rows + every, columns + every, order, "constant", fill_value))


def image_elastic_transform(
    images, alpha=20.0, sigma=5.0, interpolation="bilinear", fill_mode="reflect", fill_value=0.0, seed=None,
    data_format=None,
):  # fmt: skip
    pictures, undo = batched(images, data_format)
    random = load(kind(images) or "numpy").random
    key = random.key(seed) if seed is None or isinstance(seed, int) else seed.next(kind(images))
    noise = random.normal(key, (2, *ops.shape(pictures)[:3]), 0.0, 1.0, "float32", pictures)
    size = int(6 * float(sigma)) | 1
    return undo(stretched(pictures, noise, alpha, sigma, size, interpolation, fill_mode, fill_value))


def stretched(images, noise, alpha, sigma, size, interpolation, fill_mode, fill_value):
    """Pictures (batch, height, width, channels) moved by smooth noise (Simard et al. 2003).

    `noise`: two arrays of normal numbers, to be blurred with a window of `size` pixels.
    """

    def smooth(n):
        return ops.squeeze(ops.image.gaussian_blur(ops.expand_dims(n * sigma, -1), (size, size), (sigma, sigma)), -1)

    x, y = grid(*ops.shape(images)[1:3], images)
    columns, rows = x + alpha * smooth(noise[0]), y + alpha * smooth(noise[1])
    return sampled(images, rows, columns, int(interpolation == "bilinear"), fill_mode, fill_value)
