"""On a GPU, told without one: torch's fake tensors on a device that is not the processor.

They compute nothing, but refuse to mix devices, and refuse to give a number to the processor, which on a GPU waits for
all that was asked of it. Whoever makes a tensor on the processor in a step, or looks at one, fails here.
"""

import numpy as np
import pytest

import lanthorn
from lanthorn import layers, losses, optimizers

torch = pytest.importorskip("torch")

DEVICE = "lazy"  # the one device besides "meta" whose gradients torch will count without its hardware
IMAGES, SERIES, WORDS = (8, 8, 3), (5, 4), (6,)
NETWORKS = {
    "dense": ((4,), lambda: [layers.Dense(8, activation="relu"), layers.Dropout(0.5), layers.LayerNormalization()]),
    "pictures": (
        IMAGES,
        lambda: [
            layers.Rescaling(1 / 255), layers.GaussianNoise(0.1), layers.Conv2D(4, 3, activation="relu"),
            layers.BatchNormalization(), layers.MaxPooling2D(), layers.DepthwiseConv2D(2, activation="relu6"),
            layers.GlobalAveragePooling2D(),
        ],
    ),
    "averages": (IMAGES, lambda: [layers.AveragePooling2D(3, padding="same"), layers.Flatten()]),
    "lstm": (SERIES, lambda: [layers.LSTM(4, return_sequences=True), layers.LSTM(4)]),
    "gru": (SERIES, lambda: [layers.Bidirectional(layers.GRU(4))]),
    "words": (WORDS, lambda: [layers.Embedding(9, 4, mask_zero=True), layers.LSTM(4)]),
    "means of words": (WORDS, lambda: [layers.Embedding(9, 4, mask_zero=True), layers.GlobalAveragePooling1D()]),
}  # fmt: skip


@pytest.fixture
def device(monkeypatch):
    """torch's engine on the other device while fake tensors are made; counts what is read there by name."""
    from torch._subclasses.fake_tensor import FakeTensorMode

    engine = lanthorn.engines.get("torch")
    lanthorn.set_engine("torch")
    read = {"float": 0}

    def as_float(x):
        read["float"] += 1
        return 0.001

    def fetched(self, x):
        return np.ones(tuple(x.shape), str(x.dtype).removeprefix("torch.").replace("bfloat16", "float32"))

    monkeypatch.setattr(engine, "device", torch.device(DEVICE))
    monkeypatch.setattr(type(engine), "to_numpy", fetched)
    monkeypatch.setattr(torch.Tensor, "__float__", as_float)
    with FakeTensorMode(allow_non_fake_inputs=True):
        yield read
    lanthorn.set_engine(None)


class NoCopies(torch.overrides.TorchFunctionMode):
    """Refuses tensors made of numbers of the processor: on a GPU the copy waits for everything before it."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        assert getattr(func, "__name__", "") not in ("tensor", "as_tensor"), "use number(…) or sent(…)"
        return func(*args, **(kwargs or {}))


def trained(name, optimizer="adam", **settings):
    """A model after some epochs of two steps, evaluated, and its outputs."""
    shape, make = NETWORKS[name]
    inputs = lanthorn.Input(shape, dtype="int32" if name.endswith("words") else "float32")
    x = inputs
    for layer in make():
        x = layer(x)
    model = lanthorn.Model(inputs, layers.Dense(3)(x))
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, metrics=["accuracy"], **settings)
    x = np.ones((8, *shape), "int32" if name.endswith("words") else "float32")
    y = np.zeros(8, "int64")
    model.fit(x, y, batch_size=4, epochs=2, verbose=0, shuffle=True, class_weight={0: 1.0, 1: 2.0, 2: 1.0})
    with NoCopies():  # everything is built
        model.fit(x, y, batch_size=4, verbose=0)
        model.evaluate(x, y, verbose=0)
    return model, model.predict(x, verbose=0)


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_train_on_one_device_and_ask_nothing_of_it(name, device):
    model, outputs = trained(name)
    assert outputs.shape == (8, 3)
    assert {v.value.device.type for v in model.variables + model.optimizer.variables if not v.is_seed} == {DEVICE}
    assert model.optimizer._torch_lists.usable, "Adam by one kernel for all weights"
    assert device["float"] == 1, "the rate is read once, not in every step"


@pytest.mark.parametrize("name", "SGD RMSprop Adagrad Adadelta Adamax Nadam Lion AdamW Ftrl".split())
def test_optimizers_ask_nothing_of_the_device(name, device):
    trained("dense", getattr(optimizers, name)(0.01))
    assert device["float"] <= 2, "the rate and a product of momenta are read once, not in every step"


@pytest.mark.parametrize("clip", ["clipnorm", "clipvalue", "global_clipnorm"])
def test_clips_and_schedules_ask_nothing_of_the_device(clip, device):
    trained("dense", optimizers.SGD(optimizers.schedules.ExponentialDecay(0.1, 2, 0.5), momentum=0.9, **{clip: 1.0}))
    assert device["float"] == 0


def test_metrics_ask_nothing_of_the_device(device):
    model = lanthorn.Sequential([lanthorn.Input((4,)), layers.Dense(1, activation="sigmoid")])
    names = ["accuracy", "auc", "precision", "recall", "mae", "binary_crossentropy"]
    model.compile("adam", "binary_crossentropy", metrics=names)
    model.fit(np.ones((8, 4), "float32"), np.ones((8, 1), "float32"), batch_size=4, epochs=2, verbose=0)
    assert device["float"] == 1


def test_a_look_at_a_number_would_be_seen(device):
    with pytest.raises(Exception, match="_local_scalar_dense"):
        lanthorn.ops.zeros(()).item()
    with pytest.raises(Exception, match="device"):
        torch.zeros(2) + lanthorn.ops.zeros(2)
