"""Keras 1: a recurrent network that begins as the identity, with initializers as functions (as `mnist_irnn.py`)."""

import numpy as np
from keras.initializations import identity, normal
from keras.layers import Activation, Dense, SimpleRNN
from keras.models import Sequential
from keras.optimizers import RMSprop
from keras.utils import np_utils

np.random.seed(4)
hidden_units, nb_classes = 10, 2
X_train = np.random.rand(128, 8, 1)
y_train = (X_train[:, :, 0].mean(1) > 0.5).astype(int)
Y_train = np_utils.to_categorical(y_train, nb_classes)
model = Sequential()
model.add(
    SimpleRNN(
        output_dim=hidden_units,
        init=lambda shape, name: normal(shape, scale=0.1, name=name),
        inner_init=lambda shape, name: identity(shape, scale=1.0, name=name),
        activation="relu",
        input_shape=X_train.shape[1:],
    )
)
assert np.allclose(model.layers[0].get_weights()[1], np.eye(hidden_units))
assert 0.02 < model.layers[0].get_weights()[0].std() < 0.2
model.add(Dense(nb_classes))
model.add(Activation("softmax"))
model.compile(loss="categorical_crossentropy", optimizer=RMSprop(lr=0.01), metrics=["accuracy"])
history = model.fit(X_train, Y_train, batch_size=16, nb_epoch=8, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
