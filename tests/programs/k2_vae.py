"""Keras 2: Chollet's variational autoencoder, its loss added by a layer."""

import keras
import numpy as np
from keras import backend as K
from keras import layers
from keras.models import Model

np.random.seed(0)
img_shape, latent_dim = (8, 8, 1), 2
input_img = keras.Input(shape=img_shape)
x = layers.Conv2D(4, 3, padding="same", activation="relu")(input_img)
x = layers.Conv2D(8, 3, padding="same", activation="relu", strides=(2, 2))(x)
shape_before_flattening = K.int_shape(x)
x = layers.Flatten()(x)
x = layers.Dense(8, activation="relu")(x)
z_mean = layers.Dense(latent_dim)(x)
z_log_var = layers.Dense(latent_dim)(x)


def sampling(args):
    z_mean, z_log_var = args
    epsilon = K.random_normal(shape=(K.shape(z_mean)[0], latent_dim), mean=0.0, stddev=1.0)
    return z_mean + K.exp(z_log_var) * epsilon


z = layers.Lambda(sampling)([z_mean, z_log_var])
decoder_input = layers.Input(K.int_shape(z)[1:])
x = layers.Dense(np.prod(shape_before_flattening[1:]), activation="relu")(decoder_input)
x = layers.Reshape(shape_before_flattening[1:])(x)
x = layers.Conv2DTranspose(4, 3, padding="same", activation="relu", strides=(2, 2))(x)
x = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x)
decoder = Model(decoder_input, x)
z_decoded = decoder(z)


class CustomVariationalLayer(keras.layers.Layer):
    def vae_loss(self, x, z_decoded, z_mean, z_log_var):
        x, z_decoded = K.flatten(x), K.flatten(z_decoded)
        xent_loss = keras.metrics.binary_crossentropy(x, z_decoded)
        kl_loss = -5e-4 * K.mean(1 + z_log_var - K.square(z_mean) - K.exp(z_log_var), axis=-1)
        return K.mean(xent_loss + kl_loss)

    def call(self, inputs):
        self.add_loss(self.vae_loss(*inputs), inputs=inputs)
        return inputs[0]


y = CustomVariationalLayer()([input_img, z_decoded, z_mean, z_log_var])
vae = Model(input_img, y)
vae.compile(optimizer="rmsprop", loss=None)
x_train = np.zeros((48, 8, 8, 1), "float32")
x_train[:, 2:6, 2:6] = 1
history = vae.fit(x=x_train, y=None, shuffle=True, epochs=5, batch_size=16, validation_data=(x_train, None), verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
assert decoder.predict(np.zeros((3, 2)), verbose=0).shape == (3, 8, 8, 1)
