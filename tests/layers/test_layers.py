"""What no table of values shows: errors, dropout, freezing, masks on their way, adapting, functions as layers."""

import numpy as np
import pytest

import lanthorn
from lanthorn import layers, metrics, ops


def array(x):
    return np.asarray(ops.convert_to_numpy(x))


@pytest.mark.parametrize(
    ("make", "good", "bad", "message"),
    [
        (lambda: layers.Dense(3, name="d"), (2, 8), (2, 5),
         r"Dense 'd': expected the last axis to be 8 \(set when it was built\), got an input of shape \(2, 5\)."),
        (lambda: layers.Conv2D(3, 3, name="c"), (1, 8, 8, 3), (1, 8, 8, 4),
         "Conv2D 'c': expected the last axis to be 3"),
        (lambda: layers.Conv2D(3, 3, data_format="channels_first", name="c"), (1, 3, 8, 8), (1, 4, 8, 8),
         "Conv2D 'c': expected axis 1 to be 3"),
        (lambda: layers.BatchNormalization(name="b"), (2, 4), (2, 3),
         "BatchNormalization 'b': expected the last axis to be 4"),
        (lambda: layers.GRU(3, name="g"), (2, 4, 3), (2, 4, 2), "GRU 'g': expected the last axis to be 3"),
    ],
)  # fmt: skip
def test_a_call_with_another_shape_after_building(make, good, bad, message, engine):
    layer = make()
    layer(np.ones(good, "float32"))
    with pytest.raises(ValueError, match=message):
        layer(np.ones(bad, "float32"))
    layer(np.ones(good, "float32"))


def test_inputs_that_cannot_be_merged(engine):
    ones = np.ones((2, 3), "float32"), np.ones((2, 4), "float32")
    with pytest.raises(ValueError, match="Add 'a': .*agree along every axis .* along axis 1"):
        layers.Add(name="a")(list(ones))
    with pytest.raises(ValueError, match="Concatenate 'c': .*agree along every axis but axis 0"):
        layers.Concatenate(axis=0, name="c")(list(ones))
    with pytest.raises(ValueError, match="Add 'b': .*list of inputs"):
        layers.Add(name="b")(ones[0])
    layer = layers.Multiply(name="m")
    layer([ones[0], ones[0]])
    with pytest.raises(Exception, match=r"Multiply 'm': .*\(2, 3\), \(2, 4\)"):
        layer(list(ones))


@pytest.mark.parametrize(
    ("make", "shape", "message"),
    [
        (lambda: layers.Conv2D(3, 3, name="c"), (2, 5), "Conv2D 'c': expected an input with at least 4 axes"),
        (lambda: layers.MaxPooling2D(name="p"), (2, 5, 5), "MaxPooling2D 'p': expected an input with 4 axes"),
        (lambda: layers.Dense(3, name="d"), (5,), "Dense 'd': expected an input with at least 2 axes"),
        (lambda: layers.Reshape((2, 2), name="r"), (2, 5), "Reshape 'r': .*samples of 4 numbers"),
        (lambda: layers.Conv2D(4, 3, groups=2, name="c"), (1, 5, 5, 3), "Conv2D 'c': .*multiple of its 2 groups"),
        (lambda: layers.GroupNormalization(4, name="g"), (1, 6), "GroupNormalization 'g': .*multiple of its 4 groups"),
        (lambda: layers.Cropping2D(3, name="k"), (1, 6, 6, 1), "Cropping2D 'k': .*nothing would be left"),
        (lambda: layers.BatchNormalization(axis=3, name="b"), (2, 5), "BatchNormalization 'b': .*axis 3"),
        (lambda: layers.Dot(1, name="dot"), (2, 5), "Dot 'dot': .*list of inputs"),
    ],
)
def test_a_first_call_with_a_wrong_shape(make, shape, message, engine):
    layer = make()
    with pytest.raises(ValueError, match=message):
        layer(np.ones(shape, "float32"))
    with pytest.raises(ValueError, match=message):
        layer(lanthorn.Input(shape[1:]))
    assert not layer.weights


