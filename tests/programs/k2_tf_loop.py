"""tf.keras: a training loop of one's own, with tf.GradientTape.

engines: tensorflow
"""

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

np.random.seed(0)
tf.random.set_seed(0)
x_train = np.random.randn(96, 5).astype("float32")
y_train = (x_train[:, 0] > 0).astype("int32")
inputs = keras.Input(shape=(5,), name="digits")
x1 = layers.Dense(8, activation="relu")(inputs)
outputs = layers.Dense(2, name="predictions")(x1)
model = keras.Model(inputs=inputs, outputs=outputs)
optimizer = keras.optimizers.Adam(learning_rate=0.02)
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
train_acc_metric = keras.metrics.SparseCategoricalAccuracy()
train_dataset = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(96).batch(16)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        logits = model(x, training=True)
        loss_value = loss_fn(y, logits)
        loss_value += sum(model.losses)
    grads = tape.gradient(loss_value, model.trainable_weights)
    optimizer.apply_gradients(zip(grads, model.trainable_weights))
    train_acc_metric.update_state(y, logits)
    return loss_value


losses = []
for _epoch in range(5):
    for x_batch, y_batch in train_dataset:
        loss_value = train_step(x_batch, y_batch)
    losses.append(float(loss_value))
    train_acc = train_acc_metric.result()
    train_acc_metric.reset_states()
assert float(train_acc) > 0.7 and losses[-1] < losses[0]
