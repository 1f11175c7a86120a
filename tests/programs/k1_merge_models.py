"""Keras 1: two Sequential branches under a Merge layer."""

import numpy as np
from keras.layers import Activation, Dense, Dropout, Merge
from keras.models import Sequential
from keras.regularizers import activity_l2, l2

np.random.seed(2)
left = Sequential()
left.add(Dense(8, input_shape=(6,), activation="relu", W_regularizer=l2(0.001)))
right = Sequential()
right.add(Dense(8, input_dim=4, init="glorot_normal", activity_regularizer=activity_l2(0.001)))
right.add(Activation("relu"))
model = Sequential()
model.add(Merge([left, right], mode="concat"))
model.add(Dropout(p=0.1))
model.add(Dense(output_dim=1, init="normal", activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
a, b = np.random.randn(128, 6), np.random.randn(128, 4)
labels = (a[:, 0] + b[:, 0] > 0).astype(int)
history = model.fit([a, b], labels, nb_epoch=12, batch_size=16, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]

for mode, size in (("sum", 8), ("mul", 8), ("ave", 8), ("max", 8), ("dot", 1), ("cos", 1)):
    one, two = Sequential([Dense(8, input_dim=6)]), Sequential([Dense(8, input_dim=4)])
    merged = Sequential()
    merged.add(Merge([one, two], mode=mode, dot_axes=1))
    p, q = one.predict(a, verbose=0), two.predict(b, verbose=0)
    wanted = {
        "sum": p + q, "mul": p * q, "ave": (p + q) / 2, "max": np.maximum(p, q),
        "dot": (p * q).sum(1, keepdims=True),
        "cos": (p * q).sum(1, keepdims=True) / np.linalg.norm(p, axis=1, keepdims=True)
        / np.linalg.norm(q, axis=1, keepdims=True),
    }[mode]  # fmt: skip
    found = merged.predict([a, b], verbose=0)
    assert found.shape == (128, size)
    assert np.allclose(found, wanted, atol=1e-4), mode
