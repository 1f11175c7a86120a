"""Models as scikit-learn's estimators: its own checks, pipelines, searches."""

import pickle

import numpy as np
import pytest

import lanthorn
from lanthorn import layers

sklearn = pytest.importorskip("sklearn", reason="scikit-learn is not installed")

from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.estimator_checks import check_estimator  # noqa: E402

from lanthorn.wrappers import SKLearnClassifier, SKLearnRegressor, SKLearnTransformer  # noqa: E402

QUIET = {"epochs": 1, "verbose": 0}
# what Keras 3.15.1's estimators fail too, of scikit-learn 1.9's checks: they learn little in an epoch, draw new weights
# for each fit, and give outputs of a softmax for decision values
UNSURE = set(
    "check_classifier_data_not_an_array check_classifiers_one_label_sample_weights check_classifiers_classes "
    "check_classifiers_train check_supervised_y_2d check_fit_idempotent check_regressor_data_not_an_array "
    "check_regressors_int check_transformer_general check_transformer_data_not_an_array".split()
)


def made(X, y, loss="mse", units=8, rate=0.01):
    inputs = lanthorn.Input(shape=(X.shape[1],))
    x = layers.Dense(units, "relu")(inputs)
    end = "softmax" if loss == "categorical_crossentropy" else None
    model = lanthorn.Model(inputs, [layers.Dense(y.shape[1] if y.ndim > 1 else 1, end)(x)])
    model.compile(lanthorn.optimizers.Adam(rate), loss, metrics=["mae"])
    return model


def classifier(**settings):
    return SKLearnClassifier(made, model_kwargs={"loss": "categorical_crossentropy", **settings}, fit_kwargs=QUIET)


@pytest.mark.parametrize("kind", ["classifier", "regressor", "transformer"])
def test_the_checks_of_scikit_learn(on_torch, kind):
    estimator = {"classifier": classifier, "regressor": SKLearnRegressor, "transformer": SKLearnTransformer}[kind]
    estimator = estimator() if kind == "classifier" else estimator(made, fit_kwargs=QUIET)
    results = check_estimator(estimator, on_fail=None, on_skip=None)
    failed = {r["check_name"] for r in results if r["status"] == "failed"}
    assert failed <= UNSURE and sum(r["status"] == "passed" for r in results) > 30


@pytest.fixture
def moons(rng):
    X = rng.normal(size=(120, 2)) * [1.0, 30.0]
    return X, np.where(X[:, 0] + X[:, 1] / 30 > 0, "above", "below")


def test_a_search_over_a_pipeline(on_torch, moons):
    X, y = moons
    lanthorn.set_random_seed(1)
    estimator = SKLearnClassifier(
        made, model_kwargs={"loss": "categorical_crossentropy"}, fit_kwargs={**QUIET, "epochs": 8}
    )
    search = GridSearchCV(
        make_pipeline(StandardScaler(), estimator), cv=2,
        param_grid={"sklearnclassifier__model_kwargs": [
            {"loss": "categorical_crossentropy", "rate": rate} for rate in (1e-6, 0.05)
        ]},
    )  # fmt: skip
    search.fit(X, y)
    assert search.best_params_["sklearnclassifier__model_kwargs"]["rate"] == 0.05 and search.best_score_ > 0.8
    assert set(search.predict(X)) == {"above", "below"}
    best = search.best_estimator_[-1]
    assert best.decision_function(X).shape == (120, 2) and list(best.classes_) == ["above", "below"]
    assert len(best.history_.history["loss"]) == 8


def test_a_compiled_model_is_trained_as_a_copy(engine, rng):
    X = rng.normal(size=(64, 3))
    y = X @ [1.0, -2.0, 0.5]
    model = made(X, y, rate=0.1)
    before = [w.copy() for w in model.get_weights()]
    estimator = SKLearnRegressor(model, fit_kwargs={"epochs": 20, "verbose": 0}).fit(X, y)
    assert estimator.model_ is not model and estimator.predict(X).shape == (64,) and estimator.score(X, y) > 0.8
    assert all((a == b).all() for a, b in zip(model.get_weights(), before, strict=True))
    warm = SKLearnRegressor(model, warm_start=True, fit_kwargs=QUIET).fit(X, y)
    assert warm.model_ is model and any((a != b).any() for a, b in zip(model.get_weights(), before, strict=True))
    assert len(cross_val_score(SKLearnRegressor(made, fit_kwargs=QUIET), X, y, cv=2)) == 2
    again = pickle.loads(pickle.dumps(estimator))
    np.testing.assert_allclose(again.predict(X), estimator.predict(X), atol=1e-6)


def test_a_transformer_gives_outputs(on_torch, rng):
    X = rng.normal(size=(10, 3))
    found = SKLearnTransformer(made, fit_kwargs=QUIET).fit_transform(X, rng.normal(size=10))
    assert found.shape == (10, 1)


def test_settings_of_fit_come_before_those_of_the_estimator(on_torch, rng):
    X, kept = rng.normal(size=(10, 3)), {"epochs": 3, "verbose": 0}
    estimator = SKLearnRegressor(made, fit_kwargs=kept)
    assert len(estimator.fit(X, X[:, 0], epochs=2).history_.epoch) == 2 and kept == {"epochs": 3, "verbose": 0}


def test_what_cannot_be_trained_is_said(on_torch, rng):
    X = rng.normal(size=(10, 3))
    bare = lanthorn.Sequential([lanthorn.Input((3,)), layers.Dense(1)])
    with pytest.raises(RuntimeError, match="needs to be compiled"):
        SKLearnRegressor(bare).fit(X, X[:, 0])
    with pytest.raises(ValueError, match="only one class"):
        classifier().fit(X, np.zeros(10, int))
    with pytest.raises(ValueError, match="Target type: continuous"):
        classifier().fit(X, X[:, 0])
    with pytest.raises(RuntimeError, match="enable_metadata_routing"):
        classifier().set_fit_request(sample_weight=True)
