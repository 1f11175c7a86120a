"""TensorFlow: stateless random numbers from a key of two uint32."""

import numpy as np
import tensorflow as tf

from ....core import seeds
from . import tf_dtype

KEYED = True


def key(seed):
    return tf.constant(np.array([seeds.draw_seed() if seed is None else seed, 0], np.uint32))


def count_up(pair):
    return pair + tf.constant([0, 1], "uint32")


def _key(pair):
    key = tf.bitcast(tf.convert_to_tensor(pair), "int32")
    if tf.distribute.has_strategy():  # replicas draw from one state, and not the same
        replica = tf.distribute.get_replica_context()
        key = key if replica is None else key + replica.replica_id_in_sync_group * tf.constant([1_000_003, 0])
    return key


def normal(key, shape, mean, stddev, dtype, like):
    return tf.random.stateless_normal(shape, _key(key), mean, stddev, tf_dtype(dtype))


def truncated_normal(key, shape, dtype, like):
    return tf.random.stateless_truncated_normal(shape, _key(key), dtype=tf_dtype(dtype))


def uniform(key, shape, minval, maxval, dtype, like):
    return tf.random.stateless_uniform(shape, _key(key), minval, maxval, tf_dtype(dtype))


def randint(key, shape, minval, maxval, dtype, like):
    return tf.cast(tf.random.stateless_uniform(shape, _key(key), minval, maxval, "int32"), tf_dtype(dtype))


def categorical(key, logits, num_samples, dtype):
    return tf.cast(tf.random.stateless_categorical(logits, num_samples, _key(key), "int32"), tf_dtype(dtype))


def shuffle(key, x, axis):
    order = tf.argsort(tf.random.stateless_uniform([tf.shape(x)[axis]], _key(key)))
    return tf.gather(x, order, axis=axis)


def dropout(key, x, rate, noise_shape):
    shape = tf.shape(x)
    if noise_shape is not None:
        shape = [shape[i] if s is None else s for i, s in enumerate(noise_shape)]
    keep = tf.random.stateless_uniform(shape, _key(key)) >= rate
    return tf.where(keep, x / (1.0 - rate), tf.zeros((), x.dtype))


def _full(x, shape):
    return tf.broadcast_to(tf.cast(x, "float32"), shape)


def gamma(key, shape, alpha, dtype, like):
    return tf.cast(tf.random.stateless_gamma(shape, _key(key), _full(alpha, shape)), tf_dtype(dtype))


def beta(key, shape, alpha, beta, dtype, like):
    both = tf.stack([_full(alpha, shape), _full(beta, shape)])
    x, y = tf.unstack(tf.random.stateless_gamma(both.shape, _key(key), both))
    return tf.cast(x / (x + y), tf_dtype(dtype))


def binomial(key, shape, counts, probabilities, dtype, like):
    drawn = tf.random.stateless_binomial(shape, _key(key), _full(counts, shape), _full(probabilities, shape), "float32")
    return tf.cast(drawn, tf_dtype(dtype))
