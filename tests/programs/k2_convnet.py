"""Keras 2: a small convnet from Chollet's book, its curves read from `history.history['acc']`."""

import numpy as np
from keras import layers, models, optimizers

np.random.seed(0)
y = np.random.randint(0, 2, 64)
x = np.random.rand(64, 16, 16, 3) * 0.4 + 0.5 * y[:, None, None, None]
model = models.Sequential()
model.add(layers.Conv2D(4, (3, 3), activation="relu", input_shape=(16, 16, 3)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(8, (3, 3), activation="relu"))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Flatten())
model.add(layers.Dropout(0.2))
model.add(layers.Dense(8, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=optimizers.RMSprop(lr=3e-3), metrics=["acc"])


def batches(step=16):
    while True:
        for at in range(0, 64, step):
            yield x[at : at + step], y[at : at + step]


history = model.fit_generator(batches(), steps_per_epoch=4, epochs=5, validation_data=batches(), validation_steps=2,
                              verbose=0)  # fmt: skip
acc, val_acc = history.history["acc"], history.history["val_acc"]
assert len(acc) == len(val_acc) == 5 and history.history["loss"][-1] < history.history["loss"][0]
layer_outputs = [layer.output for layer in model.layers[:4]]
activations = models.Model(inputs=model.input, outputs=layer_outputs).predict(x[:1], verbose=0)
assert [a.shape for a in activations] == [layer.output_shape[:0] + (1, *layer.output_shape[1:])
                                          for layer in model.layers[:4]]  # fmt: skip
