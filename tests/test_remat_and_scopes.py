"""Rematerialisation, name scopes, devices, functions of graphs: by their effects."""

import numpy as np
import pytest

import lanthorn
from lanthorn import layers, ops


class Counted(layers.Layer):
    """Says how often it was computed."""

    calls = 0

    def call(self, x):
        type(self).calls += not self.engine.abstract  # no shapes are evaluated
        return ops.tanh(x) * 2.0


@pytest.fixture
def counted():
    Counted.calls = 0
    return Counted


def net(scope):
    lanthorn.set_random_seed(0)
    with scope:
        return lanthorn.Sequential([
            lanthorn.Input((3,)), layers.Dense(4, "gelu", name="first"), layers.BatchNormalization(),
            Counted(name="counted"),
            layers.Dense(1),
        ])  # fmt: skip


def trained(model, engine):
    rng = np.random.default_rng(0)
    model.compile(lanthorn.optimizers.SGD(0.1, momentum=0.9), "mse", run_eagerly=engine == "tensorflow")
    model.fit(rng.normal(size=(8, 3)), rng.normal(size=(8, 1)), batch_size=8, epochs=1, shuffle=False, verbose=0)
    return model


def times_computed(layer, engine):
    """How often `tanh` is in a step's computation: once where it is kept, twice where it is computed again."""
    x = lanthorn.engines.get(engine).array(np.ones((2, 3), "float32"))
    if engine == "jax":
        import jax

        return str(jax.make_jaxpr(jax.grad(lambda x: ops.sum(layer(x))))(x)).count("= tanh")
    Counted.calls = 0
    lanthorn.engines.get(engine).gradient_of(lambda x: ops.sum(layer(x), axis=-1), x)
    return Counted.calls


SCOPES = [
    (lambda: lanthorn.RematScope("full"), True),
    (lambda: lanthorn.RematScope(None), False),
    (lambda: lanthorn.RematScope("larger_than", output_size_threshold=5), True),
    (lambda: lanthorn.RematScope("larger_than", output_size_threshold=6), False),
    (lambda: lanthorn.RematScope("list_of_layers", layer_names=["counted"]), True),
    (lambda: lanthorn.RematScope("list_of_layers", layer_names=["another"]), False),
    (lambda: lanthorn.RematScope("activations"), False),
]


@pytest.mark.parametrize("make, again", SCOPES, ids=[str(i) for i in range(len(SCOPES))])
def test_a_scope_chooses_what_is_computed_again(engine, counted, make, again):
    with make():
        layer = counted(name="counted")
    assert times_computed(layer, engine) == (2 if again else 1)


def test_activations_alone_are_computed_again(engine, counted):
    def activation(x):
        Counted.calls += 1
        return ops.tanh(x)

    with lanthorn.RematScope("activations"):
        layer = layers.Activation(activation)
    assert times_computed(layer, engine) == 2


