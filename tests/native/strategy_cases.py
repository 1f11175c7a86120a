"""Run in a process of its own, with two logical processors: what `MirroredStrategy` makes of a model. See test_tensorflow_strategy.py."""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)

import lanthorn
from lanthorn import layers, ops

lanthorn.set_engine("tensorflow")
seen = set()


class Watch(layers.Layer):
    """Notes which replicas call it."""

    def call(self, x):
        context = tf.distribute.get_replica_context()
        if context is not None and context.num_replicas_in_sync > 1:
            seen.add(int(tf.get_static_value(context.replica_id_in_sync_group)))
        return x


class Penalty(layers.Layer):
    def call(self, x):
        self.add_loss(0.1 * ops.mean(ops.square(x)))
        return x


def strategy():
    return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])


def data(n=22):
    rng = np.random.default_rng(0)
    return rng.standard_normal((n, 6)).astype("float32"), np.arange(n) % 3, rng.uniform(0.2, 2, n).astype("float32")


def network(optimizer="sgd", normalize=False, **settings):
    lanthorn.set_random_seed(1)
    parts = [layers.Dense(8, "relu", kernel_regularizer="l2", activity_regularizer="l2"), Watch(), Penalty()]
    if normalize:
        parts.append(layers.BatchNormalization())
    model = lanthorn.Sequential([lanthorn.Input((6,)), *parts, layers.Dense(3, "softmax")])
    made = {"sgd": lambda: lanthorn.optimizers.SGD(0.1, momentum=0.9), "adam": lambda: lanthorn.optimizers.Adam(0.01)}
    model.compile(
        made[optimizer](), "sparse_categorical_crossentropy", metrics=["accuracy"],
        weighted_metrics=["sparse_categorical_crossentropy"], **settings,
    )  # fmt: skip
    return model


def trained(model, weights=True):
    x, y, w = data()
    history = model.fit(x, y, sample_weight=w if weights else None, batch_size=7, epochs=3, verbose=0).history
    return {
        "history": [history[name] for name in sorted(history)],
        "weights": model.get_weights(),
        "state": model.optimizer.get_weights(),
        "evaluated": model.evaluate(x, y, batch_size=9, sample_weight=w, verbose=0),
        "predicted": model.predict(x, batch_size=5, verbose=0),
    }


def same(a, b):
    for name in a:
        for p, q in zip(a[name], b[name], strict=True):
            np.testing.assert_allclose(p, q, rtol=1e-5, atol=1e-5, err_msg=name)


def check_inside(optimizer):
    alone = trained(network(optimizer))
    assert not seen
    with strategy().scope():
        both = trained(network(optimizer))
    assert seen == {0, 1}, seen
    same(alone, both)


def check_outside(optimizer):
    alone = trained(network(optimizer))
    with strategy().scope():
        model = network(optimizer)
    both = trained(model)
    assert seen == {0, 1}, seen
    same(alone, both)
    kernel = model.layers[0].kernel.value
    assert isinstance(kernel, tf.distribute.DistributedValues)
    first, second = kernel.values
    np.testing.assert_array_equal(first.numpy(), second.numpy())
    slot = model.optimizer.variables[-1].value
    np.testing.assert_array_equal(slot.values[0].numpy(), slot.values[1].numpy())


if __name__ == "__main__":
    globals()["check_" + sys.argv[1]](*sys.argv[2:])
    print("done")
