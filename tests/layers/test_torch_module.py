"""A module of torch's own as a layer, and a layer's module as the place where its weights are."""

import copy

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers

torch = pytest.importorskip("torch", reason="torch is not installed")
nn = torch.nn


@pytest.fixture(autouse=True)
def on_torch():
    keras.set_engine("torch")
    yield
    keras.set_engine(None)


@pytest.fixture
def data(rng):
    return rng.normal(size=(48, 4)).astype("float32"), np.arange(48) % 3


class Held(keras.Model):
    """Modules held by a subclassed model, some in a list."""

    def __init__(self):
        super().__init__()
        self.first, self.blocks = nn.Linear(4, 8), nn.ModuleList([nn.Linear(8, 8), nn.Dropout(0.5)])
        self.last = layers.Dense(3)

    def call(self, x):
        x = torch.relu(self.first(x))
        for block in self.blocks:
            x = block(x)
        return self.last(x)


def chain():
    return keras.Sequential([keras.Input((4,)), nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.5), layers.Dense(3)])


def drawn():
    x = keras.Input((4,))
    return keras.Model(x, layers.Dense(3)(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.5))(x)))


MAKE = {"Sequential": chain, "symbolic": drawn, "held": Held}


@pytest.fixture(params=MAKE)
def model(request, data):
    keras.set_random_seed(0)
    torch.manual_seed(0)
    model = MAKE[request.param]()
    model(data[0][:2])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def test_fit_trains_it_and_predict_does_not_drop_out(model, data):
    before = model.get_weights()
    losses = model.fit(*data, epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert all(np.abs(a - b).max() > 0 for a, b in zip(before, model.get_weights(), strict=True))
    np.testing.assert_array_equal(model.predict(data[0], verbose=0), model.predict(data[0], verbose=0))
    x = torch.as_tensor(data[0])
    assert not torch.equal(model(x, training=True), model(x, training=True))


def test_it_is_counted_and_shown(model):
    assert model.count_params() == sum(p.numel() for p in model.parameters())
    shown = []
    model.summary(print_fn=shown.append)
    assert "Linear" in shown[0] or "(Sequential)" in shown[0]
    assert f"{model.count_params():,}" in shown[0]


@pytest.mark.parametrize("name", ["w.weights.h5", "w.safetensors", "w.h5"])
def test_its_weights_are_saved(model, data, tmp_path, name):
    expected = model.predict(data[0], verbose=0)
    model.save_weights(tmp_path / name)
    model.set_weights([w * 0 for w in model.get_weights()])
    assert np.ptp(model.predict(data[0], verbose=0)) == 0
    model.load_weights(tmp_path / name)
    np.testing.assert_array_equal(model.predict(data[0], verbose=0), expected)


def test_a_model_file_and_another_engine_refuse_it(model, tmp_path):
    path = tmp_path / "model.keras"
    if isinstance(model, Held):  # its file names the class, which makes the modules anew
        model.save(path)
        again = keras.models.load_model(path, custom_objects={"Held": Held})
        for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
        return
    with pytest.raises(ValueError, match="torch"):
        model.save(path)
    assert not path.exists()
    if __import__("importlib.util").util.find_spec("jax"):
        with pytest.raises(ValueError, match="cannot (move to|run on) jax"):
            model.to("jax")
        assert model.engine.name == "torch" and all(isinstance(v.value, torch.Tensor) for v in model.variables)


def test_a_frozen_one_stays(model, data):
    part = next(layer for layer in model.layers if layer.is_foreign and layer.variables)
    part.trainable = False
    before = part.get_weights()
    model.fit(*data, verbose=0)
    for a, b in zip(before, part.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_other_arrays_than_torchs_say_so(rng):
    layer = layers.TorchModuleWrapper(nn.Linear(3, 2))
    with pytest.raises(TypeError, match=r"expected a torch\.nn\.Module"):
        layers.TorchModuleWrapper(print)
    jnp = pytest.importorskip("jax.numpy", reason="jax is not installed")
    with pytest.raises(TypeError, match="torch"):
        layer(jnp.ones((2, 3)))


def test_one_truth_for_what_a_lanthorn_model_and_its_module_hold(data):
    """The last layer replaced, then used by every way there is; a weight replaced by one of another shape."""
    model = keras.Sequential([keras.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(3, name="head")])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    model.fit(*data, verbose=0)
    net = model.torch()
    model.fit(*data, verbose=0)
    net.head = nn.Linear(8, 5)
    assert model.predict(data[0], verbose=0).shape == (48, 5)
    before = net.head.weight.detach().clone()
    model.fit(*data, verbose=0)
    assert (net.head.weight - before).abs().max() > 0
    assert [w.shape for w in model.get_weights()] == [(4, 8), (8,), (5, 8), (5,)]
    net.get_submodule("dense" if hasattr(net, "dense") else model.layers[0].name).bias = nn.Parameter(torch.ones(8))
    assert model.layers[0].bias.numpy().tolist() == [1.0] * 8
    twin = copy.deepcopy(model)
    assert twin.torch() is not net
    twin.set_weights([w * 0 for w in twin.get_weights()])
    assert np.ptp(twin.predict(data[0], verbose=0)) == 0 < np.ptp(model.predict(data[0], verbose=0))


def test_functional_call_swaps_the_weights_of_a_module_too(data):
    model = chain()
    for _ in range(2):  # without a view, and with one
        expected = model(data[0])
        outputs, new = keras.functional_call(model, [v.value.detach() * 0 for v in model.variables], data[0])
        assert outputs.abs().max() == 0 and len(new) == 4
        assert torch.equal(model(data[0]), expected)
        model.torch()


def test_a_sequential_with_a_module_is_changed_there(data):
    model = chain()
    net = model.torch()
    net.append(nn.Softmax(-1))
    np.testing.assert_allclose(model.predict(data[0], verbose=0).sum(-1), 1, rtol=1e-5)
    assert net.pop(-1) is not None and len(net) == 4
    net.insert(0, nn.Linear(4, 4))
    assert list(net)[0] is net[0] and net[:2](torch.as_tensor(data[0])).shape == (48, 8)
    with pytest.raises(ValueError, match="torch module is there already"):
        model.pop()
    del net[0]
    assert model(data[0]).shape == (48, 3)


def test_asking_for_the_parameters_does_not_switch_dropout_on(data):
    """A layer called the Keras way without `training` does not train, until somebody says `train()`."""

    class Sub(keras.Model):
        def __init__(self):
            super().__init__()
            self.drop = layers.Dropout(0.5)

        def call(self, x):
            return self.drop(x)

    for model in (keras.Sequential([keras.Input((4,)), layers.Dropout(0.5)]), Sub()):
        x = torch.as_tensor(data[0])
        model(x)
        assert list(model.parameters()) == []
        assert torch.equal(model(x), x)
        assert not torch.equal(model(x, training=True), x)
        assert not torch.equal(model.torch()(x), x)  # the torch way: a module trains until told otherwise
        model.train()
        assert not torch.equal(model(x), x)
        model.eval()
        assert torch.equal(model(x), x) and torch.equal(model.torch()(x), x)


def test_a_variable_answers_as_its_tensor():
    layer = layers.Dense(2)
    y = layer(torch.ones(4, 3))
    y.sum().backward()
    assert layer.kernel.grad.abs().sum() > 0 and layer.kernel.detach().requires_grad is False
    assert layer.kernel.requires_grad and layer.kernel.device.type == "cpu"
    with pytest.raises(AttributeError):
        _ = layer.kernel.no_such_thing


def test_a_users_module_holds_the_module_of_a_layer_it_is_given(data):
    """Given the model itself, not `model.torch()`: a plain attribute would have weights that nobody trains."""
    backbone, extra = keras.Sequential([keras.Input((4,)), layers.Dense(8, activation="relu")]), layers.Dense(3)
    extra.build((None, 8))

    class Own(nn.Module):
        def __init__(self):
            super().__init__()
            self.backbone = backbone
            self.rest = nn.Sequential(extra, nn.ReLU())

        def forward(self, x):
            return self.rest(self.backbone(x))

    net = Own()
    assert [name.rpartition(".")[2] for name, _ in net.named_parameters()] == ["kernel", "bias"] * 2
    before = backbone.get_weights()[0]
    optimizer = torch.optim.SGD(net.parameters(), 0.5)
    net(torch.as_tensor(data[0])).square().sum().backward()
    optimizer.step()
    assert np.abs(backbone.get_weights()[0] - before).max() > 0
    with pytest.raises(ValueError, match="has no weights yet"):
        net.more = layers.Dense(2)


def test_it_takes_what_a_layer_of_another_dtype_gives(data):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(8, dtype="mixed_bfloat16"), nn.Linear(8, 3)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    before = model.get_weights()[-1]
    model.fit(*data, verbose=0)
    assert np.abs(model.get_weights()[-1] - before).max() > 0
    assert model.predict(data[0], verbose=0).dtype == "float32"
    plain = keras.Sequential([keras.Input((4,)), layers.Dense(8), nn.Linear(8, 3)])
    plain.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    plain.fit(*data, precision="mixed_bfloat16", verbose=0)
