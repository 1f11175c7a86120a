"""The frozen prefix: where models are cut, and that cutting changes speed alone."""

import copy
import pickle

import numpy as np
import pytest
from PIL import Image

import lanthorn as keras
from lanthorn import data, layers
from lanthorn.engines import installed, kept_means, openvino, processor, runners
from lanthorn.preprocessing.image import ImageDataGenerator
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
        model = classifier("nested")
        thaw(model)
        assert [layer.name for layer in frozen.split(model).head.layers if layer.weights] == ["high", "head"]

    def test_dropout_and_moving_statistics_are_not_frozen(self):
        start = keras.Input((4,))
        fixed = layers.Dense(4, trainable=False)(start)
        random = keras.Model(start, layers.Dense(1)(layers.Dense(4, trainable=False)(layers.Dropout(0.5)(fixed))))
        assert frozen.split(random).head.inputs[0].shape == (None, 4)
        assert [type(layer).__name__ for layer in frozen.split(random).head.layers][0] == "Dropout"
        moving = layers.BatchNormalization(center=False, scale=False)  # nothing to train, yet it moves
        model = keras.Model(start, layers.Dense(1)(moving(layers.Dense(4, trainable=False)(start))))
        assert type(frozen.split(model).head.layers[0]).__name__ == "BatchNormalization"

    def test_what_cannot_be_cut_is_left_whole(self):
        start = keras.Input((4,))
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
            model.compile(
                keras.optimizers.SGD(0.3, momentum=0.9), "sparse_categorical_crossentropy", metrics=["accuracy"]
            )
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
        model = classifier("flat")
        model.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
        first = model.fit(*pictures, verbose=0).history["loss"][0]
        model.set_weights([w * 1.5 for w in model.get_weights()])
        again = model.fit(*pictures, verbose=0).history["loss"][0]
        np.testing.assert_allclose(again, model.evaluate(*pictures, verbose=0), rtol=1e-5)
        assert again != first

    def test_new_weights_are_seen_by_a_runner_that_has_compiled_them_in(self, pictures, monkeypatch):
        pytest.importorskip("openvino", reason="the `fast` extra is not installed")
        compiled = lambda plan, variables, *rest: runners.Runner("fast", openvino.float32(plan, variables))  # noqa: E731
        monkeypatch.setattr(runners, "choose", compiled)
        model = classifier("flat")
        model.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
        model.fit(*pictures, verbose=0)
        model.set_weights([w * 1.5 for w in model.get_weights()])
        again = model.fit(*pictures, verbose=0).history["loss"][0]
        np.testing.assert_allclose(again, model.evaluate(*pictures, verbose=0), rtol=1e-5)

    def test_what_fit_tried_predicts_and_evaluates_too(self, engine, pictures, monkeypatch):
        model = classifier("flat")
        model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
        own, ran = runners.own, []

        def choose(plan, variables, engine, x, batches, tolerance):
            exact = own(plan, variables, engine).run
            return runners.Runner("fast", exact, rate=9.0, float32=lambda x: ran.append(len(x)) or exact(x))

        x, y = pictures
        with monkeypatch.context() as patch:
            patch.setattr(runners, "choose", choose)
            model.fit(x, y, verbose=0)
        found, logs = model.predict(x, verbose=0), model.evaluate(x, y, verbose=0)
        assert ran == [32, 8, 32, 8]
        model.run_eagerly = True
        np.testing.assert_allclose(found, model.predict(x, verbose=0), atol=1e-5)
        np.testing.assert_allclose(logs, model.evaluate(x, y, verbose=0), rtol=1e-4)
        model.run_eagerly = False
        model.get_layer("head").set_weights([w * 2 for w in model.get_layer("head").get_weights()])
        assert np.abs(model.predict(x, verbose=0) - found).max() > 1e-3  # the head is the model's own
        ran.clear()
        model.get_layer("low").trainable = True
        model.predict(x, verbose=0)
        model.get_layer("low").trainable = False
        model.get_layer("low").set_weights([w * 2 for w in model.get_layer("low").get_weights()])
        model.predict(x, verbose=0)
        assert ran == []  # it is not what was tried

    def test_an_unknown_setting_says_which_there_are(self, pictures):
        model = classifier("flat")
        model.compile("sgd", "sparse_categorical_crossentropy")
        with pytest.raises(ValueError, match="`frozen` must be 'auto', 'exact' or 'off', got 'on'"):
            model.fit(*pictures, verbose=0, frozen="on")


