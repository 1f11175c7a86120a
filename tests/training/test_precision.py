"""Mixed precision: policies of layers, and `fit(precision=...)`, in training, evaluation, prediction and files."""

import numpy as np
import pytest

import lanthorn
from lanthorn import layers, losses, ops
from lanthorn.engines import halves
from lanthorn.training import precision as precisions


@pytest.fixture
def mixed():
    lanthorn.set_dtype_policy("mixed_bfloat16")
    yield "mixed_bfloat16"
    lanthorn.set_dtype_policy("float32")


@pytest.fixture
def data(rng):
    """Pictures of two classes that a small network tells apart."""
    y = np.arange(96) % 2
    x = rng.normal(size=(96, 6, 6, 2)).astype("float32")
    x[..., 0] += y[:, None, None]
    return x, y


class Seen(layers.Layer):
    """Notes what dtype it was called with, in training."""

    def call(self, x, training=None):
        if training:
            self.__dict__.setdefault("dtypes", set()).add(ops.dtype(x))
        return x


def network(kind="sequential"):
    lanthorn.set_random_seed(3)
    stack = [
        layers.Conv2D(6, 3), layers.BatchNormalization(), layers.Activation("relu"), layers.MaxPooling2D(),
        layers.Flatten(), Seen(name="seen"), layers.Dense(8, "relu"), layers.Dense(2, dtype="float32"),
    ]  # fmt: skip
    if kind == "subclassed":
        model = Chain(stack)
    elif kind == "functional":
        x = start = lanthorn.Input((6, 6, 2))
        for layer in stack:
            x = layer(x)
        model = lanthorn.Model(start, x)
    else:
        model = lanthorn.Sequential([lanthorn.Input((6, 6, 2)), *stack])
    compiled(model)
    return model


class Chain(lanthorn.Model):
    def __init__(self, stack):
        super().__init__()
        self.stack = stack

    def call(self, x, training=None):
        for layer in self.stack:
            x = layer(x)
        return x


def compiled(model):
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(lanthorn.optimizers.Adam(0.01), loss, metrics=["accuracy"])


def seen(model):
    return next(layer for layer in model.flat_layers() if layer.name == "seen").__dict__["dtypes"]


@pytest.mark.parametrize("kind", ["sequential", "functional", "subclassed"])
def test_a_model_under_the_policy_trains_evaluates_and_predicts(kind, engine, mixed, data):
    model = network(kind)
    history = model.fit(*data, epochs=6, verbose=0).history
    assert seen(model) == {"bfloat16"}
    assert history["loss"][-1] < 0.7 * history["loss"][0] and history["accuracy"][-1] > 0.8
    assert {v.dtype for v in model.weights} == {"float32"}
    assert {ops.dtype(v.value) for v in model.weights} == {"float32"}
    assert {v.dtype for v in model.optimizer.variables if v.shape} == {"float32"}
    outputs = model.predict(data[0], verbose=0)
    assert outputs.dtype == np.float32
    loss, accuracy = model.evaluate(*data, verbose=0)
    assert accuracy == pytest.approx(np.mean(outputs.argmax(1) == data[1]), rel=1e-6)
    logits = outputs.astype("float64")
    expected = np.mean(np.log(np.exp(logits).sum(1)) - logits[np.arange(96), data[1]])
    assert loss == pytest.approx(expected, rel=1e-4)  # of float32 outputs, in float32


def test_it_learns_what_float32_learns(engine, data):
    found = []
    for policy in ("float32", "mixed_bfloat16"):
        lanthorn.set_dtype_policy(policy)
        found.append(network().fit(*data, epochs=3, verbose=0).history["loss"])
    lanthorn.set_dtype_policy("float32")
    np.testing.assert_allclose(found[1], found[0], rtol=0.05)
    assert found[1] != found[0]


