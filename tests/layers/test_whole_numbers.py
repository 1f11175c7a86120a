"""Pictures of bytes, class numbers, one-hot rows of booleans: a model and a layer take them as what they compute in."""

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers, ops

PICTURES = np.random.default_rng(0).integers(0, 9, (4, 8, 8, 3))
ROWS, VECTORS = PICTURES[:, :, 0, :], PICTURES[:, 0, 0, :]
KINDS = ("uint8", "int64", "int32", "bool", "float64", "float16")

ALONE = [
    (lambda: layers.Dense(2), VECTORS),
    (lambda: layers.EinsumDense("abc,cd->abd", output_shape=(None, 2)), ROWS),
    (lambda: layers.Conv1D(2, 3), ROWS),
    (lambda: layers.Conv2D(2, 3), PICTURES),
    (lambda: layers.Conv3D(2, 2), PICTURES[..., None]),
    (lambda: layers.Conv2DTranspose(2, 3), PICTURES),
    (lambda: layers.DepthwiseConv2D(3), PICTURES),
    (lambda: layers.SeparableConv2D(2, 3), PICTURES),
    (lambda: layers.LSTM(3), ROWS),
    (lambda: layers.GRU(3), ROWS),
    (lambda: layers.SimpleRNN(3), ROWS),
    (lambda: layers.RNN(layers.LSTMCell(3)), ROWS),
    (lambda: layers.Bidirectional(layers.LSTM(3)), ROWS),
    (lambda: layers.TimeDistributed(layers.Dense(2)), ROWS),
    (lambda: layers.BatchNormalization(), PICTURES),
    (lambda: layers.LayerNormalization(), PICTURES),
    (lambda: layers.GroupNormalization(3), PICTURES),
    (lambda: layers.UnitNormalization(), VECTORS),
    (lambda: layers.PReLU(), VECTORS),
    (lambda: layers.LeakyReLU(), VECTORS),
    (lambda: layers.Softmax(), VECTORS),
    (lambda: layers.Activation("gelu"), VECTORS),
    (lambda: layers.MaxPooling2D(), PICTURES),
    (lambda: layers.AveragePooling2D(), PICTURES),
    (lambda: layers.GlobalAveragePooling2D(), PICTURES),
    (lambda: layers.Dropout(0.5), VECTORS),
    (lambda: layers.Rescaling(1 / 255), PICTURES),
    (lambda: layers.Resizing(4, 4), PICTURES),
    (lambda: layers.UpSampling2D(interpolation="bilinear"), PICTURES),
    (lambda: layers.Embedding(9, 2), VECTORS),
]
IN_PAIRS = [(lambda: layers.Dot(1), VECTORS), (lambda: layers.Average(), VECTORS), (lambda: layers.Attention(), ROWS)]


@pytest.mark.parametrize("kind", KINDS)
def test_layers_compute_what_they_do_for_floats(engine, kind):
    for make, x in ALONE + IN_PAIRS:
        x = x.astype(kind)
        layer, pair = make(), (make, x) and any(make is other for other, _ in IN_PAIRS)
        expected = layer([x.astype("float32")] * 2 if pair else x.astype("float32"))
        for given in (x, layer.engine.array(x)):
            found = layer([given, given] if pair else given)
            values = [ops.convert_to_numpy(ops.cast(y, "float32")) for y in (found, expected)]
            np.testing.assert_allclose(*values, rtol=2e-3, atol=2e-3, err_msg=repr(layer))


class Sub(keras.Model):
    def __init__(self):
        super().__init__()
        self.convolution, self.head = layers.Conv2D(2, 3), layers.Dense(2)

    def call(self, x):
        return self.head(ops.mean(self.convolution(x), axis=(1, 2)))


def several():
    a, b = keras.Input((8, 8, 3), name="a"), keras.Input((3,), name="b")
    return keras.Model({"a": a, "b": b}, layers.Dense(2)(layers.concatenate([layers.Flatten()(a), b])))


def chain(*first):
    return keras.Sequential([*first, layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(2)])


MODELS = {
    "Sequential": lambda: chain(keras.Input((8, 8, 3))),
    "without Input": chain,
    "several inputs": several,
    "subclassed": Sub,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", MODELS)
def test_models_learn_and_predict_what_they_do_for_floats(engine, make, kind):
    results, y = [], np.arange(4) % 2
    for dtype in (kind, "float32"):
        keras.set_random_seed(0)
        model, x = MODELS[make](), PICTURES.astype(kind).astype(dtype)
        if make == "several inputs":
            x = {"a": x, "b": VECTORS.astype(kind).astype(dtype)}
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(x, y, verbose=0)
        model.train_on_batch(x, y)
        if make != "several inputs":
            model.fit(iter([(x, y)]), steps_per_epoch=1, verbose=0)
            model.fit(model.engine.array(x), model.engine.array(y), verbose=0)
            results.append(model.predict(model.engine.array(x), verbose=0))
        results.append(model.predict(x, verbose=0))
        results.append(model.evaluate(x, y, verbose=0))
        results.append(ops.convert_to_numpy(model(x)))
        results.append(model.get_weights()[0])
    half = len(results) // 2
    for ours, floats in zip(results[:half], results[half:], strict=True):
        np.testing.assert_allclose(ours, floats, rtol=5e-3, atol=5e-3)


def test_floats_for_an_input_of_whole_numbers(engine):
    x = keras.Input((3,), dtype="int32")
    model = keras.Model(x, layers.Embedding(9, 2)(x))
    np.testing.assert_array_equal(
        model.predict(VECTORS.astype("float32"), verbose=0), model.predict(VECTORS, verbose=0)
    )


def test_a_users_layer_is_given_what_comes(engine):
    class Kind(layers.Layer):
        def call(self, x):
            self.seen = ops.dtype(x)
            return x

    layer = Kind()
    layer(VECTORS.astype("uint8"))
    assert layer.seen == "uint8"


@pytest.mark.parametrize("kind", ["uint8", "int32", "bool"])
def test_products_promote_as_in_keras(engine, kind):
    array = keras.engines.get(engine).array
    a, w = array(np.ones((2, 3), kind)), array(np.ones((3, 4), "float32"))
    picture, kernel = array(np.ones((1, 5, 5, 3), kind)), array(np.ones((2, 2, 3, 2), "float32"))
    for found, value in (
        (ops.matmul(a, w), 3), (ops.dot(a, w), 3), (ops.einsum("ab,bc->ac", a, w), 3), (ops.tensordot(a, w, 1), 3),
        (ops.conv(picture, kernel), 12), (ops.depthwise_conv(picture, kernel[..., :1]), 4),
    ):  # fmt: skip
        assert ops.dtype(found) == "float32"
        assert (ops.convert_to_numpy(found) == value).all()
