"""tf.keras: the beginner's tutorial, by every path that tf.keras was imported."""

import numpy as np
from tensorflow.keras.callbacks import EarlyStopping
from tensorflow.keras.layers import Dense, Dropout, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.optimizers import Adam
from tensorflow.keras.utils import to_categorical
from tensorflow.python.keras.layers import BatchNormalization

np.random.seed(0)
x_train = np.random.rand(96, 6, 6)
y_train = (x_train[:, 0].mean(1) > 0.5).astype(int)
model = Sequential([Flatten(input_shape=(6, 6)), Dense(16, activation="relu"), BatchNormalization(), Dropout(0.1),
                    Dense(2, activation="softmax")])  # fmt: skip
model.compile(optimizer=Adam(lr=0.01), loss="categorical_crossentropy", metrics=["accuracy"])
stop = EarlyStopping(monitor="val_loss", patience=20, restore_best_weights=True)
history = model.fit(x_train, to_categorical(y_train), epochs=8, batch_size=16, validation_split=0.2, verbose=0,
                    callbacks=[stop])  # fmt: skip
assert history.history["accuracy"][-1] > 0.6 and history.history["loss"][-1] < history.history["loss"][0]
assert model.predict(x_train[:3], verbose=0).argmax(-1).shape == (3,)
