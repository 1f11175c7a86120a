"""TensorFlow's own strings: what layers for texts do to them in a graph, where Python does not get to see them."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

PUNCTUATION = r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]"


def takes(x: Any) -> bool:
    """Whether it is a tensor of strings, or a ragged or sparse one, which no op knows."""
    if isinstance(x, (tf.RaggedTensor, tf.SparseTensor)):
        return True
    return tf.is_tensor(x) and x.dtype == tf.string


def table(keys: list, values: list, default: Any) -> Any:
    """A table from keys to values that graphs may use; made outside of them."""
    with tf.init_scope():
        one, other = (tf.string if isinstance(x, (bytes, str)) else tf.int64 for x in ((*keys, 0)[0], default))
        return tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, values, one, other), default)


def each(function: Callable, x: Any) -> Any:
    """`function` on the entries of a dense, ragged or sparse tensor."""
    if isinstance(x, tf.RaggedTensor):
        return tf.ragged.map_flat_values(function, x)
    if isinstance(x, tf.SparseTensor):
        return tf.SparseTensor(x.indices, function(x.values), x.dense_shape)
    return function(x)


def look_up(x: Any, found: Any, mask: tuple | None, buckets: Callable | None, refuse: bool) -> Any:
    """The numbers of a table for each entry.

    `mask`: (entry, its number); `buckets`: the numbers of what is not in the table; `refuse`: nothing may be missing.
    """

    def numbers(x):
        x = tf.cast(x, found.key_dtype) if x.dtype != found.key_dtype else x
        result = found.lookup(x)
        if mask is not None:
            result = tf.where(x == tf.constant(mask[0], x.dtype), tf.constant(mask[1], result.dtype), result)
        if buckets is not None:
            return tf.where(result == -1, buckets(x), result)
        if refuse:
            unknown = tf.boolean_mask(x, result == -1)
            said = "num_oov_indices=0 takes only what is in the vocabulary; set num_oov_indices=1. Unknown:"
            with tf.control_dependencies([tf.debugging.Assert(tf.size(unknown) == 0, [said, unknown])]):
                return tf.identity(result)
        return result

    return each(numbers, x)


def bins(x: Any, count: int, salt: Any = None) -> Any:
    """The bin of each entry by its fingerprint; numbers are hashed as their decimal digits."""
    if x.dtype != tf.string:
        x = tf.strings.as_string(tf.cast(x, tf.int64) if x.dtype.is_floating else x)
    if salt is not None:
        return tf.strings.to_hash_bucket_strong(x, count, list(salt))
    return tf.strings.to_hash_bucket_fast(x, count)


def crossed(columns: list, count: int) -> Any:
    """The bin of each combination of the entries of several columns."""
    columns = [x if tf.is_tensor(x) else tf.convert_to_tensor(x) for x in columns]
    shape = columns[0].shape
    columns = [tf.reshape(x if x.dtype == tf.string else tf.cast(x, tf.int64), [-1, 1]) for x in columns]
    found = tf.sparse.to_dense(tf.sparse.cross_hashed(columns, count))
    return tf.ensure_shape(tf.reshape(found, [-1, 1] if shape.rank == 2 else [-1] if shape.rank else []), shape)


def encode(x: Any, mode: str, depth: int, dtype: str, weights: Any = None) -> Any:
    """As `encode` of layers/encoding.py, on dense, ragged and sparse tensors, without a row for each entry."""
    if isinstance(x, tf.SparseTensor):
        x = tf.sparse.to_dense(x, -1)
    if mode == "one_hot":
        x = x.to_tensor(-1) if isinstance(x, tf.RaggedTensor) else x
        x = tf.squeeze(x, -1) if x.shape.rank > 1 and x.shape[-1] == 1 else tf.reshape(x, [-1]) if not x.shape else x
        found = tf.one_hot(x, depth, dtype=dtype)
    else:
        x = x.to_tensor(-1) if isinstance(x, tf.RaggedTensor) else tf.reshape(x, [-1]) if x.shape.rank == 0 else x
        if x.shape.rank > 2:  # the sample is along axis 1
            x = tf.transpose(x, [0, *range(2, x.shape.rank), 1])
        shape = x.shape[:-1]
        rows = tf.reshape(x, [-1, tf.shape(x)[-1]])
        known = tf.where((rows >= 0) & (rows < depth), rows, depth)  # the last place counts what is to be dropped
        found = tf.math.bincount(known, minlength=depth + 1, maxlength=depth + 1, axis=-1, dtype=tf.int64)[:, :depth]
        found = tf.reshape(tf.minimum(found, 1) if mode == "multi_hot" else found, [*_sizes(x)[:-1], depth])
        found = tf.ensure_shape(found, [*shape, depth])
    found = tf.cast(found, dtype)
    return found if weights is None else tf.cast(found, tf.float32) * weights


def _sizes(x: Any) -> list:
    dynamic = tf.shape(x)
    return [dynamic[i] if size is None else size for i, size in enumerate(x.shape)]


def sparse(x: Any) -> Any:
    """A dense tensor as a sparse one."""
    return tf.sparse.from_dense(x)


# -- texts to tokens ---------------------------------------------------------------------------------------------
def standardize(x: Any, how: Any) -> Any:
    """Lower case (ASCII's letters) and no punctuation, as `how` says, or what a function of the user's makes of it."""
    if callable(how):
        return how(x)
    lower, strip = how is not None and "lower" in how, how is not None and "strip" in how
    x = each(tf.strings.lower, x) if lower else x
    return each(lambda x: tf.strings.regex_replace(x, PUNCTUATION, ""), x) if strip else x


def split(x: Any, how: Any) -> Any:
    """Tokens, as a ragged tensor."""
    if callable(how):
        return how(x)
    return tf.strings.split(x) if how == "whitespace" else tf.strings.unicode_split(x, "UTF-8")


def squeeze(x: Any) -> Any:
    return tf.squeeze(x, -1)


def ngrams(x: Any, widths: tuple[int, ...]) -> Any:
    """Tokens that follow one another, joined, for each of the widths."""
    return tf.strings.ngrams(x, widths, separator=" ")


def of_length(x: Any, length: int | None, ragged: bool) -> Any:
    """Rows of numbers cut and filled up to one length (the longest row's if None) with zeros."""
    if isinstance(x, tf.RaggedTensor):
        return x[..., :length] if ragged else x.to_tensor(0, shape=[*x.shape[:-1], length])
    if length is None:
        return x
    x = x[..., :length]
    if ragged:
        return x
    x = tf.pad(x, [[0, 0]] * (x.shape.rank - 1) + [[0, length - tf.shape(x)[-1]]])
    return tf.ensure_shape(x, [*x.shape[:-1], length])
