"""Keras 2: batches from a Sequence with properties of its own, and callbacks that read them."""

import math

import numpy as np
from keras.callbacks import Callback, LambdaCallback
from keras.layers import Dense
from keras.models import Sequential
from keras.utils import Sequence

np.random.seed(0)


class Batches(Sequence):
    def __init__(self, x_set, y_set, batch_size):
        self.x, self.y = x_set, y_set
        self.batch_size = batch_size
        self.epochs = 0

    def __len__(self):
        return self.num_batches

    @property
    def num_batches(self):
        return int(math.ceil(len(self.x) / float(self.batch_size)))

    def __getitem__(self, idx):
        part = slice(idx * self.batch_size, (idx + 1) * self.batch_size)
        return np.array(self.x[part]), np.array(self.y[part])

    def on_epoch_end(self):
        self.epochs += 1


class Stop(Callback):
    def on_train_begin(self, logs=None):
        self.losses = []

    def on_batch_end(self, batch, logs={}):  # noqa: B006
        self.losses.append(logs.get("loss"))

    def on_epoch_end(self, epoch, logs={}):  # noqa: B006
        if logs.get("acc") > 2:
            self.model.stop_training = True


x = np.random.randn(50, 4)
y = (x[:, 0] > 0).astype(int)
model = Sequential([Dense(1, activation="sigmoid", input_dim=4)])
model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
batches, stop, seen = Batches(x, y, 8), Stop(), []
model.fit_generator(generator=batches, epochs=4, verbose=0, workers=1, use_multiprocessing=False,
                    callbacks=[stop, LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))])  # fmt: skip
assert seen == [0, 1, 2, 3] and len(stop.losses) == 28 and stop.losses[-1] < stop.losses[0]
assert batches.epochs == 4 and batches.num_batches == 7
