"""Keras 2: words to class by Embedding and Conv1D; Tokenizer and pad_sequences prepare.

needs: keras.preprocessing.text
"""

import numpy as np
from keras.layers import Conv1D, Dense, Embedding, GlobalMaxPooling1D, Input
from keras.models import Model
from keras.preprocessing.sequence import pad_sequences
from keras.preprocessing.text import Tokenizer
from keras.utils import to_categorical

np.random.seed(0)
words = "good fine great bad poor awful film plot the a".split()
texts = [" ".join(np.random.choice(words[6:], 4)) + " " + words[3 * (i % 2) + i % 3] for i in range(90)]
labels = [i % 2 for i in range(90)]
tokenizer = Tokenizer(num_words=50)
tokenizer.fit_on_texts(texts)
data = pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=8)
matrix = np.random.randn(len(tokenizer.word_index) + 1, 8)
embedding_layer = Embedding(len(matrix), 8, weights=[matrix], input_length=8, trainable=False)
sequence_input = Input(shape=(8,), dtype="int32")
x = embedding_layer(sequence_input)
x = Conv1D(16, 3, activation="relu")(x)
x = GlobalMaxPooling1D()(x)
preds = Dense(2, activation="softmax")(x)
model = Model(sequence_input, preds)
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["acc"])
history = model.fit(data, to_categorical(np.asarray(labels)), batch_size=16, epochs=12, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
assert (embedding_layer.get_weights()[0] == matrix.astype("float32")).all()
