"""Keras 1: an LSTM on sequences of word numbers, as `imdb_lstm.py` was written."""

import numpy as np
from keras.layers import LSTM, Activation, Dense, Embedding
from keras.models import Sequential
from keras.preprocessing import sequence

np.random.seed(1)
max_features, maxlen = 30, 12
texts = [list(np.random.randint(1, max_features, np.random.randint(3, 20))) for _ in range(128)]
y_train = np.array([int(7 in text[-maxlen:]) for text in texts])
for text, label in zip(texts, y_train):
    if label == 0 and np.random.rand() < 0.6:
        text[-1] = 7
y_train = np.array([int(7 in text[-maxlen:]) for text in texts])
X_train = sequence.pad_sequences(texts, maxlen=maxlen)

model = Sequential()
model.add(Embedding(max_features, 16, dropout=0.2, init="uniform", input_length=maxlen))
model.add(LSTM(12, dropout_W=0.1, dropout_U=0.1, inner_activation="hard_sigmoid", consume_less="gpu"))
model.add(Dense(1))
model.add(Activation("sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"], class_mode="binary")
model.optimizer.lr.assign(0.02) if hasattr(model.optimizer.lr, "assign") else setattr(model.optimizer, "lr", 0.02)
history = model.fit(X_train, y_train, batch_size=32, nb_epoch=8, validation_split=0.1, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
classes = model.predict_classes(X_train, verbose=0)
proba = model.predict_proba(X_train, verbose=0)
assert classes.shape == (128, 1) and ((proba > 0.5) == classes).all()
