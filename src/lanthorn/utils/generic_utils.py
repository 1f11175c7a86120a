"""`from keras.utils.generic_utils import …`, as code of 2018 has it."""

from ..saving.registry import CustomObjectScope, custom_object_scope, get_custom_objects
from ..training.progress import Progbar

__all__ = ["CustomObjectScope", "Progbar", "custom_object_scope", "get_custom_objects"]
