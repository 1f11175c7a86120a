"""Keras 2: deep Q-learning on a corridor of six fields, with a target network and train_on_batch."""

import random
from collections import deque

import numpy as np
from keras.layers import Dense
from keras.models import Sequential, clone_model
from keras.optimizers import Adam

np.random.seed(0)
random.seed(0)
FIELDS = 6


def build_model():
    model = Sequential()
    model.add(Dense(16, input_dim=FIELDS, activation="relu"))
    model.add(Dense(2, activation="linear"))
    model.compile(loss="mse", optimizer=Adam(lr=0.02))
    return model


model = build_model()
target_model = clone_model(model)
target_model.set_weights(model.get_weights())
memory = deque(maxlen=500)
state, epsilon = 0, 1.0
for step in range(160):
    row = np.eye(FIELDS)[state : state + 1]
    greedy = step % 8 == 0 and np.random.rand() > epsilon
    action = int(np.argmax(model.predict_on_batch(row)[0])) if greedy else random.randrange(2)
    following = min(max(state + (1 if action else -1), 0), FIELDS - 1)
    done = following == FIELDS - 1
    memory.append((row[0], action, float(done), np.eye(FIELDS)[following], done))
    state, epsilon = (0 if done else following), max(epsilon * 0.99, 0.2)
    if step >= 32 and step % 2 == 0:
        rows, actions, rewards, nexts, dones = map(np.array, zip(*random.sample(memory, 32), strict=True))
        targets = model.predict_on_batch(rows)
        best = target_model.predict_on_batch(nexts).max(1)
        targets[np.arange(32), actions] = rewards + 0.8 * best * ~dones
        loss = model.train_on_batch(rows, targets)
    if step % 20 == 0:
        target_model.set_weights(model.get_weights())
q = model.predict(np.eye(FIELDS), verbose=0)
assert (q[2:5, 1] > q[2:5, 0]).all() and np.isfinite(loss)
