"""Keras 1: a convnet on digits, with both orders of axes, as `mnist_cnn.py` was written."""

import numpy as np
from keras import backend as K
from keras.layers import Activation, Convolution2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.utils import np_utils

np.random.seed(1337)
batch_size, nb_classes, nb_epoch = 16, 3, 6
img_rows, img_cols, nb_filters, pool_size, kernel_size = 12, 12, 8, (2, 2), (3, 3)

y = np.random.randint(0, nb_classes, 96)
X = np.random.rand(96, img_rows, img_cols) * 0.3
for i, label in enumerate(y):
    X[i, 4 * label : 4 * label + 3] += 0.7  # a bar whose height is the class

if K.image_dim_ordering() == "th":
    X = X.reshape(X.shape[0], 1, img_rows, img_cols)
    input_shape = (1, img_rows, img_cols)
else:
    X = X.reshape(X.shape[0], img_rows, img_cols, 1)
    input_shape = (img_rows, img_cols, 1)
Y = np_utils.to_categorical(y, nb_classes)

model = Sequential()
model.add(Convolution2D(nb_filters, kernel_size[0], kernel_size[1], border_mode="valid", input_shape=input_shape))
model.add(Activation("relu"))
model.add(Convolution2D(nb_filters, kernel_size[0], kernel_size[1]))
model.add(Activation("relu"))
model.add(MaxPooling2D(pool_size=pool_size))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(16))
model.add(Activation("relu"))
model.add(Dropout(0.5))
model.add(Dense(nb_classes))
model.add(Activation("softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adadelta", metrics=["accuracy"])
model.optimizer.lr = 1.0
model.fit(X, Y, batch_size=batch_size, nb_epoch=nb_epoch, verbose=0, validation_data=(X, Y))
score = model.evaluate(X, Y, verbose=0)
print("Test accuracy:", score[1])
assert model.layers[0].get_weights()[0].shape == (3, 3, 1, 8)
assert score[1] > 0.6
