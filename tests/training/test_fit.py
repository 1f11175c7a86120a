"""`fit`, `evaluate` and `predict` on every engine: what they return, call and keep."""

import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import lanthorn
from lanthorn import Input, Model, Sequential, callbacks, layers
from lanthorn.training import fixed_shapes
from lanthorn.training.not_a_number import NonFiniteLoss, Watch

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("int64")


def classifier(loss="sparse_categorical_crossentropy", metrics=("accuracy",), optimizer="sgd", **settings):
    lanthorn.utils.set_random_seed(1)
    model = Sequential([Input((4,)), layers.Dense(8, activation="tanh"), layers.Dense(2, activation="softmax")])
    model.compile(optimizer, loss, metrics=list(metrics), **settings)
    return model


def two_outputs():
    lanthorn.utils.set_random_seed(1)
    x = Input((4,))
    h = layers.Dense(8, activation="relu")(x)
    return Model(x, [layers.Dense(2, activation="softmax", name="a")(h), layers.Dense(1, name="b")(h)])


PRESSED = """
import os, signal, sys, threading
import numpy as np
import lanthorn as keras

signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job is born without it
keras.set_engine(sys.argv[1])

def batches():
    while True:
        yield np.ones((10, 4), "float32"), np.ones(10, "int64")

class Press(keras.callbacks.Callback):
    def on_train_batch_begin(self, batch, logs=None):
        if batch == 20:
            threading.Timer(0.001, os.kill, (os.getpid(), signal.SIGINT)).start()

    def on_train_interrupted(self, epoch, batch):
        self.steps = batch

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8), keras.layers.Dense(2)])
model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
press = Press()
try:
    model.fit(batches(), steps_per_epoch=20_000, verbose=0, callbacks=[press])
except KeyboardInterrupt:
    same = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    whole = press.steps == int(model.optimizer.iterations.numpy()) and np.isfinite(model.predict(np.ones((2, 4)))).all()
    print("whole", bool(same and whole))
"""


class Spy(callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seen, self.kept = [], []

    def note(self, *what):
        self.seen.append(what)

    def on_train_begin(self, logs=None):
        self.note("train begin")

    def on_train_end(self, logs=None):
        self.note("train end")

    def on_epoch_begin(self, epoch, logs=None):
        self.note("epoch begin", epoch)

    def on_epoch_end(self, epoch, logs=None):
        self.note("epoch end", epoch)

    def on_train_batch_begin(self, batch, logs=None):
        self.note("batch begin", batch)

    def on_train_batch_end(self, batch, logs=None):
        self.note("batch end", batch)
        self.kept.append(logs)

    def on_test_begin(self, logs=None):
        self.note("test begin")

    def on_test_batch_end(self, batch, logs=None):
        self.note("test batch end", batch)

    def on_test_end(self, logs=None):
        self.note("test end")

    def on_predict_batch_end(self, batch, logs=None):
        self.note("predict batch end", tuple(logs["outputs"].shape))


def test_a_scaled_loss_changes_nothing_in_float32(engine):
    found = []
    for factor in (None, 1024.0):
        model = classifier(optimizer=lanthorn.optimizers.SGD(0.1, loss_scale_factor=factor))
        found.append(model.fit(X, Y, epochs=3, verbose=0).history["loss"])
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5)


