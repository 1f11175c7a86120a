"""Every metric against Keras: several batches, weights, masks; settings; state that never waits."""

import json

import numpy as np
import pytest

N, C, BATCHES = 8, 4, 3


def data(kind):
    """Batches of labels, predictions and weights of one kind, the same at every call."""
    rng = np.random.default_rng(6)
    batches = []
    for _ in range(BATCHES):
        scores = rng.normal(size=(N, C)).astype("float32")
        probabilities = (np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)).astype("float32")
        labels = rng.integers(0, C, N)
        bits, sigmoid = (rng.random((N, C)) > 0.5).astype("float32"), rng.random((N, C)).astype("float32")
        y = {
            "numbers": (rng.normal(size=(N, C)).astype("float32"), scores),
            "positive": (sigmoid + 0.1, sigmoid[::-1] + 0.2),
            "classes": (np.eye(C, dtype="float32")[labels], probabilities),
            "class scores": (np.eye(C, dtype="float32")[labels], scores),
            "sparse": (labels, probabilities),
            "sparse column": (labels[:, None], scores),
            "sparse long": (rng.integers(0, C, (N, 3)), rng.normal(size=(N, 3, C)).astype("float32")),
            "ids": (labels, np.argsort(-scores, axis=-1)),
            "equal": (labels, rng.integers(0, C, N)),
            "bits": (bits, sigmoid),
            "bit scores": (bits, scores),
            "bits flat": (bits[:, 0], sigmoid[:, 0]),
            "bits column": (bits[:, :1], sigmoid[:, :1]),
            "bits mixed": (bits[:, 0], sigmoid[:, :1]),
            "grid": (bits[:, 0], (rng.integers(0, 5, N) / 4).astype("float32")),
            "maps": (rng.integers(-1, C, (N, 3, 2)), rng.integers(0, C + 1, (N, 3, 2))),
            "map scores": (np.eye(C, dtype="float32")[rng.integers(0, 2, (N, 5))], rng.random((N, 5, C), "float32")),
            "values": (None, rng.normal(size=(N, 3)).astype("float32")),
        }[kind]
        batches.append((*y, rng.uniform(0.0, 2.0, N).astype("float32")))
    return batches


