"""Keras 3: texts to class from strings on, by TextVectorization.

needs: keras.layers.TextVectorization
"""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
words = "good fine great bad poor awful film plot the a".split()
labels = rng.integers(0, 2, 96)
texts = np.array([f"The {rng.choice(words[6:])}, {words[3 * y + rng.integers(3)]}!" for y in labels])
vectorize_layer = layers.TextVectorization(max_tokens=20, output_mode="int", output_sequence_length=4)
vectorize_layer.adapt(texts)
assert set(vectorize_layer.get_vocabulary()) >= set(words)
numbers = np.asarray(vectorize_layer(texts))
assert numbers.shape == (96, 4)
model = keras.Sequential(
    [
        keras.Input((4,), dtype="int64"),
        layers.Embedding(20, 8),
        layers.GlobalAveragePooling1D(),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.optimizer.learning_rate = 0.05
history = model.fit(numbers, labels, epochs=6, batch_size=16, verbose=0)
assert history.history["accuracy"][-1] > 0.8
