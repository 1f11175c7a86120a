"""Keras 1: a GAN with `make_trainable`, train_on_batch, and labels in two columns."""

import numpy as np
from keras.layers import Activation, Dense, Dropout, Input
from keras.layers.advanced_activations import LeakyReLU
from keras.models import Model
from keras.optimizers import Adam

np.random.seed(7)


def make_trainable(net, val):
    net.trainable = val
    for layer in net.layers:
        layer.trainable = val


g_input = Input(shape=[4])
H = Dense(16, init="glorot_normal")(g_input)
H = Activation("relu")(H)
generator = Model(g_input, Dense(2)(H))
generator.compile(loss="binary_crossentropy", optimizer=Adam(lr=1e-3))
d_input = Input(shape=[2])
H = Dense(16)(d_input)
H = LeakyReLU(0.2)(H)
H = Dropout(0.1)(H)
discriminator = Model(d_input, Dense(2, activation="softmax")(H))
discriminator.compile(loss="categorical_crossentropy", optimizer=Adam(lr=1e-2))
make_trainable(discriminator, False)
gan_input = Input(shape=[4])
GAN = Model(gan_input, discriminator(generator(gan_input)))
GAN.compile(loss="categorical_crossentropy", optimizer=Adam(lr=1e-2))
losses = {"d": [], "g": []}
for _ in range(15):
    real = np.random.randn(16, 2) * 0.1 + 2
    fake = generator.predict(np.random.uniform(0, 1, (16, 4)), verbose=0)
    X, y = np.concatenate((real, fake)), np.zeros([32, 2])
    y[:16, 1] = y[16:, 0] = 1
    make_trainable(discriminator, True)
    before = discriminator.get_weights()[0]
    losses["d"].append(discriminator.train_on_batch(X, y))
    assert not np.allclose(before, discriminator.get_weights()[0])
    make_trainable(discriminator, False)
    y2 = np.zeros([16, 2])
    y2[:, 1] = 1
    before, moving = discriminator.get_weights()[0], generator.get_weights()[0]
    losses["g"].append(GAN.train_on_batch(np.random.uniform(0, 1, (16, 4)), y2))
    assert np.allclose(before, discriminator.get_weights()[0])
    assert not np.allclose(moving, generator.get_weights()[0])
assert losses["d"][-1] < losses["d"][0]
