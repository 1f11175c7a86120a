"""Names and arguments of Keras 1 and 2: each means what it meant, and says once what it is called today."""

import importlib
import warnings

import numpy as np
import pytest

import lanthorn
from lanthorn import layers
from lanthorn.old import names, said


@pytest.fixture(autouse=True)
def unsaid(monkeypatch):
    monkeypatch.setattr(said, "_said", set())


def told(call):
    """What a call gives, and the warnings that came."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        value = call()
    return value, [str(w.message) for w in found if issubclass(w.category, DeprecationWarning)]


@pytest.mark.parametrize("path", sorted(names.MODULES))
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_old_module_gives_what_today_has(path):
    module = importlib.import_module(f"lanthorn.{path}")
    missing = [name for name in dir(module) if name != "plot_model" and getattr(module, name, None) is None]
    assert dir(module) and not missing


@pytest.mark.parametrize(("path", "name"), [(path, name) for path in names.NAMES for name in names._FOUND[path]])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_old_name_is_there(path, name):
    assert getattr(importlib.import_module(f"lanthorn.{path}"), name) is not None


def test_a_name_warns_once_at_the_line_that_uses_it():
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        layers.Dense(output_dim=3)
        layers.Dense(output_dim=4)
    assert len(found) == 1 and found[0].filename == __file__ and "units" in str(found[0].message)


# old call, today's: their configs are the same
SAME = [
    (lambda: layers.Convolution2D(8, 3, 5, border_mode="same", subsample=(2, 1), init="he_normal", bias=False),
     lambda: layers.Conv2D(8, (3, 5), (2, 1), "same", kernel_initializer="he_normal", use_bias=False)),
    (lambda: layers.Convolution2D(nb_filter=8, nb_row=3, nb_col=2, dim_ordering="th"),
     lambda: layers.Conv2D(8, (3, 2), data_format="channels_first")),
    (lambda: layers.Conv2D(32, 3, 2, dim_ordering="tf"), lambda: layers.Conv2D(32, (3, 3), (2, 2))),
    (lambda: layers.Convolution1D(8, 3, subsample_length=2), lambda: layers.Conv1D(8, 3, 2)),
    (lambda: layers.Convolution1D(nb_filter=8, filter_length=3), lambda: layers.Conv1D(8, 3)),
    (lambda: layers.Convolution3D(8, 2, 3, 4), lambda: layers.Conv3D(8, (2, 3, 4))),
    (lambda: layers.AtrousConvolution2D(8, 3, 3, atrous_rate=(2, 2)), lambda: layers.Conv2D(8, 3, dilation_rate=2)),
    (lambda: layers.Deconvolution2D(8, 3, 3, (None, 3, 14, 14), subsample=(2, 2)),
     lambda: layers.Conv2DTranspose(8, 3, 2)),
    (lambda: layers.SeparableConvolution2D(8, 3, 3, depthwise_init="zero"),
     lambda: layers.SeparableConv2D(8, 3, depthwise_initializer="zeros")),
    (lambda: layers.MaxPooling2D((2, 2), border_mode="same"), lambda: layers.MaxPooling2D(2, padding="same")),
    (lambda: layers.MaxPooling1D(pool_length=3, stride=2), lambda: layers.MaxPooling1D(3, 2)),
    (lambda: layers.UpSampling1D(length=3), lambda: layers.UpSampling1D(3)),
    (lambda: layers.Dense(output_dim=3, W_regularizer=lanthorn.regularizers.l2(l=0.1), b_constraint="nonneg"),
     lambda: layers.Dense(3, kernel_regularizer=lanthorn.regularizers.L2(0.1), bias_constraint="non_neg")),
    (lambda: layers.Dense(3, W_constraint=lanthorn.constraints.maxnorm(m=3)),
     lambda: layers.Dense(3, kernel_constraint=lanthorn.constraints.MaxNorm(3))),
    (lambda: layers.Dropout(p=0.3), lambda: layers.Dropout(0.3)),
    (lambda: layers.GaussianNoise(sigma=0.3), lambda: layers.GaussianNoise(0.3)),
    (lambda: layers.BatchNormalization(mode=0, axis=1, gamma_init="zero"),
     lambda: layers.BatchNormalization(axis=1, gamma_initializer="zeros")),
    (lambda: layers.Embedding(9, 4, init="uniform", W_regularizer="l2", dropout=0.2),
     lambda: layers.Embedding(9, 4, embeddings_initializer="uniform", embeddings_regularizer="l2")),
    (lambda: layers.LSTM(4, inner_init="identity", inner_activation="hard_sigmoid", forget_bias_init="one",
                         dropout_W=0.1, dropout_U=0.2, U_regularizer="l1", consume_less="mem"),
     lambda: layers.LSTM(4, recurrent_initializer="identity", recurrent_activation="hard_sigmoid", dropout=0.1,
                         recurrent_dropout=0.2, recurrent_regularizer="l1")),
    (lambda: layers.LSTM(output_dim=4, input_dim=3, input_length=7), lambda: layers.LSTM(4, input_shape=(7, 3))),
    (lambda: layers.CuDNNLSTM(4), lambda: layers.LSTM(4)),
    (lambda: layers.TimeDistributedDense(4), lambda: layers.Dense(4)),
    (lambda: lanthorn.regularizers.l1l2(), lambda: lanthorn.regularizers.L1L2(0.01, 0.01)),
    (lambda: lanthorn.regularizers.activity_l2(0.3), lambda: lanthorn.regularizers.L2(0.3)),
    (lambda: layers.Merge(mode="concat", concat_axis=1), lambda: layers.Concatenate(axis=1)),
    (lambda: layers.Merge(mode="cos", dot_axes=2), lambda: layers.Dot(2, normalize=True)),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(SAME)))
def test_old_arguments_are_todays(number):
    old, today = SAME[number]
    found, said_ = told(old)
    wanted, quiet = told(today)
    same = [{k: v for k, v in each.get_config().items() if k != "name"} for each in (found, wanted)]
    assert type(found) is type(wanted) and same[0] == same[1]
    assert getattr(found, "_first_shape", None) == getattr(wanted, "_first_shape", None)
    assert said_ and not quiet


def test_what_is_no_old_name_is_refused_as_ever():
    with pytest.raises(TypeError, match="unknown setting 'unit'"):
        layers.Dense(3, unit=3)
    with pytest.raises(TypeError, match="no_such"):
        lanthorn.Sequential([layers.Dense(1)]).fit(no_such=1)
    with pytest.raises(ValueError, match="training=True"):
        layers.BatchNormalization(mode=2)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("lanthorn.layers.no_such_module")
    with pytest.raises(AttributeError, match="lanthorn.layers has no 'NoSuch'"):
        _ = layers.NoSuch


def test_old_convolutions_are_todays_classes():
    layer = layers.Conv2D(4, 3)
    assert isinstance(layer, layers.Convolution2D) and issubclass(layers.Conv2D, layers.Convolution2D)
    assert not isinstance(layers.Dense(1), layers.Convolution2D)

    class Mine(layers.Convolution2D):
        pass

    assert type(Mine(4, (3, 3))) is Mine and not isinstance(layer, Mine) and isinstance(Mine(4, (3, 3)), layers.Conv2D)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_fit_with_old_arguments_trains_as_todays(one_engine):
    x, y = np.random.default_rng(0).normal(size=(30, 4)).astype("float32"), np.ones((30, 1), "float32")

    def batches():
        while True:
            yield x[:10], y[:10]
            yield x[10:20], y[10:20]
            yield x[20:], y[20:]

    def trained(train):
        lanthorn.utils.set_random_seed(0)
        model = lanthorn.Sequential([layers.Input((4,)), layers.Dense(1)])
        model.compile("sgd", "mse")
        return train(model).history

    old = trained(lambda m: m.fit_generator(batches(), samples_per_epoch=30, nb_epoch=2, validation_data=batches(),
                                            nb_val_samples=20, verbose=0, max_q_size=2))  # fmt: skip
    new = trained(lambda m: m.fit(batches(), steps_per_epoch=3, epochs=2, validation_data=batches(),
                                  validation_steps=2, verbose=0))  # fmt: skip
    assert dict(old) == dict(new) and len(old["val_loss"]) == 2


def test_logs_have_the_names_of_each_era(one_engine):
    x = np.eye(4, dtype="float32")
    seen = []

    class Watch(lanthorn.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append((logs.get("acc"), logs.get("none"), logs["accuracy"]))

    model = lanthorn.Sequential([layers.Input((4,)), layers.Dense(4)])
    model.compile("sgd", "mse", metrics=["accuracy"])
    with pytest.warns(DeprecationWarning, match="'acc'.*'accuracy'"):
        history = model.fit(x, x, validation_data=(x, x), verbose=0, callbacks=[Watch()]).history
    with pytest.warns(DeprecationWarning, match="'val_acc'.*'val_accuracy'"):
        assert history["val_acc"] == history["val_accuracy"]
    assert seen[0][0] == seen[0][2] and seen[0][1] is None
    model.compile("sgd", "mse", metrics=["acc"])
    assert set(model.fit(x, x, verbose=0).history) == {"loss", "acc"}
    with pytest.raises(KeyError):
        history["no_such"]


def reference(x, kernel, bias, size):
    """A locally connected layer, place by place."""
    rows, columns = x.shape[1] - size + 1, x.shape[2] - size + 1
    out = np.zeros((len(x), rows, columns, kernel.shape[-1]), "float32")
    for i in range(rows):
        for j in range(columns):
            window = x[:, i : i + size, j : j + size].reshape(len(x), -1)
            out[:, i, j] = window @ kernel[i * columns + j] + bias[i, j]
    return out


def test_locally_connected(engine, rng):
    x = rng.normal(size=(2, 5, 4, 3)).astype("float32")
    layer = layers.LocallyConnected2D(6, 3, bias_initializer="ones")
    found = lanthorn.ops.convert_to_numpy(layer(x))
    np.testing.assert_allclose(found, reference(x, *layer.get_weights(), 3), rtol=1e-4, atol=1e-5)
    first = layers.LocallyConnected2D(6, 3, data_format="channels_first", bias_initializer="ones")
    first.build((None, 3, 5, 4))
    first.set_weights(layer.get_weights())
    again = lanthorn.ops.convert_to_numpy(first(x.transpose(0, 3, 1, 2)))
    np.testing.assert_allclose(again.transpose(0, 2, 3, 1), found, rtol=1e-4, atol=1e-5)
    one = layers.LocallyConnected1D(6, 3, strides=2)
    assert one(x[:, :, 0]).shape == (2, 2, 6) and one.get_weights()[0].shape == (2, 9, 6)


def test_layers_that_keras_3_has_no_more(engine, rng):
    x = rng.normal(size=(4, 3)).astype("float32")
    numpy = lanthorn.ops.convert_to_numpy
    np.testing.assert_array_equal(numpy(layers.ThresholdedReLU(0.5)(x)), np.where(x > 0.5, x, 0))
    maxout = layers.MaxoutDense(2, nb_feature=3)
    found = numpy(maxout(x))
    kernel, bias = maxout.get_weights()
    np.testing.assert_allclose(found, (np.einsum("bn,fno->bfo", x, kernel) + bias).max(1), rtol=1e-5, atol=1e-6)
    highway = layers.Highway(activation="tanh", transform_bias=-30.0)
    np.testing.assert_allclose(numpy(highway(x)), x, atol=1e-6)
    assert layers.Highway.from_config(highway.get_config()).transform_bias == -30


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_old_backend(engine, rng):
    K = lanthorn.backend
    x = rng.normal(size=(2, 3, 4)).astype("float32")
    a = lanthorn.ops.convert_to_tensor(x)
    numpy = lanthorn.ops.convert_to_numpy
    np.testing.assert_array_equal(numpy(K.slice(a, (0, 1, 0), (-1, 2, 3))), x[:, 1:3, :3])
    np.testing.assert_array_equal(numpy(K.repeat(a[:, 0], 5)), np.repeat(x[:, :1], 5, 1))
    np.testing.assert_allclose(numpy(K.foldl(lambda s, e: s + e, a)), x.sum(0), rtol=1e-6)
    np.testing.assert_allclose(numpy(K.foldr(lambda s, e: s * 0.5 + e, a)), x[1] * 0.5 + x[0], rtol=1e-6)
    last, outputs, states = K.rnn(lambda i, s: (i + s[0], [i + s[0]]), a, [a[:, 0] * 0])
    np.testing.assert_allclose(numpy(outputs), x.cumsum(1), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(numpy(last), numpy(states[0]))
    normal, mean, var = K.normalize_batch_in_training(a, np.ones(4, "float32"), np.zeros(4, "float32"), [0, 1])
    np.testing.assert_allclose(numpy(mean), x.mean((0, 1)), atol=1e-6)
    np.testing.assert_allclose(numpy(normal).std((0, 1)), 1, atol=2e-3)
    assert K.resize_images(a[..., None], 2, 3).shape == (2, 6, 12, 1) and K.temporal_padding(a).shape == (2, 5, 4)
    assert set(numpy(K.random_binomial((40,), 0.5)).tolist()) == {0.0, 1.0}
    assert K.is_tensor(a) and not K.is_placeholder(a) and K.is_placeholder(lanthorn.Input((2,)))
    kernel = np.ones((3, 3, 2, 1), "float32")
    assert K.conv2d_transpose(a[..., None], kernel, (2, 6, 8, 2), (2, 2), "same").shape == (2, 6, 8, 2)
    with pytest.raises(RuntimeError, match="K.function"):
        K.get_session()
