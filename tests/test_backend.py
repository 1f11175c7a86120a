"""`lanthorn.backend`, the K of 2018: settings, variables, and calls against NumPy."""

import numpy as np
import pytest

import lanthorn
from lanthorn import backend as K
from lanthorn.core.settings import _values as values


def numpy(x):
    return lanthorn.ops.convert_to_numpy(x)


@pytest.fixture
def settings():
    """The settings of the process, put back afterwards."""
    kept = dict(values)
    yield
    values.update(kept)


def test_settings(settings):
    assert (K.floatx(), K.epsilon(), K.image_data_format()) == ("float32", 1e-7, "channels_last")
    K.set_floatx("float16")
    K.set_epsilon(1e-5)
    K.set_image_data_format("channels_first")
    assert (K.floatx(), K.epsilon(), K.image_data_format()) == ("float16", 1e-5, "channels_first")
    assert K.image_dim_ordering() == "th"
    K.set_image_dim_ordering("tf")
    assert K.image_data_format() == "channels_last"
    with pytest.raises(ValueError, match="float16"):
        K.set_floatx("float8")
    with pytest.raises(ValueError, match="channels_last"):
        K.set_image_data_format("tf")


def test_layers_read_the_data_format(settings, engine):
    K.set_image_data_format("channels_first")
    assert lanthorn.layers.GlobalAveragePooling2D()(lanthorn.ops.ones((2, 3, 4, 5))).shape == (2, 3)


@pytest.mark.parametrize("name", sorted(K._FORWARDED))
def test_every_forwarded_name_is_there(name):
    assert callable(getattr(K, name))


def test_an_unknown_name_says_so():
    with pytest.raises(AttributeError, match="lanthorn.ops"):
        _ = K.no_such_name


def test_names_count_anew_after_clear_session():
    K.clear_session()
    first = lanthorn.layers.Dense(1).name
    second = lanthorn.layers.Dense(1).name
    K.clear_session()
    assert (first, second, lanthorn.layers.Dense(1).name) == ("dense", "dense_1", "dense")
    assert [K.get_uid("a"), K.get_uid("a"), K.get_uid("b")] == [1, 2, 1]


def test_learning_phase_is_said_per_call():
    K.set_learning_phase(0)
    assert K.learning_phase() == 0
    with pytest.warns(UserWarning, match="training=True"):
        K.set_learning_phase(1)
    with pytest.raises(ValueError, match="0 .test. or 1"):
        K.set_learning_phase(2)


def test_variables(engine):
    v = K.variable([[1.0, 2.0]])
    assert K.backend() == engine
    assert (K.int_shape(v), K.ndim(v), K.dtype(v), K.count_params(v)) == ((1, 2), 2, "float32", 2)
    K.update_add(v, 1.0)
    K.update_sub(v, np.array([[0.0, 1.0]], "float32"))
    np.testing.assert_array_equal(K.get_value(v), [[2, 2]])
    K.moving_average_update(v, 0.0, 0.5)
    np.testing.assert_array_equal(K.eval(v), [[1, 1]])
    w = K.zeros((2,))
    K.batch_set_value([(v, np.array([[5, 6]])), (w, np.array([1, 2]))])
    np.testing.assert_array_equal(K.batch_get_value([v, w])[1], [1, 2])
    K.set_value(w, np.array([3, 4]))
    np.testing.assert_array_equal(K.get_value(w), [3, 4])
    np.testing.assert_array_equal(K.get_value(K.ones((2, 2), "int32")), np.ones((2, 2)))


