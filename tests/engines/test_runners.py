"""The torch maker of runners, and `predict` and `evaluate` of many samples through runners."""

import ctypes
import sys
import threading

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers
from lanthorn.core.flatten import flattened
from lanthorn.engines import folding, kept_means, onnx, openvino, processor, runners, torch_runner
from lanthorn.training import prefixed

torch = pytest.importorskip("torch")
WITH_BFLOAT16 = pytest.mark.skipif(
    not processor.has_bfloat16(), reason="this processor has no bfloat16, and torch's kernel asks for it"
)


def normal(x, **settings):
    return layers.BatchNormalization(**settings)(x)


def mobile(engine=None):
    """What MobileNetV2 is made of."""
    start = keras.Input((13, 12, 3), engine=engine)
    h = layers.ReLU(6.0)(normal(layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(start)))
    wide = layers.ReLU(6.0)(normal(layers.Conv2D(16, 1, use_bias=False)(h)))
    wide = layers.ReLU(6.0)(normal(layers.DepthwiseConv2D(3, padding="same")(wide)))
    h = layers.add([h, normal(layers.Conv2D(8, 1, use_bias=False)(wide), scale=False)])
    h = layers.ZeroPadding2D(((0, 1), (0, 1)))(h)
    h = layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2, activation="relu6")(h)
    return keras.Model(start, layers.Dense(5, "softmax")(layers.GlobalAveragePooling2D()(h)))


def residual(engine=None):
    """What ResNets are made of, and what follows a convolution without being merged into it."""
    start = keras.Input((12, 11, 4), engine=engine)
    h = layers.Activation("relu")(normal(layers.Conv2D(8, 3, groups=2, dilation_rate=2)(start)))
    short = normal(layers.Conv2D(8, 1, strides=2)(h), center=False)
    h = normal(layers.Conv2D(8, 3, strides=2, padding="same", activation="tanh")(h))  # not folded: tanh is between
    h = layers.ReLU()(layers.add([short, normal(layers.Conv2D(8, 3, padding="same")(h))]))
    twice = layers.Conv2D(8, 1)(h)  # taken twice: nothing can be merged
    h = layers.Concatenate()([layers.add([twice, twice]), normal(twice), layers.LeakyReLU()(h)])
    h = layers.Flatten()(layers.MaxPooling2D(2)(h))
    return keras.Model(
        start, layers.Dropout(0.5)(layers.Activation("gelu")(normal(layers.Dense(6, use_bias=False)(h))))
    )


def nested(engine=None):
    """A model in a model, a layer called twice with its own normalisation each time, and ops."""
    start = keras.Input((8, 8, 2), engine=engine)
    shared = layers.Conv2D(2, 3, padding="same")
    inner = keras.Model(start, normal(shared(layers.ReLU()(normal(shared(start))))))
    outer = keras.Sequential([keras.Input((8, 8, 2), engine=engine), inner, layers.Conv2D(3, 3), layers.PReLU()])
    return keras.Model(outer.input, layers.LayerNormalization()(keras.ops.sigmoid(outer.output) * 2.0 + 1.0))


def whole(engine=None):
    """The model's output is a convolution's own."""
    start = keras.Input((8, 8, 2), engine=engine)
    return keras.Model(start, layers.Conv2D(3, (3, 2), activation="relu", padding="same")(start))


NETWORKS = [mobile, residual, nested, whole]


@pytest.fixture
def drawn(rng):
    """A model with weights and statistics of all sizes, and inputs for it."""

    def make(network, engine=None, samples=9):
        model = network(engine)
        model.set_weights(
            [
                rng.uniform(0.2, 3.0, w.shape)
                if w.ndim == 1 and "variance" in v.path
                else rng.normal(0.0, 0.5, w.shape)
                for v, w in zip(model.weights, model.get_weights(), strict=True)
            ]
        )
        return model, rng.standard_normal((samples, *model.inputs[0].shape[1:])).astype("float32")

    return make