CASES = [
    ("Mean", {}, "values"),
    ("Sum", {}, "values"),
    ("Accuracy", {}, "equal"),
    ("BinaryAccuracy", {}, "bits flat"),
    ("BinaryAccuracy", {"threshold": 0.3}, "bits column"),
    ("BinaryAccuracy", {}, "bits mixed"),
    ("BinaryAccuracy", {}, "bits"),
    ("CategoricalAccuracy", {}, "classes"),
    ("SparseCategoricalAccuracy", {}, "sparse"),
    ("SparseCategoricalAccuracy", {}, "sparse column"),
    ("SparseCategoricalAccuracy", {}, "sparse long"),
    ("TopKCategoricalAccuracy", {"k": 2}, "classes"),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, "sparse"),
    ("SparseTopKCategoricalAccuracy", {"k": 3}, "sparse long"),
    ("SparseTopKCategoricalAccuracy", {"k": 2, "from_sorted_ids": True}, "ids"),
    ("MeanSquaredError", {}, "numbers"),
    ("RootMeanSquaredError", {}, "numbers"),
    ("MeanAbsoluteError", {}, "numbers"),
    ("MeanAbsolutePercentageError", {}, "positive"),
    ("MeanSquaredLogarithmicError", {}, "positive"),
    ("CosineSimilarity", {}, "numbers"),
    ("LogCoshError", {}, "numbers"),
    ("Poisson", {}, "positive"),
    ("KLDivergence", {}, "classes"),
    ("Hinge", {}, "bit scores"),
    ("SquaredHinge", {}, "bit scores"),
    ("CategoricalHinge", {}, "class scores"),
    ("BinaryCrossentropy", {}, "bits"),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "bit scores"),
    ("CategoricalCrossentropy", {}, "classes"),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "class scores"),
    ("SparseCategoricalCrossentropy", {}, "sparse"),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, "sparse long"),
    ("PearsonCorrelation", {}, "numbers"),
    ("ConcordanceCorrelation", {}, "numbers"),
    ("IoU", {"num_classes": C, "target_class_ids": [1, 3], "dtype": "float32"}, "equal"),
    ("MeanIoU", {"num_classes": C, "ignore_class": 2, "dtype": "float32"}, "equal"),
    ("MeanIoU", {"num_classes": C, "sparse_y_pred": False, "dtype": "float32"}, "sparse"),
    ("BinaryIoU", {"threshold": 0.4, "dtype": "float32"}, "bits flat"),
    ("BinaryIoU", {"target_class_ids": [1], "dtype": "float32"}, "bits mixed"),
    ("OneHotIoU", {"num_classes": C, "target_class_ids": [0, 2], "dtype": "float32"}, "classes"),
    ("OneHotMeanIoU", {"num_classes": C, "dtype": "float32"}, "classes"),
    ("R2Score", {}, "numbers"),
    ("R2Score", {"class_aggregation": "variance_weighted_average", "num_regressors": 3}, "numbers"),
    ("R2Score", {"class_aggregation": None}, "numbers"),
    ("F1Score", {}, "classes"),
    ("F1Score", {"average": "macro", "threshold": 0.4}, "bits"),
    ("F1Score", {"average": "micro"}, "classes"),
    ("FBetaScore", {"average": "weighted", "beta": 2.0}, "classes"),
    ("TruePositives", {}, "bits flat"),
    ("FalsePositives", {"thresholds": [0.2, 0.6]}, "bits"),
    ("TrueNegatives", {"thresholds": 0.7}, "bits column"),
    ("FalseNegatives", {"thresholds": [0.0, 0.5, 1.0]}, "bits mixed"),
    ("Precision", {}, "bits flat"),
    ("Precision", {"thresholds": [0.3, 0.8]}, "bits"),
    ("Precision", {"top_k": 2}, "bits"),
    ("Precision", {"class_id": 1}, "bits"),
    ("Recall", {}, "bits"),
    ("Recall", {"top_k": 2, "class_id": 1}, "bits"),
    ("Recall", {"thresholds": 0.2}, "bits mixed"),
    ("SensitivityAtSpecificity", {"specificity": 0.6}, "bits flat"),
    ("SpecificityAtSensitivity", {"sensitivity": 0.6, "num_thresholds": 20}, "bits"),
    ("PrecisionAtRecall", {"recall": 0.5, "num_thresholds": 50}, "bits"),
    ("RecallAtPrecision", {"precision": 0.6, "class_id": 2}, "bits"),
    ("AUC", {}, "bits flat"),
    ("AUC", {"num_thresholds": 5}, "grid"),
    ("AUC", {"from_logits": True}, "bit scores"),
    ("AUC", {"curve": "PR", "num_thresholds": 30}, "bits"),
    ("AUC", {"curve": "PR", "summation_method": "minoring"}, "bits"),
    ("AUC", {"curve": "ROC", "summation_method": "majoring"}, "bits"),
    ("AUC", {"curve": "PRGAIN"}, "bits"),
    ("AUC", {"thresholds": [0.1, 0.5, 0.6]}, "bits"),
    ("AUC", {"multi_label": True, "num_thresholds": 40}, "bits"),
    ("AUC", {"multi_label": True, "num_labels": 4, "label_weights": [1.0, 2.0, 0.5, 1.0], "curve": "PR"}, "bits"),
]
IDS = [f"{n}-{'-'.join(f'{k}={v}' for k, v in s.items())}-{kind}" for n, s, kind in CASES]


def numpy_of(x):
    return np.asarray(x.detach() if hasattr(x, "detach") else x)


