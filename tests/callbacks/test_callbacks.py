"""What each callback does, on a model that only pretends to train."""

import csv
import os

import numpy as np
import pytest

from lanthorn import callbacks
from lanthorn.callbacks import CallbackList, EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from lanthorn.callbacks.monitor import Logs


class Rate:
    learning_rate = 1.0


class Pretender:
    """A model whose only weight is the number of the epoch."""

    def __init__(self):
        self.weights, self.stop_training, self.optimizer, self.metrics, self.saved = [0], False, Rate(), [], []
        self.optimizer = Rate()

    def get_weights(self):
        return list(self.weights)

    def set_weights(self, weights):
        self.weights = list(weights)

    def save(self, path, overwrite=True):
        self.saved.append(path)
        with open(path, "w") as file:
            file.write(f"model {self.weights[0]}")

    def save_weights(self, path, overwrite=True):
        self.saved.append(path)
        with open(path, "w") as file:
            file.write(f"weights {self.weights[0]}")


def train(given, values, name="val_loss", interrupt_at=None):
    """Run a callback through epochs with these values; returns the model and the logs of the epochs."""
    model = Pretender()
    moments = CallbackList(given, model=model, epochs=len(values), steps=2)
    all_logs = []
    moments.on_train_begin({})
    for epoch, value in enumerate(values):
        moments.on_epoch_begin(epoch, {})
        model.weights = [epoch + 1]
        for batch in range(2):
            moments.on_train_batch_end(batch, {"loss": value})
        if epoch == interrupt_at:
            moments.on_train_interrupted(epoch, 2)
            break
        logs = Logs({"loss": value, name: value})  # as `fit` gives them
        all_logs.append(logs)
        moments.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    moments.on_train_end({})
    return model, all_logs


class TestEarlyStopping:
    @pytest.mark.parametrize(
        "settings, values, epochs",
        [
            ({}, [3, 2, 2, 1], 3),
            ({"patience": 2}, [3, 2, 2, 2, 1], 4),
            ({"patience": 2}, [3, 2, 2, 1, 1, 1], 6),
            ({"min_delta": 0.5, "patience": 1}, [3, 2.8, 2.6], 2),
            ({"monitor": "val_accuracy"}, [0.1, 0.2, 0.2], 3),
            ({"mode": "max"}, [1, 2, 1], 3),
            ({"baseline": 0.5, "patience": 2}, [3, 2, 1, 0.4], 4),
            ({"baseline": 0.5, "patience": 2}, [3, 2, 2.5, 0.4], 3),
            ({"baseline": 2.5, "patience": 2}, [3, 2, 1, 0.4], 4),
            ({"start_from_epoch": 3}, [1, 2, 3, 4, 5], 5),
        ],
    )
    def test_when_it_stops(self, settings, values, epochs):
        name = settings.get("monitor", "val_loss")
        assert len(train(EarlyStopping(**settings), values, name)[1]) == epochs

    @pytest.mark.parametrize("values", [[3, 1, 2, 2, 2, 2], [3, 1, 2]], ids=["stopped", "ended normally"])
    def test_best_weights_are_put_back(self, values):
        model, _ = train(EarlyStopping(patience=3, restore_best_weights=True), values)
        assert model.weights == [2]
        assert train(EarlyStopping(patience=3), values)[0].weights != [2]

    def test_best_weights_after_ctrl_c(self):
        model, _ = train(EarlyStopping(patience=9, restore_best_weights=True), [3, 1, 2, 2], interrupt_at=3)
        assert model.weights == [2]

    def test_can_be_used_again(self):
        stopping = EarlyStopping()
        assert [len(train(stopping, [3, 2, 2, 1])[1]) for _ in range(2)] == [3, 3]

    def test_a_number_that_is_missing(self):
        with pytest.warns(UserWarning, match="watches 'val_lossy'.*They hold: loss, val_loss.*validation_data"):
            _, logs = train(EarlyStopping("val_lossy", mode="min"), [1, 2, 3])
        assert len(logs) == 3

    @pytest.mark.parametrize(
        "monitor, held, mode",
        [("val_acc", "val_accuracy", "max"), ("val_accuracy", "val_acc", "max"), ("acc", "accuracy", "max")],
    )
    def test_names_of_2018(self, monitor, held, mode):
        with pytest.warns(UserWarning, match=f"the logs call '{monitor}' by the name '{held}'"):
            _, logs = train(EarlyStopping(monitor), [0.1, 0.2, 0.1], held)
        assert len(logs) == 3

    def test_a_number_of_unknown_direction(self):
        with pytest.raises(ValueError, match="Pass mode='max' or mode='min'"):
            train(EarlyStopping("val_zest"), [1, 2], "val_zest")

    def test_metric_tells_its_direction(self):
        class Zest:
            name, _direction = "zest", "up"

        stopping = EarlyStopping("val_zest")
        model = Pretender()
        model.metrics = [Zest()]
        stopping.set_model(model)
        assert stopping.sign == 1

    def test_says_so(self, capsys):
        train(EarlyStopping(verbose=1, restore_best_weights=True), [3, 2, 2])
        out = capsys.readouterr().out
        assert "Epoch 3: stopped early" in out and "best epoch, 2," in out


