"""Engines that compile for each shape: short batches padded, small steps many at once, and the same results."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import lanthorn
from lanthorn import Input, Sequential, callbacks, layers, losses, metrics, ops
from lanthorn.training import padding

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("int64")


@pytest.fixture
def jax_engine():
    pytest.importorskip("jax", reason="jax is not installed")
    lanthorn.set_engine("jax")
    yield
    lanthorn.set_engine(None)


@pytest.fixture
def jax_and_torch(jax_engine):
    pytest.importorskip("torch", reason="torch is not installed: there is nothing to compare with")


def network(engine, hidden=(), outputs=3, last=None):
    lanthorn.utils.set_random_seed(1)
    parts = [Input((4,)), layers.Dense(8, activation="tanh"), *hidden, layers.Dense(outputs, activation=last)]
    return Sequential(parts, engine=engine)


def trained(model, loss, metric, y=Y, loop=True, **settings):
    """The history and the weights after three epochs; `loop=False`: a callback that wants to see every batch."""
    seen = [] if loop else [callbacks.LambdaCallback(on_batch_end=lambda batch, logs: None)]
    model.compile(lanthorn.optimizers.Adam(0.02), loss, metrics=[metric] if metric else [], weighted_metrics=[])
    history = model.fit(
        X, y, batch_size=16, epochs=3, verbose=0, callbacks=seen, validation_data=(X[:37], y[:37]), **settings
    )
    return history.history, model.get_weights(), model.evaluate(X, y, batch_size=16, verbose=0, return_dict=True)


def assert_same(a, b, rtol=2e-4):
    assert a[0].keys() == b[0].keys()
    for name in a[0]:
        np.testing.assert_allclose(a[0][name], b[0][name], rtol=rtol, atol=1e-5, err_msg=name)
    for one, other in zip(a[1], b[1], strict=True):
        np.testing.assert_allclose(one, other, rtol=rtol, atol=2e-5)
    for name in a[2]:
        np.testing.assert_allclose(a[2][name], b[2][name], rtol=rtol, atol=1e-5, err_msg=name)


def traces(work):
    """How many shapes a compiled step was traced for."""
    return work.step.traces()


ONE_HOT = np.eye(3, dtype="float32")[Y]
SPARSE = "sparse_categorical_crossentropy"
CASES = {
    "sparse": (lambda: losses.SparseCategoricalCrossentropy(from_logits=True), "accuracy", Y, 3),
    "named": (lambda: "mse", "mae", ONE_HOT, 3),
    "sum": (lambda: losses.MeanSquaredError(reduction="sum"), "mse", ONE_HOT, 3),
    "weights": (lambda: losses.Huber(reduction="mean_with_sample_weight"), "cosine_similarity", ONE_HOT, 3),
    "root": (lambda: losses.LogCosh(), metrics.RootMeanSquaredError, ONE_HOT, 3),
    "binary": (lambda: losses.BinaryCrossentropy(from_logits=True), metrics.Precision, Y, 1),
    "focal": (lambda: losses.BinaryFocalCrossentropy(from_logits=True), metrics.AUC, Y, 1),
    "counts": (lambda: losses.Hinge(), metrics.TruePositives, Y, 1),
    "recall": (lambda: losses.SquaredHinge(), metrics.Recall, Y, 1),
    "top": (lambda: losses.CategoricalCrossentropy(from_logits=True), "categorical_accuracy", ONE_HOT, 3),
}


@pytest.mark.parametrize("case", CASES)
def test_the_same_as_torch(case, jax_and_torch):
    loss, metric, y, outputs = CASES[case]
    last = "sigmoid" if case in ("counts", "recall") else None
    found = {}
    for engine in ("torch", "jax"):
        model = network(engine, outputs=outputs, last=last)
        found[engine] = trained(model, loss(), metric() if isinstance(metric, type) else metric, y)
    assert padding.allowed(model, model._objectives, training=True)
    work = model._made["train padded"][1]
    assert len(work.loops) == 1 and None not in work.loops.values()  # it went many steps at once
    assert_same(found["torch"], found["jax"])


def test_sample_weights_and_penalties(jax_and_torch):
    weight = RNG.uniform(0.1, 2.0, 50).astype("float32")
    found = {}
    for engine in ("torch", "jax"):
        hidden = [layers.Dense(6, kernel_regularizer="l2", activation="relu")]
        found[engine] = trained(network(engine, hidden), losses.SparseCategoricalCrossentropy(from_logits=True), None,
                                sample_weight=weight)  # fmt: skip
    assert_same(found["torch"], found["jax"])


@pytest.mark.parametrize("shuffle", [True, False, "batch"])
def test_many_steps_in_a_call_are_the_same_as_one_by_one(shuffle, jax_engine):
    found = []
    for loop in (True, False):
        model = network("jax", [layers.Dropout(0.3, seed=3)])
        loss = losses.SparseCategoricalCrossentropy(from_logits=True)
        lanthorn.utils.set_random_seed(7)
        found.append(trained(model, loss, "accuracy", loop=loop, shuffle=shuffle))
        assert bool(model._made["train padded"][1].loops) == loop
    assert_same(*found, rtol=1e-5)


@pytest.mark.parametrize("draw", [
    lambda n: lanthorn.random.dropout(ops.ones((n, 5)), 0.5, seed=4),
    lambda n: lanthorn.random.normal((n, 5), seed=4),
])  # fmt: skip
def test_random_numbers_are_the_same_with_padding_behind(draw, jax_engine):
    """The numbers of the first samples must not depend on how many samples follow."""
    np.testing.assert_array_equal(np.asarray(draw(3)), np.asarray(draw(8))[:3])


class TestTraces:
    def test_one_for_fit_and_one_for_evaluate(self, jax_engine):
        model = network("jax")
        model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
        watcher = callbacks.LambdaCallback(on_batch_end=lambda batch, logs: None)
        model.fit(X, Y, batch_size=16, epochs=2, verbose=0, callbacks=[watcher])
        assert traces(model._made["train padded"][1]) == 1
        model.fit(((X[i : i + 16], Y[i : i + 16]) for i in range(0, 50, 16)), verbose=0, steps_per_epoch=4)
        assert traces(model._made["train padded"][1]) == 1
        for n in (50, 40, 33):
            model.evaluate([(X[i : min(i + 16, n)], Y[i : min(i + 16, n)]) for i in range(0, n, 16)], verbose=0)
        assert traces(model._made["test padded"][1]) == 1

    def test_predict_pads_too(self, jax_engine):
        model = network("jax")
        whole = model.predict(X, batch_size=50, verbose=0)
        parts = model.predict(X, batch_size=16, verbose=0)
        assert parts.shape == (50, 3)
        np.testing.assert_allclose(parts, whole, rtol=1e-5, atol=1e-6)
        assert model._made["predict"][1].traces() == 2  # of 50, of 16; none of 2


def test_one_batch_is_predicted_at_once_and_the_same(engine, monkeypatch):
    model, seen = network(engine), []
    by_loop = model.predict(X[:5], verbose=0)
    monkeypatch.setattr("lanthorn.training.loop.predict", lambda *_: seen.append(1))
    np.testing.assert_array_equal(model.predict(X[:5], verbose=0), by_loop)
    assert not seen
    watcher = callbacks.LambdaCallback(on_predict_end=lambda logs: None)
    for settings in ({"callbacks": [watcher]}, {"batch_size": 2}, {"verbose": 2}, {"steps": 1}):
        model.predict(X[:5], **({"verbose": 0} | settings))
    model.predict([X[:5]], verbose=0)
    assert len(seen) == 5
    with pytest.raises(ValueError, match="expected"):
        model.predict(X[:5, :3], verbose=0)


@pytest.mark.parametrize("make", [lambda x: x.tolist(), lambda x: x.astype("float64"), lambda x: x.astype("float16")])
def test_numbers_of_any_make_are_predicted_at_once(engine, monkeypatch, make):
    model = network(engine)
    expected = model.predict(make(X[:5]), verbose=0)
    with pytest.raises(ValueError, match="inhomogeneous"):
        model.predict([[0.0] * 4, [0.0] * 3], verbose=0)
    monkeypatch.setattr("lanthorn.training.loop.predict", lambda *_: pytest.fail("the loop ran"))
    np.testing.assert_array_equal(model.predict(make(X[:5]), verbose=0), expected)


def test_what_one_batch_prints(one_engine, monkeypatch, capsys):
    """Nothing where nobody looks on, unless it is asked for; on a terminal a bar."""
    model = network(one_engine)
    model.predict(X[:5], verbose=0)
    model.predict(X[:5])
    assert capsys.readouterr().out == ""
    model.predict(X[:5], verbose=2)
    assert capsys.readouterr().out.startswith("1/1 - ")
    model.predict(X[:5], verbose=1)
    assert capsys.readouterr().out.startswith("1/1 - ")
    model.predict(X[:50])
    assert capsys.readouterr().out.startswith("2/2 - ")
    monkeypatch.setattr("lanthorn.callbacks.progress.is_terminal", lambda stream=None: True)
    model.predict(X[:5])
    assert "1/1" in capsys.readouterr().out


class TestRule:
    """What may not see padding gets the short batch as it is, and the result is torch's."""

    def check(self, hidden: Any = (), loss: Any = None, metric: Any = "accuracy", y=Y, training=True):
        found = {}
        for engine in ("torch", "jax"):
            model = network(engine, hidden() if hidden else ())
            found[engine] = trained(model, loss or losses.SparseCategoricalCrossentropy(from_logits=True), metric, y)
        assert not padding.allowed(model, model._objectives, training)
        assert_same(found["torch"], found["jax"], rtol=1e-3)
        return model

    def test_batch_statistics(self, jax_and_torch):
        model = self.check(lambda: [layers.BatchNormalization()])
        assert padding.allowed(model, model._objectives, training=False)  # outside training they are constants

    def test_a_loss_of_the_users(self, jax_and_torch):
        self.check(loss=lambda t, p: ops.mean(ops.square(ops.cast(t, "float32") - p[:, 0])))

    def test_a_metric_of_the_users(self, jax_and_torch):
        self.check(metric=lambda t, p: ops.max(p))

    def test_a_loss_over_the_batch(self, jax_and_torch):
        self.check(loss=losses.Dice(), y=ONE_HOT)

    def test_a_metric_that_counts_samples(self, jax_and_torch):
        self.check(loss="mse", metric=metrics.R2Score(), y=ONE_HOT)

    def test_a_layer_of_the_users(self, jax_and_torch):
        class Centred(layers.Layer):
            def call(self, x):
                return x - ops.mean(x, axis=0)

        model = self.check(lambda: [Centred()])
        assert not padding.allowed(model)  # predict neither

    def test_a_penalty_on_what_samples_do(self, jax_and_torch):
        self.check(lambda: [layers.ActivityRegularization(l2=0.1)])

    def test_an_op_over_the_batch(self, jax_and_torch):
        for make, expected in ((lambda x: x - ops.mean(x, axis=0), False), (lambda x: ops.relu(x * 2.0), True)):
            x = Input((4,), engine="jax")
            model = lanthorn.Model(x, layers.Dense(2)(make(x)))
            assert padding.allowed(model, training=True) == expected