class TestLoops:
    def test_learns(self, engine):
        model = classifier(optimizer=lanthorn.optimizers.Adam(0.02))
        history = model.fit(X, Y, epochs=40, batch_size=10, verbose=0)
        assert history is model.history
        assert history.epoch == list(range(40))
        assert history.history["loss"][-1] < 0.7 * history.history["loss"][0]
        assert history.history["accuracy"][-1] > 0.85
        loss, accuracy = model.evaluate(X, Y, verbose=0)
        assert model.metrics_names == ["loss", "accuracy"]
        outputs = model.predict(X, batch_size=16, verbose=0)
        assert outputs.shape == (50, 2) and isinstance(outputs, np.ndarray)
        assert accuracy == pytest.approx((outputs.argmax(1) == Y).mean())
        assert loss == pytest.approx(-np.log(outputs[np.arange(50), Y]).mean(), rel=1e-4)

    def test_order_of_the_moments(self):
        spy = Spy()
        model = classifier()
        model.fit(X[:20], Y[:20], batch_size=10, epochs=2, validation_data=(X[20:], Y[20:]), callbacks=spy, verbose=0)
        epoch = [("batch begin", 0), ("batch end", 0), ("batch begin", 1), ("batch end", 1)]
        epoch += [("test begin",), ("test batch end", 0), ("test batch end", 1), ("test batch end", 2), ("test end",)]
        expected = [("train begin",)]
        for i in range(2):
            expected += [("epoch begin", i), *epoch, ("epoch end", i)]
        assert spy.seen == [*expected, ("train end",)]
        spy.seen.clear()
        model.predict(X, batch_size=30, verbose=0, callbacks=[spy])
        assert spy.seen == [("predict batch end", (30, 2)), ("predict batch end", (20, 2))]

    def test_logs_of_a_batch_stay_as_they_were(self, engine):
        spy = Spy()
        history = classifier().fit(X, Y, batch_size=10, verbose=0, callbacks=[spy])
        losses = [logs["loss"] for logs in spy.kept]
        assert len(set(losses)) == 5
        assert losses[-1] == pytest.approx(history.history["loss"][0])  # the mean since the epoch began

    def test_nothing_is_read_that_nobody_asks_for(self, monkeypatch):
        from lanthorn.training.work import StepWork

        reads = []
        read = StepWork.read
        monkeypatch.setattr(StepWork, "read", lambda self: reads.append(1) or read(self))

        class Silent(callbacks.Callback):
            def on_train_batch_end(self, batch, logs=None):
                pass

        model = classifier()
        model.fit(X, Y, batch_size=1, verbose=0)
        reads.clear()
        model.fit(X, Y, batch_size=1, epochs=2, verbose=0, callbacks=[Silent()])
        assert 2 <= len(reads) <= 8  # once per epoch, and once per second

    def test_stop_training(self):
        class Stop(callbacks.Callback):
            def on_train_batch_end(self, batch, logs=None):
                self.model.stop_training = batch == 2

        spy = Spy()
        history = classifier().fit(X, Y, batch_size=10, epochs=5, verbose=0, callbacks=[Stop(), spy])
        assert history.epoch == [0]
        assert ("batch end", 3) not in spy.seen and spy.seen[-1] == ("train end",)

    def test_initial_epoch_goes_on_as_one_run(self, engine):
        whole = classifier()
        lanthorn.utils.set_random_seed(5)
        history = whole.fit(X, Y, batch_size=10, epochs=4, verbose=0)
        halves = classifier()
        for first, last in ((0, 2), (2, 4)):
            lanthorn.utils.set_random_seed(5)  # as a new process would
            part = halves.fit(X, Y, batch_size=10, initial_epoch=first, epochs=last, verbose=0)
        assert part.epoch == [2, 3]
        np.testing.assert_allclose(part.history["loss"], history.history["loss"][2:], rtol=1e-5)
        for a, b in zip(whole.get_weights(), halves.get_weights(), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)

    @pytest.mark.parametrize("frequency, expected", [(2, [1, 3]), ([1, 4], [0, 3])])
    def test_validation_freq(self, frequency, expected):
        class Note(callbacks.Callback):
            epochs = []

            def on_epoch_end(self, epoch, logs=None):
                if "val_loss" in logs:
                    self.epochs.append(epoch)

        note = Note()
        note.epochs = []
        classifier().fit(X, Y, epochs=4, validation_split=0.2, validation_freq=frequency, verbose=0, callbacks=[note])
        assert note.epochs == expected

    def test_on_batch(self, engine):
        model = classifier(optimizer="sgd")
        before = model.test_on_batch(X, Y)
        trained = model.train_on_batch(X, Y)
        after = model.test_on_batch(X, Y, return_dict=True)
        assert trained == pytest.approx(before, rel=1e-5)  # of the batch, before the step
        assert set(after) == {"loss", "accuracy"} and after["loss"] < before[0]
        assert model.predict_on_batch(X).shape == (50, 2)

    def test_sequential_without_shape_and_subclassed(self, engine):
        class Net(Model):
            def __init__(self):
                super().__init__()
                self.hidden = layers.Dense(8, activation="relu")
                self.out = layers.Dense(2, activation="softmax")

            def call(self, x, training=None):
                return self.out(self.hidden(x))

        for model in (Sequential([layers.Dense(2, activation="softmax")]), Net()):
            model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
            history = model.fit(X, Y, epochs=2, verbose=0, validation_split=0.2)
            assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
            assert model.predict(X, verbose=0).shape == (50, 2)

    def test_frozen_after_compile_is_frozen(self, engine):
        model = classifier()
        model.fit(X, Y, verbose=0)
        model.layers[0].trainable = False
        kept = [w.copy() for w in model.layers[0].get_weights()]
        last = model.layers[1].get_weights()[0].copy()
        model.compile("sgd", "sparse_categorical_crossentropy")
        model.fit(X, Y, verbose=0)
        for a, b in zip(kept, model.layers[0].get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
        assert np.abs(last - model.layers[1].get_weights()[0]).max() > 0

    def test_learning_rate_changes_without_a_new_compile(self, engine):
        model = classifier()
        model.fit(X, Y, verbose=0)
        model.optimizer.learning_rate = 0.0
        before = model.get_weights()
        model.fit(X, Y, verbose=0)
        for a, b in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)

    def test_schedule_callback(self):
        schedule = callbacks.LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1))
        history = classifier().fit(X, Y, epochs=2, verbose=0, callbacks=[schedule])
        np.testing.assert_allclose(history.history["learning_rate"], [0.1, 0.05], rtol=1e-6)

    def test_early_stopping_restores(self):
        model = classifier(optimizer="sgd")
        weights = []
        keep = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: weights.append(model.get_weights()))
        jump = callbacks.LearningRateScheduler(lambda epoch: 0.1 if epoch < 2 else 50.0)
        stop = callbacks.EarlyStopping("loss", patience=2, restore_best_weights=True)
        history = model.fit(X, Y, epochs=9, verbose=0, callbacks=[keep, jump, stop], on_nan="ignore", batch_size=10)
        best = int(np.nanargmin(history.history["loss"]))
        for a, b in zip(weights[best], model.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)

    def test_numpy_engine_says_that_it_cannot_train(self):
        model = Sequential([Input((4,), engine="numpy"), layers.Dense(2, activation="softmax")], engine="numpy")
        model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
        assert len(model.evaluate(X, Y, verbose=0)) == 2
        assert model.predict(X, verbose=0).shape == (50, 2)
        with pytest.raises(RuntimeError, match="cannot train"):
            model.fit(X, Y, verbose=0)


