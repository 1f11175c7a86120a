"""Keras 1: two inputs, two outputs, losses by name (the guide to the functional API)."""

import numpy as np
from keras.layers import LSTM, Dense, Embedding, Input, merge
from keras.models import Model

np.random.seed(5)
main_input = Input(shape=(10,), dtype="int32", name="main_input")
x = Embedding(output_dim=8, input_dim=20, input_length=10)(main_input)
lstm_out = LSTM(8)(x)
auxiliary_output = Dense(1, activation="sigmoid", name="aux_output")(lstm_out)
auxiliary_input = Input(shape=(5,), name="aux_input")
x = merge([lstm_out, auxiliary_input], mode="concat")
x = Dense(8, activation="relu")(x)
main_output = Dense(1, activation="sigmoid", name="main_output")(x)
model = Model(input=[main_input, auxiliary_input], output=[main_output, auxiliary_output])
model.compile(
    optimizer="rmsprop",
    loss={"main_output": "binary_crossentropy", "aux_output": "binary_crossentropy"},
    loss_weights={"main_output": 1.0, "aux_output": 0.2},
)
headlines, extra = np.random.randint(1, 20, (64, 10)), np.random.randn(64, 5)
labels = (extra[:, 0] > 0).astype(int)
history = model.fit(
    {"main_input": headlines, "aux_input": extra}, {"main_output": labels, "aux_output": labels},
    nb_epoch=10, batch_size=16, verbose=0,
)  # fmt: skip
assert history.history["main_output_loss"][-1] < history.history["main_output_loss"][0]
assert model.get_layer(index=0) is model.layers[0] and len(model.predict([headlines, extra], verbose=0)) == 2
