"""Keras 2: a frozen network with a new head, then fine-tuning its last block."""

import numpy as np
from keras import optimizers
from keras.applications.mobilenet import MobileNet, preprocess_input
from keras.layers import Dense, GlobalAveragePooling2D
from keras.models import Model

np.random.seed(0)
base_model = MobileNet(weights=None, include_top=False, input_shape=(32, 32, 3), alpha=0.25)
x = base_model.output
x = GlobalAveragePooling2D()(x)
x = Dense(16, activation="relu")(x)
predictions = Dense(2, activation="softmax")(x)
model = Model(inputs=base_model.input, outputs=predictions)
for layer in base_model.layers:
    layer.trainable = False
assert len(model.trainable_weights) == 4
model.compile(optimizer=optimizers.RMSprop(lr=5e-3), loss="categorical_crossentropy", metrics=["accuracy"])
labels = np.random.randint(0, 2, 24)
pictures = preprocess_input(np.random.rand(24, 32, 32, 3) * 100 + 120 * labels[:, None, None, None])
before = base_model.get_weights()
history = model.fit(pictures, np.eye(2)[labels], epochs=3, batch_size=8, verbose=0)
assert all((a == b).all() for a, b in zip(before, base_model.get_weights(), strict=True))
assert history.history["loss"][-1] < history.history["loss"][0] * 1.05
for layer in model.layers[:80]:
    layer.trainable = False
for layer in model.layers[80:]:
    layer.trainable = True
model.compile(optimizer=optimizers.SGD(lr=0.0001, momentum=0.9), loss="categorical_crossentropy")
model.fit(pictures, np.eye(2)[labels], epochs=1, batch_size=8, verbose=0)
assert any((a != b).any() for a, b in zip(before, base_model.get_weights(), strict=True))
