"""Keras 1: the picture that a filter answers to, by gradient ascent on the input."""

import numpy as np
from keras import backend as K
from keras.layers import Convolution2D, MaxPooling2D, ZeroPadding2D
from keras.models import Sequential

np.random.seed(0)
img_width = img_height = 16
model = Sequential()
model.add(ZeroPadding2D((1, 1), input_shape=(img_height, img_width, 3), dim_ordering="tf"))
model.add(Convolution2D(6, 3, 3, activation="relu", name="conv1_1", dim_ordering="tf"))
model.add(MaxPooling2D((2, 2), strides=(2, 2), dim_ordering="tf"))
model.add(Convolution2D(4, 3, 3, activation="linear", name="conv2_1", dim_ordering="tf"))
layer_dict = {layer.name: layer for layer in model.layers}
input_img = model.input


def normalize(x):
    return x / (K.sqrt(K.mean(K.square(x))) + 1e-5)


kept_filters = []
for filter_index in range(2):
    loss = K.mean(layer_dict["conv2_1"].output[:, :, :, filter_index])
    grads = normalize(K.gradients(loss, input_img)[0])
    iterate = K.function([input_img, K.learning_phase()], [loss, grads])
    input_img_data = (np.random.random((1, img_width, img_height, 3)) - 0.5) * 20 + 128.0
    first = iterate([input_img_data, 0])[0]
    for _ in range(10):
        loss_value, grads_value = iterate([input_img_data, 0])
        input_img_data += grads_value
    kept_filters.append(loss_value - first)
assert min(kept_filters) > 0
