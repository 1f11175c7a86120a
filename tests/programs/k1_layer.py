"""Keras 1: a layer of one's own, with `get_output_shape_for` and a mask."""

import numpy as np
from keras import backend as K
from keras.engine.topology import Layer
from keras.layers import Dense, Highway, Input, MaxoutDense
from keras.models import Model

np.random.seed(9)


class Antirectifier(Layer):
    def get_output_shape_for(self, input_shape):
        shape = list(input_shape)
        assert len(shape) == 2
        shape[-1] *= 2
        return tuple(shape)

    def call(self, x, mask=None):
        x -= K.mean(x, axis=1, keepdims=True)
        x = K.l2_normalize(x, axis=1)
        return K.concatenate([K.relu(x), K.relu(-x)], axis=1)


class MyLayer(Layer):
    def __init__(self, output_dim, **kwargs):
        self.output_dim = output_dim
        super().__init__(**kwargs)

    def build(self, input_shape):
        self.W = self.add_weight(shape=(input_shape[1], self.output_dim), initializer="uniform", name="W",
                                 trainable=True)  # fmt: skip
        super().build(input_shape)

    def call(self, x, mask=None):
        return K.dot(x, self.W)

    def get_output_shape_for(self, input_shape):
        return (input_shape[0], self.output_dim)


x = Input(shape=(8,))
h = Antirectifier()(x)
h = Highway(activation="relu")(h)
h = MaxoutDense(6, nb_feature=3)(h)
y = Dense(2, activation="softmax")(MyLayer(5)(h))
model = Model(input=x, output=y)
assert [layer.output_shape[-1] for layer in model.layers] == [8, 16, 16, 6, 5, 2]
model.compile("adam", "sparse_categorical_crossentropy", metrics=["acc"])
data = np.random.randn(128, 8)
history = model.fit(data, (data[:, 0] > 0).astype(int), nb_epoch=10, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