class TestData:
    def test_generators_and_the_calls_of_2018(self, engine):
        def batches():
            while True:
                for i in range(0, 50, 10):
                    yield X[i : i + 10], Y[i : i + 10]

        model = classifier()
        history = model.fit_generator(
            generator=batches(), steps_per_epoch=5, epochs=2, validation_data=batches(), validation_steps=5, verbose=0
        )
        assert len(history.history["val_accuracy"]) == 2
        on_arrays = model.evaluate(X, Y, verbose=0)
        np.testing.assert_allclose(model.evaluate_generator(batches(), steps=5), on_arrays, rtol=1e-5)
        np.testing.assert_allclose(
            model.predict_generator(batches(), steps=5), model.predict(X, verbose=0), rtol=1e-5, atol=1e-6
        )

    def test_generator_that_ends(self):
        model = classifier()
        with pytest.warns(UserWarning, match="ran out in epoch 2, after 1 of 2 batches"):
            history = model.fit(((X, Y) for _ in range(3)), steps_per_epoch=2, epochs=3, verbose=0)
        assert len(history.epoch) == 2
        with pytest.warns(UserWarning, match="ran out in epoch 2, after 0 of 3 batches"):
            history = model.fit(((X, Y) for _ in range(3)), epochs=3, verbose=0)
        assert len(history.epoch) == 1
        with pytest.raises(ValueError, match="no batches"):
            model.fit(iter(()), verbose=0)

    def test_no_batch_is_lost_to_the_first_look(self):
        seen = []

        def batches():
            for i in range(4):
                yield np.full((2, 4), i, "float32"), np.zeros(2, "int64")

        class Note(Model):
            def __init__(self):
                super().__init__()
                self.out = layers.Dense(2, activation="softmax")

            def call(self, x):
                if self.out.built:
                    seen.append(float(np.asarray(x.detach())[0, 0]))
                return self.out(x)

        model = Note()
        model.compile("sgd", "sparse_categorical_crossentropy")
        with lanthorn_engine("torch"):
            model.fit(batches(), verbose=0)
        assert seen[-4:] == [0, 1, 2, 3]

    def test_error_in_a_generator(self):
        def batches():
            yield X, Y
            raise OSError("the disk is gone")

        with pytest.raises(OSError, match="the disk is gone"):
            classifier().fit(batches(), verbose=0)

    def test_names_of_the_classes_come_with_the_data(self):
        class Folder(list):
            class_names = ["cat", "dog"]
            preprocessing = "as told"

        model = classifier()
        model.fit(Folder([(X, Y)]), verbose=0)
        assert model.class_names == ["cat", "dog"] and model.preprocessing == "as told"

    def test_two_models_on_two_engines_in_turn(self):
        pytest.importorskip("torch", reason="torch is not installed")
        pytest.importorskip("jax", reason="jax is not installed")
        models = {}
        for name in ("torch", "jax"):
            with lanthorn_engine(name):
                models[name] = classifier()
        losses = {name: [] for name in models}
        for _ in range(3):
            for name, model in models.items():
                lanthorn.utils.set_random_seed(7)
                losses[name] += model.fit(X, Y, batch_size=10, verbose=0).history["loss"]
        np.testing.assert_allclose(losses["torch"], losses["jax"], rtol=1e-4)