@pytest.mark.parametrize(("name", "settings", "kind"), CASES, ids=IDS)
def test_batches(engine, keras, name, settings, kind):
    """Three batches without, then three with weights; the results after each; and after a reset, the first again."""
    from lanthorn import engines, metrics

    eng = engines.get(engine)
    mine, theirs = getattr(metrics, name)(**settings), getattr(keras.metrics, name)(**settings)
    first = None
    for weighted in (False, True):
        for y_true, y_pred, weight in data(kind):
            y = [np.ascontiguousarray(a) for a in (y_true, y_pred) if a is not None]
            extra = {"sample_weight": weight} if weighted else {}
            mine.update_state(*map(eng.array, y), **{k: eng.array(v) for k, v in extra.items()})
            theirs.update_state(*y, **extra)
            got = numpy_of(mine.result())
            np.testing.assert_allclose(got, numpy_of(theirs.result()), rtol=1e-5, atol=1e-6)
            first = got if first is None else first
    assert mine.engine is eng
    assert [tuple(v.shape) for v in mine.variables] == [tuple(v.shape) for v in theirs.variables]
    mine.reset_state()
    y_true, y_pred, _ = data(kind)[0]
    y = [np.ascontiguousarray(a) for a in (y_true, y_pred) if a is not None]
    np.testing.assert_allclose(numpy_of(mine(*y)), first, rtol=1e-6)  # NumPy follows the engine


@pytest.mark.parametrize(("name", "settings", "kind"), CASES, ids=IDS)
def test_settings(keras, name, settings, kind):
    from lanthorn import metrics

    mine, theirs = getattr(metrics, name)(**settings), getattr(keras.metrics, name)(**settings)
    data = json.loads(json.dumps(metrics.serialize(mine)))
    assert metrics.deserialize(data).get_config() == mine.get_config()
    want = theirs.get_config()
    if "name" not in settings:
        want["name"] = mine.name  # Keras numbers the names it makes
    got = mine.get_config()
    if settings.get("label_weights") is not None:
        want["label_weights"] = settings["label_weights"]
    for key, value in want.items():
        assert got[key] == value, key
    if settings.get("label_weights") is None:
        metrics.deserialize(json.loads(json.dumps(keras.metrics.serialize(theirs), default=float)))
    keras.metrics.deserialize(data)


@pytest.mark.parametrize("name", ["Mean", "SparseCategoricalAccuracy", "AUC", "F1Score", "Precision"])
def test_compiled(engine, name):
    """The same numbers when the update is traced, after `build` with specs."""
    from lanthorn import engines, metrics
    from lanthorn.core.functional_call import swapped
    from lanthorn.engines.base import Spec

    eng = engines.get(engine)
    kind = {"Mean": "values", "F1Score": "classes", "SparseCategoricalAccuracy": "sparse"}.get(name, "bits")
    mine, plain = getattr(metrics, name)(), getattr(metrics, name)()
    y_true, y_pred, _ = data(kind)[0]
    if y_true is None:
        mine.build(eng)
    else:
        mine.build(engine, Spec((None, *y_true.shape[1:])), Spec((None, *y_pred.shape[1:])))
    state = mine.variables
    if engine == "jax":
        import jax

        @jax.jit
        def pure(values, *args):
            with swapped(state, values):
                mine.update_state(*args)
                return [v.value for v in state]

        def update(*args):
            for variable, value in zip(state, pure([v.value for v in state], *args), strict=True):
                variable.value = value

    elif engine == "tensorflow":
        import tensorflow as tf

        update = tf.function(lambda *args: mine.update_state(*args), reduce_retracing=True)
    else:
        update = mine.update_state
    for y_true, y_pred, weight in data(kind):
        y = [eng.array(a) for a in (y_true, y_pred, weight) if a is not None]
        update(*y)
        plain.update_state(*y)
        np.testing.assert_allclose(numpy_of(mine.result()), numpy_of(plain.result()), rtol=1e-6)


def test_masks(engine):
    """Places that the predictions' mask leaves out do not count."""
    from lanthorn import engines, metrics
    from lanthorn.core.masking import set_mask

    eng = engines.get(engine)
    y_true, y_pred = np.array([[0, 1, 1], [1, 1, 0]]), np.zeros((2, 3, 2), "float32")
    y_pred[..., 1] = 1.0
    masked = eng.array(y_pred)
    set_mask(masked, eng.array(np.array([[True, True, False], [True, False, False]])))
    m = metrics.SparseCategoricalAccuracy()
    m.update_state(y_true, masked)
    assert float(m.result()) == pytest.approx(2 / 3)
    m.update_state(y_true, masked, np.array([0.0, 1.0]))
    assert float(m.result()) == pytest.approx(3 / 4)


