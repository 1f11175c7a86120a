"""Keras 3: pictures changed by layers inside the model.

needs: keras.layers.RandomFlip keras.layers.RandomRotation keras.layers.RandomZoom
"""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)
data_augmentation = keras.Sequential(
    [layers.RandomFlip("horizontal"), layers.RandomRotation(0.1), layers.RandomZoom(0.1)]
)
rng = np.random.default_rng(0)
labels = rng.integers(0, 2, 64)
pictures = rng.uniform(0, 0.5, (64, 12, 12, 3)).astype("float32") + 0.5 * labels[:, None, None, None]
changed = np.asarray(keras.ops.convert_to_numpy(data_augmentation(pictures, training=True)))
still = np.asarray(keras.ops.convert_to_numpy(data_augmentation(pictures, training=False)))
assert changed.shape == pictures.shape and not np.allclose(changed, pictures) and np.allclose(still, pictures)
inputs = keras.Input(shape=(12, 12, 3))
x = data_augmentation(inputs)
x = layers.Rescaling(1.0 / 2)(x)
x = layers.Conv2D(4, 3, strides=2, activation="relu")(x)
x = layers.GlobalAveragePooling2D()(x)
model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.02), metrics=["accuracy"])
history = model.fit(pictures, labels, epochs=6, batch_size=16, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
