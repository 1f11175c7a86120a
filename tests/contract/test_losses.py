"""Every loss against Keras: value and gradient, reductions, sample weights, masks, settings."""

import json
import warnings

import numpy as np
import pytest

N, C = 6, 4


def data(kind):
    """Labels and predictions of one kind, the same at every call."""
    rng = np.random.default_rng(4)
    scores = rng.normal(size=(N, C)).astype("float32")
    probabilities = (np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)).astype("float32")
    one_hot = np.eye(C, dtype="float32")[rng.integers(0, C, N)]
    labels = one_hot.argmax(-1).astype("int32")
    positive = rng.uniform(0.05, 2.0, size=(N, C)).astype("float32")
    numbers = rng.normal(size=(N, C)).astype("float32")
    bits = (rng.random((N, C)) > 0.5).astype("float32")
    sigmoid = rng.uniform(0.05, 0.95, size=(N, C)).astype("float32")
    long_scores = rng.normal(size=(N, 3, C)).astype("float32")
    return {
        "numbers": (numbers, scores),
        "positive": (positive, positive[::-1].copy()),
        "classes": (one_hot, probabilities),
        "class scores": (one_hot, scores),
        "sparse": (labels, probabilities),
        "sparse column": (labels[:, None], probabilities),
        "sparse scores": (labels, scores),
        "sparse long": (rng.integers(0, C, (N, 3)), long_scores),
        "axis 1": (one_hot[..., None].repeat(2, -1), np.stack([probabilities, probabilities[::-1]], -1)),
        "sparse axis 1": (np.stack([labels, labels[::-1]], -1), np.stack([probabilities, probabilities[::-1]], -1)),
        "bits": (bits, sigmoid),
        "bit scores": (bits, scores),
        "bits flat": (bits[:, 0], sigmoid[:, :1]),
        "signs": (2 * bits - 1, scores),
        "hinge bits": (bits, scores),
        "texts": (rng.integers(0, C, (N, 1)) * [1, 1, 0] + [1, 0, 0], rng.normal(size=(N, 5, C + 1)).astype("float32")),
        "embeddings": (
            np.array([0, 1, 0, 1, 2, 2]),
            (numbers / np.linalg.norm(numbers, axis=-1, keepdims=True)).astype("float32"),
        ),
    }[kind]


