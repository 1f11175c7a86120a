"""Programs for Keras that begin with a data set, as their authors write them: they run, and what they train learns."""

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers


@pytest.fixture
def load(home, monkeypatch):
    """Puts arrays where Keras would have put them: a file of that name and hash."""
    import hashlib

    def place(module, name, **arrays):
        path = home / "datasets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **arrays)
        monkeypatch.setattr(module, "_HASH", hashlib.sha256(path.read_bytes()).hexdigest())

    return place


def test_mnist_convnet(load, engine):
    rng = np.random.default_rng(0)
    parts = {}
    for part, n in (("train", 300), ("test", 60)):
        y = rng.integers(0, 10, n).astype("uint8")
        x = rng.integers(0, 60, (n, 28, 28)).astype("uint8")
        for image, label in zip(x, y, strict=True):
            image[4 + 2 * label : 8 + 2 * label, 5:20] = 250
        parts |= {f"x_{part}": x, f"y_{part}": y}
    load(keras.datasets.mnist, "mnist.npz", **parts)

    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    x_train, x_test = x_train.astype("float32") / 255, x_test.astype("float32") / 255
    x_train, x_test = np.expand_dims(x_train, -1), np.expand_dims(x_test, -1)
    y_train, y_test = keras.utils.to_categorical(y_train, 10), keras.utils.to_categorical(y_test, 10)
    model = keras.Sequential([
        keras.Input(shape=(28, 28, 1)),
        layers.Conv2D(8, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Flatten(),
        layers.Dropout(0.2),
        layers.Dense(10, activation="softmax"),
    ])  # fmt: skip
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=16, epochs=4, validation_split=0.1, verbose=0)
    assert model.evaluate(x_test, y_test, verbose=0)[1] > 0.8


def test_imdb_lstm(load, engine):
    rng = np.random.default_rng(0)
    parts = {}
    for part, n in (("train", 160), ("test", 40)):
        y = rng.integers(0, 2, n)
        x = np.empty(n, object)
        x[:] = [
            [*rng.integers(20, 60, rng.integers(4, 12)).tolist(), *rng.integers(1 + 8 * k, 9 + 8 * k, 4).tolist()]
            for k in y
        ]
        parts |= {f"x_{part}": x, f"y_{part}": y}
    load(keras.datasets.imdb, "imdb.npz", **parts)

    (x_train, y_train), (x_val, y_val) = keras.datasets.imdb.load_data(num_words=60)
    x_train = keras.utils.pad_sequences(x_train, maxlen=16)
    x_val = keras.utils.pad_sequences(x_val, maxlen=16)
    inputs = keras.Input(shape=(None,), dtype="int32")
    x = layers.Embedding(60, 16)(inputs)
    x = layers.Bidirectional(layers.LSTM(8))(x)
    model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(x_train, y_train, batch_size=32, epochs=5, validation_data=(x_val, y_val), verbose=0)
    assert history.history["val_accuracy"][-1] > 0.85


def test_boston_regression(load, one_engine):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 13)) * 9 + 30
    load(keras.datasets.boston_housing, "boston_housing.npz", x=x, y=x[:, 0] / 3 - x[:, 5] / 9 + 15)

    (train_data, train_targets), (test_data, test_targets) = keras.datasets.boston_housing.load_data()
    mean, std = train_data.mean(axis=0), train_data.std(axis=0)
    train_data, test_data = (train_data - mean) / std, (test_data - mean) / std
    model = keras.models.Sequential()
    model.add(layers.Dense(32, activation="relu", input_shape=(train_data.shape[1],)))
    model.add(layers.Dense(1))
    model.compile(optimizer=keras.optimizers.RMSprop(0.01), loss="mse", metrics=["mae"])
    model.fit(train_data, train_targets, epochs=40, batch_size=16, verbose=0)
    assert model.evaluate(test_data, test_targets, verbose=0)[1] < test_targets.std()


def test_text_classification_from_scratch(tmp_path, engine):
    rng = np.random.default_rng(0)
    for part, n in (("train", 60), ("test", 20)):
        for name, words in (("neg", "dull poor bad"), ("pos", "fine great good")):
            (tmp_path / part / name).mkdir(parents=True)
            for i in range(n):
                text = [*rng.choice([f"w{k}" for k in range(40)], 8), *rng.choice(words.split(), 2), "<br />"]
                (tmp_path / part / name / f"{i}.txt").write_text(" ".join(text))

    def read(part, **settings):
        return keras.utils.text_dataset_from_directory(tmp_path / part, batch_size=16, verbose=False, **settings)

    raw_train_ds = read("train", validation_split=0.2, subset="training", seed=1337)
    raw_val_ds = read("train", validation_split=0.2, subset="validation", seed=1337)
    for text_batch, label_batch in raw_train_ds.take(1):
        assert all(b"<br" in text_batch.numpy()[i] and label_batch.numpy()[i] in (0, 1) for i in range(5))
    vectorize = layers.TextVectorization(max_tokens=100, output_mode="int", output_sequence_length=12)
    vectorize.adapt(raw_train_ds.map(lambda x, y: x))
    train_ds, val_ds, test_ds = (
        ds.map(lambda text, label: (vectorize(text), label)).cache().prefetch(buffer_size=10)
        for ds in (raw_train_ds, raw_val_ds, read("test"))
    )
    inputs = keras.Input(shape=(None,), dtype="int64")
    x = layers.Embedding(100, 16)(inputs)
    x = layers.Conv1D(16, 3, padding="valid", activation="relu")(x)
    x = layers.GlobalMaxPooling1D()(x)
    model = keras.Model(inputs, layers.Dense(1, activation="sigmoid", name="predictions")(x))
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.02), metrics=["accuracy"])
    model.fit(train_ds, validation_data=val_ds, epochs=6, verbose=0)
    assert model.evaluate(test_ds, verbose=0)[1] > 0.9


def test_timeseries_from_array(one_engine):
    t = np.arange(600)
    series = np.stack([np.sin(t / 6), np.cos(t / 6)], 1).astype("float32")

    def windows(start, end, shuffle):
        return keras.preprocessing.timeseries_dataset_from_array(
            series[:-8], targets=series[8:, 0], sequence_length=12, sampling_rate=1, batch_size=32, shuffle=shuffle,
            start_index=start, end_index=end,
        )  # fmt: skip

    train, val = windows(0, 400, True), windows(400, 590, False)
    for samples, targets in train:
        assert samples.shape == (32, 12, 2) and targets.shape == (32,)
        break
    inputs = keras.Input(shape=(12, samples.shape[-1]))
    model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(inputs)))
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="mse", metrics=["mae"])
    history = model.fit(train, epochs=20, validation_data=val, verbose=0).history
    assert history["val_mae"][-1] < 0.1 and history["loss"][-1] < history["loss"][0] / 2
