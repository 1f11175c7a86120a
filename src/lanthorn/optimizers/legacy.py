"""`keras.optimizers.legacy`: today's optimizers under the names that Keras 2.11 kept its old ones by."""

from .adam import Adam
from .adaptive import Adagrad, Ftrl, RMSprop
from .base import Optimizer
from .sgd import SGD

__all__ = ["SGD", "Adagrad", "Adam", "Ftrl", "Optimizer", "RMSprop"]
