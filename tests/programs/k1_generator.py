"""Keras 1: augmented pictures by a generator, counted in samples."""

import numpy as np
from keras.callbacks import EarlyStopping
from keras.layers.convolutional import Convolution2D, MaxPooling2D
from keras.layers.core import Activation, Dense, Flatten
from keras.layers.normalization import BatchNormalization
from keras.models import Sequential
from keras.optimizers import SGD
from keras.preprocessing.image import ImageDataGenerator

np.random.seed(6)
y = np.random.randint(0, 2, 64)
X = (np.random.rand(64, 12, 12, 3) * 60 + 130 * y[:, None, None, None]).astype("float32")
datagen = ImageDataGenerator(rescale=1.0 / 255, horizontal_flip=True, width_shift_range=0.1, dim_ordering="tf")
model = Sequential()
model.add(Convolution2D(4, 3, 3, border_mode="same", subsample=(2, 2), input_shape=(12, 12, 3), dim_ordering="tf"))
model.add(BatchNormalization(mode=0, axis=3))
model.add(Activation("relu"))
model.add(MaxPooling2D(pool_size=(2, 2), dim_ordering="tf"))
model.add(Flatten())
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=SGD(lr=0.05, decay=1e-6, momentum=0.9, nesterov=True),
              metrics=["accuracy"])  # fmt: skip
history = model.fit_generator(
    datagen.flow(X, y, batch_size=16), samples_per_epoch=64, nb_epoch=6, verbose=0,
    validation_data=datagen.flow(X, y, batch_size=16), nb_val_samples=32, max_q_size=4, nb_worker=1,
    callbacks=[EarlyStopping(monitor="val_loss", patience=10, verbose=0, mode="auto")],
)  # fmt: skip
assert history.history["loss"][-1] < history.history["loss"][0] and len(history.history["val_acc"]) == 6
loss, accuracy = model.evaluate_generator(datagen.flow(X, y, batch_size=16), val_samples=64)
assert accuracy > 0.6
assert model.predict_generator(datagen.flow(X, batch_size=16, shuffle=False), val_samples=64).shape == (64, 1)