class lanthorn_engine:
    """A default engine for the time of a `with`."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        pytest.importorskip(self.name, reason=f"{self.name} is not installed")
        lanthorn.set_engine(self.name)

    def __exit__(self, *exc):
        lanthorn.set_engine(None)


class TestTrouble:
    def test_loss_that_is_no_number(self, engine):
        model = classifier(optimizer="sgd")
        model.fit(X, Y, verbose=0)
        bad = X.copy()
        bad[7, 2] = np.nan
        ended = []
        end = callbacks.LambdaCallback(on_train_end=lambda logs: ended.append(1))
        with pytest.raises(NonFiniteLoss, match=r"the loss is nan \(epoch 1, .*inputs of this batch hold 1 values"):
            model.fit(bad, Y, batch_size=50, verbose=0, callbacks=[end])
        assert ended == [1]
        assert isinstance(model.history, callbacks.History)

    @pytest.mark.parametrize("bad", [0, 3])
    def test_of_many_batches_at_once_the_real_ones_are_looked_at(self, bad):
        x = np.full((4, 5, 2), np.nan, "float32")  # two batches of five; the memory behind them is as it was found
        x[:2] = 1.0
        x[1, :bad, 0] = np.nan
        many = fixed_shapes.Group(x, np.ones((4, 5)), None, None, 2)
        watch = Watch(classifier(), "raise")
        watch.begin(0, SimpleNamespace(batch=many, done=2), 2)
        with pytest.raises(NonFiniteLoss, match="inputs of this batch hold 3 values" if bad else "data .* are finite"):
            watch.look({"loss": np.nan})

    def test_learning_rate_too_high(self):
        model = Sequential([Input((4,)), layers.Dense(1)])
        model.compile(lanthorn.optimizers.SGD(1e30), "mse")
        history = None
        with pytest.raises(FloatingPointError, match=r"lower the learning rate \(now 1e\+30\)") as caught:
            history = model.fit(X, Y, epochs=9, batch_size=10, verbose=0)
        assert history is None and "on_nan='stop'" in str(caught.value)

    def test_stop_or_ignore(self):
        bad = X * np.nan
        with pytest.warns(UserWarning, match="the loss is nan"):
            assert classifier().fit(bad, Y, epochs=3, verbose=0, on_nan="stop").epoch == [0]
        assert classifier().fit(bad, Y, epochs=3, verbose=0, on_nan="ignore").epoch == [0, 1, 2]
        with pytest.raises(ValueError, match="on_nan"):
            classifier().fit(bad, Y, verbose=0, on_nan="panic")

    def test_terminate_on_nan_takes_the_place_of_the_error(self):
        with pytest.warns(UserWarning, match="the loss is nan"):
            history = classifier().fit(X * np.nan, Y, epochs=3, verbose=0, callbacks=[callbacks.TerminateOnNaN()])
        assert history.epoch == [0]

    def test_labels_out_of_range(self):
        model = classifier()
        with pytest.raises(ValueError, match=r"class numbers from 0 to 1 .*got 5"):
            model.fit(X, np.where(np.arange(50) == 30, 5, Y), verbose=0)
        with pytest.raises(ValueError, match=r"class numbers from 0 to 1 .*got -1"):
            model.fit([(X, Y), (X, Y - 1)], verbose=0)

    def test_wrong_input_shape(self, engine):
        with pytest.raises(ValueError, match=r"Sequential '.*': expected .*\(None, 4\), got \(32, 3\)"):
            classifier().fit(X[:, :3], Y, verbose=0)

    def test_not_compiled(self):
        model = Sequential([Input((4,)), layers.Dense(2)])
        for call in (model.fit, model.evaluate, model.train_on_batch):
            with pytest.raises(RuntimeError, match="call compile"):
                call(X, Y)

    def test_unknown_argument_of_compile(self):
        with pytest.raises(TypeError, match="no argument 'metric'"):
            Sequential([layers.Dense(2)]).compile("adam", "mse", metric=["mae"])

    def test_split_of_a_generator(self):
        with pytest.raises(ValueError, match="`validation_split` works for arrays"):
            classifier().fit(iter([(X, Y)]), validation_split=0.2)

    def test_ctrl_c_in_a_callback(self, capsys):
        class Interrupt(Spy):
            def on_train_batch_end(self, batch, logs=None):
                if self.seen.count(("epoch end", 0)) and batch == 1:
                    raise KeyboardInterrupt

            def on_train_interrupted(self, epoch, batch):
                self.note("interrupted", epoch, batch)

        model, spy = classifier(), Interrupt()
        before = model.get_weights()
        with pytest.raises(KeyboardInterrupt):
            model.fit(X, Y, batch_size=10, epochs=5, verbose=0, callbacks=[spy])
        assert spy.seen[-2:] == [("interrupted", 1, 2), ("train end",)]
        assert "Interrupted in epoch 2 of 5, after 2 of 5 steps" in capsys.readouterr().out
        assert len(model.history.history["loss"]) == 1
        assert any(np.abs(a - b).max() > 0 for a, b in zip(before, model.get_weights(), strict=True))
        model.fit(X, Y, verbose=0)  # and it trains on

    @pytest.mark.skipif(os.name == "nt", reason="no signals of this kind on Windows")
    def test_real_ctrl_c_waits_for_the_step(self, engine):
        # in a process of its own: a signal among the threads of three engines has ended the one that runs the tests
        done = subprocess.run([sys.executable, "-c", PRESSED, engine], capture_output=True, text=True, timeout=200)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Interrupted" in done.stdout and done.stdout.endswith("whole True\n")

    def test_backup_and_restore(self, engine, tmp_path):
        class Crash(callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                if epoch == 1:
                    raise OSError("power cut")

        def run(crash):
            model = classifier(optimizer="adam")
            lanthorn.utils.set_random_seed(3)
            backup = callbacks.BackupAndRestore(tmp_path / "backup")
            return model, model.fit(X, Y, batch_size=10, epochs=4, verbose=0, callbacks=[backup, *crash])

        straight = run([])[0]
        assert not (tmp_path / "backup").exists()
        with pytest.raises(OSError, match="power cut"):
            run([Crash()])
        assert (tmp_path / "backup").exists()
        model, history = run([])
        assert history.epoch == [2, 3]
        assert not (tmp_path / "backup").exists()
        for a, b in zip(straight.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


class TestObjectives:
    @pytest.mark.parametrize(
        "loss, metrics, keys",
        [
            ("mse", None, ["loss", "a_loss", "b_loss"]),
            (["sparse_categorical_crossentropy", "mse"], None, ["loss", "a_loss", "b_loss"]),
            (
                {"a": "sparse_categorical_crossentropy", "b": "mse"},
                {"a": ["accuracy"], "b": "mae"},
                ["loss", "a_loss", "b_loss", "a_accuracy", "b_mae"],
            ),
            (
                ["sparse_categorical_crossentropy", "mse"],
                [["acc"], ["mae"]],
                ["loss", "a_loss", "b_loss", "a_acc", "b_mae"],
            ),
            ({"a": "sparse_categorical_crossentropy"}, {"a": "accuracy"}, ["loss", "a_accuracy"]),
        ],
        ids=["one for all", "list", "dict", "lists", "one output only"],
    )
    def test_several_outputs(self, loss, metrics, keys):
        model = two_outputs()
        model.compile("sgd", loss, metrics=metrics)
        y = {"a": Y if loss != "mse" else np.eye(2)[Y], "b": X[:, 1:2]}
        if isinstance(loss, dict) and len(loss) == 1:
            y = {"a": Y}
        logs = model.evaluate(X, y, verbose=0, return_dict=True)
        assert list(logs) == keys == model.metrics_names
        if "b_loss" in logs:
            assert logs["loss"] == pytest.approx(logs["a_loss"] + logs["b_loss"], rel=1e-5)
            as_list = model.evaluate(X, [y["a"], y["b"]], verbose=0)
            np.testing.assert_allclose(as_list, list(logs.values()), rtol=1e-6)

    def test_loss_weights(self):
        model = two_outputs()
        for weights in ([2.0, 0.5], {"a": 2.0, "b": 0.5}):
            model.compile("sgd", ["sparse_categorical_crossentropy", "mse"], loss_weights=weights)
            logs = model.evaluate(X, [Y, X[:, 1:2]], verbose=0, return_dict=True)
            assert logs["loss"] == pytest.approx(2 * logs["a_loss"] + 0.5 * logs["b_loss"], rel=1e-5)

    @pytest.mark.parametrize(
        "settings, text",
        [
            ({"loss": {"c": "mse"}}, "`loss` names the output 'c'.*'a', 'b'"),
            ({"loss": ["mse", "mse", "mse"]}, "`loss` has 3 entries, the model has 2 outputs"),
            ({"loss": "mse", "metrics": {"z": "mae"}}, "`metrics` names the output 'z'"),
        ],
    )
    def test_that_do_not_match(self, settings, text):
        model = two_outputs()
        model.compile("sgd", **settings)
        with pytest.raises(ValueError, match=text):
            model.fit(X, [Y, Y], verbose=0)

    def test_labels_that_do_not_match(self):
        model = two_outputs()
        model.compile("sgd", "mse")
        with pytest.raises(ValueError, match="expected labels for 2 outputs"):
            model.fit(X, [Y, Y, Y], verbose=0)
        with pytest.raises(ValueError, match="labels name the output 'z'"):
            model.fit(X, {"z": Y}, verbose=0)

    @pytest.mark.parametrize(
        "loss, y",
        [
            ("crossentropy", Y),
            ("crossentropy", np.eye(2, dtype="float32")[Y]),
            (lambda t, p: lanthorn.ops.mean(lanthorn.ops.square(t - p), axis=-1), np.eye(2, dtype="float32")[Y]),
        ],
        ids=["class numbers", "one-hot", "function"],
    )
    def test_told_from_the_shapes(self, loss, y):
        model = classifier(loss)
        history = model.fit(X, y, verbose=0, epochs=20, batch_size=10)
        assert history.history["loss"][-1] < history.history["loss"][0]
        assert history.history["accuracy"][-1] == pytest.approx(
            (model.predict(X, verbose=0).argmax(1) == Y).mean(), abs=0.15
        )

    def test_metric_functions_and_names(self, engine):
        def far_off(y_true, y_pred):
            return lanthorn.ops.max(lanthorn.ops.abs(y_true - y_pred), axis=-1)

        model = classifier("mse", [far_off, "mae", lanthorn.metrics.MeanSquaredError(name="squared")])
        logs = model.evaluate(X, np.eye(2, dtype="float32")[Y], verbose=0, return_dict=True)
        assert list(logs) == ["loss", "far_off", "mae", "squared"]
        outputs = model.predict(X, verbose=0)
        assert logs["far_off"] == pytest.approx(np.abs(outputs - np.eye(2)[Y]).max(1).mean(), rel=1e-5)
        assert logs["squared"] == pytest.approx(logs["loss"], rel=1e-5)

    def test_weighted_metrics(self, engine):
        model = classifier(metrics=["accuracy"], weighted_metrics=["accuracy"])
        weights = np.where(Y == 1, 3.0, 0.0)
        logs = model.evaluate(X, Y, sample_weight=weights, verbose=0, return_dict=True)
        assert list(logs) == ["loss", "accuracy", "weighted_accuracy"]
        right = model.predict(X, verbose=0).argmax(1) == Y
        assert logs["accuracy"] == pytest.approx(right.mean())
        assert logs["weighted_accuracy"] == pytest.approx(right[Y == 1].mean())

    def test_losses_of_layers_and_regularizers(self, engine):
        class Heavy(layers.Layer):
            def call(self, x):
                self.add_loss(lanthorn.ops.mean(x) * 0.0 + 2.0)
                return x

        model = Sequential([Input((4,)), layers.Dense(2, kernel_regularizer="l2", name="d"), Heavy()])
        model.compile("sgd", "mse")
        loss = model.evaluate(X, np.zeros((50, 2)), verbose=0)
        plain = (model.predict(X, verbose=0) ** 2).mean()
        assert loss == pytest.approx(plain + 2.0 + 0.01 * (model.get_weights()[0] ** 2).sum(), rel=1e-4)


class TestCopies:
    def test_a_copy_trains_on_by_itself(self, engine):
        import copy
        import pickle

        model = classifier(optimizer="adam")
        model.fit(X, Y, verbose=0)
        outputs, weights = model.predict(X, verbose=0), model.get_weights()
        for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
            np.testing.assert_allclose(other.predict(X, verbose=0), outputs, rtol=1e-5)
            assert other.fit(X, Y, verbose=0).epoch == [0]
            assert np.abs(other.get_weights()[0] - weights[0]).max() > 0
        for a, b in zip(weights, model.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)

    def test_compile_settings_as_data(self):
        model = classifier(metrics=["accuracy", lanthorn.metrics.SparseCategoricalCrossentropy(name="distance")])
        other = Sequential([Input((4,)), layers.Dense(2, activation="softmax")])
        other.compile_from_config(model.get_compile_config())
        assert set(other.fit(X, Y, verbose=0).history) == {"loss", "accuracy", "distance"}
        assert Sequential([layers.Dense(2)]).get_compile_config() is None

    def test_moved_to_another_engine(self):
        for name in ("torch", "jax"):
            pytest.importorskip(name, reason=f"{name} is not installed")
        with lanthorn_engine("torch"):
            model = classifier(optimizer="adam")
        model.fit(X, Y, verbose=0)
        before = model.evaluate(X, Y, verbose=0)
        np.testing.assert_allclose(model.to("jax").evaluate(X, Y, verbose=0), before, rtol=1e-5)
        assert model.fit(X, Y, verbose=0).history["loss"][0] < 2 * before[0]