class TestModelCheckpoint:
    def test_fields_of_the_name(self, tmp_path):
        path = str(tmp_path / "new" / "m-{epoch:02d}-{val_loss:.2f}.keras")
        train(ModelCheckpoint(path), [3, 2.125])
        assert sorted(os.listdir(tmp_path / "new")) == ["m-01-3.00.keras", "m-02-2.12.keras"]

    @pytest.mark.parametrize("threshold, kept", [(None, "model 3"), (1.5, "model 3"), (0.5, None)])
    def test_only_the_best(self, tmp_path, threshold, kept):
        path = tmp_path / "best.keras"
        given = ModelCheckpoint(path, save_best_only=True, initial_value_threshold=threshold)
        train(given, [3, 2, 1, 2])
        assert (path.read_text() if path.exists() else None) == kept

    def test_weights_alone(self, tmp_path):
        path = tmp_path / "m.weights.h5"
        train(ModelCheckpoint(str(path), save_weights_only=True), [1, 2])
        assert path.read_text() == "weights 2"

    def test_by_batches(self, tmp_path):
        model, _ = train(ModelCheckpoint(str(tmp_path / "{epoch}-{batch}.keras"), save_freq=3), [1, 2, 3])
        assert [os.path.basename(p) for p in model.saved] == ["2-1.keras", "3-2.keras"]

    def test_saved_on_ctrl_c(self, tmp_path, capsys):
        path = tmp_path / "m.keras"
        train(ModelCheckpoint(path), [1, 2, 3], interrupt_at=2)
        assert path.read_text() == "model 3"
        assert "was saved to" in capsys.readouterr().out

    def test_ctrl_c_before_there_are_values_for_the_name(self, tmp_path):
        train(ModelCheckpoint(tmp_path / "m-{val_loss:.2f}.weights.h5", save_weights_only=True), [1], interrupt_at=0)
        assert os.listdir(tmp_path) == ["interrupted-epoch-1.weights.h5"]

    def test_ctrl_c_leaves_the_best_alone(self, tmp_path):
        path = tmp_path / "m.keras"
        train(ModelCheckpoint(path, save_best_only=True), [1, 2, 3], interrupt_at=2)
        assert path.read_text() == "model 1"

    def test_names_of_2018_in_the_path(self, tmp_path):
        train(ModelCheckpoint(tmp_path / "{val_acc:.1f}.keras"), [0.5], "val_accuracy")
        assert os.listdir(tmp_path) == ["0.5.keras"]

    def test_unknown_field(self, tmp_path):
        with pytest.raises(
            KeyError, match="names 'zest', which the logs do not hold. They hold: epoch, loss, val_loss"
        ):
            train(ModelCheckpoint(tmp_path / "{zest}.keras"), [1])

    def test_folder_in_the_way(self, tmp_path):
        with pytest.raises(IsADirectoryError, match="must name a file"):
            train(ModelCheckpoint(tmp_path), [1])

    def test_bad_frequency(self):
        with pytest.raises(ValueError, match="`save_freq`"):
            ModelCheckpoint("m.keras", save_freq="batch")