SCORES = {"from_logits": True}
CASES = [
    ("MeanSquaredError", {}, "numbers"),
    ("MeanAbsoluteError", {}, "numbers"),
    ("MeanAbsolutePercentageError", {}, "numbers"),
    ("MeanSquaredLogarithmicError", {}, "positive"),
    ("MeanSquaredError", {}, "bits flat"),
    ("Huber", {}, "numbers"),
    ("Huber", {"delta": 0.3}, "numbers"),
    ("LogCosh", {}, "numbers"),
    ("Poisson", {}, "positive"),
    ("CosineSimilarity", {}, "numbers"),
    ("CosineSimilarity", {"axis": 0}, "numbers"),
    ("CategoricalCrossentropy", {}, "classes"),
    ("CategoricalCrossentropy", SCORES, "class scores"),
    ("CategoricalCrossentropy", {"label_smoothing": 0.1}, "classes"),
    ("CategoricalCrossentropy", {"label_smoothing": 0.1, **SCORES}, "class scores"),
    ("CategoricalCrossentropy", {"axis": 1}, "axis 1"),
    ("SparseCategoricalCrossentropy", {}, "sparse"),
    ("SparseCategoricalCrossentropy", {}, "sparse column"),
    ("SparseCategoricalCrossentropy", SCORES, "sparse scores"),
    ("SparseCategoricalCrossentropy", SCORES, "sparse long"),
    ("SparseCategoricalCrossentropy", {"axis": 1}, "sparse axis 1"),
    ("SparseCategoricalCrossentropy", {"ignore_class": 2}, "sparse"),
    ("SparseCategoricalCrossentropy", {"ignore_class": 1, **SCORES}, "sparse long"),
    ("BinaryCrossentropy", {}, "bits"),
    ("BinaryCrossentropy", {}, "bits flat"),
    ("BinaryCrossentropy", SCORES, "bit scores"),
    ("BinaryCrossentropy", {"label_smoothing": 0.2}, "bits"),
    ("BinaryCrossentropy", {"axis": 0}, "bits"),
    ("BinaryFocalCrossentropy", {}, "bits"),
    ("BinaryFocalCrossentropy", {"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.5}, "bits"),
    ("BinaryFocalCrossentropy", {"label_smoothing": 0.1, **SCORES}, "bit scores"),
    ("CategoricalFocalCrossentropy", {}, "classes"),
    ("CategoricalFocalCrossentropy", {"alpha": 0.5, "gamma": 1.0, "label_smoothing": 0.1, **SCORES}, "class scores"),
    ("CategoricalGeneralizedCrossEntropy", {}, "sparse"),
    ("CategoricalGeneralizedCrossEntropy", {"q": 0.3}, "sparse"),
    ("KLDivergence", {}, "classes"),
    ("KLDivergence", {}, "bits"),
    ("Hinge", {}, "signs"),
    ("Hinge", {}, "hinge bits"),
    ("SquaredHinge", {}, "signs"),
    ("SquaredHinge", {}, "hinge bits"),
    ("CategoricalHinge", {}, "class scores"),
    ("CTC", {}, "texts"),
    ("Dice", {}, "bits"),
    ("Dice", {"axis": 1}, "bits"),
    ("Tversky", {}, "bits"),
    ("Tversky", {"alpha": 0.3, "beta": 0.8, "axis": 1}, "bits"),
    ("Circle", {"gamma": 4.0}, "embeddings"),
    ("Circle", {"gamma": 2.0, "margin": 0.2, "remove_diagonal": False}, "embeddings"),
]
IDS = [f"{n}-{'-'.join(f'{k}={v}' for k, v in s.items())}-{kind}" for n, s, kind in CASES]
WEIGHTS = np.array([1.0, 0.0, 2.0, 0.5, 1.0, 3.0], "float32")


def agree(got, want, tolerance=1e-5):
    for a, b in zip(got, want, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * 0.1)


@pytest.mark.parametrize(("name", "settings", "kind"), CASES, ids=IDS)
def test_value_and_gradient(derived, keras_derived, keras, name, settings, kind):
    from lanthorn import losses

    y_true, y_pred = data(kind)
    mine, theirs = getattr(losses, name)(**settings), getattr(keras.losses, name)(**settings)
    one = np.float32(1.0)
    got, want = derived(lambda p: mine(y_true, p), y_pred, one), keras_derived(lambda p: theirs(y_true, p), y_pred, one)
    agree(got, want)
    if (name, kind) == ("Dice", "bits") and not settings or name == "Tversky" and not settings:
        return  # one number for all samples: there is nothing to weigh
    weights = WEIGHTS if settings.get("axis") != 0 else WEIGHTS[:C]
    if kind in ("axis 1", "sparse axis 1", "sparse long"):
        weights = np.linspace(0.0, 2.0, N * y_pred.shape[-1 if "axis" in kind else 1], dtype="float32").reshape(N, -1)
    got = derived(lambda p: mine(y_true, p, sample_weight=weights), y_pred, one)
    want = keras_derived(lambda p: theirs(y_true, p, sample_weight=weights), y_pred, one)
    agree(got, want)


FUNCTIONS = sorted({(n, json.dumps(s), k) for n, s, k in CASES if n != "Circle" and k != "bits flat"})


@pytest.mark.parametrize(("name", "settings", "kind"), FUNCTIONS, ids=lambda v: v)
def test_functions(engine, keras, name, settings, kind):
    """The function of each loss: one value per sample, labels as NumPy or as the engine's arrays."""
    from lanthorn import engines, losses
    from lanthorn.core.naming import snake_case

    function = {"KLDivergence": "kl_divergence", "CTC": "ctc"}.get(name, snake_case(name))
    settings = json.loads(settings) or ({"q": 0.5} if function == "categorical_generalized_cross_entropy" else {})
    y_true, y_pred = data(kind)
    eng = engines.get(engine)
    want = keras.ops.convert_to_numpy(
        getattr(keras.losses, function)(
            keras.ops.convert_to_tensor(y_true), keras.ops.convert_to_tensor(y_pred), **settings
        )
    )
    for labels in (y_true, eng.array(y_true)):
        got = eng.to_numpy(getattr(losses, function)(labels, eng.array(y_pred), **settings))
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


REDUCTIONS = ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None]


@pytest.mark.parametrize("masked", [False, True], ids=["", "masked"])
@pytest.mark.parametrize("weighted", [None, "column", "places", "zeros"])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_reductions(engine, keras, reduction, weighted, masked):
    from lanthorn import engines, losses

    rng = np.random.default_rng(5)
    y_true, y_pred = rng.normal(size=(2, 5, 3, 2)).astype("float32")
    mask = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 0, 0], [1, 0, 1]], bool)
    places = rng.uniform(0.5, 2.0, (5, 3)).astype("float32")
    weights = {
        None: None,
        "column": places[:, :1],
        "places": places,
        "zeros": 0 * places,
    }[weighted]
    eng = engines.get(engine)
    mine, theirs = losses.MeanSquaredError(reduction), keras.losses.MeanSquaredError(reduction)
    ours, their = eng.array(y_pred), keras.ops.convert_to_tensor(y_pred)
    given = {}
    if masked:
        given["mask"] = mask
        weights = None if weights is None else weights * np.ones((5, 3), "float32")  # Keras spreads none over a mask
        keras.src.backend.set_keras_mask(their, keras.ops.convert_to_tensor(mask))
    got = eng.to_numpy(mine(y_true, ours, weights, **given))
    want = keras.ops.convert_to_numpy(theirs(y_true, their, weights))
    np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


