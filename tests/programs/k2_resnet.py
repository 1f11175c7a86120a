"""Keras 2: a ResNet for small pictures, with schedules, checkpoints and plateaus as callbacks."""

import os
import tempfile

import numpy as np
from keras.callbacks import LearningRateScheduler, ModelCheckpoint, ReduceLROnPlateau
from keras.layers import Activation, AveragePooling2D, BatchNormalization, Conv2D, Dense, Flatten, Input, add
from keras.models import Model, load_model
from keras.optimizers import Adam
from keras.regularizers import l2

np.random.seed(0)


def lr_schedule(epoch):
    return 1e-2 if epoch < 2 else 1e-3


def resnet_layer(inputs, num_filters=8, kernel_size=3, strides=1, activation="relu"):
    x = Conv2D(num_filters, kernel_size=kernel_size, strides=strides, padding="same",
               kernel_initializer="he_normal", kernel_regularizer=l2(1e-4))(inputs)  # fmt: skip
    x = BatchNormalization()(x)
    return Activation(activation)(x) if activation is not None else x


inputs = Input(shape=(8, 8, 3))
x = resnet_layer(inputs)
for stack in range(2):
    strides = 2 if stack else 1
    y = resnet_layer(x, 8 * 2**stack, strides=strides)
    y = resnet_layer(y, 8 * 2**stack, activation=None)
    if stack:
        x = resnet_layer(x, 16, kernel_size=1, strides=strides, activation=None)
    x = Activation("relu")(add([x, y]))
x = AveragePooling2D(pool_size=4)(x)
outputs = Dense(2, activation="softmax", kernel_initializer="he_normal")(Flatten()(x))
model = Model(inputs=inputs, outputs=outputs)
model.compile(loss="categorical_crossentropy", optimizer=Adam(lr=lr_schedule(0)), metrics=["accuracy"])
labels = np.random.randint(0, 2, 48)
pictures = np.random.rand(48, 8, 8, 3) * 0.5 + 0.5 * labels[:, None, None, None]
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "model.{epoch:03d}.h5")
    callbacks = [
        ModelCheckpoint(filepath=path, monitor="val_acc", verbose=0, save_best_only=True, period=1),
        ReduceLROnPlateau(factor=np.sqrt(0.1), cooldown=0, patience=5, min_lr=0.5e-6, epsilon=1e-3),
        LearningRateScheduler(lr_schedule, verbose=0),
    ]
    history = model.fit(pictures, np.eye(2)[labels], batch_size=16, epochs=3, shuffle=True, verbose=0,
                        validation_data=(pictures, np.eye(2)[labels]), callbacks=callbacks)  # fmt: skip
    saved = sorted(os.listdir(folder))
    assert saved and np.isclose(history.history["lr"][-1], 1e-3)
    again = load_model(os.path.join(folder, saved[-1]))
assert again.predict(pictures, verbose=0).shape == (48, 2)
assert history.history["loss"][-1] < history.history["loss"][0]
