"""Keras 2: a class activation map by K.gradients (chapter 5.4 of Chollet's book)."""

import numpy as np
from keras import backend as K
from keras import layers, models

np.random.seed(0)
model = models.Sequential(
    [
        layers.Conv2D(4, 3, activation="relu", padding="same", input_shape=(12, 12, 1)),
        layers.Conv2D(4, 3, activation="relu", padding="same", name="last_conv"),
        layers.Flatten(),
        layers.Dense(2, activation="softmax"),
    ]
)
labels = np.random.randint(0, 2, 64)
x = np.random.rand(64, 12, 12, 1) * 0.1
for i, label in enumerate(labels):
    x[i, 2:5, 2 + 6 * label : 5 + 6 * label] = 1  # the square is left or right
model.compile("adam", "sparse_categorical_crossentropy", metrics=["acc"])
model.optimizer.lr = 0.01
model.fit(x, labels, epochs=8, batch_size=16, verbose=0)
assert model.evaluate(x, labels, verbose=0)[1] > 0.9

output = model.output[:, 1]
last_conv_layer = model.get_layer("last_conv")
grads = K.gradients(output, last_conv_layer.output)[0]
pooled_grads = K.mean(grads, axis=(0, 1, 2))
iterate = K.function([model.input], [pooled_grads, last_conv_layer.output[0]])
one = x[labels == 1][:1]
pooled_grads_value, conv_layer_output_value = iterate([one])
for i in range(4):
    conv_layer_output_value[:, :, i] *= pooled_grads_value[i]
heatmap = np.maximum(np.mean(conv_layer_output_value, axis=-1), 0)
assert heatmap.shape == (12, 12) and pooled_grads_value.shape == (4,) and np.abs(pooled_grads_value).max() > 0
