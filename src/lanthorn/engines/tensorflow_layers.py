"""A `tf.Module` of the user's own, or a SavedModel, seen as a layer: what `layers/tf_module_wrapper.py` asks of TensorFlow."""

import inspect

import tensorflow as tf

from ..core.adopted import adopt


def wrap_module(obj):
    """A layer for a `tf.Module`; the layer that a view belongs to; None for everything else."""
    from ..layers.tf_module_wrapper import TFModuleWrapper
    from .tensorflow_module import LayerTfModule

    if isinstance(obj, LayerTfModule):
        return obj._layer.object
    return TFModuleWrapper(obj) if isinstance(obj, tf.Module) and callable(obj) else None


def is_module(obj) -> bool:
    """Whether it is called and has variables that TensorFlow keeps."""
    return callable(obj) and (isinstance(obj, tf.Module) or hasattr(obj, "_trackable_children"))


def named_variables(module) -> dict[str, tf.Variable]:
    """The variables of a module, each once, under the path that leads to it."""
    if isinstance(module, tf.Module):
        found = module._flatten(predicate=lambda x: isinstance(x, tf.Variable), with_path=True)
        pairs = [(".".join(map(str, path)), variable) for path, variable in found]
    else:
        own = list(getattr(module, "variables", ()) or ())
        pairs = [(variable.name.partition(":")[0].replace("/", "."), variable) for variable in own]
    named, seen = {}, set()
    for name, variable in pairs:
        if id(variable) in seen:
            continue
        seen.add(id(variable))
        while name in named:
            name += "_"
        named[name] = variable
    return named


def handle(variable, engine, name, layer_name):
    return adopt(variable, engine, name, f"{layer_name}/{name}", bool(variable.trainable))


def make_variables(module, shapes, run) -> None:
    """One call with zeros: a module may make its variables when it is first called, which must not be in a graph.

    What the call changes in variables that are there already is taken back. A module that does not take zeros is left
    as it is.
    """
    before = [(v, v.numpy()) for v in named_variables(module).values()]
    with tf.init_scope():
        for dtype in (tf.float32, tf.int32):
            values = _zeros(shapes, dtype)
            try:
                run(values)
                break
            except Exception:  # whatever is wrong is said when it is called in earnest
                continue
        for variable, value in before:
            variable.assign(value)


def _zeros(shapes, dtype):
    if shapes and isinstance(shapes, (list, tuple)) and isinstance(shapes[0], (list, tuple)):
        return [_zeros(shape, dtype) for shape in shapes]
    if isinstance(shapes, dict):
        return {name: _zeros(shape, dtype) for name, shape in shapes.items()}
    return tf.zeros([n or 2 for n in shapes], dtype)


def training_argument(module) -> str | None:
    """What the module calls `training`, if it asks for it."""
    try:
        names = inspect.signature(module).parameters
    except (TypeError, ValueError):
        return None
    return next((name for name in ("training", "is_training") if name in names), None)


def load_saved(folder, *endpoints):
    """The object of a SavedModel, and its functions or signatures of these names."""
    loaded = tf.saved_model.load(str(folder))
    functions = [getattr(loaded, name, None) or loaded.signatures.get(name) for name in endpoints]
    for name, function in zip(endpoints, functions, strict=True):
        if function is None:
            own = [n for n in dir(loaded) if n[0] != "_" and hasattr(getattr(loaded, n), "concrete_functions")]
            raise ValueError(
                f"TFSMLayer: the SavedModel {folder} has no function {name!r}; "
                f"it has {', '.join(sorted([*loaded.signatures, *own])) or 'none'}."
            )
    return loaded, functions


def saved_variables(loaded, functions) -> list:
    """Every variable that loaded functions read."""
    concrete = [each for f in functions for each in (getattr(f, "concrete_functions", None) or [f])]
    found = [v for each in concrete for v in getattr(each, "variables", ())]
    return list({id(v): v for v in [*found, *(getattr(loaded, "variables", None) or ())]}.values())
