"""`from keras.utils import np_utils`, as code of 2018 has it."""

from .numerical import normalize, to_categorical

__all__ = ["normalize", "to_categorical"]
