"""What TensorFlow's own tools do to a model is what happens: each test looks at the effect."""

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers

tf = pytest.importorskip("tensorflow")


def native(tool, checked):
    return pytest.mark.native(tool, checked, package="tensorflow")


@pytest.fixture(autouse=True)
def on_tensorflow():
    keras.set_engine("tensorflow")
    keras.set_random_seed(0)
    yield
    keras.set_engine(None)


@pytest.fixture
def x(rng):
    return rng.standard_normal((6, 4)).astype("float32")


@pytest.fixture
def y():
    return np.arange(6) % 3


def network(*between):
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(8, "tanh", name="body"), *between, layers.Dense(3, name="head")]
    )


def cross_entropy(y, logits):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))


def losses_of(model, x, y, compile_step, steps=5):
    """A loop by hand on the view's variables."""
    net = model.tensorflow()

    @compile_step
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = cross_entropy(y, net(x, training=True))
        for variable, gradient in zip(
            net.trainable_variables, tape.gradient(loss, net.trainable_variables), strict=True
        ):
            variable.assign_sub(0.5 * gradient)
        return loss

    return [float(step(tf.constant(x), tf.constant(y))) for _ in range(steps)]


@native("tf.function", "one graph for every batch size gives what is computed op by op")
def test_function(x):
    net, traces = network(layers.BatchNormalization()).tensorflow(), []

    @tf.function(input_signature=[tf.TensorSpec((None, 4))])
    def run(x):
        traces.append(1)
        return net(x)

    for n in (6, 3, 1):
        np.testing.assert_allclose(run(x[:n]), net(tf.constant(x[:n])), rtol=1e-5, atol=1e-6)
    assert len(traces) == 1


@native("tf.function(jit_compile=True)", "a training step by XLA: the losses of a loop without it, falling")
def test_xla(x, y):
    expected = losses_of(network(), x, y, lambda f: f)
    keras.set_random_seed(0)
    model = network()
    before = model.get_weights()
    found = losses_of(model, x, y, tf.function(jit_compile=True))
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert found[-1] < found[0] and not np.allclose(before[0], model.get_weights()[0])


@native("tf.GradientTape", "gradients for model.trainable_variables are those for the tf.Variables, and differences'")
@pytest.mark.parametrize("names", ["trainable_variables", "trainable_weights"])
def test_tape(x, y, names):
    model = network()
    with tf.GradientTape(persistent=True) as tape:
        loss = cross_entropy(y, model(x, training=True))
    ours = tape.gradient(loss, getattr(model, names))
    own = tape.gradient(loss, model.tensorflow().trainable_variables)
    assert len(ours) == 4
    for a, b in zip(ours, own, strict=True):
        np.testing.assert_array_equal(a, b)
        assert np.abs(a).max() > 0
    bias = model.get_layer("head").bias
    bias.assign_add([0.01, 0.0, 0.0])
    np.testing.assert_allclose(cross_entropy(y, model(x)) - loss, 0.01 * ours[3][0], atol=5e-5)


@native("tf.GradientTape(persistent=True)", "two losses of one forward pass, each with its own gradient")
def test_persistent_tape(x):
    model = network()
    with tf.GradientTape(persistent=True) as tape:
        out = model(x)
        first, second = tf.reduce_sum(out[:, 0]), tf.reduce_sum(out[:, 1])
    bias = model.get_layer("head").bias
    np.testing.assert_array_equal(tape.gradient(first, bias), [6, 0, 0])
    np.testing.assert_array_equal(tape.gradient(second, bias), [0, 6, 0])


@native("nested tf.GradientTape", "a gradient penalty: the second derivative is that of differences")
def test_nested_tape(x):
    model, kernel = network(), None

    def penalty(x):
        with tf.GradientTape() as inner:
            inner.watch(x)
            out = tf.reduce_sum(model(x))
        return tf.reduce_sum(tf.square(inner.gradient(out, x)))

    kernel = model.get_layer("body").kernel
    with tf.GradientTape() as outer:
        value = penalty(tf.constant(x))
    slope = outer.gradient(value, kernel).numpy()
    assert abs(slope[0, 0]) > 1e-3
    step = np.zeros((4, 8), "float32")
    step[0, 0] = 1e-2
    kernel.assign_add(step)
    above = penalty(tf.constant(x))
    kernel.assign_add(-2 * step)
    np.testing.assert_allclose((above - penalty(tf.constant(x))) / 2e-2, slope[0, 0], rtol=2e-2)


@native("tape.jacobian", "of the outputs for the weights: its sum is the gradient of the sum")
def test_jacobian(x):
    model = network()
    kernel = model.get_layer("body").kernel.value
    with tf.GradientTape(persistent=True) as tape:
        out = model(x)
        total = tf.reduce_sum(out)
    jacobian = tape.jacobian(out, kernel)
    assert jacobian.shape == (6, 3, 4, 8)
    np.testing.assert_allclose(tf.reduce_sum(jacobian, [0, 1]), tape.gradient(total, kernel), rtol=1e-4, atol=1e-5)
    assert np.abs(jacobian).max() > 0