def test_a_refused_input_does_not_build_the_layer(engine):
    layer = layers.Conv2D(2, 3)
    with pytest.raises(ValueError, match="at least 4 axes"):
        layer(np.ones((2, 5), "float32"))
    assert tuple(layer(np.ones((1, 5, 5, 3), "float32")).shape) == (1, 3, 3, 2)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Dense(0), "Dense: `units` must be at least 1"),
        (lambda: layers.Dense("5"), "Dense: `units` must be int, got '5'"),
        (lambda: layers.Dense(5, "no_such"), "no activation is named 'no_such'"),
        (lambda: layers.Dense(5, unit=3), "Dense: unknown setting 'unit'"),
        (lambda: layers.Conv2D(3, (3, 3, 3)), "Conv2D: `kernel_size` must be a whole number of at least 1, or 2"),
        (lambda: layers.Conv2D(3, 3, padding="full"), "Conv2D: `padding` must be 'valid' or 'same', got 'full'"),
        (lambda: layers.Conv2D(3, 3, padding="causal"), "Conv2D: `padding`"),
        (lambda: layers.Conv2D(3, 3, strides=2, dilation_rate=2), "cannot both exceed 1"),
        (lambda: layers.Conv2D(3, 3, data_format="NHWC"), "Conv2D: `data_format`"),
        (lambda: layers.ZeroPadding2D((1, 2, 3)), "ZeroPadding2D: `padding`"),
        (lambda: layers.Dropout(1.5), "Dropout: `rate` must be from 0 to 1, got 1.5"),
        (lambda: layers.Permute((1, 3)), "Permute: `dims` must hold each of 1 to 2 once"),
        (lambda: layers.Reshape((-1, -1)), "only one axis"),
        (lambda: layers.Embedding(0, 3), "Embedding: `input_dim`"),
        (lambda: layers.BatchNormalization(renorm=True), "renorm"),
        (lambda: layers.TimeDistributed(3), "TimeDistributed: `layer` must be a layer"),
        (lambda: layers.EinsumDense("ab,bc", 3), "EinsumDense: `equation`"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_dropout_scales_what_it_keeps(engine):
    lanthorn.set_random_seed(1)
    x = np.ones((200, 100), "float32")
    for layer in (layers.Dropout(0.25), layers.Dropout(0.25, seed=4)):
        y = array(layer(x, training=True))
        np.testing.assert_allclose(np.unique(np.round(y, 5)), [0, 1.33333], atol=1e-5)
        assert abs((y == 0).mean() - 0.25) < 0.02
        assert (array(layer(x, training=True)) != y).any()  # each call draws anew
        np.testing.assert_array_equal(array(layer(x)), x)


def test_dropout_of_whole_channels(engine):
    lanthorn.set_random_seed(1)
    for layer in (layers.SpatialDropout2D(0.5), layers.Dropout(0.5, noise_shape=(None, 1, 1, None))):
        y = array(layer(np.ones((8, 3, 3, 16), "float32"), training=True))
        assert set(np.unique(y)) == {0.0, 2.0}
        assert (y == y[:, :1, :1]).all()


def test_noise_has_the_spread_it_says(engine):
    lanthorn.set_random_seed(1)
    x = np.full((300, 100), 2.0, "float32")
    noisy = array(layers.GaussianNoise(0.5)(x, training=True))
    assert abs(noisy.mean() - 2) < 0.02 and abs(noisy.std() - 0.5) < 0.02
    dropped = array(layers.GaussianDropout(0.2)(x, training=True))
    assert abs(dropped.mean() - 2) < 0.02 and abs(dropped.std() - 1.0) < 0.03


def test_a_frozen_batch_normalization_rests(engine, rng):
    x = rng.normal(size=(16, 3)).astype("float32") * 3 + 1
    layer = layers.BatchNormalization()
    layer(x, training=True)
    moved = layer.get_weights()
    layer.trainable = False
    y = array(layer(x, training=True))
    for before, after in zip(moved, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    np.testing.assert_allclose(y, array(layer(x, training=False)), rtol=1e-6)
    layer.trainable = True
    layer(x, training=True)
    assert (layer.get_weights()[2] != moved[2]).any()


def test_batch_normalization_of_one_value_per_channel(engine):
    layer = layers.BatchNormalization()
    y = array(layer(np.array([[5.0, -2.0]], "float32"), training=True))
    np.testing.assert_allclose(y, np.zeros((1, 2)), atol=5e-5)
    np.testing.assert_allclose(layer.get_weights()[3], [0.99, 0.99], rtol=1e-6)


def test_layer_normalization_of_another_axis(engine, rng):
    x = rng.normal(size=(2, 5, 3)).astype("float32")  # Keras 3.15.1 on torch cannot do this
    first, last = layers.LayerNormalization(axis=1), layers.LayerNormalization()
    y = array(first(x))
    turned = array(last(x.transpose(0, 2, 1).copy()))
    np.testing.assert_allclose(y, turned.transpose(0, 2, 1), rtol=1e-4, atol=1e-5)
    assert [w.shape for w in first.weights] == [(5,), (5,)]


def test_softmax_of_a_row_that_is_masked_out(engine):
    layer = layers.Softmax()
    mask = layer.engine.array(np.array([[True, False, True], [False, False, False]]))
    y = array(layer(np.ones((2, 3), "float32"), mask=mask))
    np.testing.assert_allclose(y, [[0.5, 0, 0.5], [0, 0, 0]], atol=1e-6)


def test_masks_on_their_way(engine):
    words = np.array([[1, 2, 0], [3, 0, 0]], "int32")
    x = layers.Embedding(5, 4, mask_zero=True)(words)
    x = layers.Dropout(0.5)(layers.Activation("tanh")(x))
    mean = array(layers.GlobalAveragePooling1D()(x))
    values = array(x)
    np.testing.assert_allclose(mean, [values[0, :2].mean(0), values[1, 0]], rtol=1e-5)


def test_masking_by_value(engine):
    x = np.ones((1, 3, 2), "float32")
    x[0, 1] = -1
    layer = layers.GlobalAveragePooling1D()
    np.testing.assert_allclose(array(layer(layers.Masking(-1.0)(x))), [[1, 1]])


def test_attention_does_not_see_what_it_may_not(engine, rng):
    x = rng.normal(size=(2, 5, 4)).astype("float32")
    layer = layers.MultiHeadAttention(2, 3)
    y, scores = layer(x, x, use_causal_mask=True, return_attention_scores=True)
    scores = array(scores)
    assert scores.shape == (2, 2, 5, 5)
    assert (np.triu(scores, 1) == 0).all()
    np.testing.assert_allclose(scores.sum(-1), 1, rtol=1e-5)
    changed = x.copy()
    changed[:, 3:] = 7
    early = array(layer(changed, changed, use_causal_mask=True))[:, :3]
    np.testing.assert_allclose(early, array(y)[:, :3], rtol=1e-4, atol=1e-5)
    allowed = layer.engine.array(np.tile(np.arange(5) < 3, (2, 5, 1)))
    same, other = array(layer(x, x, attention_mask=allowed)), array(layer(x, changed, attention_mask=allowed))
    np.testing.assert_allclose(same, other, rtol=1e-4, atol=1e-5)


def test_attention_takes_the_masks_of_its_inputs(engine):
    words = np.array([[1, 2, 0, 0]], "int32")
    embedded = layers.Embedding(5, 4, mask_zero=True)(words)
    _, scores = layers.MultiHeadAttention(1, 3)(embedded, embedded, return_attention_scores=True)
    scores = array(scores)
    assert (scores[..., 2:] == 0).all() and (scores[:, :, 2:] == 0).all()
    np.testing.assert_allclose(scores[0, 0, :2].sum(-1), 1, rtol=1e-5)


def test_attention_in_a_graph(engine):
    x = lanthorn.Input((None, 6))
    y = layers.MultiHeadAttention(2, 3, output_shape=5)(x, x)
    assert y.shape == (None, None, 5)
    assert lanthorn.Model(x, y).layers[-1].output_shape == (None, None, 5)


def test_multiply_and_concatenate_masks(engine):
    a = layers.Embedding(5, 2, mask_zero=True)(np.array([[1, 0]], "int32"))
    b = layers.Embedding(5, 2, mask_zero=True)(np.array([[1, 1]], "int32"))
    both = layers.GlobalAveragePooling1D()(layers.Concatenate(axis=1)([a, b]))
    values = np.concatenate([array(a)[0, :1], array(b)[0]])
    np.testing.assert_allclose(array(both)[0], values.mean(0), rtol=1e-5)
    product = array(layers.Multiply()([a, b]))
    np.testing.assert_allclose(product[0, 1], array(b)[0, 1], rtol=1e-6)


def test_normalization_adapts_to_data_in_batches(engine, rng):
    x = (rng.normal(size=(50, 3)) * [1, 2, 3] + [4, 5, 6]).astype("float32")
    whole, parts = layers.Normalization(), layers.Normalization()
    whole.adapt(x)
    parts.adapt((part, None) for part in np.array_split(x, 7))
    for layer in (whole, parts):
        y = array(layer(x))
        np.testing.assert_allclose(y.mean(0), 0, atol=1e-5)
        np.testing.assert_allclose(y.std(0), 1, rtol=1e-4)
    with pytest.raises(ValueError, match="incompatible shape"):
        whole.adapt(np.ones((4, 2), "float32"))
    with pytest.raises(ValueError, match="got no data"):
        layers.Normalization().adapt([])


def test_an_embedding_with_a_given_table(engine):
    table = np.arange(12, dtype="float32").reshape(4, 3)
    layer = layers.Embedding(4, 3, weights=[table], input_length=2, trainable=False)
    np.testing.assert_array_equal(array(layer(np.array([[1, 3]], "int32"))), [table[[1, 3]]])
    assert layer.trainable_weights == []
    assert layers.Embedding(input_dim=4, output_dim=3).input_dim == 4


def test_time_distributed_is_the_layer_at_each_step(engine, rng):
    x = rng.normal(size=(2, 3, 5, 5, 1)).astype("float32")
    inner = layers.Conv2D(2, 3)
    y = array(layers.TimeDistributed(inner)(x))
    for t in range(3):
        np.testing.assert_allclose(y[:, t], array(inner(x[:, t].copy())), rtol=1e-5, atol=1e-6)


def test_a_function_as_a_layer(engine):
    layer = layers.Lambda(lambda x, factor: x * factor, arguments={"factor": 3.0})
    np.testing.assert_allclose(array(layer(np.ones((1, 2), "float32"))), [[3, 3]])
    assert layer.compute_output_shape((None, 2)) == (None, 2)
    with pytest.raises(ValueError, match="is not registered"):
        layer.get_config()


def twice(x):
    return x * 2


def test_a_lambda_is_written_and_read_by_name():
    with pytest.raises(ValueError, match="no function is known as 'twice'"):
        layers.Lambda.from_config({"name": "l", "function": "twice"})
    with pytest.raises(ValueError, match="never names code"):
        layers.Lambda.from_config({"function": {"class_name": "__lambda__", "config": {"code": "4wEAAAA"}}})
    lanthorn.saving.register_keras_serializable("test_layers")(twice)
    config = layers.Lambda(twice, name="l").get_config()
    assert layers.Lambda.from_config(config).function is twice


def test_old_names_of_settings():
    assert layers.LeakyReLU(alpha=0.2).negative_slope == 0.2
    assert layers.DepthwiseConv2D.from_config({"kernel_size": [3, 3], "groups": 1, "strides": [2, 2]}).strides == (2, 2)
    assert layers.BatchNormalization(axis=[3], fused=True).axis == 3
    assert layers.LSTM(3, implementation=2, time_major=False).units == 3
    assert layers.Conv2D(8, (3, 3), input_shape=(8, 8, 3))._first_shape == (None, 8, 8, 3)
    assert layers.Dense(8, input_dim=4)._first_shape == (None, 4)
    assert layers.MaxPool2D is layers.MaxPooling2D and layers.Convolution1D is layers.Conv1D
    assert layers.GlobalAvgPool2D is layers.GlobalAveragePooling2D


def test_functions_that_merge(engine):
    a, b = lanthorn.Input((3,)), lanthorn.Input((3,))
    for merge in (layers.add, layers.subtract, layers.multiply, layers.average, layers.maximum, layers.minimum):
        assert merge([a, b]).shape == (None, 3)
    assert layers.concatenate([a, b]).shape == (None, 6)
    assert layers.dot([a, b], axes=1).shape == (None, 1)


def test_layers_by_name_and_config():
    layer = layers.deserialize({"class_name": "Dense", "config": {"units": 3}})
    assert layers.serialize(layer)["class_name"] == "Dense"
    with pytest.raises(ValueError, match="no layer is named 'Dens'.*'Dense'"):
        layers.deserialize({"class_name": "Dens", "config": {}})
    with pytest.raises(AttributeError, match="no 'Dens'"):
        layers.Dens  # noqa: B018


def test_bicubic_and_lanczos_keep_a_constant_and_a_ramp(engine):
    ramp = np.tile(np.arange(8, dtype="float32")[None, :, None, None], (1, 1, 8, 1))
    for method in ("bicubic", "lanczos3", "lanczos5", "bilinear", "nearest"):
        flat = array(layers.Resizing(5, 13, interpolation=method)(np.full((1, 8, 8, 1), 3.0, "float32")))
        np.testing.assert_allclose(flat, 3.0, rtol=1e-5)
        large = array(layers.Resizing(16, 8, interpolation=method)(ramp))[0, :, 0, 0]
        expected = (np.arange(16) + 0.5) / 2 - 0.5
        tolerance = 0.3 if method == "nearest" else 0.06  # a window of sines is not exact on a ramp
        np.testing.assert_allclose(large[6:10], expected[6:10], atol=tolerance)


def test_the_metrics_of_a_layer_are_those_it_holds(one_engine):
    layer = layers.Dense(2)
    layer.kept = [metrics.Mean(name="seen")]
    assert layer.metrics == layer.kept and layer.metrics_variables == layer.kept[0].variables
    assert layers.TextVectorization().metrics == []  # it is adapted in the same words, and measures nothing
