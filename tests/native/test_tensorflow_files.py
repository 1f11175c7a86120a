"""Files of TensorFlow's own: SavedModel, TFLite, checkpoints, logs; and what reads them in other processes."""

import os
import subprocess
import sys

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers

tf = pytest.importorskip("tensorflow")


def native(tool, checked):
    return pytest.mark.native(tool, checked, package="tensorflow")


@pytest.fixture(autouse=True)
def on_tensorflow():
    keras.set_engine("tensorflow")
    keras.set_random_seed(0)
    yield
    keras.set_engine(None)


@pytest.fixture
def x(rng):
    return rng.standard_normal((6, 4)).astype("float32")


@pytest.fixture
def y():
    return np.arange(6) % 3


class Scale(tf.Module):
    def __init__(self):
        super().__init__()
        self.factor = tf.Variable(2.0 * tf.ones(8))

    def __call__(self, x):
        return x * self.factor


def network(*between):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(8, name="body"), *between, layers.Dense(3, name="head")])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


def fit(model, x, epochs=1):
    return model.fit(x, np.ones((len(x), 3), "float32"), batch_size=6, epochs=epochs, verbose=0).history["loss"]


@native("tf.saved_model", "loaded in another process without lanthorn: the same numbers, any batch size, trains on")
@pytest.mark.slow
def test_saved_model(x, tmp_path):
    model = network(layers.BatchNormalization(), layers.Dropout(0.5), Scale())
    fit(model, x)
    tf.saved_model.save(model.tensorflow(), str(tmp_path / "saved"))
    np.savez(tmp_path / "data.npz", x=x, expected=model.predict(x, verbose=0))
    code = f"""
import sys
import numpy as np
import tensorflow as tf

data, net = np.load({str(tmp_path / "data.npz")!r}), tf.saved_model.load({str(tmp_path / "saved")!r})
x, expected = tf.constant(data["x"]), data["expected"]
for n in (6, 1, 4):
    np.testing.assert_allclose(net(x[:n]), expected[:n], rtol=1e-5, atol=1e-6)
    served = net.signatures["serving_default"](x[:n])
    np.testing.assert_allclose(next(iter(served.values())), expected[:n], rtol=1e-5, atol=1e-6)
with tf.GradientTape() as tape:
    out = net(x, training=True)
assert not np.allclose(out, expected)  # dropout, and statistics of the batch
assert np.abs(tape.gradient(out, net.body.kernel)).max() > 0
assert "lanthorn" not in sys.modules
print("done")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "done", done.stderr


@native("TFSMLayer", "a SavedModel as a layer: the same outputs, and its variables are trained")
def test_saved_model_as_a_layer(x, tmp_path):
    first = network()
    tf.saved_model.save(first.tensorflow(), str(tmp_path))
    expected = first.predict(x, verbose=0)
    for endpoint in ("serve", "serving_default"):
        layer = layers.TFSMLayer(tmp_path, call_endpoint=endpoint)
        np.testing.assert_allclose(layer(x), expected, rtol=1e-5, atol=1e-6)
    model = keras.Sequential([keras.Input((4,)), layers.TFSMLayer(tmp_path, "serve"), layers.Dense(3)])
    model.compile("sgd", "mse")
    assert len(model.trainable_variables) == 6
    before = model.get_weights()
    fit(model, x)
    assert all(not np.allclose(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    with pytest.raises(ValueError, match="has no function 'predict'; it has serve, serving_default"):
        layers.TFSMLayer(tmp_path, "predict")


@native("TFLite", "converted and run by the interpreter: the same numbers, another batch size too")
@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated.*:UserWarning")
def test_tflite(x, tmp_path):
    model = network(layers.BatchNormalization(), layers.ReLU())
    tf.saved_model.save(model.tensorflow(), str(tmp_path))
    interpreter = tf.lite.Interpreter(model_content=tf.lite.TFLiteConverter.from_saved_model(str(tmp_path)).convert())
    start, end = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
    for n in (1, 6):
        interpreter.resize_tensor_input(start, (n, 4))
        interpreter.allocate_tensors()
        interpreter.set_tensor(start, x[:n])
        interpreter.invoke()
        found = interpreter.get_tensor(end)
        np.testing.assert_allclose(found, model.predict(x[:n], verbose=0), rtol=1e-4, atol=1e-5)
    assert np.abs(found).max() > 0


@native("tf.train.Checkpoint", "written, and read into another model, with optimizer's variables of TensorFlow's own")
def test_checkpoint(x, tmp_path):
    first, second = (network(layers.BatchNormalization(name="norm")) for _ in range(2))
    step, other = tf.Variable(7), tf.Variable(0)
    manager = tf.train.CheckpointManager(
        tf.train.Checkpoint(net=first.tensorflow(), step=step), str(tmp_path), max_to_keep=1
    )
    path = manager.save()
    expected = first.predict(x, verbose=0)
    assert not np.allclose(second.predict(x, verbose=0), expected)
    tf.train.Checkpoint(net=second.tensorflow(), step=other).restore(path).assert_consumed()
    np.testing.assert_allclose(second.predict(x, verbose=0), expected, rtol=1e-6)
    assert int(other) == 7


@native("tf.summary", "a callback's scalars of `fit` stand in the event file")
def test_summary(x, y, tmp_path):
    writer = tf.summary.create_file_writer(str(tmp_path))

    class Log(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            with writer.as_default(step=epoch):
                tf.summary.write("loss", logs["loss"])

    model = network()
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = model.fit(x, y, epochs=3, verbose=0, callbacks=[Log()])
    writer.close()
    events = [
        tf.compat.v1.Event.FromString(record.numpy())
        for path in tmp_path.iterdir()
        for record in tf.data.TFRecordDataset(str(path))
    ]
    found = [float(tf.make_ndarray(v.tensor)) for event in events for v in event.summary.value if v.tag == "loss"]
    np.testing.assert_allclose(found, history.history["loss"], rtol=1e-6)


@native("tf.profiler", "a trace of `fit` holds the steps' operations")
def test_profiler(x, tmp_path):
    model = network()
    fit(model, x)
    tf.profiler.experimental.start(str(tmp_path))
    fit(model, x)
    tf.profiler.experimental.stop()
    (trace,) = tmp_path.rglob("*.xplane.pb")
    assert b"MatMul" in trace.read_bytes()


@native("tf.keras.optimizers", "Adam of Keras moves the view's variables, momenta go on: the losses of Keras's layers")
@pytest.mark.slow
def test_optimizers_of_keras():
    code = """
import numpy as np
import tensorflow as tf
import lanthorn

x, y = np.random.default_rng(0).standard_normal((2, 16, 4)).astype("float32")
theirs = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(8, "tanh"), tf.keras.layers.Dense(4)])
lanthorn.set_engine("tensorflow")
ours = lanthorn.Sequential([lanthorn.Input((4,)), lanthorn.layers.Dense(8, "tanh"), lanthorn.layers.Dense(4)])
ours.set_weights(theirs.get_weights())
losses = []
for net in (theirs, ours.tensorflow()):
    optimizer, found = tf.keras.optimizers.Adam(0.05), []
    weights = list(net.trainable_variables)
    for _ in range(5):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(net(x) - y))
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        found.append(float(loss))
    losses.append(found)
np.testing.assert_allclose(*losses, rtol=1e-4)
np.testing.assert_allclose(ours.get_weights()[0], theirs.get_weights()[0], rtol=1e-3, atol=1e-5)
assert losses[1][-1] < losses[1][0]
print("done")
"""
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.stdout.strip() == "done", done.stderr
