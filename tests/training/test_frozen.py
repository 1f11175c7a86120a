"""The frozen prefix: where models are cut, and that cutting changes speed alone."""

import numpy as np
import pytest

import lanthorn as keras
from lanthorn import layers
from lanthorn.engines import kept_means, runners
from lanthorn.training import features, frozen


def base(engine=None):
    start = keras.Input((12, 12, 3), engine=engine)
    h = layers.Conv2D(6, 3, strides=2, padding="same", use_bias=False, name="low")(start)
    h = layers.ReLU(6.0)(layers.BatchNormalization(name="norm")(h))
    h = layers.add([h, layers.DepthwiseConv2D(3, padding="same", name="deep")(h)])
    return keras.Model(start, layers.Conv2D(8, 3, name="high", activation="relu")(h), name="base")


def classifier(style, engine=None, dropout=0.0):
    inner = base(engine)
    inner.trainable = False
    if style == "nested":
        tail = [layers.GlobalAveragePooling2D(), layers.Dropout(dropout), layers.Dense(3, "softmax", name="head")]
        return keras.Sequential([keras.Input((12, 12, 3), engine=engine), inner, *tail])
    h = layers.Dropout(dropout)(layers.GlobalAveragePooling2D()(inner.output))
    return keras.Model(inner.input, layers.Dense(3, "softmax", name="head")(h))


def thaw(model):
    """Train the last layer of the base as well: the base itself must not be frozen for that."""
    inner = model.get_layer("base")
    inner.trainable = True
    for layer in inner.layers[:-1]:
        layer.trainable = False


@pytest.fixture
def pictures(rng):
    x = rng.standard_normal((40, 12, 12, 3)).astype("float32")
    return x, (np.arange(40) % 3).astype("int32")


class TestSplit:
    @pytest.mark.parametrize("style", ["flat", "nested"])
    def test_everything_before_the_head_is_cut_off(self, engine, style, pictures):
        model = classifier(style)
        cut = frozen.split(model)
        assert [layer.name for layer in cut.head.layers if layer.weights] == ["head"]
        assert cut.head.inputs[0].shape == (None, 8)
        x = model.engine.array(pictures[0])
        features = cut.prefix.run([x], False)[0]
        np.testing.assert_allclose(
            model.engine.to_numpy(cut.head(features)), model.predict(pictures[0], verbose=0), rtol=1e-5, atol=1e-6
        )

    def test_a_layer_thawed_inside_a_nested_model_is_on_the_heads_side(self):
        model = classifier("nested", "torch")
        thaw(model)
        assert [layer.name for layer in frozen.split(model).head.layers if layer.weights] == ["high", "head"]

    def test_dropout_and_moving_statistics_are_not_frozen(self):
        start = keras.Input((4,), engine="torch")
        fixed = layers.Dense(4, trainable=False)(start)
        random = keras.Model(start, layers.Dense(1)(layers.Dense(4, trainable=False)(layers.Dropout(0.5)(fixed))))
        assert frozen.split(random).head.inputs[0].shape == (None, 4)
        assert [type(layer).__name__ for layer in frozen.split(random).head.layers][0] == "Dropout"
        moving = layers.BatchNormalization(center=False, scale=False)  # nothing to train, yet it moves
        model = keras.Model(start, layers.Dense(1)(moving(layers.Dense(4, trainable=False)(start))))
        assert type(frozen.split(model).head.layers[0]).__name__ == "BatchNormalization"

    def test_what_cannot_be_cut_is_left_whole(self):
        start = keras.Input((4,), engine="torch")
        h = layers.Dense(4, trainable=False)(start)
        assert frozen.split(keras.Model(start, layers.Dense(1)(start))) is None  # nothing frozen
        assert frozen.split(keras.Model(start, h)) is None  # nothing to train
        two = layers.add([layers.Dense(4)(start), h])
        assert frozen.split(keras.Model(start, two)) is None  # two arrays cross


class TestFit:
    @pytest.mark.parametrize("style", ["flat", "nested"])
    def test_with_and_without_learn_the_same(self, engine, style, pictures):
        x, y = pictures
        histories, weights = [], []
        for setting in ("off", "auto"):
            keras.set_random_seed(3)
            model = classifier(style)
            before = model.get_weights()
            model.compile(keras.optimizers.SGD(0.3, momentum=0.9), "sparse_categorical_crossentropy", metrics=["accuracy"])
            kept = model.fit(x, y, batch_size=16, epochs=3, validation_data=(x[:20], y[:20]), verbose=0, frozen=setting)
            histories.append(kept.history)
            weights.append(model.get_weights())
            for old, new in list(zip(before, weights[-1], strict=True))[:-2]:
                np.testing.assert_array_equal(old, new)  # bit for bit
        for name in histories[0]:
            np.testing.assert_allclose(histories[0][name], histories[1][name], rtol=1e-4, err_msg=name)
        for whole, cut in zip(*weights, strict=True):
            np.testing.assert_allclose(whole, cut, rtol=1e-3, atol=1e-5)

    def test_thawing_between_two_fits_counts(self, engine, pictures):
        model = classifier("nested")
        model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
        model.fit(*pictures, verbose=0)
        before = model.get_layer("base").get_layer("high").get_weights()
        thaw(model)
        model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
        model.fit(*pictures, verbose=0)
        assert not np.array_equal(before[0], model.get_layer("base").get_layer("high").get_weights()[0])

    def test_new_weights_under_the_frozen_layers_are_seen(self, pictures):
        model = classifier("flat", "torch")
        model.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
        first = model.fit(*pictures, verbose=0).history["loss"][0]
        model.set_weights([w * 1.5 for w in model.get_weights()])
        again = model.fit(*pictures, verbose=0).history["loss"][0]
        np.testing.assert_allclose(again, model.evaluate(*pictures, verbose=0), rtol=1e-5)
        assert again != first

    def test_an_unknown_setting_says_which_there_are(self, pictures):
        model = classifier("flat", "torch")
        model.compile("sgd", "sparse_categorical_crossentropy")
        with pytest.raises(ValueError, match="`frozen` must be 'auto', 'exact' or 'off', got 'on'"):
            model.fit(*pictures, verbose=0, frozen="on")


