"""A model as a `tf.Module` whose variables are tracked under their layers' names."""

import tensorflow as tf

from ..core.paths import named_children


class LayerTfModule(tf.Module):
    """The TensorFlow side of one layer: its variables as attributes, its layers as modules."""

    def __init__(self, layer, seen: set[int]):
        super().__init__(name=None)
        self._layer = _Untracked(layer)
        for variable in layer._own_variables():
            if id(variable) not in seen:
                seen.add(id(variable))
                setattr(self, self._free_name(variable.name), variable.value)
        for name, child in named_children(layer):
            if id(child) not in seen:
                seen.add(id(child))
                setattr(self, self._free_name(name), LayerTfModule(child, seen))

    def _free_name(self, name: str) -> str:
        name = "".join(c if c.isalnum() else "_" for c in name)
        while hasattr(self, name):
            name += "_"
        return name

    def __call__(self, *args, training: bool = False, **kwargs):
        return self._layer.object(*args, training=training, **kwargs)

    @property
    def trainable_variables(self) -> tuple:
        """What training changes, by the model's own `trainable` flags."""
        return tuple(v.value for v in self._layer.object.trainable_variables)


class _Untracked:
    """Keeps TensorFlow from looking for variables inside."""

    def __init__(self, obj):
        self.object = obj


def view(model) -> LayerTfModule:
    return LayerTfModule(model, set())
