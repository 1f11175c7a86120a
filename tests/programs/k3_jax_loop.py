"""Keras 3: a training loop of one's own in JAX, with stateless calls (the guide).

engines: jax
"""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402

keras.utils.set_random_seed(0)
inputs = keras.Input(shape=(5,))
x = keras.layers.BatchNormalization()(keras.layers.Dense(8, activation="relu")(inputs))
model = keras.Model(inputs=inputs, outputs=keras.layers.Dense(2)(x))
loss_fn = keras.losses.CategoricalCrossentropy(from_logits=True)
optimizer = keras.optimizers.Adam(learning_rate=1e-2)
train_acc_metric = keras.metrics.CategoricalAccuracy()


def compute_loss_and_updates(trainable_variables, non_trainable_variables, metric_variables, x, y):
    y_pred, non_trainable_variables = model.stateless_call(
        trainable_variables, non_trainable_variables, x, training=True
    )
    loss = loss_fn(y, y_pred)
    metric_variables = train_acc_metric.stateless_update_state(metric_variables, y, y_pred)
    return loss, (non_trainable_variables, metric_variables)


grad_fn = jax.value_and_grad(compute_loss_and_updates, has_aux=True)


@jax.jit
def train_step(state, data):
    trainable_variables, non_trainable_variables, optimizer_variables, metric_variables = state
    x, y = data
    (loss, (non_trainable_variables, metric_variables)), grads = grad_fn(
        trainable_variables, non_trainable_variables, metric_variables, x, y
    )
    trainable_variables, optimizer_variables = optimizer.stateless_apply(
        optimizer_variables, grads, trainable_variables
    )
    return loss, (trainable_variables, non_trainable_variables, optimizer_variables, metric_variables)


optimizer.build(model.trainable_variables)
rng = np.random.default_rng(0)
x_train = rng.normal(size=(96, 5)).astype("float32")
y_train = np.eye(2, dtype="float32")[(x_train[:, 0] > 0).astype(int)]
state = model.trainable_variables, model.non_trainable_variables, optimizer.variables, train_acc_metric.variables
losses = []
for _ in range(6):
    for at in range(0, 96, 16):
        loss, state = train_step(state, (x_train[at : at + 16], y_train[at : at + 16]))
    losses.append(float(loss))
trainable_variables, non_trainable_variables, optimizer_variables, metric_variables = state
for variable, value in zip(model.trainable_variables, trainable_variables, strict=True):
    variable.assign(value)
for variable, value in zip(train_acc_metric.variables, metric_variables, strict=True):
    variable.assign(value)
assert losses[-1] < losses[0] and float(train_acc_metric.result()) > 0.6