class TestTorch:
    @pytest.mark.parametrize("network", NETWORKS)
    def test_it_agrees_with_numpy_on_every_engine(self, engine, network, drawn):
        model, x = drawn(network)
        exact = runners.by_numpy(model.plan, model.variables, x)
        run = torch_runner.float32(model.plan, model.variables)
        for size in (9, 4, 3, 1):  # whole chunks and short ones
            np.testing.assert_allclose(run(x[:size]), exact[:size], rtol=1e-4, atol=1e-5)

    @WITH_BFLOAT16
    @pytest.mark.parametrize("network", NETWORKS)
    def test_bfloat16_is_near(self, network, drawn):
        model, x = drawn(network, "torch", 32)
        exact = runners.by_numpy(model.plan, model.variables, x)
        near = torch_runner.bfloat16(model.plan, model.variables, x[:8])(x)
        assert near.dtype == np.float32
        assert np.linalg.norm(near - exact) < 0.02 * np.linalg.norm(exact)

    @WITH_BFLOAT16
    def test_bfloat16_keeps_the_means(self, drawn):
        def cancelling(engine):
            start = keras.Input((12, 12, 3), engine=engine)
            h = layers.DepthwiseConv2D(3, use_bias=False)(start)
            return keras.Model(start, layers.GlobalAveragePooling2D()(h))

        model, x = drawn(cancelling, "torch", 32)
        model.set_weights([np.tile(np.array([101.3, -99.7, -1.55], "float32")[:, None, None, None], (1, 3, 3, 1))])
        x = kept_means.rounded(np.abs(x) + 1.0)  # of one sign: large terms that nearly cancel
        exact = model.predict(x, verbose=0)
        near = torch_runner.bfloat16(model.plan, model.variables, x[:16])(x)
        kernel = model.get_weights()[0]
        model.set_weights([kept_means.rounded(kernel)])
        off = np.abs(model.predict(x, verbose=0) - exact).mean()
        assert np.abs(near - exact)[16:].mean() < 0.5 * off

    def test_normalisation_is_folded_where_it_can_be(self, drawn):
        def kinds(model):
            return [type(piece.layer).__name__ for piece in folding.folded(flattened(model.plan))]

        assert "BatchNormalization" not in kinds(drawn(mobile, "torch")[0])
        assert kinds(drawn(residual, "torch")[0]).count("BatchNormalization") == 2

    def test_a_normalisation_along_another_axis_is_not_folded(self, drawn):
        def crossed(engine):
            start = keras.Input((6, 6, 6), engine=engine)
            return keras.Model(start, normal(layers.Conv2D(4, 3)(start), axis=1))

        model, x = drawn(crossed, "torch")
        exact = runners.by_numpy(model.plan, model.variables, x)
        np.testing.assert_allclose(torch_runner.float32(model.plan, model.variables)(x), exact, rtol=1e-4, atol=1e-5)

    @pytest.mark.parametrize(
        "layer",
        [
            lambda: layers.Lambda(lambda x: x * 2),
            lambda: layers.TimeDistributed(layers.Dense(3)),
            lambda: layers.Activation(lambda x: x + 1),
        ],
        ids=["lambda", "weights inside", "a user's activation"],
    )
    def test_what_it_has_no_form_for_is_left_to_others(self, layer):
        start = keras.Input((4, 3), engine="torch")
        model = keras.Model(start, layer()(start))
        with pytest.raises(NotImplementedError):
            torch_runner.float32(model.plan, model.variables)

    def test_torchs_settings_stay_as_they_are(self, drawn):
        model, x = drawn(mobile, "torch")
        before = torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled()
        torch_runner.float32(model.plan, model.variables)(x)
        assert (torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled()) == before
        later = []
        thread = threading.Thread(target=lambda: later.append(torch.get_num_threads()))
        thread.start()
        thread.join()
        assert later == [before[0]]  # in threads that are made afterwards too

    def test_it_is_not_imported_to_be_asked_for(self, monkeypatch, drawn):
        """Where little is to be done it does not pay to load a library."""
        model, x = drawn(mobile, "numpy")
        monkeypatch.setattr(runners, "MAKERS", (torch_runner,))
        monkeypatch.setattr(runners, "WORTH_A_TRIAL", 0.0)
        monkeypatch.setattr(torch_runner, "LIBRARY", "not_loaded_yet")
        monkeypatch.setattr(torch_runner, "LOADING", 1e9)
        assert runners.choose(model.plan, model.variables, model.engine, x, 1).name == "numpy, float32"
        monkeypatch.setattr(torch_runner, "LOADING", 0.0)
        assert runners.choose(model.plan, model.variables, model.engine, x, 1).name.startswith("torch, fused")


@pytest.mark.skipif(sys.platform != "linux", reason="signals have another form there")
def test_openvino_leaves_a_thread_its_stack_for_signals(drawn):
    """It gives the thread one, and takes the memory back when its model goes: the next Ctrl-C ends the process."""
    pytest.importorskip("openvino", reason="the `fast` extra is not installed")

    class Stack(ctypes.Structure):
        _fields_ = [("place", ctypes.c_void_p), ("flags", ctypes.c_int), ("size", ctypes.c_size_t)]

    def own():
        found = Stack()
        ctypes.CDLL(None).sigaltstack(None, ctypes.byref(found))
        return found.place, found.flags

    model, x = drawn(mobile, "torch")
    before = own()
    first = openvino.float32(model.plan, model.variables)
    first(x)
    assert own() == before
    second = openvino.load(onnx.trace(model.plan, model.variables))
    assert own() == before, (first, second)