def test_mask_of_the_predictions(engine):
    """A mask attached to the predictions counts without being passed; one weight per sample spreads over its places."""
    from lanthorn import engines, losses
    from lanthorn.core.masking import set_mask

    eng = engines.get(engine)
    y_true, y_pred = np.zeros((2, 3, 1), "float32"), np.array([[1, 2, 3], [4, 5, 6]], "float32")[..., None]
    mask = np.array([[1, 1, 0], [1, 0, 0]], bool)
    masked = eng.array(y_pred)
    set_mask(masked, eng.array(mask))
    loss = losses.MeanAbsoluteError()
    assert float(loss(y_true, masked)) == pytest.approx((1 + 2 + 4) / 3)
    assert float(loss(y_true, masked, np.array([1.0, 0.5]))) == pytest.approx((1 + 2 + 2) / 3)
    assert float(loss(y_true, eng.array(y_pred), np.array([1.0, 0.5]))) == pytest.approx((6 + 7.5) / 6)


def test_empty_mask_gives_zero(engine):
    from lanthorn import engines, losses

    eng = engines.get(engine)
    y = eng.array(np.ones((2, 3, 1), "float32"))
    assert float(losses.MeanSquaredError()(y, 2 * y, mask=np.zeros((2, 3), bool))) == 0.0


def test_a_users_loss(engine, keras):
    """A Loss of one's own, and a plain function, with labels that are whole numbers."""
    from lanthorn import engines, losses, ops

    class Distance(losses.Loss):
        def __init__(self, power=2.0, **kwargs):
            super().__init__(**kwargs)
            self.power = power

        def call(self, y_true, y_pred):
            return ops.mean(ops.abs(y_true - y_pred) ** self.power, axis=-1)

    def distance(y_true, y_pred, power=2.0):
        return ops.mean(ops.abs(y_true - y_pred) ** power, axis=-1)

    eng = engines.get(engine)
    y_true, y_pred = np.array([[1], [3]]), eng.array(np.array([[0.5], [1.0]], "float32"))
    for loss in (Distance(3.0, reduction="sum"), losses.LossFunctionWrapper(distance, reduction="sum", power=3.0)):
        assert float(loss(y_true, y_pred)) == pytest.approx(8.125)
        assert float(loss(y_true, y_pred, np.array([1.0, 0.0]))) == pytest.approx(0.125)
    assert Distance(3.0).get_config() == {"name": "distance", "reduction": "sum_over_batch_size", "power": 3.0}
    assert losses.LossFunctionWrapper(distance).name == "distance"
    assert float(losses.LossFunctionWrapper(lambda t, p: ops.sum(p))(y_true, y_pred)) == pytest.approx(1.5)  # a scalar
    nested = losses.LossFunctionWrapper(lambda t, p: ops.mean(p["a"] + t["b"]))
    assert float(nested({"b": y_true}, {"a": y_pred})) == pytest.approx(2.75)


