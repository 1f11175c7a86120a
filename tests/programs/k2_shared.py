"""Keras 2: one LSTM read on two tweets; nodes, and outputs of shared layers (the guide to the functional API)."""

import keras
import numpy as np
from keras.layers import LSTM, Conv2D, Dense, Input
from keras.models import Model

np.random.seed(0)
tweet_a, tweet_b = Input(shape=(10, 6)), Input(shape=(10, 6))
shared_lstm = LSTM(8)
encoded_a, encoded_b = shared_lstm(tweet_a), shared_lstm(tweet_b)
merged_vector = keras.layers.concatenate([encoded_a, encoded_b], axis=-1)
predictions = Dense(1, activation="sigmoid")(merged_vector)
model = Model(inputs=[tweet_a, tweet_b], outputs=predictions)
model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
assert shared_lstm.get_output_at(0) is encoded_a and shared_lstm.get_output_at(1) is encoded_b
data_a, data_b = np.random.rand(64, 10, 6), np.random.rand(64, 10, 6)
labels = (data_a.mean((1, 2)) > data_b.mean((1, 2))).astype(int)
history = model.fit([data_a, data_b], labels, epochs=6, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
assert len(model.trainable_weights) == 5
a, b = Input(shape=(8, 8, 3)), Input(shape=(16, 16, 3))
conv = Conv2D(4, (3, 3), padding="same")
conved_a = conv(a)
assert conv.input_shape == (None, 8, 8, 3)
conved_b = conv(b)
assert conv.get_input_at(0).shape == (None, 8, 8, 3) and conv.get_input_at(1).shape == (None, 16, 16, 3)
again = Model.from_config(model.get_config())
again.set_weights(model.get_weights())
assert np.allclose(again.predict([data_a, data_b], verbose=0), model.predict([data_a, data_b], verbose=0), atol=1e-6)