@native("tf.autodiff.ForwardAccumulator", "forward mode: the derivative along a direction is that of differences")
def test_forward_mode(x):
    net = network().tensorflow()
    direction = tf.ones_like(tf.constant(x))
    with tf.autodiff.ForwardAccumulator(x := tf.constant(x), direction) as forward:
        out = net(x)
    along = forward.jvp(out)
    np.testing.assert_allclose(along, (net(x + 1e-2 * direction) - net(x - 1e-2 * direction)) / 2e-2, atol=1e-3)
    assert np.abs(along).max() > 0


@native("tf.vectorized_map", "sample by sample, the outputs of the batch")
def test_vectorized_map(x):
    net = network().tensorflow()
    each = tf.vectorized_map(lambda one: net(one[None])[0], tf.constant(x))
    np.testing.assert_allclose(each, net(tf.constant(x)), rtol=1e-5, atol=1e-6)


@native("tf.recompute_grad", "outputs and gradients are those without, and the layers run twice")
def test_recompute_grad(x, y):
    calls = []

    class Count(layers.Layer):
        def call(self, x):
            calls.append(1)
            return x

    model = network(Count())
    net = model.tensorflow()
    run = tf.recompute_grad(lambda x: net(x, training=True))
    found = []
    for call in (net, run):
        calls.clear()
        with tf.GradientTape() as tape:
            loss = cross_entropy(y, call(tf.constant(x)))
        found.append(tape.gradient(loss, net.trainable_variables))
    assert len(calls) == 2
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)
        assert np.abs(a).max() > 0


@native("tf.custom_gradient", "in a layer: `fit` follows the gradient that it gives")
def test_custom_gradient(x):
    @tf.custom_gradient
    def backwards(x):
        return tf.identity(x), lambda gradient: -gradient

    class Backwards(layers.Layer):
        def call(self, x):
            return backwards(x)

    moved = []
    for extra in ([], [Backwards()]):
        keras.set_random_seed(0)
        model = keras.Sequential([keras.Input((4,)), layers.Dense(3), *extra])
        model.compile(keras.optimizers.SGD(0.1), "mse")
        before = model.get_weights()[0]
        model.fit(x, np.zeros((6, 3), "float32"), batch_size=6, verbose=0)
        moved.append(model.get_weights()[0] - before)
    np.testing.assert_allclose(moved[0], -moved[1], rtol=1e-5)
    assert np.abs(moved[0]).max() > 0


@native("tf.data", "into `fit`: the losses and weights of the same arrays")
def test_data(x, y):
    found = []
    for data in ((x, y), (tf.data.Dataset.from_tensor_slices((x, y)).batch(4).prefetch(1),)):
        keras.set_random_seed(0)
        model = network()
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        settings = {"batch_size": 4, "shuffle": False} if len(data) == 2 else {}
        history = model.fit(*data, epochs=3, verbose=0, **settings)
        found.append((history.history["loss"], model.get_weights()[0]))
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-5)
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-5)
    assert found[0][0][-1] < found[0][0][0]


@native("tf.data.Dataset.map", "the model runs in the pipeline of the data")
def test_data_map(x):
    net = network().tensorflow()
    batches = list(tf.data.Dataset.from_tensor_slices(x).batch(4).map(lambda x: net(x)))
    np.testing.assert_allclose(np.concatenate(batches), net(tf.constant(x)), rtol=1e-5, atol=1e-6)


@native("mixed precision", "mixed_bfloat16 under a tape: gradients in float32 reach every weight, halves are computed")
def test_mixed_precision(x, y):
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(8, dtype="mixed_bfloat16"), layers.Dense(3, dtype="mixed_bfloat16")]
    )
    net = model.tensorflow()
    with tf.GradientTape() as tape:
        logits = net(tf.constant(x), training=True)
        loss = cross_entropy(y, tf.cast(logits, "float32"))
    assert logits.dtype == tf.bfloat16
    for gradient in tape.gradient(loss, net.trainable_variables):
        assert gradient.dtype == tf.float32 and np.abs(gradient).max() > 0


@native("tf.debugging.enable_check_numerics", "an infinite activation is found, and the layer that made it is named")
def test_check_numerics(x):
    model = keras.Sequential(
        [keras.Input((4,)), layers.Lambda(lambda x: tf.math.log(x * 0.0), name="log"), layers.Dense(3)]
    )
    tf.debugging.enable_check_numerics()
    try:
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            model.tensorflow()(tf.constant(x))
    finally:
        tf.debugging.disable_check_numerics()
    assert "Inf" in str(caught.value) and "Lambda 'log'" in caught.value.__notes__[0]


@native("tf.while_loop", "the model in a loop of the graph: three times is three times")
def test_while_loop(x):
    net = keras.Sequential([keras.Input((4,)), layers.Dense(4, "tanh")]).tensorflow()

    @tf.function
    def run(x):
        for _ in tf.range(3):
            x = net(x)
        return x

    np.testing.assert_allclose(run(tf.constant(x)), net(net(net(tf.constant(x)))), rtol=1e-5, atol=1e-6)


@native("errors under tf.function", "an exception of the user's own arrives as itself")
@pytest.mark.parametrize("autograph", [True, False])
def test_errors_keep_their_type(x, autograph):
    class Mine(Exception):
        pass

    class Breaks(layers.Layer):
        def call(self, x):
            if not self.engine.abstract:
                raise Mine("on purpose")
            return x

    net = network(Breaks(name="breaks")).tensorflow()
    with pytest.raises(Mine, match="on purpose"):
        tf.function(lambda x: net(x), autograph=autograph)(x)
