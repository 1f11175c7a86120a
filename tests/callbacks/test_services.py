"""Callbacks that swap weights, post to a server, or hand on to another package: seen where they arrive."""

import http.server
import importlib.util
import json
import sys
import threading
import urllib.parse

import numpy as np
import pytest

from lanthorn import Input, Sequential, callbacks, layers, optimizers
from lanthorn.models import load_model

X = np.random.default_rng(0).normal(size=(12, 3)).astype("float32")
Y = X.sum(1, keepdims=True)


def model_of(optimizer="adam"):
    model = Sequential(
        [Input((3,)), layers.Dense(4, name="a"), layers.BatchNormalization(name="b"), layers.Dense(1, name="c")]
    )
    model.compile(optimizer, "mse", metrics=["mae"])
    return model


def fit(model, *given, **settings):
    return model.fit(X, Y, **{"epochs": 2, "batch_size": 6, "verbose": 0, **settings}, callbacks=list(given))


# -- SwapEMAWeights ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("on_epoch", [False, True])
def test_averages_are_evaluated_and_weights_are_trained(keras, engine, on_epoch):
    seen = []
    for library in (keras, sys.modules["lanthorn"]):
        model = library.Sequential([library.Input((3,)), library.layers.Dense(1, kernel_initializer="zeros")])
        model.compile(library.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5), "mse")
        kernels = []

        def note(*_, model=model, kernels=kernels):
            kernels.append(np.array(model.get_weights()[0]))

        swap = library.callbacks.SwapEMAWeights(swap_on_epoch=on_epoch)
        look = library.callbacks.LambdaCallback(
            on_epoch_begin=note, on_epoch_end=note, on_test_begin=note, on_test_end=note
        )
        history = model.fit(X, Y, epochs=3, batch_size=6, shuffle=False, validation_data=(X, Y), verbose=0,
                            callbacks=[swap, look])  # fmt: skip
        note()
        seen.append((kernels, history.history["val_loss"]))
    assert not np.allclose(seen[0][0][1], seen[0][0][2])
    np.testing.assert_allclose(seen[1][0], seen[0][0], rtol=1e-5)
    np.testing.assert_allclose(seen[1][1], seen[0][1], rtol=1e-5)


def test_no_averages_to_swap(one_engine):
    with pytest.raises(ValueError, match="SwapEMAWeights: must be used when `use_ema=True` is set on the optimizer"):
        fit(model_of(optimizers.SGD()), callbacks.SwapEMAWeights(swap_on_epoch=True))


# -- RemoteMonitor -------------------------------------------------------------------------------------------------
@pytest.fixture
def server():
    posts = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            posts.append((self.path, self.headers["Content-Type"], self.headers.get("X-Key"), body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format, *args):
            pass

    httpd = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}", posts
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.mark.parametrize("as_json", [False, True])
def test_numbers_arrive_at_the_server(one_engine, server, as_json):
    root, posts = server
    monitor = callbacks.RemoteMonitor(root, field="told", headers={"X-Key": "k"}, send_as_json=as_json)
    history = fit(model_of(), monitor).history
    assert [post[0] for post in posts] == ["/publish/epoch/end/"] * 2
    for epoch, (_, kind, key, body) in enumerate(posts):
        assert kind == ("application/json" if as_json else "application/x-www-form-urlencoded") and key == "k"
        told = json.loads(body if as_json else urllib.parse.parse_qs(body)["told"][0])
        assert told == {"epoch": epoch} | {name: values[epoch] for name, values in history.items()}


def test_no_server(one_engine):
    with pytest.warns(UserWarning, match="could not reach the server at http://127.0.0.1:9"):
        assert len(fit(model_of(), callbacks.RemoteMonitor("http://127.0.0.1:9"), epochs=1).epoch) == 1


# -- other packages ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["MLflowLogger", "TrackioLogger", "WandbLogger"])
def test_package_that_is_missing(monkeypatch, name):
    package = getattr(callbacks, name).package
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=f"{name} needs {package}: pip install {package}"):
        getattr(callbacks, name)()