def test_calls_with_arguments_of_their_own(any_engine, rng):
    x, y = rng.normal(size=(2, 3, 4)).astype("float32"), rng.normal(size=(4, 5)).astype("float32")
    a, b = lanthorn.ops.convert_to_tensor(x), lanthorn.ops.convert_to_tensor(y)
    close = lambda found, wanted: np.testing.assert_allclose(numpy(found), wanted, rtol=1e-5, atol=1e-6)  # noqa: E731
    close(K.dot(a, b), x @ y)
    close(K.dot(b, K.transpose(b)), y @ y.T)
    close(K.batch_dot(a, a, axes=2), np.einsum("bij,bkj->bik", x, x))
    close(K.batch_dot(a, K.permute_dimensions(a, (0, 2, 1))), np.einsum("bij,bkj->bik", x, x))
    close(K.concatenate([a, a]), np.concatenate([x, x], -1))
    close(K.flatten(a), x.reshape(-1))
    close(K.batch_flatten(a), x.reshape(2, 12))
    close(K.l2_normalize(a, axis=-1), x / np.linalg.norm(x, axis=-1, keepdims=True))
    close(K.switch(K.greater(a, 0.0), a, lambda: K.zeros_like(a)), np.maximum(x, 0))
    close(K.switch(K.greater(K.sum(a, axis=(1, 2)), 0.0), a, -a), np.where(x.sum((1, 2))[:, None, None] > 0, x, -x))
    close(K.in_train_phase(a, lambda: -a, training=False), -x)
    close(K.one_hot(lanthorn.ops.convert_to_tensor(np.array([1])), 3), [[0, 1, 0]])
    close(K.repeat_elements(b, 2, axis=0), np.repeat(y, 2, 0))
    close(K.gather(b, np.array([2, 0])), y[[2, 0]])
    close(K.pow(K.abs(b), 2.0), y**2)
    close(K.reverse(b, 0), y[::-1])
    close(K.mean(a, axis=-1, keepdims=True), x.mean(-1, keepdims=True))


def test_pictures(any_engine, rng):
    x = rng.normal(size=(2, 4, 6, 3)).astype("float32")
    a = lanthorn.ops.convert_to_tensor(x)
    windows = x.reshape(2, 2, 2, 3, 2, 3)
    for mode, wanted in (("max", windows.max((2, 4))), ("avg", windows.mean((2, 4)))):
        np.testing.assert_allclose(numpy(K.pool2d(a, (2, 2), (2, 2), pool_mode=mode)), wanted, rtol=1e-5, atol=1e-6)
    padded = numpy(K.spatial_2d_padding(a, ((1, 0), (0, 2))))
    np.testing.assert_array_equal(padded, np.pad(x, ((0, 0), (1, 0), (0, 2), (0, 0))))
    kernel = lanthorn.ops.convert_to_tensor(np.ones((1, 1, 3, 1), "float32"))
    np.testing.assert_allclose(numpy(K.conv2d(a, kernel)), x.sum(-1, keepdims=True), rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="'max' or 'avg', got 'sum'"):
        K.pool2d(a, (2, 2), pool_mode="sum")
    assert K.placeholder((None, 4)).shape == (None, 4)


def test_function_reads_the_middle_of_a_model(engine, rng):
    inside = lanthorn.Input((4,))
    hidden = lanthorn.layers.Dense(3, activation="relu")(inside)
    dropped = lanthorn.layers.Dropout(0.9)(hidden)
    model = lanthorn.Model(inside, lanthorn.layers.Dense(2)(dropped))
    x = rng.normal(size=(5, 4)).astype("float32")
    (found,) = K.function([model.input, K.learning_phase()], [model.layers[1].output])([x, 0])
    kernel, bias = model.layers[1].get_weights()
    np.testing.assert_allclose(found, np.maximum(x @ kernel + bias, 0), rtol=1e-5, atol=1e-6)
    middle = K.function([model.input, K.learning_phase()], dropped)
    np.testing.assert_allclose(middle([x, 0]), found, rtol=1e-6)
    assert not np.allclose(middle([x, 1]), found)
    assert K.is_keras_tensor(hidden) and not K.is_keras_tensor(x)


def test_gradients_say_what_does_the_work_now():
    with pytest.raises(RuntimeError, match="loss.backward"):
        K.gradients(None, [])