def test_outputs_in_the_half_are_judged_in_float32(engine, mixed, rng):
    model = lanthorn.Sequential([lanthorn.Input((4,)), layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    assert model.output.dtype == "bfloat16"
    x, y = rng.normal(size=(64, 4)).astype("float32"), rng.normal(size=(64, 1)).astype("float32")
    outputs = model.predict(x, verbose=0)
    assert outputs.dtype == np.float32
    loss, mae = model.evaluate(x, y, verbose=0)
    assert loss == pytest.approx(np.mean((outputs - y) ** 2), rel=1e-5)
    assert mae == pytest.approx(np.mean(np.abs(outputs - y)), rel=1e-5)


@pytest.mark.parametrize("policy", ["bfloat16", "mixed_bfloat16"])
def test_one_layer_may_have_a_policy_of_its_own(policy, engine, rng):
    layer = layers.Dense(3, dtype=lanthorn.DTypePolicy(policy))
    assert (layer.compute_dtype, layer.dtype_policy.name) == ("bfloat16", policy)
    assert layer.variable_dtype == layer.dtype == ("bfloat16" if policy == "bfloat16" else "float32")
    model = lanthorn.Sequential([lanthorn.Input((4,)), layer, layers.Dense(2)])
    assert [x.output.dtype for x in model.layers] == ["bfloat16", "float32"]
    model.compile("adam", "mse")
    x, y = rng.normal(size=(32, 4)).astype("float32"), np.ones((32, 2), "float32")
    losses = model.fit(x, y, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_losses_that_layers_add_are_float32(engine, mixed, rng):
    model = lanthorn.Sequential([
        lanthorn.Input((4,)),
        layers.Dense(3, activity_regularizer="l2", kernel_regularizer="l2"),
        layers.ActivityRegularization(l2=0.1),
    ])  # fmt: skip
    model.compile("sgd", "mse")
    x = rng.normal(size=(32, 4)).astype("float32")
    outputs = model.predict(x, verbose=0).astype("float64")
    kernel = model.layers[0].kernel.numpy()
    expected = np.mean(outputs**2) + np.sum(outputs**2) / 32 * 0.11 + 0.01 * np.sum(kernel**2)
    assert model.evaluate(x, np.zeros((32, 3)), batch_size=32, verbose=0) == pytest.approx(expected, rel=1e-4)


# -- fit(precision=...) ----------------------------------------------------------------------------------------------
def test_precision_of_one_training(engine, data):
    model = network()
    history = model.fit(*data, epochs=3, verbose=0, validation_data=data, precision="mixed_bfloat16").history
    assert seen(model) == {"bfloat16"}
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}
    assert {layer.get_config()["dtype"]["config"]["name"] for layer in model.layers} == {"float32"}
    # validation is by the policies: `evaluate` finds what `fit` said
    assert history["val_loss"][-1] == pytest.approx(model.evaluate(*data, verbose=0)[0], rel=1e-6)
    whole = network().fit(*data, epochs=3, verbose=0).history
    np.testing.assert_allclose(history["loss"], whole["loss"], rtol=0.05)
    assert history["loss"] != whole["loss"]


@pytest.mark.parametrize("kind", ["sequential", "subclassed"])
def test_a_step_compiled_for_one_precision_is_not_used_for_another(kind, engine, data):
    model, other = network(kind), network(kind)
    for one in (model, other):
        one.fit(*data, epochs=1, verbose=0)
        seen(one).clear()
    model.fit(*data, epochs=1, verbose=0, precision="mixed_bfloat16")
    assert seen(model) == {"bfloat16"}
    model.set_weights(other.get_weights())
    model.optimizer.set_weights(other.optimizer.get_weights())
    for one in (model, other):
        seen(one).clear()
        one.stop_training = False
    again = {"epochs": 1, "verbose": 0, "shuffle": False}
    after = [one.fit(*data, **again).history["loss"] for one in (model, other)]
    assert seen(model) <= {"float32"}
    assert after[0] == after[1]


def test_the_ends_stay_in_float32(one_engine, data):
    x = start = lanthorn.Input((6, 6, 2))
    first, last = layers.Rescaling(1 / 255), layers.Dense(2)
    flat = layers.Flatten()
    inner = lanthorn.Sequential([lanthorn.Input((8,)), layers.Dense(4), last])
    x = inner(layers.Dense(8)(flat(first(x))))
    model = lanthorn.Model(start, x)
    override = precisions.override(model, "bfloat16")
    with override:
        assert first.compute_dtype == flat.compute_dtype == last.compute_dtype == "float32"
        assert inner.layers[0].compute_dtype == "bfloat16"
        assert layers.Dense(3, dtype="float64").compute_dtype == "float64"  # it asked for something else
    assert inner.layers[0].compute_dtype == "float32"


@pytest.mark.parametrize("gain", ["the processor multiplies it", None])
def test_auto_takes_bfloat16_where_it_is_a_gain_and_says_so(one_engine, gain, data, monkeypatch, capsys):
    monkeypatch.setattr(halves, "gain", lambda engine: gain)
    monkeypatch.setattr(precisions, "SMALL", 100)
    model = network()
    model.fit(*data, verbose=2, precision="auto")
    said = capsys.readouterr()
    assert "precision='auto': trains in " + ("bfloat16" if gain else "float32") in said.out + said.err
    assert seen(model) == {"bfloat16" if gain else "float32"}


def test_auto_leaves_small_models_alone(one_engine, monkeypatch, rng, capsys):
    monkeypatch.setattr(halves, "gain", lambda engine: "it is a test")
    model = lanthorn.Sequential([layers.Dense(8), Seen(name="seen"), layers.Dense(2)])
    model.compile("sgd", "mse")
    model.fit(rng.normal(size=(32, 4)).astype("float32"), np.ones((32, 2)), verbose=2, precision="auto")
    assert "trains in float32, not in bfloat16: what is trained is small." in "".join(capsys.readouterr())
    assert seen(model) == {"float32"}


def test_auto_knows_what_a_processor_is_slow_at():
    model = lanthorn.Sequential([lanthorn.Input((8, 8, 200)), layers.DepthwiseConv2D(3), layers.Conv2D(30, 3)])
    assert "depthwise" in precisions._why_not(model, halves.PROCESSOR)
    assert precisions._why_not(model, "a GPU") is None


def test_a_layer_in_float16_has_its_loss_scaled(engine, data):
    model = lanthorn.Sequential([layers.Flatten(), layers.Dense(2, dtype="mixed_float16")])
    compiled(model)
    assert isinstance(model.optimizer, lanthorn.optimizers.LossScaleOptimizer)
    assert model.evaluate(*data, verbose=0)[0] > 0
    assert model.predict(data[0], verbose=0).dtype == np.float16
    model.compile("sgd", "mse", auto_scale_loss=False)
    assert isinstance(model.optimizer, lanthorn.optimizers.SGD)


def test_a_precision_that_there_is_not(data):
    with pytest.raises(ValueError, match="`precision` must be None, 'float32', 'auto' or 'mixed_bfloat16', got 'half'"):
        network().fit(*data, verbose=0, precision="half")


def test_a_train_step_of_the_users(on_torch, data):
    class Own(Chain):
        def train_step(self, data):
            x, y = data
            self.zero_grad()
            loss = self.compute_loss(y=y, y_pred=self(x, training=True))
            loss.backward()
            weights = self.trainable_weights
            self.optimizer.apply([w.value.grad for w in weights], weights)
            assert {w.value.grad.dtype for w in weights} == {loss.dtype} and "float32" in str(loss.dtype)
            return {"loss": loss}

    model = Own([layers.Flatten(), Seen(name="seen"), layers.Dense(2)])
    compiled(model)
    model.fit(*data, verbose=0, precision="mixed_bfloat16")
    assert seen(model) == {"bfloat16"}


# -- the frozen prefix -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["policy", "precision"])
def test_a_frozen_prefix_gives_float32_features(how, engine, data):
    lanthorn.set_random_seed(1)
    lanthorn.set_dtype_policy("mixed_bfloat16" if how == "policy" else "float32")
    base = lanthorn.Sequential([lanthorn.Input((6, 6, 2)), layers.Conv2D(6, 3), layers.Activation("relu")])
    base.trainable = False
    last = layers.Dense(2, dtype="float32")
    model = lanthorn.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(8, "relu"), last])
    lanthorn.set_dtype_policy("float32")
    compiled(model)
    precision = "mixed_bfloat16" if how == "precision" else None
    history = model.fit(*data, epochs=8, verbose=0, validation_data=data, precision=precision).history
    assert model._made["cut"][1] is not None
    assert history["loss"][-1] < history["loss"][0]
    assert history["val_loss"][-1] == pytest.approx(model.evaluate(*data, verbose=0)[0], rel=0.02)