def needs(package):
    return pytest.mark.skipif(importlib.util.find_spec(package) is None, reason=f"{package} is not installed")


@needs("orbax")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("weights_only", [False, True])
def test_orbax(engine, tmp_path, weights_only):
    model = model_of()
    keeper = callbacks.OrbaxCheckpoint(tmp_path, max_to_keep=2, save_weights_only=weights_only)
    fit(model, keeper, epochs=3)
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.isdigit()) == ["1", "2"]
    again = model_of()
    again.load_weights(tmp_path)
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    with pytest.raises(ValueError, match="has no values for 'other/kernel', 'other/bias'"):
        Sequential([Input((3,)), layers.Dense(1, name="other")]).load_weights(tmp_path)
    if weights_only:
        with pytest.raises(ValueError, match="holds no model_config; it was saved with save_weights_only=True"):
            load_model(tmp_path)
        return
    again = load_model(tmp_path)
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    for ours, theirs in zip(again.optimizer.get_weights(), model.optimizer.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@needs("orbax")
@pytest.mark.filterwarnings("ignore")
def test_orbax_saves_the_best_and_by_batches(one_engine, tmp_path):
    keeper = callbacks.OrbaxCheckpoint(tmp_path / "best", "loss", save_best_only=True, initial_value_threshold=-1)
    often = callbacks.OrbaxCheckpoint(tmp_path / "often", save_freq=3, max_to_keep=None, save_on_background=False)
    fit(model_of(), keeper, often, epochs=3)
    assert not [p for p in (tmp_path / "best").iterdir() if p.name.isdigit()]
    assert sorted(p.name for p in (tmp_path / "often").iterdir() if p.name.isdigit()) == ["3", "6"]


@needs("mlflow")
@pytest.mark.filterwarnings("ignore")
def test_mlflow(one_engine, tmp_path, monkeypatch):
    import mlflow

    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/runs.db")
    model = model_of()
    history = fit(model, callbacks.MLflowLogger(log_freq=2, log_model=True)).history
    client = mlflow.MlflowClient()
    [run] = client.search_runs(["0"])
    told = client.get_metric_history(run.info.run_id, "loss")
    assert [(m.step, m.value) for m in told] == list(enumerate(history["loss"]))
    assert [m.step for m in client.get_metric_history(run.info.run_id, "batch_loss")] == [2, 4]
    assert run.info.status == "FINISHED" and run.data.params["optimizer_name"] == "adam"
    path = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path=f"model/{model.name}.keras")
    assert load_model(path).count_params() == int(run.data.params["weights"])


@needs("trackio")
@pytest.mark.filterwarnings("ignore")
def test_trackio(one_engine, tmp_path):
    """In a process of its own: Trackio looks where to write when it is imported."""
    import os
    import subprocess

    program = f"""
import numpy as np, lanthorn
lanthorn.set_engine({one_engine!r})
model = lanthorn.Sequential([lanthorn.Input((3,)), lanthorn.layers.Dense(1)])
model.compile("sgd", "mse")
logger = lanthorn.callbacks.TrackioLogger("drawn")
history = model.fit(np.ones((4, 3)), np.ones(4), epochs=2, verbose=0, callbacks=[logger]).history
from trackio.sqlite_storage import SQLiteStorage
[run] = SQLiteStorage.get_runs("drawn")
assert [line["loss"] for line in SQLiteStorage.get_logs("drawn", run)] == history["loss"]
"""
    subprocess.run([sys.executable, "-c", program], check=True, env={**os.environ, "TRACKIO_DIR": str(tmp_path)})


@needs("wandb")
@pytest.mark.filterwarnings("ignore")
def test_wandb(one_engine, tmp_path, monkeypatch):
    import wandb

    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    run = wandb.init(dir=tmp_path)
    history = fit(model_of(), callbacks.WandbLogger(log_freq=1)).history
    assert wandb.run is run and run.config["optimizer_name"] == "adam"
    assert run.summary["epoch/loss"] == history["loss"][-1] and run.summary["batch/batch_step"] == 4
    run.finish()
