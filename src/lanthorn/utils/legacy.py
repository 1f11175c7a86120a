"""`keras.utils.legacy`: what files were written and read by before Keras 2.12."""

from ..saving.serialize import deserialize_keras_object, serialize_keras_object

__all__ = ["deserialize_keras_object", "serialize_keras_object"]
