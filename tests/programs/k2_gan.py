"""Keras 2: Chollet's GAN: a discriminator that goes on training although it is frozen inside the GAN."""

import keras
import numpy as np
from keras import layers

np.random.seed(0)
latent_dim, side = 4, 8
generator_input = keras.Input(shape=(latent_dim,))
x = layers.Dense(8 * 4 * 4)(generator_input)
x = layers.LeakyReLU()(x)
x = layers.Reshape((4, 4, 8))(x)
x = layers.Conv2DTranspose(8, 4, strides=2, padding="same")(x)
x = layers.LeakyReLU()(x)
x = layers.Conv2D(1, 5, activation="tanh", padding="same")(x)
generator = keras.models.Model(generator_input, x)

discriminator_input = layers.Input(shape=(side, side, 1))
x = layers.Conv2D(8, 3)(discriminator_input)
x = layers.LeakyReLU()(x)
x = layers.Flatten()(x)
x = layers.Dropout(0.2)(x)
x = layers.Dense(1, activation="sigmoid")(x)
discriminator = keras.models.Model(discriminator_input, x)
discriminator.compile(optimizer=keras.optimizers.RMSprop(lr=0.005, clipvalue=1.0, decay=1e-8),
                      loss="binary_crossentropy")  # fmt: skip
discriminator.trainable = False
gan_input = keras.Input(shape=(latent_dim,))
gan = keras.models.Model(gan_input, discriminator(generator(gan_input)))
gan.compile(optimizer=keras.optimizers.RMSprop(lr=0.002, clipvalue=1.0, decay=1e-8), loss="binary_crossentropy")

d_losses = []
for _step in range(12):
    noise = np.random.normal(size=(8, latent_dim))
    generated = generator.predict(noise, verbose=0)
    real = np.ones((8, side, side, 1)) * np.random.rand(8, 1, 1, 1)
    combined = np.concatenate([generated, real])
    labels = np.concatenate([np.ones((8, 1)), np.zeros((8, 1))]) + 0.05 * np.random.random((16, 1))
    before = discriminator.get_weights()
    d_losses.append(discriminator.train_on_batch(combined, labels))
    between = discriminator.get_weights()
    assert any((a != b).any() for a, b in zip(before, between, strict=True)), "frozen after compile: it trains on"
    a_loss = gan.train_on_batch(np.random.normal(size=(8, latent_dim)), np.zeros((8, 1)))
    assert all((a == b).all() for a, b in zip(between, discriminator.get_weights(), strict=True))
assert d_losses[-1] < d_losses[0] and np.isfinite(a_loss)
