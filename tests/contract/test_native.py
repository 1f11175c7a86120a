"""A model is native where it lives: a Module on torch, a pure function on JAX, a tf.Module on TensorFlow."""

import copy
import io
import pickle

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers, ops
from lanthorn.engines import installed


def small(engine, dropout=0.5):
    keras.set_random_seed(0)
    x = keras.Input((8, 8, 3), engine=engine)
    h = layers.Conv2D(4, 3, padding="same", use_bias=False, name="conv")(x)
    h = layers.BatchNormalization(name="norm")(h)
    h = layers.ReLU(name="relu")(h)
    h = layers.add([h, layers.Conv2D(4, 3, padding="same", name="again")(h)])
    h = ops.mean(h, axis=(1, 2))
    h = layers.Dropout(dropout, name="drop")(h)
    return keras.Model(x, layers.Dense(3, name="head")(h))


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.fixture
def jax():
    return pytest.importorskip("jax")


@pytest.fixture
def tf():
    return pytest.importorskip("tensorflow")


@pytest.fixture
def x(rng):
    return rng.standard_normal((6, 8, 8, 3)).astype("float32")


# -- torch ------------------------------------------------------------------------------------------------------------
class TestTorch:
    def test_state_dict_has_each_weight_once_under_its_layers_name(self, torch):
        module = small("torch").torch()
        assert isinstance(module, torch.nn.Module)
        assert list(module.state_dict()) == [
            "conv.kernel", "norm.gamma", "norm.beta", "norm.moving_mean", "norm.moving_variance",
            "again.kernel", "again.bias", "head.kernel", "head.bias",
        ]  # fmt: skip
        assert [name for name, _ in module.named_buffers()] == ["norm.moving_mean", "norm.moving_variance"]
        assert len(list(module.parameters())) == 7

    def test_nested_and_shared_layers_are_named_once(self, torch):
        shared = layers.Dense(4, name="shared")
        inner = keras.Sequential([keras.Input((4,), engine="torch"), shared, layers.Dense(4, name="own")], name="inner")
        start = keras.Input((4,), engine="torch")
        model = keras.Model(start, inner(shared(start)))
        names = list(model.torch().state_dict())
        assert len(names) == len(set(names)) == 4
        assert {"inner.own.kernel", "inner.own.bias"} <= set(names)

    def test_train_and_eval_switch_normalization_and_dropout(self, torch, x):
        module = small("torch").torch()
        x = torch.from_numpy(x)
        module.train()
        mean = module.norm.moving_mean.clone()
        assert not torch.equal(module(x), module(x))
        assert not torch.equal(mean, module.norm.moving_mean)
        module.eval()
        mean = module.norm.moving_mean.clone()
        assert torch.equal(module(x), module(x))
        assert torch.equal(mean, module.norm.moving_mean)
        module.train()
        module.norm.eval()  # the way torch users freeze one normalisation
        module(x)
        assert torch.equal(mean, module.norm.moving_mean)

    def test_what_keras_says_of_training_holds_for_the_module_too(self, torch, x):
        model = small("torch")
        module = model.torch().train()
        mean = module.norm.moving_mean.clone()
        assert torch.equal(model(torch.from_numpy(x), training=False), model(torch.from_numpy(x), training=False))
        assert torch.equal(mean, module.norm.moving_mean)

    def test_a_loop_written_by_hand_trains_it(self, torch, x):
        model = small("torch", dropout=0.0)
        module, target = model.torch(), torch.arange(6) % 3
        for parameter in module.conv.parameters():
            parameter.requires_grad = False
        optimizer = torch.optim.Adam([p for p in module.parameters() if p.requires_grad], lr=0.02)
        before, losses = model.get_layer("conv").get_weights()[0], []
        for _ in range(40):
            loss = torch.nn.functional.cross_entropy(module(torch.from_numpy(x)), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        assert losses[-1] < 0.7 * losses[0]
        np.testing.assert_array_equal(before, model.get_layer("conv").get_weights()[0])
        module.eval()
        np.testing.assert_allclose(
            model.predict(x, verbose=0), module(torch.from_numpy(x)).detach(), rtol=1e-5, atol=1e-6
        )

    def test_frozen_layers_need_no_gradient(self, torch):
        model = small("torch")
        model.get_layer("conv").trainable = False
        module = model.torch()
        assert [n for n, p in module.named_parameters() if not p.requires_grad] == ["conv.kernel"]

    def test_state_dict_goes_through_a_file_and_keeps_memory_layout(self, torch, x):
        first, second = small("torch"), small("torch")
        second.set_weights([w + 1 for w in second.get_weights()])
        buffer = io.BytesIO()
        torch.save(first.torch().state_dict(), buffer)
        buffer.seek(0)
        second.torch().load_state_dict(torch.load(buffer, weights_only=True))
        np.testing.assert_array_equal(first.predict(x, verbose=0), second.predict(x, verbose=0))
        kernel = second.get_layer("again").kernel.value
        assert kernel.permute(3, 2, 0, 1).is_contiguous(memory_format=torch.channels_last)

    @pytest.mark.parametrize("way", ["deepcopy", "pickle", "deepcopy of the model"])
    def test_copies_are_whole_and_apart(self, torch, x, way):
        model = small("torch")
        module = model.torch().eval()
        if way == "deepcopy":
            twin = copy.deepcopy(module)
        elif way == "pickle":
            twin = pickle.loads(pickle.dumps(module))
        else:
            twin = copy.deepcopy(model).torch().eval()
        x = torch.from_numpy(x)
        assert torch.equal(twin(x), module(x))
        with torch.no_grad():
            twin.head.bias.add_(1.0)
        torch.testing.assert_close(twin(x), module(x) + 1.0)

    def test_hooks_fire_at_every_level_whoever_calls(self, torch, x):
        inner = keras.Sequential([keras.Input((3,), engine="torch"), layers.Dense(4, name="deep")], name="inner")
        model = keras.Sequential([keras.Input((3,), engine="torch"), inner, layers.Dense(2)])
        module, fired = model.torch(), []
        module.inner.deep.register_forward_hook(lambda *_: fired.append("deep"))
        module.register_forward_pre_hook(lambda *_: fired.append("model"))
        module(torch.zeros(2, 3))
        model(np.zeros((2, 3), "float32"))
        assert fired == ["model", "deep"] * 2

    def test_compile_fullgraph_beside_tensorflow(self, torch, tf, x):
        assert ops.dtype(tf.constant(1.0)) == "float32"  # its dtypes are known from now on: torch cannot compare them
        module = small("torch").torch()
        torch.compile(module, fullgraph=True, backend="aot_eager")(torch.tensor(x))

    def test_compile_fullgraph_captures_training_and_its_updates(self, torch, x):
        plain, compiled = small("torch", dropout=0.0).torch(), small("torch", dropout=0.0).torch()
        run = torch.compile(compiled, fullgraph=True, backend="aot_eager")
        x = torch.from_numpy(x)
        for module, call in ((plain, plain), (compiled, run)):
            module.train()
            call(x).square().sum().backward()
        torch.testing.assert_close(plain.norm.moving_mean, compiled.norm.moving_mean)
        for a, b in zip(plain.parameters(), compiled.parameters(), strict=True):
            torch.testing.assert_close(a.grad, b.grad, rtol=1e-4, atol=1e-5)
        compiled.eval(), plain.eval()
        torch.testing.assert_close(run(x), plain(x))

    def test_to_another_dtype_takes_the_model_along(self, torch, x):
        model = small("torch")
        model.torch().double().eval()
        assert model.get_layer("head").kernel.value.dtype is torch.float64
        assert model.torch()(torch.from_numpy(x).double()).dtype is torch.float64


# -- JAX --------------------------------------------------------------------------------------------------------------
class TestJax:
    def test_apply_is_pure(self, jax, x):
        model = small("jax")
        net, before = model.jax(), model.get_weights()
        assert set(net.params) == {"conv", "norm", "again", "head"}
        assert set(net.state["norm"]) == {"moving_mean", "moving_variance"}
        y, state = net.apply(net.params, net.state, x, training=True)
        assert y.shape == (6, 3)
        assert not np.allclose(state["norm"]["moving_mean"], net.state["norm"]["moving_mean"])
        for a, b in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)

    def test_jit_grad_and_vmap(self, jax, x):
        model = small("jax", dropout=0.0)
        net = model.jax()
        y, _ = jax.jit(net.apply)(net.params, net.state, x)
        np.testing.assert_allclose(y, model.predict(x, verbose=0), rtol=1e-4, atol=1e-5)

        def loss(params):
            return (net.apply(params, net.state, x)[0] ** 2).sum()

        grads = jax.jit(jax.grad(loss))(net.params)
        assert jax.tree.structure(grads) == jax.tree.structure(net.params)
        assert float(abs(grads["conv"]["kernel"]).max()) > 0
        each = jax.vmap(lambda one: net.apply(net.params, net.state, one[None])[0][0])(x)
        np.testing.assert_allclose(each, y, rtol=1e-4, atol=1e-5)

    def test_dropout_moves_its_state_and_repeats_from_it(self, jax, x):
        net = small("jax").jax()
        first, state = net.apply(net.params, net.state, x, training=True)
        again, _ = net.apply(net.params, net.state, x, training=True)
        other, _ = net.apply(net.params, state, x, training=True)
        np.testing.assert_array_equal(first, again)
        assert not np.allclose(first, other)

    def test_an_optax_loop_trains_it_and_load_brings_it_back(self, jax, x):
        optax = pytest.importorskip("optax")
        model = small("jax", dropout=0.0)
        net = model.jax()
        params, state, optimizer = net.params, net.state, optax.adam(0.02)
        slots = optimizer.init(params)

        @jax.jit
        def step(params, state, slots):
            def loss(params):
                logits, new = net.apply(params, state, x, training=True)
                return optax.softmax_cross_entropy_with_integer_labels(logits, np.arange(6) % 3).mean(), new

            (value, state), grads = jax.value_and_grad(loss, has_aux=True)(params)
            updates, slots = optimizer.update(grads, slots)
            return optax.apply_updates(params, updates), state, slots, value

        losses = []
        for _ in range(12):
            params, state, slots, value = step(params, state, slots)
            losses.append(float(value))
        assert losses[-1] < 0.7 * losses[0]
        net.load(params, state)
        np.testing.assert_allclose(model.predict(x, verbose=0), net.apply(params, state, x)[0], rtol=1e-4, atol=1e-5)


