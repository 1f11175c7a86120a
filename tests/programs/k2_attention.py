"""Keras 2: attention over time as a layer of one's own, with a mask and `compute_output_shape`.

engines: jax tensorflow (it changes arrays in place, which torch does not differentiate)
"""

import numpy as np
from keras import backend as K
from keras import initializers, regularizers
from keras.engine import InputSpec, Layer
from keras.layers import LSTM, Bidirectional, Dense, Embedding, Input
from keras.models import Model

np.random.seed(0)


class AttentionWithContext(Layer):
    def __init__(self, W_regularizer=None, bias=True, **kwargs):
        self.supports_masking = True
        self.init = initializers.get("glorot_uniform")
        self.W_regularizer = regularizers.get(W_regularizer)
        self.bias = bias
        super().__init__(**kwargs)

    def build(self, input_shape):
        assert len(input_shape) == 3
        self.input_spec = [InputSpec(ndim=3)]
        size = input_shape[-1]
        self.W = self.add_weight((size, size), initializer=self.init, name=f"{self.name}_W",
                                 regularizer=self.W_regularizer)  # fmt: skip
        if self.bias:
            self.b = self.add_weight((size,), initializer="zero", name=f"{self.name}_b")
        self.u = self.add_weight((size, 1), initializer=self.init, name=f"{self.name}_u")
        super().build(input_shape)

    def compute_mask(self, input, input_mask=None):
        return None

    def call(self, x, mask=None):
        uit = K.tanh(K.dot(x, self.W) + self.b)
        a = K.exp(K.squeeze(K.dot(uit, self.u), axis=-1))
        if mask is not None:
            a *= K.cast(mask, K.floatx())
        a /= K.cast(K.sum(a, axis=1, keepdims=True) + K.epsilon(), K.floatx())
        return K.sum(x * K.expand_dims(a), axis=1)

    def compute_output_shape(self, input_shape):
        return input_shape[0], input_shape[-1]


inputs = Input(shape=(None,), dtype="int32")
x = Embedding(20, 8, mask_zero=True)(inputs)
x = Bidirectional(LSTM(4, return_sequences=True))(x)
x = AttentionWithContext(W_regularizer="l2")(x)
model = Model(inputs, Dense(1, activation="sigmoid")(x))
model.compile("adam", "binary_crossentropy", metrics=["acc"])
model.optimizer.lr = 0.02
texts = np.random.randint(1, 20, (96, 9))
texts[::2, 5:] = 0
labels = (texts == 3).any(1).astype(int)
short, long = model.predict(texts[:1, :5], verbose=0), model.predict(texts[:1], verbose=0)
assert np.allclose(short, long, atol=1e-5), "what is masked does not count"
history = model.fit(texts, labels, epochs=6, batch_size=16, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
