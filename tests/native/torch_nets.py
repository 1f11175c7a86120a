"""The three kinds of model that the tests of torch's tools are run on."""

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers

torch = pytest.importorskip("torch")

KINDS = ["sequential", "functional", "subclass"]


class Net(keras.Model):
    """body, norm and head, called by hand."""

    def __init__(self):
        super().__init__(name="net")
        self.body = layers.Dense(8, activation="tanh", name="body")
        self.head = layers.Dense(3, name="head")

    def call(self, x, training=None):
        return self.head(self.body(x))


def make(kind="sequential", seed=0):
    """A model of body (4 to 8, tanh) and head (8 to 3), on torch, the same weights for each kind."""
    keras.utils.set_random_seed(seed)
    if kind == "subclass":
        model = Net()
        model(torch.zeros(1, 4))
        return model
    body, head = layers.Dense(8, activation="tanh", name="body"), layers.Dense(3, name="head")
    if kind == "sequential":
        return keras.Sequential([keras.Input((4,), engine="torch"), body, head])
    if kind == "nested":
        inner = keras.Sequential([keras.Input((4,), engine="torch"), body, head], name="inner")
        start = keras.Input((4,), engine="torch")
        return keras.Model(start, inner(start))
    start = keras.Input((4,), engine="torch")
    return keras.Model(start, head(body(start)))


def data(n=12, seed=1):
    """Numbers and classes that a small network can learn."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, 4)).astype("float32")
    return torch.from_numpy(x), torch.from_numpy((x[:, 0] > 0).astype("int64") + (x[:, 1] > 0))


def plain(model):
    """The same network written by hand in torch, with the same weights."""
    net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
    kernels = [torch.tensor(w) for w in model.get_weights()]
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), kernels, strict=True):
            parameter.copy_(value.T if value.ndim == 2 else value)
    return net


def loss_of(net, x, y):
    return torch.nn.functional.cross_entropy(net(x), y)


def train(net, x, y, steps=5, lr=0.1, parameters=None):
    """The losses of a loop written by hand."""
    optimizer, losses = torch.optim.SGD(parameters or net.parameters(), lr=lr), []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_of(net, x, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def fit(model, x, y, steps=5, lr=0.1):
    """The losses of Lanthorn's own `fit` over the same steps."""
    model.compile(keras.optimizers.SGD(lr), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model.fit(x.numpy(), y.numpy(), batch_size=len(x), epochs=steps, verbose=0).history["loss"]


def close(a, b, atol=1e-5):
    torch.testing.assert_close(torch.as_tensor(a), torch.as_tensor(b), rtol=1e-4, atol=atol, check_dtype=False)