# -- TensorFlow -------------------------------------------------------------------------------------------------------
class TestTensorFlow:
    def test_is_a_tf_module_whose_variables_are_tracked(self, tf, x, tmp_path):
        model = small("tensorflow", dropout=0.0)
        module = model.tensorflow()
        assert isinstance(module, tf.Module)
        assert len(module.variables) >= 9
        assert len(module.trainable_variables) == 7
        np.testing.assert_allclose(module(x), model.predict(x, verbose=0), rtol=1e-4, atol=1e-5)
        path = tf.train.Checkpoint(net=module).save(str(tmp_path / "check"))
        expected = model.predict(x, verbose=0)
        model.set_weights([w * 0 for w in model.get_weights()])
        tf.train.Checkpoint(net=module).restore(path).assert_consumed()
        np.testing.assert_array_equal(model.predict(x, verbose=0), expected)

    def test_a_tape_and_a_tf_function_train_it(self, tf, x):
        model = small("tensorflow", dropout=0.0)
        module = model.tensorflow()
        mean = model.get_layer("norm").moving_mean.numpy()

        @tf.function(autograph=False)
        def step(x, y):
            with tf.GradientTape() as tape:
                logits = module(x, training=True)
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
            for variable, grad in zip(
                module.trainable_variables, tape.gradient(loss, module.trainable_variables), strict=True
            ):
                variable.assign_sub(0.2 * grad)
            return loss

        losses = [float(step(x, np.arange(6) % 3)) for _ in range(20)]
        assert losses[-1] < 0.8 * losses[0]
        assert not np.allclose(mean, model.get_layer("norm").moving_mean.numpy())