@pytest.mark.parametrize(("name", "settings"), [(n, s) for n, s, _ in CASES], ids=IDS)
def test_settings(keras, name, settings):
    from lanthorn import losses

    mine, theirs = getattr(losses, name)(**settings), getattr(keras.losses, name)(**settings)
    data = json.loads(json.dumps(losses.serialize(mine)))
    assert losses.deserialize(data).get_config() == mine.get_config()
    want = theirs.get_config()
    assert mine.get_config().items() >= {**want, **settings}.items()  # Keras forgets some settings
    assert losses.deserialize(keras.losses.serialize(theirs)).get_config().items() >= want.items()
    if name != "CategoricalGeneralizedCrossEntropy":  # Keras does not find its own
        assert keras.losses.deserialize(data).get_config() == want


def test_positions(keras):
    """Settings given by position mean what they mean in Keras."""
    from lanthorn import losses

    for make in (
        lambda m: m.Huber(0.3, "sum", "h"),
        lambda m: m.BinaryCrossentropy(True, 0.1, -1, "sum"),
        lambda m: m.SparseCategoricalCrossentropy(True, 3, "sum"),
        lambda m: m.MeanSquaredError("sum", "m"),
        lambda m: m.CosineSimilarity(-1, "sum"),
        lambda m: m.Tversky(0.1, 0.2, "sum", "t", 1),
    ):
        assert make(losses).get_config().items() >= make(keras.losses).get_config().items()


def test_names():
    from lanthorn import losses

    for alias in ("mse", "MSE", "mean_squared_error"):
        assert losses.get(alias) is losses.mean_squared_error
    assert losses.get("kullback_leibler_divergence") is losses.kl_divergence
    assert type(losses.get("MeanSquaredError")) is losses.MeanSquaredError
    assert losses.serialize(losses.huber) == "huber"
    assert (
        losses.get({"class_name": "Huber", "config": {"delta": 2.0, "reduction": "auto", "name": "huber_loss"}}).delta
        == 2
    )
    with pytest.raises(ValueError, match="no loss is named 'catgorical_crossentropy'.*'categorical_crossentropy'"):
        losses.get("catgorical_crossentropy")
    with pytest.raises(ValueError, match="`reduction` must be one of"):
        losses.MeanSquaredError(reduction="average")


def test_wrong_shapes():
    from lanthorn import losses

    scores, labels = np.ones((4, 3), "float32") / 3, np.array([0, 1, 2, 0])
    with pytest.raises(ValueError, match="categorical_crossentropy: expected one-hot labels.*sparse_categorical"):
        losses.CategoricalCrossentropy()(labels, scores)
    with pytest.raises(ValueError, match="expected labels .class numbers.*use 'categorical_crossentropy'"):
        losses.SparseCategoricalCrossentropy()(np.eye(4, 3), scores)
    with pytest.warns(SyntaxWarning, match="always 0"):
        losses.categorical_crossentropy(np.ones((4, 1), "float32"), np.ones((4, 1), "float32"))


def test_labels_out_of_range():
    """Told on the CPU, with the value, its place, the range and what to do."""
    from lanthorn.losses import check_labels

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_labels(np.array([0, 1, 2]), 3)
        check_labels(np.array([[0.0], [2.0]]), 3)
        check_labels(np.array([0, -1, 2]), 3, ignore_class=-1)
        check_labels(np.zeros((0,)), 3)
        check_labels(np.array([True, False]), 2)
    with pytest.raises(
        ValueError, match=r"fit: expected class numbers from 0 to 1 .the model has 2 outputs., got 2 .sample 1.*3 units"
    ):
        check_labels(np.array([0, 2, 1]), 2, who="fit")
    with pytest.raises(ValueError, match="got -1 .sample 0; 2 of 3"):
        check_labels(np.array([-1, 0, -2]), 2)
    with pytest.raises(ValueError, match="got 0.5"):
        check_labels(np.array([0.5, 1.0]), 2)
    with pytest.raises(ValueError, match="got nan"):
        check_labels(np.array([np.nan, 1.0]), 2)
