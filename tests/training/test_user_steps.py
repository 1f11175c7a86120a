"""Own training steps, written as Keras 3's users write them on each engine."""

import numpy as np
import pytest

import lanthorn
from lanthorn import Input, Model, layers

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 4)).astype("float32")
Y = X[:, :1] * 2.0


def graph(cls):
    lanthorn.utils.set_random_seed(2)
    x = Input((4,))
    return cls(x, layers.Dense(1)(layers.Dense(8, activation="tanh")(x)))


def torch_way(self, data):
    import torch

    x, y = data
    self.zero_grad()
    y_pred = self(x, training=True)
    loss = self.compute_loss(y=y, y_pred=y_pred)
    loss.backward()
    trainable_weights = list(self.trainable_weights)
    gradients = [v.value.grad for v in trainable_weights]
    with torch.no_grad():
        self.optimizer.apply(gradients, trainable_weights)
    return finish(self, loss, y, y_pred)


def tensorflow_way(self, data):
    import tensorflow as tf

    x, y = data
    with tf.GradientTape() as tape:
        y_pred = self(x, training=True)
        loss = self.compute_loss(y=y, y_pred=y_pred)
    trainable_vars = self.trainable_variables
    gradients = tape.gradient(loss, trainable_vars)
    self.optimizer.apply(gradients, trainable_vars)
    return finish(self, loss, y, y_pred)


def finish(self, loss, y, y_pred):
    for metric in self.metrics:
        if metric.name == "loss":
            metric.update_state(loss)
        else:
            metric.update_state(y, y_pred)
    return {m.name: m.result() for m in self.metrics}


WAYS = {"torch": torch_way, "tensorflow": tensorflow_way}


@pytest.fixture(params=WAYS)
def way(request):
    name = request.param
    pytest.importorskip(name, reason=f"{name} is not installed")
    lanthorn.set_engine(name)
    yield WAYS[name]
    lanthorn.set_engine(None)


def test_own_step_trains_as_the_library_does(way):
    class Own(Model):
        train_step = way

    histories = []
    for cls in (Own, Model):
        model = graph(cls)
        model.compile("sgd", "mse", metrics=["mae"])
        lanthorn.utils.set_random_seed(3)
        histories.append(model.fit(X, Y, batch_size=10, epochs=2, validation_split=0.25, verbose=0).history)
    own, ours = histories
    assert set(own) == set(ours) == {"loss", "mae", "val_loss", "val_mae"}
    for name in ours:
        np.testing.assert_allclose(own[name], ours[name], rtol=1e-4)


def test_own_metrics_and_no_call_to_compile_with_a_loss(way):
    """A model with its own loss and metrics, without labels, as in Keras's guides."""
    engine = lanthorn.get_engine()

    class Coder(Model):
        def __init__(self):
            super().__init__()
            self.encoder, self.decoder = layers.Dense(2), layers.Dense(4)
            self.loss_tracker = lanthorn.metrics.Mean(name="reconstruction")

        @property
        def metrics(self):
            return [self.loss_tracker]

        def train_step(self, data):
            def loss_of(x):
                return lanthorn.ops.mean(lanthorn.ops.square(self.decoder(self.encoder(x)) - x))

            if engine == "torch":
                self.zero_grad()
                loss = loss_of(data)
                loss.backward()
                grads = [w.value.grad for w in self.trainable_weights]
            else:
                import tensorflow as tf

                with tf.GradientTape() as tape:
                    loss = loss_of(data)
                grads = tape.gradient(loss, self.trainable_weights)
            self.optimizer.apply_gradients(zip(grads, self.trainable_weights, strict=True))
            self.loss_tracker.update_state(loss)
            return {"reconstruction": self.loss_tracker.result()}

    model = Coder()
    model.compile(lanthorn.optimizers.Adam(0.01))
    history = model.fit(X, batch_size=10, epochs=5, verbose=0).history["reconstruction"]
    assert history[-1] < history[0]


def test_step_that_extends_the_library_s(engine):
    class Counting(Model):
        steps = 0

        def train_step(self, data):
            self.steps += 1
            return {**super().train_step(data), "steps": self.steps}

    model = graph(Counting)
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit(X, Y, batch_size=10, epochs=2, verbose=0).history
    assert history["steps"] == [4.0, 8.0] and history["loss"][1] < history["loss"][0]
    assert set(history) == {"loss", "mae", "steps"}


def test_own_test_and_predict_steps(engine):
    class Own(Model):
        def test_step(self, data):
            x, y = data
            return {"distance": lanthorn.ops.max(lanthorn.ops.abs(self(x, training=False) - y))}

        def predict_step(self, data):
            return self(data, training=False) + 1.0

    model, plain = graph(Own), graph(Model)
    model.compile("sgd", "mse")
    outputs = plain.predict(X, verbose=0)
    distance = model.evaluate(X, Y, batch_size=40, verbose=0, return_dict=True)["distance"]
    assert distance == pytest.approx(np.abs(outputs - Y).max(), rel=1e-5)
    np.testing.assert_allclose(model.predict(X, verbose=0), outputs + 1.0, rtol=1e-5)


def test_own_compute_loss(engine):
    class Own(Model):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return super().compute_loss(x, y, y_pred, sample_weight) * 3.0

    own, plain = graph(Own), graph(Model)
    for model in (own, plain):
        model.compile("sgd", "mse")
    assert own.evaluate(X, Y, verbose=0) == pytest.approx(3 * plain.evaluate(X, Y, verbose=0), rel=1e-5)
    lanthorn.utils.set_random_seed(3)
    before = own.evaluate(X, Y, verbose=0)
    own.fit(X, Y, epochs=3, verbose=0)
    assert own.evaluate(X, Y, verbose=0) < before


def test_logs_must_be_a_dict():
    class Own(Model):
        def train_step(self, data):
            return 1.0

    model = graph(Own)
    model.compile("sgd", "mse")
    with pytest.raises(TypeError, match="train_step must return a dict"):
        model.fit(X, Y, verbose=0)
