"""Keras 3: a vision transformer on patches that a layer cuts (keras.io)."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(0)


class Patches(layers.Layer):
    def __init__(self, patch_size):
        super().__init__()
        self.patch_size = patch_size

    def call(self, images):
        input_shape = ops.shape(images)
        batch_size, height, width, channels = input_shape[0], input_shape[1], input_shape[2], input_shape[3]
        patches = keras.ops.image.extract_patches(images, size=self.patch_size)
        count = (height // self.patch_size) * (width // self.patch_size)
        return ops.reshape(patches, (batch_size, count, self.patch_size * self.patch_size * channels))

    def get_config(self):
        return {**super().get_config(), "patch_size": self.patch_size}


class PatchEncoder(layers.Layer):
    def __init__(self, num_patches, projection_dim):
        super().__init__()
        self.num_patches = num_patches
        self.projection = layers.Dense(units=projection_dim)
        self.position_embedding = layers.Embedding(input_dim=num_patches, output_dim=projection_dim)

    def call(self, patch):
        positions = ops.expand_dims(ops.arange(start=0, stop=self.num_patches, step=1), axis=0)
        return self.projection(patch) + self.position_embedding(positions)


def mlp(x, hidden_units, dropout_rate):
    for units in hidden_units:
        x = layers.Dropout(dropout_rate)(layers.Dense(units, activation=keras.activations.gelu)(x))
    return x


inputs = keras.Input(shape=(8, 8, 3))
encoded_patches = PatchEncoder(4, 8)(Patches(4)(inputs))
x1 = layers.LayerNormalization(epsilon=1e-6)(encoded_patches)
attention_output = layers.MultiHeadAttention(num_heads=2, key_dim=8, dropout=0.1)(x1, x1)
x2 = layers.Add()([attention_output, encoded_patches])
x3 = mlp(layers.LayerNormalization(epsilon=1e-6)(x2), hidden_units=[16, 8], dropout_rate=0.1)
encoded_patches = layers.Add()([x3, x2])
representation = layers.Flatten()(layers.LayerNormalization(epsilon=1e-6)(encoded_patches))
model = keras.Model(inputs=inputs, outputs=layers.Dense(2)(representation))
model.compile(
    optimizer=keras.optimizers.AdamW(learning_rate=0.01, weight_decay=1e-4),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
)
rng = np.random.default_rng(0)
labels = rng.integers(0, 2, 64)
pictures = rng.uniform(0, 0.5, (64, 8, 8, 3)) + 0.5 * labels[:, None, None, None] * (np.arange(8) < 4)[:, None, None]
history = model.fit(x=pictures, y=labels, batch_size=16, epochs=5, validation_split=0.1, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0] and "val_accuracy" in history.history
