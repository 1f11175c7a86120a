"""Losses: what training makes small. A loss is called with labels and predictions and gives one number.

    >>> loss = lanthorn.losses.SparseCategoricalCrossentropy(from_logits=True)
    >>> value = loss([0, 1], [[2.0, 1.0], [0.5, 3.0]], sample_weight=[1.0, 0.5])

Each has a function as well, which gives one value per sample: `lanthorn.losses.mean_squared_error(y_true, y_pred)`.
"""

from typing import Annotated, Any

from ..core.config import Registry, Setting
from ..core.old_names import finder
from .base import Loss, LossFunctionWrapper
from .crossentropy import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    KLDivergence,
    SparseCategoricalCrossentropy,
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_generalized_cross_entropy,
    kl_divergence,
    sparse_categorical_crossentropy,
)
from .ctc import CTC, ctc
from .hinge import CategoricalHinge, Hinge, SquaredHinge, categorical_hinge, hinge, squared_hinge
from .labels import check_labels
from .overlap import Circle, Dice, Tversky, circle, dice, tversky
from .regression import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    cosine_similarity,
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
)

mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
bce = BCE = binary_crossentropy
kld = KLD = kullback_leibler_divergence = kl_divergence
logcosh, huber_loss = log_cosh, huber
cosine_proximity = cosine_similarity  # name of 2018

_names = {
    o.__name__: o
    for o in (
        CTC, ctc, BinaryCrossentropy, BinaryFocalCrossentropy, CategoricalCrossentropy, CategoricalFocalCrossentropy,
        CategoricalGeneralizedCrossEntropy, CategoricalHinge, Circle, CosineSimilarity, Dice, Hinge, Huber,
        KLDivergence, LogCosh, LossFunctionWrapper, MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredError,
        MeanSquaredLogarithmicError, Poisson, SparseCategoricalCrossentropy, SquaredHinge, Tversky,
        binary_crossentropy, binary_focal_crossentropy, categorical_crossentropy, categorical_focal_crossentropy,
        categorical_generalized_cross_entropy, categorical_hinge, circle, cosine_similarity, dice, hinge, huber,
        kl_divergence, log_cosh, mean_absolute_error, mean_absolute_percentage_error, mean_squared_error,
        mean_squared_logarithmic_error, poisson, sparse_categorical_crossentropy, squared_hinge, tversky,
    )
}  # fmt: skip
_aliases = {
    "mse": "mean_squared_error", "mae": "mean_absolute_error", "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error", "bce": "binary_crossentropy", "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence", "logcosh": "log_cosh", "huber_loss": "huber",
    "cosine_proximity": "cosine_similarity",
}  # fmt: skip
_registry = Registry("loss", "losses", _names, _aliases)
get, serialize, deserialize = _registry.get, _registry.serialize, _registry.deserialize

LossLike = Annotated[Any, Setting(get, serialize)]

__all__ = ["Loss", "LossLike", "check_labels", "get", "serialize", "deserialize", *_names, *_aliases]

__getattr__ = finder(__name__)  # names of Keras 1 and 2
