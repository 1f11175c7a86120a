"""Reductions, cumulative sums, sorting and searching."""


def fill(op):
    op("sum(x, axis=None, keepdims=False)", "Sum over axes.")
    op(
        "mean(x, axis=None, keepdims=False)",
        "Mean over axes.",
        floats=True,
        tensorflow="reduce_mean",
        jax="mean(axis, keepdims)",
        numpy="mean(axis, keepdims)",
    )
    op("prod(x, axis=None, keepdims=False, dtype=None)", "Product over axes.")
    op(
        "max(x, axis=None, keepdims=False, initial=None)",
        "Largest element over axes.",
        jax="max(axis, keepdims, initial)",
    )
    op(
        "min(x, axis=None, keepdims=False, initial=None)",
        "Smallest element over axes.",
        jax="min(axis, keepdims, initial)",
    )
    op(
        "amax(x, axis=None, keepdims=False)",
        "Largest element over axes.",
        jax="amax(axis, keepdims)",
        numpy="amax(axis, keepdims)",
        tensorflow="reduce_max",
    )
    op(
        "amin(x, axis=None, keepdims=False)",
        "Smallest element over axes.",
        jax="amin(axis, keepdims)",
        numpy="amin(axis, keepdims)",
        tensorflow="reduce_min",
    )
    op(
        "var(x, axis=None, keepdims=False)",
        "Variance over axes (divided by n).",
        floats=True,
        jax="var(axis, keepdims)",
        numpy="var(axis, keepdims)",
        tensorflow="reduce_variance",
    )
    op(
        "std(x, axis=None, keepdims=False)",
        "Standard deviation over axes (divided by n).",
        floats=True,
        jax="std(axis, keepdims)",
        numpy="std(axis, keepdims)",
        tensorflow="reduce_std",
    )
    op(
        "all(x, axis=None, keepdims=False)",
        "Whether all are true, over axes.",
        jax="all(axis, keepdims)",
        numpy="all(axis, keepdims)",
    )
    op(
        "any(x, axis=None, keepdims=False)",
        "Whether any is true, over axes.",
        jax="any(axis, keepdims)",
        numpy="any(axis, keepdims)",
    )
    op("argmax(x, axis=None, keepdims=False)", "Index of the largest element (int32).")
    op("argmin(x, axis=None, keepdims=False)", "Index of the smallest element (int32).")
    op(
        "logsumexp(x, axis=None, keepdims=False)",
        "log(sum(exp(x))), without overflow.",
        floats=True,
        jax="logsumexp(axis, keepdims)",
        tensorflow="reduce_logsumexp",
    )
    op("count_nonzero(x, axis=None)", "How many elements are not zero, over axes (int32).")
    op("cumsum(x, axis=None, dtype=None)", "Running sum along an axis.")
    op("cumprod(x, axis=None, dtype=None)", "Running product along an axis.")
    op("sort(x, axis=-1)", "Elements in rising order along an axis.")
    op("argsort(x, axis=-1)", "Indices (int32) that sort along an axis; equal elements keep their order.")
    op("top_k(x, k, sorted=True)", "The k largest elements of the last axis, and their indices (int32).")
    op("in_top_k(targets, predictions, k)", "Whether the target class is among the k largest predictions of its row.")
    op("searchsorted(sorted_sequence, values, side='left')", "Where to insert values into a sorted sequence (int32).")
    op("norm(x, ord=None, axis=None, keepdims=False)", "Norm of vectors or matrices.", floats=True)
    op("moments(x, axes, keepdims=False, synchronized=False)", "Mean and variance over axes.", floats=True)
    op("ptp(x, axis=None, keepdims=False)", "Largest minus smallest element over axes.")
    op("average(x, axis=None, weights=None)", "Weighted mean over axes.", floats=True)
