"""`from keras.utils.generic_utils import …`, as code of 2018 has it."""

from ..callbacks.progress import Progbar
from ..core.custom_objects import CustomObjectScope, custom_object_scope, get_custom_objects

__all__ = ["CustomObjectScope", "Progbar", "custom_object_scope", "get_custom_objects"]
