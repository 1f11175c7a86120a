"""Which moments come, in which order, with what: the same program in Keras 3.15.1 and here."""

import inspect

import numpy as np
import pytest

import lanthorn

X = np.random.default_rng(0).normal(size=(10, 3)).astype("float32")
Y = X.sum(1, keepdims=True)
MOMENTS = [f"on_{kind}{batch}_{end}" for kind in ("train", "test", "predict") for batch in ("", "_batch")
           for end in ("begin", "end")]  # fmt: skip
MOMENTS += ["on_epoch_begin", "on_epoch_end", "on_batch_begin", "on_batch_end"]


def recorder(library, calls):
    """A callback of that library which notes every call."""

    def noting(name):
        def moment(self, *args, **named):
            logs = named.get("logs", args[-1])
            assert isinstance(logs, dict)
            number = args[0] if isinstance(args[0], int) else None
            calls.append((name, number, {k: type(v).__name__ for k, v in logs.items()}, self.model.name))
            getattr(library.callbacks.Callback, name)(self, *args, **named)

        return moment

    def set_params(self, params):
        library.callbacks.Callback.set_params(self, params)
        calls.append(("set_params", dict(params)))

    made = {name: noting(name) for name in MOMENTS} | {"set_params": set_params}
    return type("Recorder", (library.callbacks.Callback,), made)()


def model_of(library, **compiled):
    model = library.Sequential([library.Input((3,)), library.layers.Dense(1)], name="m")
    model.compile(**{"optimizer": "sgd", "loss": "mse", "metrics": ["mae"], **compiled})
    return model


def batches(count):
    for _ in range(count):
        yield X, Y


def own_loop(library, model, call):
    calls = library.callbacks.CallbackList([call], model=model, add_history=True, epochs=1, steps=1)
    calls.on_train_begin()
    calls.on_epoch_begin(0)
    calls.on_train_batch_begin(0)
    calls.on_train_batch_end(0, {"loss": np.float32(1)})
    calls.on_test_batch_end(0, logs={"loss": np.float32(1)})
    calls.on_epoch_end(0, logs={"loss": np.float32(1)})
    calls.on_train_end()
    return model.history.history


PROGRAMS = {
    "fit": lambda _, m, call: m.fit(X, Y, epochs=2, batch_size=4, verbose=0, callbacks=[call]).history.keys(),
    "fit with validation": lambda _, m, call: (
        m.fit(
            X, Y, epochs=3, batch_size=5, validation_data=(X, Y), validation_freq=2, verbose=0, callbacks=[call]
        ).epoch
    ),
    "from an epoch": lambda _, m, call: m.fit(X, Y, epochs=4, initial_epoch=2, verbose=0, callbacks=[call]).epoch,
    "generator": lambda _, m, call: m.fit(batches(4), epochs=2, steps_per_epoch=2, verbose=0, callbacks=[call]).epoch,
    "no steps known": lambda _, m, call: m.fit(batches(3), verbose=0, callbacks=[call]).epoch,
    "evaluate": lambda _, m, call: m.evaluate(X, Y, batch_size=5, verbose=0, callbacks=[call]) and None,
    "predict": lambda _, m, call: m.predict(X, batch_size=5, verbose=0, callbacks=[call]).shape,
    "own loop": own_loop,
}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.filterwarnings("ignore:`shuffle=True` was passed", "ignore:Your input ran out of data")
def test_the_same_calls(keras, one_engine, program):
    told = []
    for library in (keras, lanthorn):
        calls = []
        result = PROGRAMS[program](library, model_of(library), recorder(library, calls))
        told.append((calls, list(result or ())))
    assert len(told[0][0]) > 3
    assert told[1] == told[0]


STOPPING = [
    ({}, [3, 2, 2, 1]),
    ({"patience": 2, "min_delta": 0.3}, [3, 2.9, 2.8, 1]),
    ({"baseline": 0.5, "patience": 2}, [3, 2, 1, 0.4]),
    ({"baseline": 0.5, "patience": 2}, [3, 2, 2.5, 0.4]),
    ({"mode": "max", "patience": 1}, [3, 2, 1, 4]),
    ({"start_from_epoch": 2, "patience": 1}, [1, 2, 3, 4, 5]),
]


@pytest.mark.parametrize("settings, values", STOPPING)
def test_stops_when_keras_stops(keras, one_engine, settings, values):
    ended = []
    for library in (keras, lanthorn):
        call = library.callbacks.EarlyStopping(**settings)
        call.set_model(model_of(library))
        call.on_train_begin()
        epoch = 0
        for epoch, value in enumerate(values):
            call.on_epoch_end(epoch, {"val_loss": value})
            if call.model.stop_training:
                break
        ended.append((epoch, call.wait, call.best, call.best_epoch, call.stopped_epoch))
    assert ended[1] == ended[0]


@pytest.mark.parametrize("name", sorted(lanthorn.callbacks.__all__))
def test_arguments(keras, name):
    """Those of Keras, in their order and with their defaults; more may follow."""
    if not hasattr(keras.callbacks, name):
        pytest.skip(f"Keras has no {name}")
    theirs, ours = (
        [(p.name, p.default) for p in inspect.signature(getattr(library.callbacks, name)).parameters.values()]
        for library in (keras, lanthorn)
    )
    named = [p for p in theirs if p[0] not in ("kwargs", "params")]
    assert ours[: len(named)] == named


def test_nan_with_raise_error(one_engine):
    ended = []
    stop = lanthorn.callbacks.TerminateOnNaN(raise_error=True)
    end = lanthorn.callbacks.LambdaCallback(on_train_end=lambda logs: ended.append(1))
    with pytest.raises(RuntimeError, match="Batch 1: the loss is nan .NaN or Inf"):
        model_of(lanthorn).fit(X, Y * np.nan, batch_size=5, verbose=0, callbacks=[stop, end])
    assert ended == []


def test_unknown_mode_is_auto():
    with pytest.warns(UserWarning, match="fallback to auto mode"):
        assert lanthorn.callbacks.EarlyStopping(mode="unknown").mode == "auto"
