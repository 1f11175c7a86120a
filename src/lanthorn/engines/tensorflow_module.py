"""A model as a `tf.Module` whose variables are tracked under their layers' names.

An attribute of a view is no copy: a `tf.Variable` that is put in another's place is what the layer computes with from
then on, for every view and for `fit`; what cannot be taken (another shape, a layer exchanged) is refused.
"""

import weakref

import tensorflow as tf

from ..core import tree
from ..core.paths import named_children

_views: "weakref.WeakSet[LayerTfModule]" = weakref.WeakSet()


class LayerTfModule(tf.Module):
    """The TensorFlow side of one layer: its variables as attributes, its layers as modules."""

    def __init__(self, layer, seen: set[int]):
        super().__init__(name=None)
        self._layer = Untracked(layer)
        self._entries = Untracked({})  # attribute -> Variable
        self._parts = Untracked({})  # attribute -> the layer whose view it is
        for variable in layer._own_variables():
            if id(variable) not in seen:
                seen.add(id(variable))
                name = self._free_name(variable.name)
                setattr(self, name, variable.value)
                self._entries.object[name] = variable
        if getattr(layer, "_tokens", None):  # a vocabulary: a SavedModel must know its table
            self.table = layer.graph_table(layer.engine.texts)
        for name, child in named_children(layer):
            if id(child) not in seen:
                seen.add(id(child))
                name = self._free_name(name)
                setattr(self, name, LayerTfModule(child, seen))
                self._parts.object[name] = child
        _views.add(self)

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

    # -- one truth -----------------------------------------------------------------------------------------------------
    def __setattr__(self, name, value):
        held = self.__dict__
        if name in getattr(held.get("_parts"), "object", ()):
            raise AttributeError(f"{self._of(name)} cannot be exchanged in a TensorFlow view. {_HOW}")
        variable = getattr(held.get("_entries"), "object", {}).get(name)
        if variable is not None and value is not variable.value:
            self._replace(name, variable, value)
        super().__setattr__(name, value)

    def __delattr__(self, name):
        if name in self._parts.object or name in self._entries.object:
            raise AttributeError(f"{self._of(name)} cannot be taken out of a TensorFlow view. {_HOW}")
        super().__delattr__(name)

    def _of(self, name: str) -> str:
        return f"{self._layer.object.describe()}: its {name!r}"

    def _replace(self, name, variable, value):
        """`value` is what the layer computes with from now on."""
        if not isinstance(value, tf.Variable):
            raise TypeError(
                f"{self._of(name)} must be a tf.Variable, got {type(value).__name__}. To change what it holds: "
                f"{name}.assign(value)."
            )
        if tuple(value.shape) != tuple(variable.shape) or value.dtype.name != variable.dtype:
            raise ValueError(
                f"{self._of(name)} has shape {tuple(variable.shape)} and dtype {variable.dtype}, "
                f"got a tf.Variable of {tuple(value.shape)} and {value.dtype.name}."
            )
        variable.value = value
        variable.engine.replaced += 1
        for view in _views:
            for other, held in view._entries.object.items():
                if held is variable and view is not self:
                    super(LayerTfModule, view).__setattr__(other, value)

    # -- SavedModel ---------------------------------------------------------------------------------------------------
    def _trackable_children(self, save_type="checkpoint", **kwargs):
        children = dict(super()._trackable_children(save_type, **kwargs))
        if save_type == "savedmodel" and (specs := _input_specs(self._layer.object)) is not None:
            if "exported" not in self._layer.__dict__:
                self._layer.exported = _exported(self._layer.object, specs)
            for name, function in self._layer.exported.items():
                children.setdefault(name, function)
        return children


_HOW = "Make a new model: lanthorn.Model(model.inputs, other_layer(model.layers[-2].output))."


class Untracked:
    """Keeps TensorFlow from looking for variables inside."""

    def __init__(self, obj):
        self.object = obj


def _input_specs(layer):
    """What the layer is called with, a batch of any size; None where that is not known, and for parts of a model."""
    plan = layer.__dict__.get("_plan")
    if plan is not None:
        return tree.map(lambda x: tf.TensorSpec(x.shape, x.dtype, name=_plain(x.name)), plan.inputs)
    return None


def _plain(name):
    return "".join(c if c.isalnum() else "_" for c in name) or None


def _exported(layer, specs):
    """What a SavedModel offers: `loaded(x)`, `loaded(x, training=True)` and the signature "serving_default"."""

    def call(x, training=False):
        return layer(x, training=training)

    function = tf.function(call, autograph=False)
    for training in (False, True):
        function.get_concrete_function(specs, training=training)
    serving = tf.function(lambda x: layer(x, training=False), input_signature=[specs], autograph=False)
    return {"__call__": function, "serve": serving}


def view(model) -> LayerTfModule:
    return LayerTfModule(model, set())
