"""Models that saliency is tested on: the same network, put together in every way."""

import numpy as np

import lanthorn
from lanthorn import layers, ops


def weighted(model, seed=0):
    """The model with weights that are the same on every engine, and statistics as of a trained one."""
    rng = np.random.default_rng(seed)
    draws = [rng.normal(0, 0.4, w.shape).astype("float32") for w in model.get_weights()]
    inputs, classes = draws[-2].shape
    draws[-2][np.arange(inputs), np.arange(inputs) % classes] = 1  # something speaks for every class
    model.set_weights([np.abs(w) + 0.1 if w.ndim == 1 else w for w in draws])
    return model


def base_of(size=24, channels=3):
    return lanthorn.Sequential(
        [
            lanthorn.Input((size, size, channels)),
            layers.Conv2D(4, 3, activation="relu", name="conv1"),
            layers.BatchNormalization(name="norm"),
            layers.MaxPooling2D(name="pool"),
            layers.Conv2D(6, 3, activation="relu", name="conv5"),
            layers.MaxPooling2D(name="last_pool"),
        ],
        name="base",
    )


def nested(activation="softmax", classes=3, size=24, channels=3):
    """A frozen base in one call, as in transfer learning."""
    base = base_of(size, channels)
    base.trainable = False
    head = [layers.GlobalAveragePooling2D(), layers.Dropout(0.5), layers.Dense(classes, activation=activation)]
    return weighted(lanthorn.Sequential([base, *head]))


def functional():
    x = lanthorn.Input((24, 24, 3))
    y = layers.GlobalAveragePooling2D()(base_of()(x))
    return weighted(lanthorn.Model(x, layers.Softmax()(layers.Dense(3)(layers.Dropout(0.5)(y)))))


def with_ops():
    x = lanthorn.Input((24, 24, 3))
    y = ops.mean(base_of()(x), axis=(1, 2))
    return weighted(lanthorn.Model(x, ops.softmax(layers.Dense(3)(y))))


class Net(lanthorn.Model):
    def __init__(self):
        super().__init__()
        self.base, self.pool = base_of(), layers.GlobalAveragePooling2D()
        self.out = layers.Dense(3, activation="softmax")

    def call(self, x):
        return self.out(self.pool(self.base(x)))


def subclassed():
    model = Net()
    model(np.zeros((1, 24, 24, 3), "float32"))
    return weighted(model)


def with_view():
    model = nested()
    model.engine.native(model)
    return model


KINDS = {
    "Sequential": nested, "functional": functional, "ops": with_ops, "subclassed": subclassed, "native view": with_view
}  # fmt: skip