# -- what is stored --------------------------------------------------------------------------------------------------
class Counter(layers.Layer):
    def build(self, input_shape):
        self.count = self.add_weight(name="count", shape=(), initializer="zeros", trainable=False)
        self.own = self.add_weight(name="own", shape=(), initializer="ones", autocast=False)

    def call(self, x):
        self.count.assign_add(257.0)
        self.count.assign_sub(1.0)
        self.count.assign_add(1.0)
        assert ops.dtype(self.count) == "bfloat16" and ops.dtype(self.own) == "float32"
        return x


def test_what_is_assigned_in_a_call_goes_to_the_weight_itself(engine, mixed):
    layer = Counter()
    x = lanthorn.engines.get(engine).array(np.ones((1, 1), "float32"))
    for _ in range(3):
        layer(x)
    assert ops.dtype(layer.count) == "float32"
    assert layer.count.numpy() == 771.0  # in bfloat16 it would be 768 or 772


class Breaks(layers.Layer):
    def build(self, input_shape):
        self.w = self.add_weight(name="w", shape=(2,), initializer="ones")

    def call(self, x):
        raise KeyError("on purpose")


def test_an_error_leaves_the_weights_as_they_were(engine, mixed):
    layer = Breaks()
    with pytest.raises(Exception, match="on purpose"):
        layer(np.ones((1, 2), "float32"))
    assert ops.dtype(layer.w) == "float32" and layer.w.users == 0 and layer.w.master is None