class TestRunners:
    def test_openvino_agrees_with_the_engine(self, engine, pictures):
        pytest.importorskip("openvino", reason="the `fast` extra is not installed")
        model = classifier("flat")
        cut = frozen.split(model)
        own = runners.own(cut.prefix, cut.variables, model.engine).run(pictures[0])
        fast = runners.openvino(cut.prefix, cut.variables).run
        np.testing.assert_allclose(fast(pictures[0]), own, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(fast(pictures[0][:3]), own[:3], rtol=1e-5, atol=1e-5)  # a short last batch

    def test_a_runner_that_disagrees_is_not_taken(self, monkeypatch, pictures):
        model = classifier("flat", "torch")
        cut = frozen.split(model)
        wrong = runners.Runner("wrong", lambda x: np.zeros((len(x), 8), "float32"))
        monkeypatch.setattr(runners, "find_spec", lambda name: True)
        monkeypatch.setattr(runners, "openvino", lambda *args: wrong)
        chosen = runners.choose(cut.prefix, cut.variables, model.engine, pictures[0], batches=1e9)
        assert chosen.name == "torch, float32"

    def test_bfloat16_is_taken_only_within_the_tolerance(self, monkeypatch, pictures):
        model = classifier("flat", "torch")
        cut = frozen.split(model)
        exact = runners.own(cut.prefix, cut.variables, model.engine)
        near = runners.Runner("near", lambda x: exact.run(x) * 1.05)

        class Timed:
            def __init__(self, runner, x):
                self.outputs, self.runner = runner.run(x), runner._replace(rate=100.0 if runner is near else 10.0)

        monkeypatch.setattr(runners, "measured", Timed)
        monkeypatch.setattr(runners, "find_spec", lambda name: True)
        monkeypatch.setattr(runners, "_has_bfloat16", lambda: True)
        monkeypatch.setattr(runners, "openvino", lambda plan, variables, *bf16: near if bf16 else exact)
        for tolerance, name in ((0.1, "near"), (0.01, "torch, float32"), (0.0, "torch, float32")):
            chosen = runners.choose(cut.prefix, cut.variables, model.engine, pictures[0], 1e9, tolerance)
            assert chosen.name == name

    def test_rounding_is_to_the_nearest_bfloat16(self, rng):
        torch = pytest.importorskip("torch")
        x = rng.standard_normal(1000).astype("float32") * 10.0 ** rng.integers(-20, 20, 1000)
        x = np.concatenate([x, [1.0 + 2**-8, 1.0 + 3 * 2**-8]]).astype("float32")  # ties
        np.testing.assert_array_equal(kept_means.rounded(x), torch.tensor(x).bfloat16().float().numpy())

    def test_what_rounding_shifts_is_measured(self, pictures):
        pytest.importorskip("openvino", reason="the `fast` extra is not installed")
        start = keras.Input((12, 12, 3), engine="torch")
        h = layers.DepthwiseConv2D(3, use_bias=False, name="cancelling")(start)
        model = keras.Model(start, layers.GlobalAveragePooling2D()(h))
        kernel = np.tile(np.array([101.3, -99.7, -1.55], "float32")[:, None, None, None], (1, 3, 3, 1))
        model.set_weights([kernel])
        x = np.abs(pictures[0]) + 1.0  # of one sign: large terms that nearly cancel
        exact = model.predict(x, verbose=0)
        model.set_weights([kept_means.rounded(kernel)])
        off = model.predict(x, verbose=0) - exact
        model.set_weights([kernel])
        ov = runners._import_openvino()
        found = kept_means.shifts(model.plan, model.variables, x[:20], lambda graph: runners._load(ov, graph))
        (shift,) = found.values()
        assert np.abs(off).mean() > 0.1
        assert np.abs(off + shift)[20:].mean() < 0.3 * np.abs(off)[20:].mean()


class TestStore:
    def test_beyond_the_budget_features_lie_in_a_file(self):
        small, large = features.Store(4, (3,)), features.Store(4, (3,), budget=10)
        assert type(small.table) is np.ndarray and type(large.table) is np.memmap
        large.put(np.array([2, 0]), np.ones((2, 3), "float32"))
        assert large.known.tolist() == [True, False, True, False]
        np.testing.assert_array_equal(large.table[[0, 2]], np.ones((2, 3)))
