"""Small networks written once in Keras's words: `build(lib)` with lib lanthorn or keras, and data for them."""

import numpy as np


def dense(lib):
    L = lib.layers
    return lib.Sequential(
        [
            lib.Input((6,)),
            L.Dense(5, activation="relu", kernel_regularizer="l2", kernel_initializer="he_normal"),
            L.Dropout(0.3),
            L.Dense(3, activation="softmax", use_bias=False, kernel_constraint="non_neg"),
        ],
        name="small",
    )


def mobile(lib):
    """What MobileNetV2 is made of: strided, padded, depthwise convolutions, ReLU6, a residual."""
    L = lib.layers
    image = x = lib.Input((8, 8, 3), name="image")
    x = L.Conv2D(4, 3, strides=2, padding="same", use_bias=False, name="Conv1")(x)
    x = L.BatchNormalization(epsilon=1e-3, momentum=0.999, name="bn_Conv1")(x)
    kept = x = L.ReLU(6.0, name="Conv1_relu")(x)
    x = L.ZeroPadding2D(((0, 1), (0, 1)))(x)
    x = L.DepthwiseConv2D(3, padding="valid", use_bias=False)(x)
    x = L.ZeroPadding2D(1)(x)
    x = L.MaxPooling2D(2, strides=1)(x)
    x = L.Conv2D(4, 1, padding="same", groups=2)(x)
    x = L.Add(name="residual")([kept, x])
    x = L.GlobalAveragePooling2D()(x)
    return lib.Model(image, L.Dense(3, activation="softmax", name="predictions")(x), name="mobile")


def nested(lib):
    """Models inside a model: a Sequential, frozen, and a functional one, called twice."""
    L = lib.layers
    base = lib.Sequential([lib.Input((6,)), L.Dense(4), L.BatchNormalization(), L.Dense(4)], name="base")
    base.trainable = False
    inside = lib.Input((4,))
    tower = lib.Model(inside, L.Dense(4, activation="tanh")(inside), name="tower")
    x = lib.Input((6,))
    return lib.Model(x, L.Dense(2)(tower(tower(base(x, training=False)))), name="outer")


def shared(lib):
    """A layer called twice at different depths, ops between layers, several inputs and outputs."""
    L = lib.layers
    a, b = lib.Input((6,), name="a"), lib.Input((4,), name="b")
    same = L.Dense(4, activation="relu", name="same")
    x = same(L.Dense(4, name="late")(same(L.Dense(4, name="early")(a))) + b)
    y = L.Concatenate()([x * 2.0, b]) - 1.0
    return lib.Model(
        [a, b], [L.Dense(3, name="left")(y), L.Dense(2, name="right")(lib.ops.mean(y, axis=1, keepdims=True))]
    )


def sequence(lib):
    """Masks from an Embedding through recurrent layers."""
    L = lib.layers
    words = lib.Input((7,), dtype="int32", name="words")
    x = L.Embedding(11, 4, mask_zero=True)(words)
    x = L.Bidirectional(L.GRU(3, return_sequences=True))(x)
    x = L.LSTM(4)(x)
    return lib.Model(words, L.Dense(2)(x))


def attention(lib):
    L = lib.layers
    x = lib.Input((5, 4))
    y = L.MultiHeadAttention(num_heads=2, key_dim=3)(x, x)
    y = L.LayerNormalization()(L.Add()([x, y]))
    y = L.TimeDistributed(L.Dense(3, activation="gelu"))(y)
    y = L.Conv1D(2, 3, padding="causal")(y)
    return lib.Model(x, L.Reshape((-1,))(L.Flatten()(y)))


NETWORKS = {f.__name__: f for f in (dense, mobile, nested, shared, sequence, attention)}


def data(name, samples=4):
    rng = np.random.default_rng(3)
    shapes = {"dense": (6,), "mobile": (8, 8, 3), "nested": (6,), "attention": (5, 4)}
    if name == "sequence":
        words = rng.integers(1, 11, (samples, 7)).astype("int32")
        words[0, 4:] = words[1, 2:] = 0
        return words
    if name == "shared":
        return [rng.standard_normal((samples, n)).astype("float32") for n in (6, 4)]
    return rng.standard_normal((samples, *shapes[name])).astype("float32")


def scramble(model):
    """Weights that are no initial values; variances stay positive."""
    rng = np.random.default_rng(5)
    model.set_weights([np.abs(rng.normal(0.4, 0.3, w.shape)).astype(w.dtype) for w in model.get_weights()])


def outputs(model, x):
    found = model.predict(x, verbose=0)
    return [np.asarray(y) for y in (found if isinstance(found, list) else [found])]


def assert_same(model, other, x, rtol=1e-5):
    for ours, theirs in zip(outputs(model, x), outputs(other, x), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=1e-6)