def test_the_mean_of_a_batch_and_its_size(engine):
    from lanthorn import engines, metrics

    m = metrics.Mean(name="loss")
    m.build(engine)
    array = engines.get(engine).array
    m.update_state(array(np.float32(2.0)), sample_weight=3)
    m.update_state(array(np.float32(6.0)), sample_weight=1)
    assert float(m.result()) == pytest.approx(3.0)
    m.reset_states()
    assert float(m.result()) == 0.0
    m.update_state(array(np.float32(2.0)), sample_weight=array(np.int32(3)))
    m.update_state(array(np.float32(4.0)))
    assert float(m.result()) == pytest.approx(2.5)


def test_a_users_metric(engine):
    """Written for Keras 3, and for Keras 2; and a plain function."""
    from lanthorn import engines, metrics, ops

    class Positives(metrics.Metric):
        def __init__(self, name="positives", limit=0.5, **kwargs):
            super().__init__(name=name, **kwargs)
            self.limit = limit
            self.total = self.add_variable(shape=(), initializer="zeros", name="total")

        def update_state(self, y_true, y_pred, sample_weight=None):
            values = ops.cast(y_pred > self.limit, "float32")
            self.total.assign(self.total + ops.sum(values if sample_weight is None else values * sample_weight))

        def result(self):
            return self.total

    class Old(metrics.Mean):
        def __init__(self, name="old", **kwargs):
            super().__init__(name=name, **kwargs)
            self.extra = self.add_weight("extra", shape=(2,), initializer="zeros")
            self.inner = metrics.Sum()

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.inner.update_state(y_pred)
            return super().update_state(y_pred - y_true)

    eng = engines.get(engine)
    y_true, y_pred = eng.array(np.array([0.0, 1.0], "float32")), eng.array(np.array([0.7, 0.9], "float32"))
    m = Positives(limit=0.8)
    assert float(m(y_true, y_pred)) == 1.0
    assert m.get_config() == {"name": "positives", "dtype": "float32", "limit": 0.8}
    old = Old()
    old.build(engine, y_true, y_pred)
    old.update_state(y_true, y_pred)
    assert float(old.result()) == pytest.approx(0.3) and float(old.inner.result()) == pytest.approx(1.6)
    assert len(old.variables) == 4 and all(v.engine is eng for v in old.variables)

    def distance(y_true, y_pred, power=1.0):
        return ops.abs(y_true - y_pred) ** power

    wrapped = metrics.MeanMetricWrapper(distance, power=2.0)
    wrapped.update_state(np.array([0, 1]), y_pred)  # whole numbers take the predictions' dtype
    assert wrapped.name == "distance" and float(wrapped.result()) == pytest.approx(0.25)


def test_moves_to_another_engine(engine):
    """Built for one engine, then for another: the state goes along."""
    from lanthorn import engines, metrics

    m = metrics.Mean()
    m.update_state(np.array([1.0, 3.0], "float32"))
    m.build(engine)
    m.update_state(engines.get(engine).array(np.array([5.0], "float32")))
    assert float(m.result()) == pytest.approx(3.0) and m.engine.name == engine


