"""Keras 1: sequences turned round by an encoder and a decoder, as `addition_rnn.py` was written."""

import numpy as np
from keras.engine.training import slice_X
from keras.layers import Activation, Dense, RepeatVector, TimeDistributed, recurrent
from keras.models import Sequential

np.random.seed(3)
RNN = recurrent.LSTM
LENGTH, SYMBOLS, HIDDEN_SIZE = 4, 5, 24
numbers = np.random.randint(0, SYMBOLS, (256, LENGTH))
X, y = np.eye(SYMBOLS)[numbers], np.eye(SYMBOLS)[numbers[:, ::-1]]
split_at = len(X) - len(X) // 8
(X_train, X_val) = (slice_X(X, 0, split_at), slice_X(X, split_at))
(y_train, y_val) = (slice_X(y, 0, split_at), slice_X(y, split_at))
assert len(X_train) == 224 and len(X_val) == 32

model = Sequential()
model.add(RNN(HIDDEN_SIZE, input_shape=(LENGTH, SYMBOLS)))
model.add(RepeatVector(LENGTH))
for _ in range(1):
    model.add(RNN(HIDDEN_SIZE, return_sequences=True))
model.add(TimeDistributed(Dense(SYMBOLS)))
model.add(Activation("softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
losses = []
for _iteration in range(1, 4):
    hist = model.fit(X_train, y_train, batch_size=32, nb_epoch=2, validation_data=(X_val, y_val), verbose=0)
    losses.append(hist.history["val_loss"][-1])
preds = model.predict_classes(X_val[:1], verbose=0)
assert preds.shape == (1, LENGTH)
assert losses[-1] < losses[0]
