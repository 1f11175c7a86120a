"""Keras 2: a siamese network with a distance by Lambda and a contrastive loss."""

import numpy as np
from keras import backend as K
from keras.layers import Dense, Dropout, Flatten, Input, Lambda
from keras.models import Model
from keras.optimizers import RMSprop

np.random.seed(0)


def euclidean_distance(vects):
    x, y = vects
    sum_square = K.sum(K.square(x - y), axis=1, keepdims=True)
    return K.sqrt(K.maximum(sum_square, K.epsilon()))


def eucl_dist_output_shape(shapes):
    shape1, shape2 = shapes
    return (shape1[0], 1)


def contrastive_loss(y_true, y_pred):
    margin = 1
    square_pred = K.square(y_pred)
    margin_square = K.square(K.maximum(margin - y_pred, 0))
    return K.mean(y_true * square_pred + (1 - y_true) * margin_square)


def accuracy(y_true, y_pred):
    return K.mean(K.equal(y_true, K.cast(y_pred < 0.5, y_true.dtype)))


def create_base_network(input_shape):
    input = Input(shape=input_shape)
    x = Flatten()(input)
    x = Dense(16, activation="relu")(x)
    x = Dropout(0.1)(x)
    return Model(input, Dense(8, activation="relu")(x))


kinds = np.random.randint(0, 3, 200)
pictures = np.random.rand(200, 6, 6) * 0.2
pictures[np.arange(200), kinds] += 0.8
pairs = np.random.randint(0, 200, (160, 2))
tr_y = (kinds[pairs[:, 0]] == kinds[pairs[:, 1]]).astype("float32")
base_network = create_base_network((6, 6))
input_a, input_b = Input(shape=(6, 6)), Input(shape=(6, 6))
processed_a, processed_b = base_network(input_a), base_network(input_b)
distance = Lambda(euclidean_distance, output_shape=eucl_dist_output_shape)([processed_a, processed_b])
model = Model([input_a, input_b], distance)
model.compile(loss=contrastive_loss, optimizer=RMSprop(), metrics=[accuracy])
history = model.fit([pictures[pairs[:, 0]], pictures[pairs[:, 1]]], tr_y, batch_size=16, epochs=5, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0] and "accuracy" in history.history
assert len(base_network.get_output_at(0).shape) == 2
