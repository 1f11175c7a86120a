"""`keras.wrappers.scikit_learn` of Keras 1 and 2: a function that makes a compiled model, as an estimator."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from .said import say


class BaseWrapper:
    """An estimator around `build_fn`.

    Args:
        build_fn: makes a compiled model; None: the subclass is called itself (`__call__`).
        sk_params: arguments of `build_fn` and of the model's `fit`, `predict` and `evaluate`.
    """

    def __init__(self, build_fn: Callable | None = None, **sk_params: Any):
        say(f"{type(self).__name__} is of Keras 2: see lanthorn.wrappers.SKLearnClassifier and SKLearnRegressor.")
        self.build_fn, self.sk_params = build_fn, sk_params

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {**self.sk_params, "build_fn": self.build_fn}

    def set_params(self, **params: Any) -> "BaseWrapper":
        self.build_fn = params.pop("build_fn", self.build_fn)
        self.sk_params.update(params)
        return self

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Make the model and train it; returns the History."""
        build = self.build_fn or self.__call__  # pyright: ignore[reportAttributeAccessIssue]
        self.model = build(**self._known(build, self.sk_params))
        loss = getattr(self.model.loss, "__name__", self.model.loss)
        if loss == "categorical_crossentropy" and len(np.shape(y)) != 2:
            y = np.eye(int(np.max(y)) + 1)[np.asarray(y, int)]
        return self.model.fit(np.asarray(x), np.asarray(y), **self._of("fit", kwargs))

    def _of(self, method: str, kwargs: dict[str, Any]) -> dict[str, Any]:
        found = {"epochs": self.sk_params["nb_epoch"]} if method == "fit" and "nb_epoch" in self.sk_params else {}
        return found | self._known(getattr(self.model, method), self.sk_params) | kwargs

    @staticmethod
    def _known(function: Callable, given: dict[str, Any]) -> dict[str, Any]:
        names = inspect.signature(function).parameters
        return {k: v for k, v in given.items() if k in names}

    def _outputs(self, x: Any, kwargs: dict[str, Any]) -> np.ndarray:
        return self.model.predict(np.asarray(x), **self._of("predict", kwargs))


class KerasClassifier(BaseWrapper):
    """A classifier; `score` is the accuracy."""

    _estimator_type = "classifier"

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        y = np.asarray(y)
        if len(y.shape) == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1])
        else:
            self.classes_, y = np.unique(y, return_inverse=True)
        return super().fit(x, y, **kwargs)

    def predict(self, x: Any, **kwargs: Any) -> np.ndarray:
        """The class of each sample."""
        return self.classes_[np.argmax(self.predict_proba(x, **kwargs), axis=-1)]

    def predict_proba(self, x: Any, **kwargs: Any) -> np.ndarray:
        """(samples, classes)."""
        found = self._outputs(x, kwargs)
        return np.hstack([1 - found, found]) if found.shape[-1] == 1 else found

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        y = np.asarray(y)
        wanted = self.classes_[np.argmax(y, axis=-1)] if len(y.shape) == 2 and y.shape[1] > 1 else y.ravel()
        return float(np.mean(self.predict(x, **kwargs) == wanted))

    def __sklearn_tags__(self) -> Any:
        return _tags("classifier")


class KerasRegressor(BaseWrapper):
    """A regressor; `score` is minus the loss, so that more is better."""

    _estimator_type = "regressor"

    def predict(self, x: Any, **kwargs: Any) -> np.ndarray:
        return np.squeeze(self._outputs(x, kwargs), axis=-1)

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        loss = self.model.evaluate(np.asarray(x), np.asarray(y), **self._of("evaluate", kwargs))
        return -float(loss[0] if isinstance(loss, list) else loss)

    def __sklearn_tags__(self) -> Any:
        return _tags("regressor")


def _tags(kind: str) -> Any:
    """What scikit-learn asks an estimator since 1.6."""
    from sklearn.utils import ClassifierTags, InputTags, RegressorTags, Tags, TargetTags

    more: dict[str, Any] = {"transformer_tags": None}
    more |= {"classifier_tags": ClassifierTags()} if kind == "classifier" else {"regressor_tags": RegressorTags()}
    return Tags(kind, TargetTags(required=True), input_tags=InputTags(), **more)