def test_the_engine_that_only_runs_forward_computes_in_float32(mixed, rng):
    x = rng.normal(size=(3, 4)).astype("float32")
    layer = layers.Dense(2)
    found = layer(x) if layer.engine.name == "numpy" else lanthorn.Sequential([layer], engine="numpy")(x)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, x @ layer.kernel.numpy() + layer.bias.numpy(), rtol=1e-6)


def test_a_torch_module_of_the_model_does_the_same(mixed, rng):
    torch = pytest.importorskip("torch")
    lanthorn.set_engine("torch")
    model = network()
    x = rng.normal(size=(4, 6, 6, 2)).astype("float32")
    before = model.predict(x, verbose=0)
    module = model.torch().eval()
    inside = []
    module.get_submodule("seen").register_forward_hook(lambda m, args, out: inside.append(out.dtype))
    after = module(torch.from_numpy(x))
    np.testing.assert_array_equal(after.detach().numpy(), before)
    assert inside == [torch.bfloat16] and {p.dtype for p in module.parameters()} == {torch.float32}
    after.sum().backward()
    assert {p.grad.dtype for p in module.parameters()} == {torch.float32}
    lanthorn.set_engine(None)


def test_a_torch_module_made_bfloat16_computes_in_it(rng):
    torch = pytest.importorskip("torch")
    model = lanthorn.Sequential([lanthorn.Input((4,), engine="torch"), layers.Dense(3, "relu"), layers.Dense(2)])
    module = model.torch().bfloat16()
    assert module(torch.ones(2, 4, dtype=torch.bfloat16)).dtype is torch.bfloat16
    assert module.double()(torch.ones(2, 4, dtype=torch.float64)).dtype is torch.float64
    assert model.layers[0].compute_dtype == "float64"


# -- files -----------------------------------------------------------------------------------------------------------
def recurrent(library):
    inner = [
        library.layers.Embedding(12, 8, mask_zero=True), library.layers.LSTM(8, return_sequences=True),
        library.layers.LayerNormalization(), library.layers.GRU(6),
        library.layers.Dense(3, activation="softmax", dtype="float32"),
    ]  # fmt: skip
    return library.Sequential([library.Input((7,), dtype="int32"), *inner])


def test_files_go_both_ways_between_us_and_keras(engine, mixed, keras, tmp_path, rng):
    x = rng.integers(0, 12, (5, 7)).astype("int32")
    x[:, 0] = 3  # no sequence is all padding
    keras.config.set_dtype_policy("mixed_bfloat16")
    theirs = recurrent(keras)
    keras.config.set_dtype_policy("float32")
    theirs.save(tmp_path / "theirs.keras")
    model = lanthorn.load_model(tmp_path / "theirs.keras")
    assert [layer.compute_dtype for layer in model.layers] == ["bfloat16"] * 4 + ["float32"]
    expected = theirs.predict(x, verbose=0)
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, atol=0.01)
    model.save(tmp_path / "ours.keras")
    again = keras.models.load_model(tmp_path / "ours.keras")
    assert [layer.dtype_policy.name for layer in again.layers] == ["mixed_bfloat16"] * 4 + ["float32"]
    np.testing.assert_allclose(again.predict(x, verbose=0), expected, atol=1e-6)


# -- policies --------------------------------------------------------------------------------------------------------
def test_policies_by_name():
    assert lanthorn.dtype_policy() == lanthorn.DTypePolicy("float32")
    with pytest.raises(ValueError, match="no dtype or policy"):
        lanthorn.set_dtype_policy("mixed_int8")
    policy = lanthorn.DTypePolicy.from_config(lanthorn.DTypePolicy("mixed_float16").get_config())
    assert (policy.compute_dtype, policy.variable_dtype) == ("float16", "float32")
    for space in (lanthorn, lanthorn.config, lanthorn.mixed_precision):  # where Keras has it
        space.set_dtype_policy(policy)
        assert space.dtype_policy() == policy
    lanthorn.mixed_precision.set_global_policy("float32")