def learn(setting, model, *data, **options):
    """The history of training a frozen classifier from a fixed seed."""
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(*data, batch_size=options.pop("batch_size", 16), verbose=0, frozen=setting, **options).history


def assert_the_same_either_way(run):
    """`run(setting)` gives a dict of numbers: equal with the prefix ahead and without."""
    found = {}
    for setting in ("off", "auto"):
        keras.set_random_seed(3)
        found[setting] = run(setting)
    assert found["off"].keys() == found["auto"].keys()
    for name, values in found["off"].items():
        np.testing.assert_allclose(found["auto"][name], values, rtol=1e-4, err_msg=name)


class Growing(keras.utils.Sequence):
    """Batches that change from epoch to epoch: their features must not be kept."""

    def __init__(self, x, y):
        super().__init__()
        self.x, self.y, self.epoch = x, y, 0

    def __len__(self):
        return 3

    def __getitem__(self, i):
        part = slice(16 * i, 16 * i + 16)
        return self.x[part] * (1 + self.epoch), self.y[part]

    def on_epoch_end(self):
        self.epoch += 1


class TestEitherWay:
    """What users do with `fit`, with and without the prefix run ahead."""

    @pytest.mark.parametrize(
        "options",
        [
            {"sample_weight": np.linspace(0, 2, 40)},
            {"class_weight": {0: 1.0, 1: 3.0, 2: 0.5}},
            {"validation_split": 0.25},
            {"steps_per_epoch": 2},
            {"shuffle": "batch"},
        ],
        ids=lambda options: next(iter(options)),
    )
    def test_arrays(self, options, pictures):
        assert_the_same_either_way(
            lambda s: learn(s, classifier("nested", dropout=0.2), *pictures, epochs=3, **options)
        )

    def test_generators_and_sequences_that_change(self, engine, pictures):
        x, y = pictures

        def endless():
            draw = np.random.default_rng(5)
            while True:
                chosen = draw.integers(0, 40, 16)
                yield x[chosen], y[chosen]

        def generated(setting):
            options = {"validation_data": endless(), "validation_steps": 2, "batch_size": None}
            return learn(setting, classifier("flat"), endless(), epochs=3, steps_per_epoch=3, **options)

        def sequence(setting):
            model, batches = classifier("flat"), Growing(x, y)
            return learn(setting, model, batches, epochs=3, validation_data=Growing(x, y), batch_size=None)

        assert_the_same_either_way(generated)
        assert_the_same_either_way(sequence)

    def test_iterators_of_pictures(self, pictures):
        x, y = np.uint8(pictures[0] * 40 + 128), pictures[1]

        def run(setting):
            drawn = ImageDataGenerator(horizontal_flip=True, shear_range=10, rescale=1 / 255).flow(x, y, 16, seed=1)
            plain = ImageDataGenerator(rescale=1 / 255).flow(x, y, 16, seed=2)  # shuffled, as the 2018 way has it
            return learn(setting, classifier("flat"), drawn, epochs=3, validation_data=plain, batch_size=None)

        assert_the_same_either_way(run)

    @pytest.mark.parametrize("augment", [None, [data.Flip()]], ids=["plain", "augmented"])
    @pytest.mark.parametrize(
        "options", [{}, {"class_weight": {0: 5.0, 1: 0.0, 2: 1.0}}, {"steps_per_epoch": 3, "validation_steps": 1}],
        ids=["", "weights", "steps"],
    )  # fmt: skip
    def test_photo_data_sets(self, augment, options, pictures, tmp_path):
        for i, picture in enumerate(np.uint8(pictures[0] * 40 + 128)):
            path = tmp_path / "train" / f"class_{i % 3}"
            path.mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture).save(path / f"{i}.png")

        def run(setting):
            preparing = data.Preprocessing(size=(12, 12), scale="tf")
            train, held = data.folder_datasets(
                tmp_path / "train", 0.25, batch_size=8, preprocessing=preparing, augment=augment, seed=1
            )
            model = classifier("flat")
            return learn(setting, model, train, epochs=3, validation_data=held, batch_size=None, **options)

        assert_the_same_either_way(run)

    def test_callbacks_that_save_and_restore(self, pictures, tmp_path):
        def run(setting):
            model, file = classifier("nested"), str(tmp_path / setting) + "{epoch}.keras"
            keep = keras.callbacks.ModelCheckpoint(file)
            stop = keras.callbacks.EarlyStopping("val_loss", patience=1, min_delta=10, restore_best_weights=True)
            first = learn(setting, model, *pictures, epochs=5, validation_split=0.25, callbacks=[keep, stop])
            assert len(first["loss"]) == 2
            saved = keras.models.load_model(file.format(epoch=1))
            for restored, stored in zip(model.get_weights(), saved.get_weights(), strict=True):
                np.testing.assert_array_equal(restored, stored)
            again = saved.fit(*pictures, epochs=2, verbose=0, frozen=setting)  # goes on where the file stopped
            return {**first, "again": again.history["loss"]}

        assert_the_same_either_way(run)

    def test_a_copy_goes_its_own_way(self, pictures):
        def run(setting):
            model = classifier("nested")
            learn(setting, model, *pictures)
            copies = [copy.deepcopy(model), pickle.loads(pickle.dumps(model)), model]
            losses = [c.fit(*pictures, verbose=0, shuffle=False, frozen=setting).history["loss"][0] for c in copies]
            np.testing.assert_allclose(losses, losses[0], rtol=1e-5)
            inner = copies[0].get_layer("base")
            inner.set_weights([w * 0.5 for w in inner.get_weights()])
            after = [c.fit(*pictures, verbose=0, shuffle=False, frozen=setting).history["loss"][0] for c in copies]
            assert after[0] != after[1] == pytest.approx(after[2], rel=1e-5)
            return {"losses": losses, "after": after}

        assert_the_same_either_way(run)

    @pytest.mark.parametrize("other", ["jax", "tensorflow"])
    def test_a_move_to_another_engine_and_back(self, on_torch, other, pictures):
        if other not in installed():
            pytest.skip(f"{other} is not installed")

        def run(setting):
            model, found = classifier("nested"), {}
            found["before"] = learn(setting, model, *pictures)["loss"]
            for name in (other, "torch"):
                model.to(name)
                found[name] = model.fit(*pictures, verbose=0, frozen=setting).history["loss"]
            return found

        assert_the_same_either_way(run)

    def test_two_inputs_are_trained_whole(self, pictures):
        def run(setting):
            inner = base()
            inner.trainable = False
            number = keras.Input((2,))
            h = layers.concatenate([layers.GlobalAveragePooling2D()(inner.output), layers.Dense(4)(number)])
            model = keras.Model([inner.input, number], layers.Dense(3, "softmax")(h))
            return learn(setting, model, [pictures[0], pictures[0][:, 0, 0, :2]], pictures[1], epochs=2)

        assert_the_same_either_way(run)

    def test_normalisation_that_trains_inside_a_frozen_base(self, pictures):
        def run(setting):
            model = classifier("nested")
            model.get_layer("base").trainable = True
            for layer in model.get_layer("base").layers:
                layer.trainable = layer.name == "norm"
            before = model.get_layer("base").get_layer("norm").get_weights()
            history = learn(setting, model, *pictures, epochs=2)
            after = model.get_layer("base").get_layer("norm").get_weights()
            assert all(not np.array_equal(a, b) for a, b in zip(before, after, strict=True))
            return history

        assert_the_same_either_way(run)