# -- all --------------------------------------------------------------------------------------------------------------
def test_functional_call_leaves_the_model_alone(engine, x):
    model = small(engine, dropout=0.0)
    before = model.get_weights()
    values = [ops.add(v.value, 0) for v in model.variables]
    outputs, new = keras.functional_call(model, values, model.engine.array(x), training=True)
    assert tuple(outputs.shape) == (6, 3)
    moved = [v.path for v, old, value in zip(model.variables, values, new, strict=True) if not np.allclose(
        model.engine.to_numpy(old), model.engine.to_numpy(value))]  # fmt: skip
    assert {"norm/moving_mean", "norm/moving_variance"} <= set(moved)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_view_of_another_engine_says_how_to_get_it(engine):
    model = small(engine)
    other = {"torch": "jax", "jax": "tensorflow", "tensorflow": "torch"}[engine]
    with pytest.raises(ValueError, match=rf"lives on {engine}; move it with model.to\('{other}'\)"):
        getattr(model, other)()


def test_initial_weights_are_the_same_on_every_engine():
    per_engine = {name: small(name).get_weights() for name in installed()}
    for weights in per_engine.values():
        for a, b in zip(per_engine["numpy"], weights, strict=True):
            np.testing.assert_array_equal(a, b)


def test_outputs_agree_on_every_engine(x):
    outputs = {name: small(name).predict(x, verbose=0) for name in installed()}
    for name, y in outputs.items():
        np.testing.assert_allclose(y, outputs["numpy"], rtol=1e-5, atol=1e-6, err_msg=name)
