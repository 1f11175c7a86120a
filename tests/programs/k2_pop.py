"""Keras 2: the last layer of a network taken off by its list of layers, and another put in its place."""

import numpy as np
from keras.layers import Dense, Flatten, Input
from keras.models import Model, Sequential

np.random.seed(0)
x, y = np.random.randn(64, 6), np.random.randint(0, 2, 64)
model = Sequential([Dense(8, activation="relu", input_shape=(6,)), Dense(4, activation="relu"), Dense(10)])
hidden = Model(model.input, model.layers[-2].output).predict(x, verbose=0)
model.layers.pop()
model.outputs = [model.layers[-1].output]
model.layers[-1].outbound_nodes = []
assert np.allclose(model.predict(x, verbose=0), hidden, atol=1e-6)
for layer in model.layers:
    layer.trainable = False
model.add(Dense(2, activation="softmax"))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=2, verbose=0)
assert len(model.trainable_weights) == 2 and model.output_shape == (None, 2)

inputs = Input((6,))
net = Model(inputs, Dense(10, name="fc10")(Dense(5, name="features")(inputs)))
wanted = Model(net.input, net.get_layer("features").output).predict(x, verbose=0)
net.layers.pop()
net.outputs = [net.layers[-1].output]
net.output_layers = [net.layers[-1]]
net.layers[-1].outbound_nodes = []
assert np.allclose(net.predict(x, verbose=0), wanted, atol=1e-6)
top = Dense(3, activation="softmax")(Flatten()(net.layers[-1].output))
assert Model(net.input, top).output_shape == (None, 3)
