"""Products of matrices and what is built on decompositions."""

from ... import ops


def norm(x, ord=None, axis=None, keepdims=False):  # noqa: A002
    axes = tuple(range(len(x.shape))) if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
    size = ops.abs(x)
    if ord is None or (ord == "fro" and len(axes) == 2) or (ord == 2 and len(axes) == 1):
        return ops.sqrt(ops.sum(size * size, axis=axes, keepdims=keepdims))
    if len(axes) == 1:
        if ord == float("inf"):
            return ops.max(size, axis=axes, keepdims=keepdims)
        if ord == float("-inf"):
            return ops.min(size, axis=axes, keepdims=keepdims)
        if ord == 0:
            return ops.sum(ops.cast(size != 0, ops.dtype(size)), axis=axes, keepdims=keepdims)
        if ord == 1:
            return ops.sum(size, axis=axes, keepdims=keepdims)
        return ops.power(ops.sum(ops.power(size, ord), axis=axes, keepdims=keepdims), 1.0 / ord)
    if len(axes) != 2:
        raise ValueError(f"ops.norm: ord={ord!r} needs one or two axes, got axis={axis!r} of shape {tuple(x.shape)}.")
    row, column = (a % len(x.shape) for a in axes)
    if ord in (1, -1, float("inf"), float("-inf")):
        summed, kept = (row, column) if ord in (1, -1) else (column, row)
        extreme = ops.max if ord > 0 else ops.min
        result = extreme(ops.sum(size, axis=summed, keepdims=True), axis=kept, keepdims=True)
    elif ord in (2, -2, "nuc"):
        values = ops.svd(ops.moveaxis(x, (row, column), (-2, -1)), compute_uv=False)
        reduce = {2: ops.max, -2: ops.min, "nuc": ops.sum}[ord]
        result = ops.expand_dims(reduce(values, axis=-1), (row, column))
    else:
        raise ValueError(f"ops.norm: ord={ord!r} is no norm of a matrix; expected 'fro', 'nuc', 1, -1, 2, -2 or ±inf.")
    return result if keepdims else ops.squeeze(result, axis=(row, column))


def linear(x, kernel, bias=None):
    y = ops.matmul(x, kernel)
    return y if bias is None else y + bias


def separable_conv(
    inputs, depthwise_kernel, pointwise_kernel, strides=1, padding="valid", data_format=None, dilation_rate=1, bias=None
):
    y = ops.depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return ops.conv(y, pointwise_kernel, 1, "valid", data_format, bias=bias)


def inner(x1, x2):
    return x1 * x2 if len(x1.shape) == 0 or len(x2.shape) == 0 else ops.tensordot(x1, x2, axes=((-1,), (-1,)))


def vdot(x1, x2):
    return ops.sum(ops.conj(ops.ravel(x1)) * ops.ravel(x2))


def cross(x1, x2, axisa=-1, axisb=-1, axisc=-1, axis=None):
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    a = ops.unstack(x1, axis=axisa)
    b = ops.unstack(x2, axis=axisb)
    if len(a) == 2 and len(b) == 2:
        return a[0] * b[1] - a[1] * b[0]
    a, b = ([*v, ops.zeros_like(v[0])] if len(v) == 2 else v for v in (a, b))
    return ops.stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]], axis=axisc)


def kron(x1, x2):
    n = max(len(x1.shape), len(x2.shape))
    a, b = ((1,) * (n - len(x.shape)) + tuple(x.shape) for x in (x1, x2))
    left = ops.reshape(x1, [v for size in a for v in (size, 1)])
    right = ops.reshape(x2, [v for size in b for v in (1, size)])
    return ops.reshape(left * right, [i * j for i, j in zip(a, b, strict=True)])


def correlate(x1, x2, mode="valid"):
    if ops.dtype(x1) != ops.dtype(x2) or "float" not in ops.dtype(x1):
        x1, x2 = ops.cast(x1, "float32"), ops.cast(x2, "float32")
    n, m = x1.shape[0], x2.shape[0]
    if m > n:
        return ops.flip(ops.correlate(x2, x1, mode))
    before, after = {"valid": (0, 0), "same": (m // 2, (m - 1) // 2), "full": (m - 1, m - 1)}[mode]
    x1 = ops.pad(x1, ((before, after),))
    return ops.conv(ops.reshape(x1, (1, -1, 1)), ops.reshape(x2, (m, 1, 1)))[0, :, 0]


def cdist(x, y):
    difference = ops.expand_dims(x, -2) - ops.expand_dims(y, -3)
    return ops.sqrt(ops.sum(ops.square(difference), axis=-1))


def cholesky_inverse(x, upper=False):
    identity = ops.eye(x.shape[-1], dtype=ops.dtype(x), like=x)
    half = ops.solve_triangular(x, ops.broadcast_to(identity, x.shape), lower=not upper)
    turned = ops.swapaxes(half, -1, -2)
    return ops.matmul(half, turned) if upper else ops.matmul(turned, half)


def logdet(x):
    return 2 * ops.sum(ops.log(ops.diagonal(ops.cholesky(x), axis1=-2, axis2=-1)), axis=-1)


def pinv(x, rcond=None):
    u, s, vh = ops.svd(x, full_matrices=False)
    rcond = 1e-15 if rcond is None else rcond
    rcond = max(rcond, 1.2e-7 * max(x.shape[-2:])) if ops.dtype(x) == "float32" else rcond
    kept = s > rcond * ops.max(s, axis=-1, keepdims=True)
    inverse = ops.where(kept, 1 / ops.where(kept, s, ops.ones_like(s)), ops.zeros_like(s))
    return ops.matmul(ops.swapaxes(vh, -1, -2) * ops.expand_dims(inverse, -2), ops.swapaxes(u, -1, -2))


def lstsq(a, b, rcond=None):
    vector = len(b.shape) == 1
    x = ops.matmul(ops.pinv(a, rcond=rcond), ops.expand_dims(b, -1) if vector else b)
    return x[..., 0] if vector else x


def matrix_rank(x, tol=None):
    s = ops.svd(x, compute_uv=False)
    if tol is None:
        tol = ops.max(s, axis=-1, keepdims=True) * (max(x.shape[-2:]) * 1.1920929e-07)
    return ops.sum(ops.cast(s > tol, "int32"), axis=-1)


def solve_triangular(a, b, lower=False):
    return ops.solve(ops.tril(a) if lower else ops.triu(a), b)