class TestLearningRate:
    @pytest.mark.parametrize("schedule", [lambda epoch, rate: rate / 2, lambda epoch: 0.5 ** (epoch + 1)])
    def test_scheduler(self, schedule):
        _, logs = train(callbacks.LearningRateScheduler(schedule), [1, 1, 1])
        assert [entry["learning_rate"] for entry in logs] == [0.5, 0.25, 0.125]

    def test_scheduler_needs_a_number(self):
        with pytest.raises(ValueError, match="must return a number, got None"):
            train(callbacks.LearningRateScheduler(lambda epoch: None), [1])

    def test_error_inside_a_schedule_is_its_own(self):
        def schedule(epoch, rate):
            return rate + "x"

        with pytest.raises(TypeError, match="unsupported operand"):
            train(callbacks.LearningRateScheduler(schedule), [1])

    @pytest.mark.parametrize(
        "settings, values, rates",
        [
            ({"patience": 1}, [1, 1, 1, 0.5], [1, 1, 0.1, 0.01]),
            ({"patience": 1, "factor": 0.5, "cooldown": 2}, [1, 1, 1, 1, 1, 1], [1, 1, 0.5, 0.5, 0.25, 0.25]),
            ({"patience": 1, "min_lr": 0.05}, [1, 1, 1, 1, 1], [1, 1, 0.1, 0.05, 0.05]),
            ({"patience": 2}, [1, 0.9, 0.8, 0.7, 0.6], [1, 1, 1, 1, 1]),
        ],
    )
    def test_plateau(self, settings, values, rates):
        _, logs = train(ReduceLROnPlateau(**settings), values)
        np.testing.assert_allclose([entry["learning_rate"] for entry in logs], rates)

    def test_plateau_needs_a_factor_below_one(self):
        with pytest.raises(ValueError, match="`factor` must be below 1"):
            ReduceLROnPlateau(factor=1.0)


class TestCSVLogger:
    def test_lines(self, tmp_path):
        path = tmp_path / "logs" / "log.csv"
        train(callbacks.CSVLogger(path), [1, 2])
        assert path.read_text().splitlines() == ["epoch,loss,val_loss", "0,1,1", "1,2,2"]

    def test_goes_on_in_the_columns_that_are_there(self, tmp_path):
        path = tmp_path / "log.csv"
        train(callbacks.CSVLogger(path, separator=";"), [1])
        train(callbacks.CSVLogger(path, separator=";", append=True), [2])
        assert path.read_text().splitlines() == ["epoch;loss;val_loss", "0;1;1", "0;2;2"]

    def test_room_for_a_later_validation(self, tmp_path):
        logger = callbacks.CSVLogger(tmp_path / "log.csv")
        logger.on_train_begin()
        logger.on_epoch_end(0, {"loss": 1.0})
        logger.on_epoch_end(1, {"loss": 2.0, "val_loss": np.array([1.0, 2.0])})
        logger.on_train_end()
        with open(tmp_path / "log.csv", newline="") as file:
            assert list(csv.reader(file)) == [
                ["epoch", "loss", "val_loss"],
                ["0", "1.0", "NA"],
                ["1", "2.0", "[1.0, 2.0]"],
            ]


class TestOthers:
    def test_terminate_on_nan(self, capsys):
        _, logs = train(callbacks.TerminateOnNaN(), [1, float("nan"), 1])
        assert len(logs) == 2
        assert "the loss is nan" in capsys.readouterr().out

    def test_lambda(self):
        seen = []
        train(
            callbacks.LambdaCallback(
                on_epoch_end=lambda epoch, logs: seen.append((epoch, logs["loss"])),
                on_batch_end=lambda batch, logs: seen.append(batch),
            ),
            [5],
        )
        assert seen == [0, 1, (0, 5)]
        with pytest.raises(TypeError, match="no moment named 'on_epoch_ende'.*on_epoch_end"):
            callbacks.LambdaCallback(on_epoch_ende=print)

    def test_history(self):
        history = callbacks.History()
        train(history, [3, 2])
        assert history.history == {"loss": [3, 2], "val_loss": [3, 2]} and history.epoch == [0, 1]


class TestCallbackList:
    def test_only_what_is_overridden_is_called(self):
        class Quiet(callbacks.Callback):
            pass

        class Loud(callbacks.Callback):
            def on_batch_end(self, batch, logs=None):
                pass

        assert CallbackList([Quiet(), [Loud()]]).hooks("on_train_batch_end")[0].__self__.__class__ is Loud
        assert CallbackList(Quiet()).hooks("on_train_batch_end") == []

    def test_class_in_place_of_an_object(self):
        with pytest.raises(TypeError, match=r"make an object of the class, with \(\)"):
            CallbackList([EarlyStopping])
        with pytest.raises(TypeError, match="got 'early'"):
            CallbackList("early")

    def test_own_init_without_super(self):
        class Own(callbacks.Callback):
            def __init__(self):
                self.seen = None

            def on_epoch_end(self, epoch, logs=None):
                self.seen = (self.model, self.params["epochs"])

        own = Own()
        model, _ = train(own, [1])
        assert own.seen == (model, 1)