class Maker:
    """A maker of runners (see `engines/runners.py`) that gives what it is told."""

    NAME, LIBRARY, LOADING = "maker", "numpy", 0.0

    def __init__(self, exact, near=None, there=True):
        self.available = lambda: there
        self.float32 = lambda plan, variables: exact
        self.bfloat16 = lambda plan, variables, calibrate: near or exact


class TestRunners:
    def test_openvino_agrees_with_the_engine(self, engine, pictures):
        pytest.importorskip("openvino", reason="the `fast` extra is not installed")
        model = classifier("flat")
        cut = frozen.split(model)
        own = runners.own(cut.prefix, cut.variables, model.engine).run(pictures[0])
        fast = openvino.float32(cut.prefix, cut.variables)
        np.testing.assert_allclose(fast(pictures[0]), own, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(fast(pictures[0][:3]), own[:3], rtol=1e-5, atol=1e-5)  # a short last batch

    def test_openvino_takes_pictures_of_several_sizes(self, rng):
        pytest.importorskip("openvino", reason="the `fast` extra is not installed")
        start = keras.Input((None, None, 3))
        model = keras.Model(start, layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3)(start)))
        fast = openvino.float32(model.plan, model.variables)
        for size in (12, 16, 12):
            x = rng.standard_normal((5, size, size, 3)).astype("float32")
            np.testing.assert_allclose(fast(x), model.predict(x, verbose=0), rtol=1e-5, atol=1e-5)

    def test_a_runner_that_disagrees_is_not_taken(self, monkeypatch, pictures):
        model = classifier("flat")
        cut = frozen.split(model)
        monkeypatch.setattr(runners, "MAKERS", [Maker(lambda x: np.zeros((len(x), 8), "float32"))])
        chosen = runners.choose(cut.prefix, cut.variables, model.engine, pictures[0], batches=1e9)
        assert chosen.name == f"{model.engine.name}, float32"

    def test_a_maker_that_cannot_leaves_it_to_the_next(self, monkeypatch, pictures):
        monkeypatch.setattr(processor, "has_bfloat16", lambda: False)
        model = classifier("flat")
        cut = frozen.split(model)
        exact = runners.own(cut.prefix, cut.variables, model.engine).run
        unable = Maker(exact)
        unable.float32 = lambda *given: (_ for _ in ()).throw(NotImplementedError("no such op"))
        monkeypatch.setattr(runners, "MAKERS", [Maker(exact, there=False), unable, Maker(exact)])
        chosen = runners.choose(cut.prefix, cut.variables, model.engine, pictures[0], batches=1e9)
        assert chosen.name == "maker, float32"

    def test_bfloat16_is_taken_only_within_the_tolerance(self, monkeypatch, pictures):
        model = classifier("flat")
        cut = frozen.split(model)
        exact = runners.own(cut.prefix, cut.variables, model.engine).run

        class Timed:
            def __init__(self, runner, x):
                self.outputs = runner.run(x)
                self.runner = runner._replace(rate=100.0 if "bfloat16" in runner.name else 10.0)

        monkeypatch.setattr(runners, "measured", Timed)
        monkeypatch.setattr(processor, "has_bfloat16", lambda: True)
        monkeypatch.setattr(runners, "MAKERS", [Maker(exact, lambda x: exact(x) * 1.05)])
        for tolerance, word in ((0.1, "bfloat16"), (0.01, "float32"), (0.0, "float32")):
            chosen = runners.choose(cut.prefix, cut.variables, model.engine, pictures[0], 1e9, tolerance)
            assert chosen.name == f"maker, {word}"

    def test_rounding_is_to_the_nearest_bfloat16(self, rng):
        torch = pytest.importorskip("torch")
        x = rng.standard_normal(1000).astype("float32") * 10.0 ** rng.integers(-20, 20, 1000)
        x = np.concatenate([x, [1.0 + 2**-8, 1.0 + 3 * 2**-8]]).astype("float32")  # ties
        np.testing.assert_array_equal(kept_means.rounded(x), torch.tensor(x).bfloat16().float().numpy())

    def test_what_rounding_shifts_is_measured(self, pictures):
        pytest.importorskip("openvino", reason="the `fast` extra is not installed")
        start = keras.Input((12, 12, 3))
        h = layers.DepthwiseConv2D(3, use_bias=False, name="cancelling")(start)
        model = keras.Model(start, layers.GlobalAveragePooling2D()(h))
        kernel = np.tile(np.array([101.3, -99.7, -1.55], "float32")[:, None, None, None], (1, 3, 3, 1))
        model.set_weights([kernel])
        x = np.abs(pictures[0]) + 1.0  # of one sign: large terms that nearly cancel
        exact = model.predict(x, verbose=0)
        model.set_weights([kept_means.rounded(kernel)])
        off = model.predict(x, verbose=0) - exact
        model.set_weights([kernel])
        found = kept_means.shifts(model.plan, model.variables, x[:20], openvino.load)
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