def test_training_comes_to_the_same(engine, counted):
    plain = trained(net(lanthorn.RematScope(None)), engine)
    once, counted.calls = counted.calls, 0
    again = trained(net(lanthorn.RematScope()), engine)
    if engine != "jax":  # where a program is traced once, and computed as it says
        assert counted.calls == 2 * once or counted.calls == once + 1
    for a, b in zip(plain.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_a_layer_that_makes_its_parts_when_it_is_called(engine):
    class Block(layers.Layer):
        def __init__(self):
            super().__init__()
            self.dense, self.norm = layers.Dense(3), layers.BatchNormalization()

        def call(self, x, training=None):
            return self.norm(self.dense(x), training=training)

    with lanthorn.RematScope():
        block = Block()
    x, norm = np.arange(12, dtype="float32").reshape(4, 3), block.norm
    means = []
    for _ in range(3):
        block(x, training=True)
        means.append(norm.moving_mean.numpy())
    assert np.isfinite(means).all() and (means[0] != means[1]).all() and (means[1] != means[2]).all()


def test_what_is_drawn_is_drawn_the_same_again(engine):
    with lanthorn.RematScope():
        layer = layers.Dropout(0.5, seed=3)
    x = np.full((4, 8), 3.0, "float32")
    y, gradient = lanthorn.engines.get(engine).gradient_of(lambda x: ops.sum(layer(x, training=True), axis=-1), x)
    kept = ops.convert_to_numpy(gradient)
    assert 0 < (kept == 0).sum() < kept.size
    np.testing.assert_allclose(ops.convert_to_numpy(y), (kept * 3).sum(-1), rtol=1e-5)


def test_a_function_is_computed_again(engine, counted):
    layer = counted()
    function = lanthorn.remat(lambda x: layer(x))
    assert times_computed(function, engine) == 2
    assert function(lanthorn.Input((3,))).shape == (None, 3)


def test_a_scope_says_what_it_takes():
    with pytest.raises(ValueError, match="mode.*'half'"):
        lanthorn.RematScope("half")


# -- names ------------------------------------------------------------------------------------------------------------
def test_scopes_stand_in_the_paths_as_in_keras(keras, one_engine):
    def paths(module):
        with module.name_scope("outer"), module.name_scope("inner"):
            variable = module.Variable(np.zeros(2), dtype="float32", name="v")
            dense = module.layers.Dense(2, name="dense")
            dense.build((None, 3))
        attention = module.layers.MultiHeadAttention(2, 3, name="attention")
        attention.build((None, 4, 5), (None, 4, 5))
        return [variable.path, dense.path, *(v.path for v in [*dense.weights, *attention.weights])]

    assert paths(lanthorn) == paths(keras)


def test_a_scope_of_the_same_caller_counts_once():
    caller = object()
    with lanthorn.name_scope("a", caller=caller), lanthorn.name_scope("a", caller=caller):
        assert lanthorn.Variable(0.0, name="v", engine="numpy").path == "a/v"
        with lanthorn.name_scope("b", override_parent="x/y"):
            assert lanthorn.Variable(0.0, name="v", engine="numpy").path == "x/y/b/v"
    assert lanthorn.Variable(0.0, name="v", engine="numpy").path == "v"
    with pytest.raises(ValueError, match="without '/'"):
        lanthorn.name_scope("a/b")


# -- devices ----------------------------------------------------------------------------------------------------------
def test_a_device_is_where_things_are_made(engine):
    if engine == "torch":
        with lanthorn.device("meta"):
            assert lanthorn.Variable([1.0]).value.device.type == "meta"
        assert lanthorn.Variable([1.0]).value.device.type != "meta"
    elif engine == "jax":
        import jax

        with lanthorn.device("cpu:0"):
            assert jax.config.jax_default_device == jax.devices("cpu")[0]
    else:
        import tensorflow as tf

        with tf.Graph().as_default(), lanthorn.device("cpu:0"):
            assert tf.zeros(2).device == "/device:CPU:0"


# -- graphs -----------------------------------------------------------------------------------------------------------
def test_a_function_computes_its_graph(any_engine):
    a, b = lanthorn.KerasTensor((None, 2)), lanthorn.KerasTensor((None, 2))
    function = lanthorn.Function({"a": a, "b": b}, [ops.tanh(a + b), b * 2.0], name="both")
    x, y = np.array([[1.0, 2.0]], "float32"), np.array([[3.0, 4.0]], "float32")
    first, second = function({"a": x, "b": y})
    np.testing.assert_allclose(ops.convert_to_numpy(first), np.tanh(x + y), atol=1e-6)
    np.testing.assert_allclose(ops.convert_to_numpy(second), y * 2)
    assert [x.shape for x in function.outputs] == [(None, 2)] * 2 and len(function.operations) == 3
    drawn = function({"a": lanthorn.Input((2,)), "b": lanthorn.Input((2,))})
    assert [x.shape for x in drawn] == [(None, 2), (None, 2)]
    with pytest.raises(ValueError, match="incompatible inputs"):
        function({"a": np.zeros((1, 3), "float32"), "b": y})
    with pytest.raises(ValueError, match="invalid input structure"):
        function([x])
    with pytest.raises(ValueError, match="cannot be empty"):
        lanthorn.Function([], [])


def test_an_operation_of_ones_own_is_a_node(engine):
    class Scaled(lanthorn.Operation):
        def __init__(self, by, name=None):
            super().__init__(name=name)
            self.by = by

        def call(self, x):
            return x * self.by

    inputs = lanthorn.Input((2,))
    model = lanthorn.Model(inputs, Scaled(3.0)(inputs))
    assert ops.convert_to_numpy(model(np.ones((1, 2), "float32"))).tolist() == [[3, 3]]


def test_source_inputs_are_found_once_each():
    a, b = lanthorn.Input((2,)), lanthorn.Input((2,))
    found = lanthorn.utils.get_source_inputs(layers.Add()([a, b, layers.Dense(2)(a)]))
    assert len(found) == 2 and found[0] is a and found[1] is b
    assert lanthorn.utils.get_source_inputs(a)[0] is a


def test_nothing_is_stored_in_a_symbolic_scope(engine):
    v = lanthorn.Variable([1.0])
    with lanthorn.SymbolicScope():
        v.assign([2.0])
    assert v.numpy().tolist() == [1.0]
    v.assign([3.0])
    assert v.numpy().tolist() == [3.0] and lanthorn.version() == lanthorn.__version__


def test_what_is_assigned_in_a_stateless_scope_stays_there(any_engine):
    given, other = lanthorn.Variable([1.0]), lanthorn.Variable([2.0])
    layer = layers.ActivityRegularization(l1=1.0)
    with lanthorn.StatelessScope([(given, ops.ones((1,)) * 5.0)], collect_losses=True) as scope:
        other.assign([7.0])
        given.assign_add(1.0)
        layer(np.ones((1, 2), "float32"))
        assert (other.numpy().tolist(), given.numpy().tolist()) == ([7.0], [6.0])
    assert [float(ops.convert_to_numpy(scope.get_current_value(v))[0]) for v in (given, other)] == [6.0, 7.0]
    assert (given.numpy().tolist(), other.numpy().tolist()) == ([1.0], [2.0])
    assert [float(ops.convert_to_numpy(loss)) for loss in scope.losses] == [2.0]
    other.assign([3.0])
    assert other.numpy().tolist() == [3.0] and scope.get_current_value(lanthorn.Variable([1.0])) is None
