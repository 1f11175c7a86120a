"""A short training gives the losses that Keras 3.15.1 gives: same weights, same data in the same order, SGD."""

import numpy as np
import pytest

import lanthorn

RNG = np.random.default_rng(0)
X = RNG.normal(size=(48, 6)).astype("float32")
X2 = RNG.normal(size=(48, 3)).astype("float32")
CLASSES = (X[:, 0] > 0).astype("int64") + (X[:, 1] > 0)
NUMBERS = RNG.normal(size=(48, 1)).astype("float32")
WEIGHTS = RNG.uniform(0.1, 3, size=48).astype("float32")
SEQUENCES = RNG.integers(1, 9, size=(48, 7))
SEQUENCES[np.arange(7) >= RNG.integers(2, 8, size=48)[:, None]] = 0  # padded to 7


def chain(k):
    return k.Sequential([k.Input((6,)), k.layers.Dense(8, activation="tanh"), k.layers.Dense(3, activation="softmax")])


def with_statistics(k):
    return k.Sequential(
        [k.Input((6,)), k.layers.Dense(8), k.layers.BatchNormalization(), k.layers.Dense(3, activation="softmax")]
    )


def regularized(k):
    dense = k.layers.Dense(3, activation="softmax", kernel_regularizer="l2", activity_regularizer="l1")
    return k.Sequential([k.Input((6,)), dense])


def regression(k):
    return k.Sequential([k.Input((6,)), k.layers.Dense(8, activation="tanh"), k.layers.Dense(1)])


def several(k):
    a, b = k.Input((6,), name="left"), k.Input((3,), name="right")
    h = k.layers.Concatenate()([k.layers.Dense(5, activation="tanh")(a), b])
    out = [k.layers.Dense(3, activation="softmax", name="kind")(h), k.layers.Dense(1, name="size")(h)]
    return k.Model([a, b], out)


def masked(k):
    x = k.Input((7,), dtype="int32")
    h = k.layers.Embedding(9, 4, mask_zero=True)(x)
    return k.Model(x, k.layers.Dense(1)(h))


CASES = {
    "classes": (chain, X, CLASSES, {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}, {}),
    "one-hot": (
        chain, X, np.eye(3, dtype="float32")[CLASSES],
        {"loss": "categorical_crossentropy", "metrics": ["accuracy", "mae"]}, {},
    ),
    "numbers": (regression, X, NUMBERS, {"loss": "mse", "metrics": ["mae"]}, {}),
    "numbers without last axis": (regression, X, NUMBERS[:, 0], {"loss": "mse", "metrics": ["mae"]}, {}),
    "validation": (
        chain, X, CLASSES, {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
        {"validation_split": 0.25},
    ),
    "sample weights": (
        chain, X, CLASSES,
        {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], "weighted_metrics": ["accuracy"]},
        {"sample_weight": WEIGHTS},
    ),
    "class weights": (
        chain, X, CLASSES, {"loss": "sparse_categorical_crossentropy", "weighted_metrics": ["accuracy"]},
        {"class_weight": {0: 0.5, 2: 3.0}},
    ),
    "batch normalisation": (
        with_statistics, X, CLASSES, {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
        {"validation_split": 0.25},
    ),
    "regularizers": (regularized, X, CLASSES, {"loss": "sparse_categorical_crossentropy"}, {}),
    "sum reduction": (
        regression, X, NUMBERS, lambda k: {"loss": k.losses.MeanSquaredError(reduction="sum")}, {"lr": 0.001},
    ),
    "several": (
        several, [X, X2], [CLASSES, NUMBERS],
        {
            "loss": ["sparse_categorical_crossentropy", "mse"], "loss_weights": [0.3, 2.0],
            "metrics": [["accuracy"], ["mae"]],
        },
        {"validation_split": 0.25},
    ),
    "several by name": (
        several, {"left": X, "right": X2}, {"kind": CLASSES, "size": NUMBERS},
        {"loss": {"kind": "sparse_categorical_crossentropy", "size": "mse"}, "metrics": {"size": "mae"}}, {},
    ),
    "several, weighted": (
        several, [X, X2], [CLASSES, NUMBERS],
        {"loss": ["sparse_categorical_crossentropy", "mse"], "weighted_metrics": [["accuracy"], ["mae"]]},
        {"sample_weight": [WEIGHTS, WEIGHTS[::-1].copy()]},
    ),
    "mask": (
        masked, SEQUENCES, np.repeat(NUMBERS[:, None], 7, 1), {"loss": "mse", "metrics": ["mae"]},
        {"validation_split": 0.25},
    ),
    "mask and sample weights": (
        masked, SEQUENCES, np.repeat(NUMBERS[:, None], 7, 1), {"loss": "mse", "metrics": ["mae"]},
        {"sample_weight": np.repeat(WEIGHTS[:, None], 7, 1)},
    ),
}  # fmt: skip


def trained(k, case, weights=None):
    make, x, y, compiled, fitted = CASES[case]
    fitted = dict(fitted)
    model = make(k)
    if weights is not None:
        model.set_weights(weights)
    before = model.get_weights()
    compiled = compiled(k) if callable(compiled) else compiled
    model.compile(k.optimizers.SGD(fitted.pop("lr", 0.05), momentum=0.9), **compiled)
    history = model.fit(x, y, batch_size=10, epochs=3, shuffle=False, verbose=0, **fitted)
    return before, history.history, model.get_weights(), model.predict(x, verbose=0)


_theirs = {}


@pytest.fixture
def theirs(request, keras):
    """What Keras makes of a case, computed once for all engines."""

    def made(case):
        if case not in _theirs:
            keras.utils.set_random_seed(0)
            _theirs[case] = trained(keras, case)
        return _theirs[case]

    return made


@pytest.mark.parametrize("case", CASES)
def test_short_fit(engine, theirs, case):
    weights, history, after, outputs = theirs(case)
    _, own_history, own_after, own_outputs = trained(lanthorn, case, weights)
    assert set(own_history) == set(history)
    for name, values in history.items():
        np.testing.assert_allclose(own_history[name], values, rtol=1e-4, atol=1e-6, err_msg=name)
    for ours, keras_weight in zip(own_after, after, strict=True):
        np.testing.assert_allclose(ours, keras_weight, rtol=1e-4, atol=1e-5)
    if not isinstance(outputs, list):
        own_outputs, outputs = [own_outputs], [outputs]
    for ours, keras_output in zip(own_outputs, outputs, strict=True):
        np.testing.assert_allclose(ours, keras_output, rtol=1e-4, atol=1e-5)
