"""Keras 2: the weather of tomorrow by a GRU with dropout between its steps, fed by a generator."""

import numpy as np
from keras import layers
from keras.models import Sequential
from keras.optimizers import RMSprop

np.random.seed(0)
t = np.arange(400)
float_data = np.stack([np.sin(t / 5), np.cos(t / 7), np.random.randn(400) * 0.1], 1)
mean, std = float_data[:200].mean(axis=0), float_data[:200].std(axis=0)
float_data = (float_data - mean) / std


def generator(data, lookback, delay, min_index, max_index, shuffle=False, batch_size=32, step=2):
    if max_index is None:
        max_index = len(data) - delay - 1
    i = min_index + lookback
    while 1:
        if shuffle:
            rows = np.random.randint(min_index + lookback, max_index, size=batch_size)
        else:
            if i + batch_size >= max_index:
                i = min_index + lookback
            rows = np.arange(i, min(i + batch_size, max_index))
            i += len(rows)
        samples = np.zeros((len(rows), lookback // step, data.shape[-1]))
        targets = np.zeros((len(rows),))
        for j, _ in enumerate(rows):
            samples[j] = data[range(rows[j] - lookback, rows[j], step)]
            targets[j] = data[rows[j] + delay][0]
        yield samples, targets


train_gen = generator(float_data, 12, 2, 0, 300, shuffle=True)
val_gen = generator(float_data, 12, 2, 301, None)
model = Sequential()
model.add(layers.GRU(8, dropout=0.1, recurrent_dropout=0.1, return_sequences=True,
                     input_shape=(None, float_data.shape[-1])))  # fmt: skip
model.add(layers.Bidirectional(layers.GRU(4, activation="relu")))
model.add(layers.Dense(1))
model.compile(optimizer=RMSprop(lr=0.01), loss="mae")
history = model.fit_generator(train_gen, steps_per_epoch=6, epochs=4, validation_data=val_gen, validation_steps=2,
                              verbose=0)  # fmt: skip
assert history.history["loss"][-1] < history.history["loss"][0] and "val_loss" in history.history
