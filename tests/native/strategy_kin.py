"""More of `MirroredStrategy`: other models, other ways to train; test_tensorflow_strategy.py runs each case."""

import copy
import sys

import numpy as np
import tensorflow as tf
from strategy_cases import Watch, data, lanthorn, layers, same, seen, strategy


def both_ways(make, train):
    """The same on one device, and on two replicas with `fit` outside of the scope."""
    lanthorn.set_random_seed(1)
    alone = train(make())
    assert not seen
    with strategy().scope():
        lanthorn.set_random_seed(1)
        model = make()
    both = train(model)
    assert seen == {0, 1}, seen
    same(alone, both)
    return model


def watched(model, *args, **settings):
    history = model.fit(*args, verbose=0, **settings).history
    return {"history": [history[name] for name in sorted(history)], "weights": model.get_weights()}


def check_masks():
    """Sequences of several lengths: the mask goes on with the outputs, and the mean is over what counts."""
    rng = np.random.default_rng(0)
    x = rng.integers(1, 9, (14, 5)) * (np.arange(5) < rng.integers(1, 6, (14, 1)))
    y = rng.integers(0, 3, (14, 5))

    def make():
        model = lanthorn.Sequential(
            [lanthorn.Input((5,), dtype="int32"), layers.Embedding(9, 4, mask_zero=True), Watched(),
             layers.LSTM(4, return_sequences=True), layers.Dense(3, "softmax")]
        )  # fmt: skip
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    both_ways(make, lambda model: watched(model, x, y, batch_size=4, epochs=3))


class Watched(Watch):
    supports_masking = True


def check_several_inputs_and_outputs():
    x, y, w = data(18)
    inputs = {"a": x, "b": x[:, :2] * 2}
    labels = {"one": y, "two": x[:, :1]}

    def make():
        a, b = lanthorn.Input((6,), name="a"), lanthorn.Input((2,), name="b")
        h = Watch()(layers.concatenate([layers.Dense(4, "tanh")(a), b]))
        outputs = {"one": layers.Dense(3, "softmax", name="one")(h), "two": layers.Dense(1, name="two")(h)}
        model = lanthorn.Model({"a": a, "b": b}, outputs)
        losses = {"one": "sparse_categorical_crossentropy", "two": "mae"}
        model.compile("rmsprop", losses, loss_weights={"one": 0.5, "two": 2.0}, metrics={"one": "accuracy"})
        return model

    model = both_ways(make, lambda m: watched(m, inputs, labels, batch_size=5, epochs=2))
    outputs = model.predict(inputs, batch_size=7, verbose=0)
    assert outputs["one"].shape == (18, 3) and outputs["two"].shape == (18, 1)


def check_ways_to_train():
    """Averages, accumulation, clipping, decay, schedules; precision; frozen layers; class weights; train_on_batch."""
    x, y, _ = data(20)

    def make(frozen=False, **settings):
        def made():
            model = lanthorn.Sequential(
                [lanthorn.Input((6,)), layers.Dense(8, "relu"), Watch(), layers.Dense(3, "softmax")]
            )
            model.layers[0].trainable = not frozen
            rate = lanthorn.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
            model.compile(lanthorn.optimizers.SGD(rate, momentum=0.5, **settings), "sparse_categorical_crossentropy")
            return model

        return made

    def train(model, **more):
        return watched(model, x, y, batch_size=6, epochs=3, class_weight={0: 1.0, 1: 2.0, 2: 0.5}, **more)

    for settings in ({"use_ema": True, "ema_overwrite_frequency": 2}, {"gradient_accumulation_steps": 2},
                     {"global_clipnorm": 0.05, "weight_decay": 0.01}, {"loss_scale_factor": 8.0}):  # fmt: skip
        both_ways(make(**settings), train)
        seen.clear()
    for frozen in ("off", "auto"):
        both_ways(make(frozen=True), lambda model: train(model, frozen=frozen))  # noqa: B023
        seen.clear()

    def batches(model):
        losses = [float(model.train_on_batch(x[:7], y[:7])) for _ in range(3)]
        return {"losses": losses, "tested": [float(model.test_on_batch(x, y))], "weights": model.get_weights()}

    both_ways(make(), batches)
    with strategy().scope():
        model = make()()
    losses = watched(model, x, y, batch_size=6, epochs=6, precision="mixed_bfloat16")["history"][0]
    assert losses[-1] < losses[0]
    with strategy().scope():
        halves = lanthorn.Sequential([lanthorn.Input((6,)), Watch(), layers.Dense(3, dtype="mixed_bfloat16")])
    halves.compile("sgd", "mse")
    losses = watched(halves, x, np.ones((20, 3), "float32"), batch_size=6, epochs=3)["history"][0]
    assert losses[-1] < losses[0]


def check_synchronized_normalization():
    """`BatchNormalization(synchronized=True)`: statistics of the whole batch, so that all is as on one device."""
    x, y, _ = data(19)

    def make():
        model = lanthorn.Sequential(
            [lanthorn.Input((6,)), layers.Dense(5), Watch(), layers.BatchNormalization(synchronized=True),
             layers.Dense(3, "softmax")]
        )  # fmt: skip
        model.compile(lanthorn.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
        return model

    both_ways(make, lambda model: watched(model, x, y, batch_size=5, epochs=3))


def check_weights(folder):
    """Set, loaded, copied and called: every replica has them."""
    x, y, _ = data(8)
    with strategy().scope():
        model = lanthorn.Sequential([lanthorn.Input((6,)), Watch(), layers.Dense(3)])
    values = [np.full((6, 3), 2.0, "float32"), np.ones(3, "float32")]
    model.set_weights(values)
    for part in model.layers[1].kernel.value.values:
        np.testing.assert_array_equal(part.numpy(), values[0])
    expected = x @ values[0] + values[1]
    np.testing.assert_allclose(model(x), expected, rtol=1e-5)
    with strategy().scope():
        np.testing.assert_allclose(model(x), expected, rtol=1e-5)
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-5)
    assert seen == {0, 1}
    twin = copy.deepcopy(model)
    twin.set_weights([v * 0 for v in values])
    np.testing.assert_allclose(model(x), expected, rtol=1e-5)
    model.save_weights(f"{folder}/of.weights.h5")
    other = lanthorn.Sequential([lanthorn.Input((6,)), layers.Dense(3)])
    other.load_weights(f"{folder}/of.weights.h5")
    np.testing.assert_allclose(other(x), expected, rtol=1e-5)


if __name__ == "__main__":
    globals()["check_" + sys.argv[1]](*sys.argv[2:])
    assert tf.config.list_logical_devices("CPU")[1:]
    print("done")
