"""Metrics: what is measured while a model trains or is evaluated. State stays on the device until it is asked for.

>>> model = lanthorn.Sequential([lanthorn.Input((4,)), lanthorn.layers.Dense(1, "sigmoid")])
>>> model.compile("adam", "binary_crossentropy", metrics=["accuracy", lanthorn.metrics.AUC()])
>>> m = lanthorn.metrics.Precision()
>>> m.update_state([0, 1, 1], [0.2, 0.9, 0.4])
>>> float(m.result())
1.0
"""

from typing import Annotated, Any

from ..core.config import Registry, Setting
from ..core.naming import snake_case
from ..losses import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from .accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    accuracy,
    binary_accuracy,
    categorical_accuracy,
    resolve_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from .auc import AUC
from .balanced import BalancedAccuracy, BalancedCrossentropy
from .base import Metric
from .confusion import (
    FalseNegatives,
    FalsePositives,
    Precision,
    PrecisionAtRecall,
    Recall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
    TrueNegatives,
    TruePositives,
)
from .correlation import (
    ConcordanceCorrelation,
    PearsonCorrelation,
    concordance_correlation,
    pearson_correlation,
)
from .errors import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    KLDivergence,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    R2Score,
    RootMeanSquaredError,
    SparseCategoricalCrossentropy,
    SquaredHinge,
    cosine_similarity,
)
from .fscore import F1Score, FBetaScore
from .iou import BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU
from .mean import Mean, MeanMetricWrapper, Sum

_classes = (
    Accuracy, AUC, BalancedAccuracy, BalancedCrossentropy, BinaryAccuracy, BinaryCrossentropy, BinaryIoU,
    CategoricalAccuracy, CategoricalCrossentropy, CategoricalHinge, ConcordanceCorrelation, CosineSimilarity, F1Score,
    FalseNegatives, FalsePositives, FBetaScore, Hinge, IoU, KLDivergence, LogCoshError, Mean, MeanAbsoluteError,
    MeanAbsolutePercentageError, MeanIoU, MeanMetricWrapper, MeanSquaredError, MeanSquaredLogarithmicError, OneHotIoU,
    OneHotMeanIoU, PearsonCorrelation, Poisson, Precision, PrecisionAtRecall, R2Score, Recall, RecallAtPrecision,
    RootMeanSquaredError, SensitivityAtSpecificity, SparseCategoricalAccuracy, SparseCategoricalCrossentropy,
    SparseTopKCategoricalAccuracy, SpecificityAtSensitivity, SquaredHinge, Sum, TopKCategoricalAccuracy, TrueNegatives,
    TruePositives,
)  # fmt: skip
_functions = (
    accuracy, binary_accuracy, binary_crossentropy, binary_focal_crossentropy, categorical_accuracy,
    categorical_crossentropy, categorical_focal_crossentropy, categorical_hinge, concordance_correlation,
    cosine_similarity, hinge, huber, kl_divergence, log_cosh, mean_absolute_error, mean_absolute_percentage_error,
    mean_squared_error, mean_squared_logarithmic_error, pearson_correlation, poisson, sparse_categorical_accuracy,
    sparse_categorical_crossentropy, sparse_top_k_categorical_accuracy, squared_hinge, top_k_categorical_accuracy,
)  # fmt: skip
mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
bce = BCE = binary_crossentropy
kld = KLD = kl_divergence

_aliases = {snake_case(c.__name__): c.__name__ for c in _classes} | {
    "mse": "MeanSquaredError", "mae": "MeanAbsoluteError", "mape": "MeanAbsolutePercentageError",
    "msle": "MeanSquaredLogarithmicError", "rmse": "RootMeanSquaredError", "bce": "BinaryCrossentropy",
    "kld": "KLDivergence", "acc": "Accuracy", "logcosh": "LogCoshError", "log_cosh": "LogCoshError",
    "cosine_proximity": "CosineSimilarity", "fbeta_score": "FBetaScore", "f1_score": "F1Score", "r2_score": "R2Score",
    "huber": "huber", "binary_focal_crossentropy": "binary_focal_crossentropy",
    "categorical_focal_crossentropy": "categorical_focal_crossentropy",
}  # fmt: skip
_names = {c.__name__: c for c in _classes} | {
    f.__name__: f for f in (huber, binary_focal_crossentropy, categorical_focal_crossentropy)
}
_registry = Registry("metric", "metrics", _names, _aliases)
get, serialize, deserialize = _registry.get, _registry.serialize, _registry.deserialize

MetricLike = Annotated[Any, Setting(get, serialize)]

__all__ = [
    "Metric", "MetricLike", "get", "serialize", "deserialize", "resolve_accuracy", *(c.__name__ for c in _classes),
    *(f.__name__ for f in _functions), "mse", "MSE", "mae", "MAE", "mape", "MAPE", "msle", "MSLE", "bce",
    "BCE", "kld", "KLD",
]  # fmt: skip
