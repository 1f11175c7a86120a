"""A dataset of ours as a tf.data.Dataset."""

import itertools
from typing import Any

import numpy as np
import tensorflow as tf

from ..core import tree


def dataset(ours: Any) -> Any:
    """The same elements; what the first one has says dtypes and shapes, and sizes that differ are left open."""
    first, second = itertools.islice(itertools.chain(ours.epoch_batches(0), itertools.repeat(None)), 2)

    def spec(a: Any, b: Any = None) -> Any:
        a, b = np.asarray(a), np.asarray(a if b is None else b)
        shape = [n if n == m else None for n, m in zip(a.shape, b.shape, strict=True)]
        if ours.batched and shape:
            shape[0] = None  # the last batch may be short
        if ours.ragged:
            shape[1:-1] = [None] * len(shape[1:-1])
        return tf.TensorSpec(shape, tf.string if a.dtype.kind in "OSU" else a.dtype)

    specs = tree.map(spec, first) if second is None else tree.map(spec, first, second)
    epochs = itertools.count()
    made = tf.data.Dataset.from_generator(lambda: ours.epoch_batches(next(epochs)), output_signature=specs)
    made = made.apply(tf.data.experimental.assert_cardinality(ours.cardinality())) if ours.cardinality() >= 0 else made
    made.class_names = ours.class_names
    return made
