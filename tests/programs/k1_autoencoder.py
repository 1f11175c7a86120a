"""Keras 1: a convolutional autoencoder, with a dilated and a transposed convolution."""

import numpy as np
from keras.layers import AtrousConvolution2D, Convolution2D, Deconvolution2D, Input, MaxPooling2D, UpSampling2D
from keras.models import Model

np.random.seed(8)
input_img = Input(shape=(8, 8, 1))
x = Convolution2D(8, 3, 3, activation="relu", border_mode="same")(input_img)
x = MaxPooling2D((2, 2), border_mode="same")(x)
encoded = AtrousConvolution2D(4, 3, 3, atrous_rate=(2, 2), activation="relu", border_mode="same")(x)
x = Deconvolution2D(8, 3, 3, output_shape=(None, 4, 4, 8), border_mode="same", activation="relu")(encoded)
x = UpSampling2D((2, 2))(x)
decoded = Convolution2D(1, 3, 3, activation="sigmoid", border_mode="same")(x)
autoencoder = Model(input_img, decoded)
assert autoencoder.output_shape == (None, 8, 8, 1)
autoencoder.compile(optimizer="adadelta", loss="binary_crossentropy")
autoencoder.optimizer.lr = 1.0
x_train = np.zeros((64, 8, 8, 1))
x_train[np.arange(64), np.random.randint(0, 8, 64)] = 1
noisy = np.clip(x_train + 0.2 * np.random.randn(*x_train.shape), 0, 1)
history = autoencoder.fit(noisy, x_train, nb_epoch=8, batch_size=16, shuffle=True, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
