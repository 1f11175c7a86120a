"""Reductions, cumulative sums, sorting and searching."""

ALL = dict.fromkeys(("torch", "jax", "tensorflow", "numpy"), "composite")


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
    op("norm(x, ord=None, axis=None, keepdims=False)", "Norm of vectors or matrices.", floats=True, **ALL)
    op(
        "moments(x, axes, keepdims=False, synchronized=False)",
        "Mean and variance over axes.",
        floats=True,
        tensorflow="nn.moments(axes, keepdims, _)",
    )
    op("ptp(x, axis=None, keepdims=False)", "Largest minus smallest element over axes.")
    op("average(x, axis=None, weights=None)", "Weighted mean over axes.", floats=True)
    op("median(x, axis=None, keepdims=False)", "Median over axes.", floats=True, **ALL)
    op(
        "quantile(x, q, axis=None, method='linear', keepdims=False)",
        "Quantiles q (0 to 1) over axes.",
        simple=False,
        **ALL,
    )
    op(
        "percentile(x, q, axis=None, method='linear', keepdims=False)",
        "Percentiles q (0 to 100) over axes.",
        simple=False,
        **ALL,
    )
    op("nansum(x, axis=None, keepdims=False)", "Sum over axes, without NaN.", **ALL)
    op("nanmean(x, axis=None, keepdims=False)", "Mean over axes, without NaN.", **ALL)
    op("nanmax(x, axis=None, keepdims=False)", "Largest element over axes, without NaN.", **ALL)
    op("nanmin(x, axis=None, keepdims=False)", "Smallest element over axes, without NaN.", **ALL)
    op("nanprod(x, axis=None, keepdims=False)", "Product over axes, without NaN.", **ALL)
    op("nanvar(x, axis=None, keepdims=False)", "Variance over axes, without NaN.", **ALL)
    op("nanstd(x, axis=None, keepdims=False)", "Standard deviation over axes, without NaN.", **ALL)
    op("nanmedian(x, axis=None, keepdims=False)", "Median over axes, without NaN.", **ALL)
    op(
        "nanquantile(x, q, axis=None, method='linear', keepdims=False)",
        "Quantiles over axes, without NaN.",
        simple=False,
        **ALL,
    )
    op(
        "nanpercentile(x, q, axis=None, method='linear', keepdims=False)",
        "Percentiles over axes, without NaN.",
        simple=False,
        **ALL,
    )
    op("nanargmax(x, axis=None, keepdims=False)", "Index of the largest number (int32); -1 if all are NaN.", **ALL)
    op("nanargmin(x, axis=None, keepdims=False)", "Index of the smallest number (int32); -1 if all are NaN.", **ALL)
    op("nancumsum(x, axis=None, dtype=None)", "Running sum along an axis, NaN counted as 0.", **ALL)
    op("nancumprod(x, axis=None, dtype=None)", "Running product along an axis, NaN counted as 1.", **ALL)
    op("diff(a, n=1, axis=-1)", "Differences of neighbours along an axis, n times.", **ALL)
    op("trapezoid(y, x=None, dx=1.0, axis=-1)", "Integral along an axis by the trapezoidal rule.", simple=False, **ALL)
    op("corrcoef(x)", "Correlation coefficients of the rows.", floats=True, **ALL)
    op(
        "bincount(x, weights=None, minlength=0, sparse=False)",
        "How often each whole number occurs, or the sum of its weights.",
        simple=False,
        **ALL,
    )
    op(
        "histogram(x, bins=10, range=None)",
        "Counts in bins of equal width, and the edges of the bins.",
        simple=False,
        **ALL,
    )
    op("digitize(x, bins)", "The bin that each number falls into (int32).", **ALL)
    op(
        "argpartition(x, kth, axis=-1)",
        "Indices (int32) with the kth smallest at its place and the smaller ones before it.",
        **ALL,
    )
    op(
        "unique(x, sorted=True, return_index=False, return_inverse=False, return_counts=False, "
        "axis=None, size=None, fill_value=None)",
        "Every value once, in rising order.",
        simple=False,
        **ALL,
    )
    op("isin(x1, x2, assume_unique=False, invert=False)", "Where x1 is one of the values in x2.", **ALL)
    op("nonzero(x)", "Indices (int32) of what is not zero, one array per axis.", **ALL)
    op("trace(x, offset=0, axis1=0, axis2=1)", "Sum of the diagonal over two axes.", **ALL)
    op("segment_sum(data, segment_ids, num_segments=None, sorted=False)", "Sums of the slices with the same id.", **ALL)
    op(
        "segment_max(data, segment_ids, num_segments=None, sorted=False)",
        "Largest of the slices with the same id.",
        **ALL,
    )
    op(
        "segment_min(data, segment_ids, num_segments=None, sorted=False)",
        "Smallest of the slices with the same id.",
        **ALL,
    )
    op(
        "segment_prod(data, segment_ids, num_segments=None, sorted=False)",
        "Products of the slices with the same id.",
        **ALL,
    )