@pytest.fixture
def eager(monkeypatch):
    """Every convolution takes long, and every trial pays; says which models went through a runner."""
    taken = []
    choose = runners.choose

    def chosen(plan, variables, engine, *rest, **options):
        found = choose(plan, variables, engine, *rest, **options)
        taken.append(found.name)
        return found

    monkeypatch.setattr(prefixed, "LONG", 0.0)
    monkeypatch.setattr(runners, "WORTH_A_TRIAL", -10.0)
    monkeypatch.setattr(runners, "MAKERS", (torch_runner,))
    monkeypatch.setattr(runners, "choose", chosen)
    return taken


def own_way(model, run):
    """What `run()` gives where nothing goes through a runner."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prefixed, "takes_long", lambda *given: False)
        return run()


class TestWhole:
    """`predict` and `evaluate` of many samples."""

    def test_predict_is_the_same(self, engine, drawn, eager):
        model, x = drawn(mobile, samples=70)
        plain = own_way(model, lambda: model.predict(x, verbose=0))
        found = model.predict(x, verbose=0)
        assert eager == ["torch, fused, float32"]
        assert type(found) is np.ndarray and found.shape == plain.shape
        np.testing.assert_allclose(found, plain, rtol=1e-4, atol=1e-6)
        model.predict(x, verbose=0)
        assert len(eager) == 1  # it is made once

    def test_evaluate_is_the_same(self, engine, drawn, eager):
        model, x = drawn(mobile, samples=70)
        y = np.arange(70) % 5
        model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
        given = {"sample_weight": np.linspace(0.0, 2.0, 70), "verbose": 0, "return_dict": True}
        plain = own_way(model, lambda: model.evaluate(x, y, **given))
        found = model.evaluate(x, y, **given)
        assert eager == ["torch, fused, float32"]
        assert found == pytest.approx(plain, rel=1e-4)

    def test_new_weights_are_seen(self, drawn, eager):
        model, x = drawn(mobile, "torch", 40)
        model.predict(x, verbose=0)
        model.set_weights([w * 1.3 for w in model.get_weights()])
        plain = own_way(model, lambda: model.predict(x, verbose=0))
        np.testing.assert_allclose(model.predict(x, verbose=0), plain, rtol=1e-4, atol=1e-6)
        assert len(eager) == 2

    def test_batches_without_an_array(self, drawn, eager):
        model, x = drawn(mobile, "torch", 40)

        class Batches(keras.utils.Sequence):
            def __len__(self):
                return 4

            def __getitem__(self, i):
                return x[i * 10 : i * 10 + 10], np.zeros(10)

        found = model.predict(Batches(), verbose=0)
        assert len(eager) == 1
        np.testing.assert_allclose(found, own_way(model, lambda: model.predict(x, verbose=0)), rtol=1e-4, atol=1e-6)

    def test_penalties_are_part_of_the_loss(self, drawn, eager):
        def penalised(engine):
            start = keras.Input((6, 6, 2), engine=engine)
            h = layers.Conv2D(3, 3, kernel_regularizer="l2")(start)
            return keras.Model(start, layers.GlobalAveragePooling2D()(h))

        model, x = drawn(penalised, "torch", 40)
        model.compile("sgd", "mse")
        assert model.evaluate(x, np.zeros((40, 3)), verbose=0) > float(np.mean(model.predict(x, verbose=0) ** 2))

    @pytest.mark.parametrize("what", ["run_eagerly", "predict_step", "view", "layer", "dense"])
    def test_what_goes_its_own_way(self, what, drawn, eager):
        class Doubling(layers.Layer):
            def call(self, x):
                return x * 2.0

        class Stepping(keras.Model):
            def predict_step(self, data):
                return self(data, training=False) + 1.0

        def network(engine):
            start = keras.Input((6, 6, 2), engine=engine)
            h = layers.Dense(3)(start) if what == "dense" else layers.Conv2D(3, 3)(start)
            h = Doubling()(h) if what == "layer" else h
            return (Stepping if what == "predict_step" else keras.Model)(start, h)

        model, x = drawn(network, "torch", 40)
        model.compile("sgd", "mse", run_eagerly=what == "run_eagerly")
        if what == "view":
            seen = []
            model.torch().register_forward_hook(lambda *given: seen.append(1))
        assert model.predict(x, verbose=0).shape[0] == 40
        assert eager == []
        assert what != "view" or seen

    def test_a_view_taken_later_counts(self, drawn, eager):
        model, x = drawn(mobile, "torch", 40)
        model.predict(x, verbose=0)
        seen = []
        model.torch().register_forward_hook(lambda *given: seen.append(1))
        model.predict(x, verbose=0)
        assert len(eager) == 1 and seen

    def test_little_work_asks_for_no_runner(self, drawn, monkeypatch):
        def never(*given, **options):
            raise AssertionError("a trial of a small model")

        monkeypatch.setattr(runners, "choose", never)
        model, x = drawn(mobile, "torch", 200)
        model.predict(x, verbose=0)
