"""TensorBoard: what TensorFlow reads in the files that were written without it, and TensorBoard itself where it is."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import lanthorn
from lanthorn import Input, Model, Sequential, layers
from lanthorn.callbacks import TensorBoard
from lanthorn.callbacks.event_file import EventFile

X = np.random.default_rng(0).normal(size=(12, 4, 4, 1)).astype("float32")
Y = X.mean((1, 2))


def trained(folder, **settings):
    model = Sequential(
        [Input((4, 4, 1)), layers.Conv2D(5, 3, name="conv"), layers.Flatten(), layers.Dense(1, name="dense")]
    )
    model.compile("sgd", "mse", metrics=["mae"])
    board = TensorBoard(folder, **settings)
    history = model.fit(X, Y, epochs=2, batch_size=4, validation_data=(X, Y), verbose=0, callbacks=[board])
    return model, history.history


def read(folder):
    """{tag: [(step, value)]} of a run, and {tag: plugin}, with TensorFlow's reader, which checks the checksums."""
    tf = pytest.importorskip("tensorflow")
    from tensorflow.core.util.event_pb2 import Event

    values, plugins = {}, {}
    for path in sorted(Path(folder).glob("events.out.tfevents.*")):
        records = [Event.FromString(r.numpy()) for r in tf.data.TFRecordDataset(str(path))]
        assert records[0].file_version == "brain.Event:2" and records[0].wall_time > 1.7e9
        for event in records[1:]:
            for value in event.summary.value:
                values.setdefault(value.tag, []).append((event.step, tf.make_ndarray(value.tensor)))
                plugins[value.tag] = value.metadata.plugin_data.plugin_name
    return values, plugins


def test_scalars(engine, tmp_path):
    model, history = trained(tmp_path, update_freq=2, write_steps_per_second=True)
    train, plugins = read(tmp_path / "train")
    validation, _ = read(tmp_path / "validation")
    assert set(train) == {"keras", "batch_steps_per_second", "epoch_learning_rate", "epoch_steps_per_second"} | {
        f"{moment}_{name}" for moment in ("epoch", "batch") for name in ("loss", "mae")
    }
    assert {plugins[tag] for tag in set(train) - {"keras"}} == {"scalars"}
    assert [step for step, _ in train["batch_loss"]] == [2, 4, 6]
    for name, run in (("loss", train), ("mae", train), ("val_loss", validation), ("val_mae", validation)):
        steps, values = zip(*run[f"epoch_{name.removeprefix('val_')}"], strict=True)
        assert steps == (0, 1)
        np.testing.assert_allclose(values, history[name], rtol=1e-6)
    assert [step for step, _ in validation["evaluation_loss_vs_iterations"]] == [3, 6]
    [(step, text)] = train["keras"]
    assert step == 0 and plugins["keras"] == "graph_keras_model"
    assert json.loads(text.item())["config"] == json.loads(model.to_json())["config"]


def test_weights(one_engine, tmp_path):
    model, _ = trained(tmp_path, histogram_freq=1, write_images=True, write_graph=False)
    train, plugins = read(tmp_path / "train")
    kernel = model.get_layer("dense").kernel.numpy()
    assert "keras" not in train and plugins["dense/kernel/histogram"] == "histograms"
    step, table = train["dense/kernel/histogram"][-1]
    assert step == 1 and table.shape == (30, 3) and table[:, 2].sum() == kernel.size
    np.testing.assert_allclose([table[0, 0], table[-1, 1]], [kernel.min(), kernel.max()], rtol=1e-6)
    assert plugins["conv/kernel/image"] == "images"
    _, (width, height, *pictures) = train["conv/kernel/image"][-1]
    assert (width, height, len(pictures)) == (b"3", b"3", 3)
    grey = np.float32(Image.open(io.BytesIO(pictures[0])))
    kernel = model.get_layer("conv").kernel.numpy()[..., 0, :]
    np.testing.assert_allclose(grey / 255, (kernel[..., 0] - kernel.min()) / np.ptp(kernel), atol=1 / 255)


def test_tags_are_those_of_keras(keras, one_engine, tmp_path):
    """Keras writes with TensorFlow's writer; the same model, the same settings."""
    pytest.importorskip("tensorboard")
    found = []
    for library, folder in ((keras, tmp_path / "a"), (lanthorn, tmp_path / "b")):
        inputs = library.Input((4, 4, 1))
        x = library.layers.Flatten()(library.layers.Conv2D(5, 3, name="conv")(inputs))
        model = library.Model(inputs, library.layers.Dense(1, name="dense")(x))
        model.compile("sgd", "mse", metrics=["mae"])
        board = library.callbacks.TensorBoard(folder, histogram_freq=1, write_images=True, update_freq=1)
        model.fit(X, Y, epochs=2, batch_size=4, validation_data=(X, Y), verbose=0, callbacks=[board])
        runs = [read(folder / run) for run in ("train", "validation")]
        steps = [{tag: [step for step, _ in held] for tag, held in values.items()} for values, _ in runs]
        shapes = [{tag: held[0][1].shape for tag, held in values.items()} for values, _ in runs]
        found.append((steps, shapes, [plugins for _, plugins in runs]))
    assert found[1] == found[0]


def test_embeddings(one_engine, tmp_path):
    x = Input((3,), dtype="int32")
    model = Model(x, layers.Dense(1)(layers.Flatten()(layers.Embedding(5, 2, name="words")(x))))
    model.compile("sgd", "mse")
    board = TensorBoard(tmp_path, embeddings_freq=1, embeddings_metadata={"words": "words.tsv"})
    model.fit(np.ones((4, 3), "int32"), np.ones(4), verbose=0, callbacks=[board])
    assert 'metadata_path: "words.tsv"' in (tmp_path / "projector_config.pbtxt").read_text()
    assert (tmp_path / "train" / "keras_embedding.ckpt-0.weights.h5").exists()
    with pytest.raises(ValueError, match="'other', which is no Embedding layer"):
        TensorBoard(tmp_path, embeddings_freq=1, embeddings_metadata={"other": "words.tsv"}).set_model(model)


@pytest.mark.parametrize("given", [-1, (3, 2), (1, 2, 3), "a", None])
def test_batches_to_trace(given):
    with pytest.raises(ValueError, match="profile_batch must be a non-negative integer|`profile_batch` must be"):
        TensorBoard(profile_batch=given)


def test_trace(on_torch, tmp_path):
    trained(tmp_path, profile_batch=(2, 3))
    assert list((tmp_path / "train" / "plugins" / "profile").rglob("*.pt.trace.json"))


def test_arguments_of_keras_2():
    with pytest.warns(DeprecationWarning, match="TensorBoard takes no 'batch_size' any more"):
        TensorBoard("logs", 0, batch_size=32)
    with pytest.raises(TypeError, match="no argument 'histogramm_freq'"):
        TensorBoard("logs", histogramm_freq=1)


def test_tensorboard_itself_reads_it(tmp_path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    file = EventFile(str(tmp_path))
    file.scalar("epoch_loss", 0.25, 7)
    read_back = accumulator.EventAccumulator(str(tmp_path)).Reload()
    [event] = read_back.Tensors("epoch_loss")
    assert event.step == 7 and list(np.frombuffer(event.tensor_proto.tensor_content, "<f4")) == [0.25]
    assert read_back.SummaryMetadata("epoch_loss").data_class == 1
