"""A model as scikit-learn's classifier, regressor or transformer: in pipelines, searches and cross-validation."""

import copy
from typing import Any

import numpy as np
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils.metadata_routing import MetadataRequest
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from ..models import Model
from ..saving.api import clone_model


class Estimator(BaseEstimator):
    """What the three share: `fit` trains a new model, `model_`, and keeps its history in `history_`.

    Args:
        model: a compiled model, of which every `fit` trains a copy; or a function of X and y (and `model_kwargs`) that
            makes a compiled model for these data.
        warm_start: True: the model itself is trained, and goes on from its weights.
        model_kwargs: further arguments of the function.
        fit_kwargs: arguments of `model.fit`; those given to the estimator's `fit` come before them.

    Raises:
        RuntimeError: on `fit`, a model that is not compiled.
    """

    def __init__(
        self, model: Any, warm_start: bool = False, model_kwargs: dict | None = None, fit_kwargs: dict | None = None
    ):
        self.model, self.warm_start = model, warm_start
        self.model_kwargs, self.fit_kwargs = model_kwargs, fit_kwargs

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True
        return tags

    def __sklearn_clone__(self):
        model = copy.deepcopy(self.model) if isinstance(self.model, Model) else self.model
        return type(self)(model, self.warm_start, self.model_kwargs, self.fit_kwargs)

    def set_fit_request(self, **kwargs: Any):
        """Ask for metadata (`sample_weight=True`) that a pipeline is to hand on to `fit`; returns the estimator.

        Raises:
            RuntimeError: scikit-learn's metadata routing is not enabled.
        """
        if not sklearn.get_config().get("enable_metadata_routing"):
            raise RuntimeError(
                "set_fit_request: only with metadata routing; call sklearn.set_config(enable_metadata_routing=True)."
            )
        self._metadata_request = MetadataRequest(owner=type(self).__name__)
        for name, alias in kwargs.items():
            self._metadata_request.fit.add_request(param=name, alias=alias)
        return self

    def _made(self, X: Any, y: Any) -> Any:
        if not isinstance(self.model, Model):
            made = self.model(X=X, y=y, **(self.model_kwargs or {}))
        elif self.warm_start:
            made = self.model
        else:
            made = clone_model(self.model)
            if self.model.compiled:
                made.compile_from_config(self.model.get_compile_config())
        if not (made.compiled and made.loss and made.optimizer):
            raise RuntimeError(
                f"{type(self).__name__}: the given model needs to be compiled, and have a loss and an optimizer."
            )
        return made

    def fit(self, X: Any, y: Any, **kwargs: Any):
        """Train a model on X of shape (samples, features) and y; `kwargs` go to `model.fit`. Returns the estimator."""
        X, y = validate_data(self, X, y)
        y = self._encoded(y)
        model = self._made(X, y)
        self.history_ = model.fit(X, y, **{**(self.fit_kwargs or {}), **kwargs})
        self.model_ = model
        return self

    def predict(self, X: Any) -> np.ndarray:
        """What the model says for X, in the shape of the targets that it was trained on."""
        return self._decoded(self._outputs(X))

    def _outputs(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        return self.model_.predict(
            validate_data(self, X, reset=False), verbose=(self.fit_kwargs or {}).get("verbose", 0)
        )

    def _encoded(self, y: np.ndarray) -> np.ndarray:
        """The targets as the model learns them: (samples, outputs)."""
        if type_of_target(y) == "unknown":
            raise ValueError(f"Unknown label type for data: {y!r}")
        self._target_ndim = y.ndim
        return y.reshape(-1, 1) if y.ndim == 1 else y

    def _decoded(self, y: np.ndarray) -> np.ndarray:
        return np.squeeze(y, axis=1) if self._target_ndim == 1 and y.ndim == 2 else y


class SKLearnClassifier(ClassifierMixin, Estimator):
    __doc__ = f"""A model as a classifier of scikit-learn. It learns classes as ones and zeros, (samples, classes).
{(Estimator.__doc__ or "").partition(chr(10))[2]}
    Example:
        >>> def made(X, y):
        ...     model = lanthorn.Sequential([lanthorn.Input(X.shape[1:]), lanthorn.layers.Dense(y.shape[1], "softmax")])
        ...     model.compile("adam", "categorical_crossentropy")
        ...     return model
        >>> estimator = lanthorn.wrappers.SKLearnClassifier(made, fit_kwargs={{"verbose": 0}})
        >>> estimator.fit(np.eye(4), ["a", "b", "a", "b"]).predict(np.eye(4)).shape
        (4,)
    """

    def decision_function(self, X: Any) -> np.ndarray:
        """The model's outputs."""
        return self._outputs(X)

    def _encoded(self, y: np.ndarray) -> np.ndarray:
        kind = type_of_target(y, raise_unknown=True)
        if kind not in ("binary", "multiclass"):
            raise ValueError(f"Only binary and multiclass target types are supported. Target type: {kind}")
        self._encoder = OneHotEncoder(sparse_output=False)
        encoded = self._encoder.fit_transform(super()._encoded(y))
        self.classes_ = np.unique(y)
        if len(self.classes_) == 1:
            raise ValueError("Classifier can't train when only one class is present.")
        return encoded

    def _decoded(self, y: np.ndarray) -> np.ndarray:
        return super()._decoded(self._encoder.inverse_transform(y))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags


class SKLearnRegressor(RegressorMixin, Estimator):
    __doc__ = f"""A model as a regressor of scikit-learn.
{(Estimator.__doc__ or "").partition(chr(10))[2]}"""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags


class SKLearnTransformer(TransformerMixin, Estimator):
    __doc__ = f"""A model as a transformer of scikit-learn: what it gives is what a pipeline goes on with.
{(Estimator.__doc__ or "").partition(chr(10))[2]}"""

    def transform(self, X: Any) -> np.ndarray:
        """The model's outputs for X."""
        return self._outputs(X)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags
