"""Keras 2: WGAN with a gradient penalty, whose loss takes K.gradients of the critic for its input."""

from functools import partial

import numpy as np
from keras import backend as K
from keras.initializers import RandomNormal
from keras.layers import Dense, Input, LeakyReLU
from keras.layers.merge import _Merge
from keras.models import Model, Sequential
from keras.optimizers import RMSprop

np.random.seed(0)
latent_dim, batch = 3, 16


class RandomWeightedAverage(_Merge):
    def _merge_function(self, inputs):
        alpha = K.random_uniform((K.shape(inputs[0])[0], 1))
        return (alpha * inputs[0]) + ((1 - alpha) * inputs[1])


def gradient_penalty_loss(y_true, y_pred, averaged_samples):
    gradients = K.gradients(y_pred, averaged_samples)[0]
    gradients_sqr = K.square(gradients)
    gradients_sqr_sum = K.sum(gradients_sqr, axis=np.arange(1, len(gradients_sqr.shape)))
    return K.mean(K.square(1 - K.sqrt(gradients_sqr_sum)))


def wasserstein_loss(y_true, y_pred):
    return K.mean(y_true * y_pred)


generator = Sequential([Dense(16, input_dim=latent_dim), LeakyReLU(0.2), Dense(2)])
critic = Sequential([Dense(16, input_dim=2), LeakyReLU(0.2), Dense(1, kernel_initializer=RandomNormal(0, 2))])
optimizer = RMSprop(lr=0.02)
generator.trainable = False
real_img, z_disc = Input(shape=(2,)), Input(shape=(latent_dim,))
fake_img = generator(z_disc)
fake, valid = critic(fake_img), critic(real_img)
interpolated_img = RandomWeightedAverage()([real_img, fake_img])
validity_interpolated = critic(interpolated_img)
partial_gp_loss = partial(gradient_penalty_loss, averaged_samples=interpolated_img)
partial_gp_loss.__name__ = "gradient_penalty"
critic_model = Model(inputs=[real_img, z_disc], outputs=[valid, fake, validity_interpolated])
critic_model.compile(loss=[wasserstein_loss, wasserstein_loss, partial_gp_loss], optimizer=optimizer,
                     loss_weights=[0.1, 0.1, 10])  # fmt: skip
critic.trainable, generator.trainable = False, True
z_gen = Input(shape=(latent_dim,))
generator_model = Model(z_gen, critic(generator(z_gen)))
generator_model.compile(loss=wasserstein_loss, optimizer=RMSprop(lr=0.005))
valid, fake, dummy = -np.ones((batch, 1)), np.ones((batch, 1)), np.zeros((batch, 1))
penalties = []
for _ in range(20):
    imgs, noise = np.random.randn(batch, 2) * 0.1 + 2, np.random.normal(0, 1, (batch, latent_dim))
    d_loss = critic_model.train_on_batch([imgs, noise], [valid, fake, dummy])
    penalties.append(d_loss[3])
    g_loss = generator_model.train_on_batch(noise, valid)
assert len(d_loss) == 4 and np.isfinite(d_loss).all() and np.isfinite(g_loss)
assert np.mean(penalties[-3:]) < np.mean(penalties[:3])