PRESSED = """
import os, signal, threading
import numpy as np
import lanthorn as keras

signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job is born without it

class Press(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            threading.Timer(0.02, os.kill, (os.getpid(), signal.SIGINT)).start()

    def on_train_interrupted(self, epoch, batch):
        self.steps = 500 * epoch + batch

x, y = np.random.default_rng(0).normal(size=(2000, 20)).astype("float32"), np.arange(2000) % 3
model = keras.Sequential([keras.Input((20,), engine="jax"), keras.layers.Dense(8), keras.layers.Dense(3)])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
press = Press()
try:
    model.fit(x, y, batch_size=4, epochs=1_000, verbose=0, callbacks=[press])
except KeyboardInterrupt:
    print(press.steps, int(model.optimizer.iterations.numpy()))
"""


class TestManySteps:
    def test_convolutions_go_one_by_one(self, jax_engine):
        model = Sequential([Input((6, 6, 1)), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(2)])
        model.compile("sgd", "mse")
        model.fit(np.zeros((20, 6, 6, 1), "float32"), np.zeros((20, 2), "float32"), batch_size=4, verbose=0)
        assert list(model._made["train"][1].loops.values()) == [None]

    def test_a_loss_that_is_no_number_is_seen(self, jax_engine):
        x = X.copy()
        x[3, 2] = np.nan
        model = network("jax")
        model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
        with pytest.raises(lanthorn.training.not_a_number.NonFiniteLoss, match="inputs of this batch hold"):
            model.fit(x, Y, batch_size=16, epochs=2, verbose=0)

    def test_ctrl_c_comes_between_two_calls(self, jax_engine):
        # in a process of its own: a Ctrl-C that comes late must not end the process that runs the other tests
        done = subprocess.run([sys.executable, "-c", PRESSED], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert "Interrupted" in done.stdout
        counted, done_by_optimizer = done.stdout.split()[-2:]
        assert counted == done_by_optimizer and int(counted) > 500  # every step whole, and counted

    def test_evaluate_goes_many_batches_at_once(self, jax_engine):
        model = network("jax")
        model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
        many = model.evaluate(X, Y, batch_size=8, verbose=0)
        assert None not in model._made["test padded"][1].loops.values()
        np.testing.assert_allclose(many, model.evaluate(X, Y, batch_size=50, verbose=0), rtol=1e-5)

    def test_the_bar_counts_every_step(self, jax_engine, capsys):
        model = network("jax")
        model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(X, Y, batch_size=5, epochs=1, verbose=2)
        assert "10/10" in capsys.readouterr().out

    def test_optimizer_counts_every_step(self, jax_engine):
        model = network("jax")
        model.compile("adam", losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(X, Y, batch_size=7, epochs=2, verbose=0)
        assert int(model.optimizer.iterations.numpy()) == 16
