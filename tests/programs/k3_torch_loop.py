"""Keras 3: a training loop of one's own in PyTorch (the guide).

engines: torch
"""

import os

os.environ["KERAS_BACKEND"] = "torch"

import keras  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402

keras.utils.set_random_seed(0)
inputs = keras.Input(shape=(5,), name="digits")
x1 = keras.layers.Dense(8, activation="relu")(inputs)
model = keras.Model(inputs=inputs, outputs=keras.layers.Dense(2, name="predictions")(x1))
rng = np.random.default_rng(0)
x_train = rng.normal(size=(96, 5)).astype("float32")
y_train = keras.utils.to_categorical(x_train[:, 0] > 0, 2)
train_dataset = torch.utils.data.TensorDataset(torch.from_numpy(x_train), torch.from_numpy(y_train))
train_dataloader = torch.utils.data.DataLoader(train_dataset, batch_size=16, shuffle=True)
optimizer = keras.optimizers.Adam(learning_rate=1e-2)
loss_fn = keras.losses.CategoricalCrossentropy(from_logits=True)
losses = []
for _epoch in range(4):
    for batch_inputs, batch_targets in train_dataloader:
        logits = model(batch_inputs)
        loss = loss_fn(batch_targets, logits)
        model.zero_grad()
        trainable_weights = list(model.trainable_weights)
        loss.backward()
        gradients = [v.value.grad for v in trainable_weights]
        with torch.no_grad():
            optimizer.apply(gradients, trainable_weights)
        losses.append(float(loss))
assert np.mean(losses[-6:]) < np.mean(losses[:6])