@pytest.mark.parametrize(
    ("name", "settings", "kind"),
    [
        ("MeanIoU", {"num_classes": C}, "maps"),
        ("IoU", {"num_classes": C, "target_class_ids": (0, 2), "ignore_class": 2}, "maps"),
        ("OneHotIoU", {"num_classes": C, "target_class_ids": [0, 1, 3]}, "map scores"),
        ("OneHotMeanIoU", {"num_classes": C, "ignore_class": 0}, "map scores"),
        ("BinaryIoU", {}, "bits"),
    ],
)
def test_areas(engine, keras, name, settings, kind):
    """Maps of classes, in whole numbers, labels that are no class; a sample's weight is that of each of its pixels."""
    from lanthorn import metrics

    mine, theirs = getattr(metrics, name)(**settings), getattr(keras.metrics, name)(**settings)
    for y_true, y_pred, _ in data(kind):
        mine.update_state(y_true, y_pred)
        theirs.update_state(y_true, y_pred)
        np.testing.assert_allclose(numpy_of(mine.result()), numpy_of(theirs.result()), rtol=1e-6)
    assert mine.total_cm.dtype == "int32" and mine.get_config() == theirs.get_config() | {"name": mine.name}
    y_true, y_pred, _ = data(kind)[0]
    weight = np.arange(N) % 3
    pixels = np.broadcast_to(weight.reshape(N, *[1] * (y_true.ndim - 1)), y_true.shape)
    if not mine.sparse_y_true:
        pixels = pixels.take(0, axis=mine.axis)
    mine.reset_state()
    theirs.reset_state()
    theirs.update_state(y_true, y_pred, pixels)
    mine.update_state(y_true, y_pred, weight)
    np.testing.assert_array_equal(mine.total_cm.numpy(), numpy_of(theirs.total_cm.value))
    with pytest.raises(ValueError, match="`target_class_ids` must be less than num_classes=2"):
        metrics.IoU(2, [2])


def test_correlations_along_axes(engine, keras):
    from lanthorn import engines, metrics

    y_true, y_pred, _ = data("positive")[0]
    for name in ("pearson_correlation", "concordance_correlation"):
        for axis in (0, (0, 1)):
            got = getattr(metrics, name)(*map(engines.get(engine).array, (y_true, y_pred)), axis=axis)
            want = getattr(keras.metrics, name)(y_true, y_pred, axis=axis)
            np.testing.assert_allclose(numpy_of(got), numpy_of(want), rtol=1e-5)


def test_accuracy_by_shapes():
    from lanthorn import metrics

    for labels, outputs, kind in (
        ((8,), (8, 1), "Binary"),
        ((8, 1), (8, 1), "Binary"),
        ((8,), (8, 3), "SparseCategorical"),
        ((8, 1), (8, 3), "SparseCategorical"),
        ((8, 5), (8, 5, 3), "SparseCategorical"),
        ((8, 3), (8, 3), "Categorical"),
        ((8, 5, 3), (8, 5, 3), "Categorical"),
    ):
        for name, what in (("accuracy", "Accuracy"), ("acc", "Accuracy"), ("ce", "Crossentropy")):
            found = metrics.resolve_accuracy(name, labels, outputs)
            assert type(found) is getattr(metrics, kind + what) and found.name == name


def test_names(keras):
    from lanthorn import metrics

    for alias in ("mse", "MSE", "mean_squared_error", "MeanSquaredError"):
        assert type(metrics.get(alias)) is metrics.MeanSquaredError
    for cls in (c for c in vars(keras.metrics).values() if isinstance(c, type)):
        assert hasattr(metrics, cls.__name__), cls.__name__
    assert metrics.Precision().name == "precision" and metrics.AUC().name == "auc"
    assert repr(metrics.BinaryAccuracy(threshold=0.3)) == "BinaryAccuracy(name='binary_accuracy', threshold=0.3)"
    with pytest.raises(ValueError, match="no metric is named 'accurcy'.*'accuracy'"):
        metrics.get("accurcy")


def test_errors():
    from lanthorn import metrics

    flat = np.zeros((3,), "float32")
    with pytest.raises(ValueError, match="F1Score: expected labels and predictions of shape"):
        metrics.F1Score().update_state(flat, flat)
    with pytest.raises(ValueError, match="R2Score: expected"):
        metrics.R2Score().update_state(flat, flat)
    with pytest.raises(ValueError, match="AUC: `curve` must be one of"):
        metrics.AUC(curve="ROCK")
    with pytest.raises(ValueError, match="between 0 and 1"):
        metrics.Precision(thresholds=[0.5, 2.0])
    with pytest.raises(ValueError, match="`threshold`"):
        metrics.BinaryAccuracy(threshold=1.5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        metrics.SensitivityAtSpecificity(1.5)
