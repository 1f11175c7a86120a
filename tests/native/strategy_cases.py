"""What `MirroredStrategy` makes of a model on two logical processors; test_tensorflow_strategy.py runs each case."""

import functools
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)

import lanthorn  # noqa: E402 (the processors must be there first)
from lanthorn import layers, ops  # noqa: E402

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


@functools.cache  # one for the process: TensorFlow's collectives mix up those of two strategies
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


def check_normalization():
    """Statistics are those of each replica's part, and what is kept is the replicas' mean."""
    x, y, _ = data(8)
    with strategy().scope():
        model = lanthorn.Sequential(
            [lanthorn.Input((6,)), layers.BatchNormalization(momentum=0.5), Watch(), layers.Dense(3, "softmax")]
        )
        model.compile("sgd", "sparse_categorical_crossentropy")
        model.fit(x, y, batch_size=8, epochs=1, shuffle=False, verbose=0)
    assert seen == {0, 1}
    norm = model.layers[0]
    parts = [x[:4], x[4:]]
    np.testing.assert_allclose(norm.moving_mean, 0.5 * np.mean([p.mean(0) for p in parts], 0), atol=1e-5)
    np.testing.assert_allclose(norm.moving_variance, 0.5 + 0.5 * np.mean([p.var(0) for p in parts], 0), atol=1e-5)
    first, second = norm.moving_mean.value.values
    np.testing.assert_array_equal(first.numpy(), second.numpy())


def check_late():
    """Weights that are made by `fit` are made under the strategy that the model was made under."""
    alone = late()
    expected = trained(alone)
    with strategy().scope():
        model = late()
    both = trained(model)
    assert seen == {0, 1}
    same(expected, both)


def late():
    lanthorn.set_random_seed(1)

    class Net(lanthorn.Model):
        def __init__(self):
            super().__init__()
            self.watch, self.dense, self.head = Watch(), layers.Dense(4, "tanh"), layers.Dense(3, "softmax")

        def call(self, x):
            return self.head(self.dense(self.watch(x)))

    model = Net()
    model.compile(lanthorn.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def check_eagerly():
    alone = trained(network("adam", run_eagerly=True))
    with strategy().scope():
        both = trained(network("adam", run_eagerly=True))
    assert seen == {0, 1}
    same(alone, both)


def check_weights_made_elsewhere():
    model = network()
    with strategy().scope():
        try:
            trained(model)
        except ValueError as error:
            assert "made outside of strategy.scope()" in str(error), error
        else:
            raise AssertionError("trained on one replica in silence")


def check_other_strategies():
    alone = trained(network("adam"))
    for one in (tf.distribute.OneDeviceStrategy("CPU:1"), tf.distribute.MirroredStrategy(["CPU:1"])):
        with one.scope():
            model = network("adam")
            same(alone, trained(model))
        kernel = one.experimental_local_results(model.layers[0].kernel.value)[0]
        assert "CPU:1" in kernel.device, kernel.device
        with one.scope():
            model = network("adam")
        same(alone, trained(model))
    with tf.distribute.get_strategy().scope():
        same(alone, trained(network("adam")))


def check_dropout():
    """Each replica draws its own numbers."""
    with strategy().scope():
        model = lanthorn.Sequential([lanthorn.Input((50,)), Watch(), layers.Dropout(0.5)])
        net = model.tensorflow()
    found = net_outputs(net, tf.ones([1, 50]))
    assert seen == {0, 1}
    assert not np.array_equal(found[0], found[1])
    again = net_outputs(net, tf.ones([1, 50]))
    assert not np.array_equal(found[0], again[0])


def net_outputs(net, x):
    under = strategy_of(net)
    run = tf.function(lambda x: under.run(lambda x: net(x, training=True), args=(x,)), autograph=False)
    return [out.numpy() for out in under.experimental_local_results(run(x))]


def strategy_of(net):
    return net.variables[0].distribute_strategy


def check_custom_loop():
    """The loop of TensorFlow's guide: `strategy.run` with a step of the user's own."""
    x, y, _ = data(16)
    results = []
    for several in (False, True):
        under = strategy() if several else tf.distribute.get_strategy()
        with under.scope():
            lanthorn.set_random_seed(1)
            model = lanthorn.Sequential([lanthorn.Input((6,)), Watch(), layers.Dense(8, "relu"), layers.Dense(3)])
            optimizer = lanthorn.optimizers.Adam(0.01)
            accuracy, count = lanthorn.metrics.SparseCategoricalAccuracy(), lanthorn.metrics.Sum()

        def step(inputs, model=model, optimizer=optimizer, accuracy=accuracy, count=count):
            x, y = inputs
            with tf.GradientTape() as tape:
                logits = model(x, training=True)
                each = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
                loss = tf.nn.compute_average_loss(each, global_batch_size=8)
            optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
            accuracy.update_state(y, logits)
            count.update_state(tf.ones_like(each))
            return loss

        @tf.function
        def distributed(inputs, under=under, step=step):
            return under.reduce(tf.distribute.ReduceOp.SUM, under.run(step, args=(inputs,)), axis=None)

        batches = under.experimental_distribute_dataset(tf.data.Dataset.from_tensor_slices((x, y)).batch(8))
        losses = [float(distributed(batch)) for _ in range(3) for batch in batches]
        results.append({"losses": losses, "weights": model.get_weights(), "accuracy": [float(accuracy.result())]})
    assert seen == {0, 1}
    assert losses[-1] < losses[0] and count.result().numpy() == 3 * 16
    same(*results)


def check_refusals():
    """What cannot be shared among replicas says so, and does not train on one of them in silence."""
    with strategy().scope():
        model = network(jit_compile=True)
    refused(lambda: trained(model), "jit_compile=True makes a program for one device")

    class Own(lanthorn.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(3, "softmax")

        def call(self, x):
            return self.dense(x)

        def train_step(self, data):
            return {"loss": 0.0}

    with strategy().scope():
        model = Own()
        model.compile("sgd", "sparse_categorical_crossentropy")
    refused(lambda: trained(model), "train_step of your own runs on one device")


def refused(call, words):
    try:
        call()
    except ValueError as error:
        assert words in str(error), error
    else:
        raise AssertionError("not refused")


if __name__ == "__main__":
    globals()["check_" + sys.argv[1]](*sys.argv[2:])
    print("done")
