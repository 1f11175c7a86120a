"""A `tf.Module` as a layer."""

import functools
import inspect
import types
from typing import Any

import tensorflow as tf

from ..core import tree
from ..core.layer import Layer
from ..core.naming import snake_case, unique_name
from ..core.symbolic import SymbolicTensor
from ..core.variable import Variable
from .tensorflow_module import LayerTfModule, Untracked


class TFModuleWrapper(Layer):
    """A `tf.Module` as a layer: `fit` trains it, `summary` shows it, `save_weights` keeps its weights.

    A module put into a `Sequential` or called on a symbolic tensor becomes one by itself. Its variables are the
    module's own, under their attributes' names. One that makes variables at its first call is called once with zeros
    when the layer is built. A module whose `__call__` asks for `training` (or `is_training`) is told. It computes in
    float32.

    Args:
        module: the module; it is called with the inputs.
        name: made from the module's class if None.

    Raises:
        TypeError: `module` is no `tf.Module`, or cannot be called.
        ValueError: the model is on another engine or moves to one, or is saved in a `.keras` file, which holds no code.

    Example:

        class Scale(tf.Module):
            def __init__(self):
                super().__init__()
                self.factor = tf.Variable(2.0)

            def __call__(self, x):
                return x * self.factor

        model = lanthorn.Sequential([lanthorn.Input((4,), engine="tensorflow"), TFModuleWrapper(Scale())])
    """

    is_foreign = True
    wide = True  # the module reads its variables as they are

    def __init__(self, module: Any, name: str | None = None, **kwargs: Any):
        from . import get

        self._check(module)
        super().__init__(name=name or unique_name(snake_case(type(module).__name__)), **kwargs)
        self._module, self._engine = module, get("tensorflow")
        module.__dict__.setdefault("_as_layer", Untracked(self))
        self._handles: dict[int, Variable] = {}
        self._asks = _training_argument(module)

    @classmethod
    def _check(cls, module: Any) -> None:
        if not isinstance(module, tf.Module) or not callable(module):
            raise TypeError(f"{cls.__name__}: expected a tf.Module that can be called, got {type(module).__name__}.")

    @property
    def module(self) -> Any:
        """The module."""
        return self._module

    def _run(self, training: Any, *args: Any, **kwargs: Any) -> Any:
        if self._asks is not None:
            kwargs[self._asks] = bool(training)
        return self.module(*args, **kwargs)

    def ensure_built(self, args: tuple, kwargs: dict[str, Any], engine: Any) -> None:
        asked = {getattr(x, "engine", None) for x in tree.leaves((args, kwargs))} | {engine}
        for other in asked - {None, self._engine}:
            raise ValueError(
                f"{self.describe()}: is a module of TensorFlow's ({type(self.module).__name__}), and the model is on "
                f"{other.name}; make the model with engine='tensorflow'."
            )
        super().ensure_built(args, kwargs, engine)

    def build(self, input_shape: Any) -> None:
        """One call with zeros, outside of every graph: a module may make its variables when it is first called.

        What the call changes in variables that are there already is taken back.
        """
        before = [(v, v.numpy()) for v in self._found().values()]
        with tf.init_scope():
            for dtype in (tf.float32, tf.int32):
                try:
                    self._run(False, _zeros(input_shape, dtype))
                    break
                except Exception:  # whatever is wrong is said when it is called in earnest
                    continue
            for variable, value in before:
                variable.assign(value)

    def call(self, *args: Any, training: Any = None, **kwargs: Any) -> Any:
        for handle in self._handles.values():
            if not isinstance(handle.value, tf.Variable):
                raise ValueError(
                    f"{self.describe()}: a tf.Module computes with its own variables; it cannot be called with other "
                    f"values (functional_call) for '{handle.path}'."
                )
        for x in tree.leaves(args):
            if hasattr(x, "shape") and not tf.is_tensor(x):
                raise TypeError(
                    f"{self.describe()}: a tf.Module works on TensorFlow's tensors, got a {type(x).__name__}; "
                    "make the model with engine='tensorflow'."
                )
        return self._run(training, *args, **kwargs)

    # -- weights -------------------------------------------------------------------------------------------------------
    def _found(self) -> dict[str, Any]:
        """The variables of the module, each once, under the path that leads to it."""
        found = self.module._flatten(predicate=lambda x: isinstance(x, tf.Variable), with_path=True)
        return {".".join(map(str, path)): variable for path, variable in found}

    def follow(self) -> None:
        """Look at what the module's variables are now: one may have been put in another's place."""
        found = {id(v): (name, v) for name, v in self._found().items()}
        known = self._handles
        if known and known.keys() != found.keys():
            self._engine.replaced += 1  # graphs that read the old ones are made anew
        if known.keys() != found.keys():
            self._handles = {
                key: known[key] if key in known else Variable.around(
                    v, self._engine, name=name, path=f"{self.name}/{name}", trainable=bool(v.trainable)
                )
                for key, (name, v) in found.items()
            }  # fmt: skip

    def _own_variables(self):
        self.follow()
        handles = list(self._handles.values())
        yield from (v for v in handles if not v.is_statistic)
        yield from (v for v in handles if v.is_statistic)

    def may_move(self, engine: Any) -> None:
        if engine.name != "tensorflow":
            raise ValueError(
                f"{self.describe()}: is a module of TensorFlow's ({type(self.module).__name__}), which cannot move to "
                f"{engine.name}; put a layer of lanthorn in its place first."
            )

    def get_config(self) -> dict[str, Any]:
        raise ValueError(
            f"{self.describe()}: a tf.Module ({type(self.module).__name__}) has no place in a model file, which holds "
            "no code; save_weights keeps its weights, and tf.saved_model.save(model.tensorflow(), folder) the whole."
        )


def wrap_module(obj: Any) -> Layer | None:
    """A `tf.Module` as a layer, made once; a view as the layer it belongs to; None for everything else."""
    if isinstance(obj, LayerTfModule):
        return obj._layer.object
    if not isinstance(obj, tf.Module) or not callable(obj):
        return None
    made = obj.__dict__.get("_as_layer")
    return TFModuleWrapper(obj) if made is None else made.object


def take_symbolic_tensors() -> None:
    """Let `my_module(x)` draw a layer, where x is symbolic.

    TensorFlow has no hook that could answer for a module, so the `__call__` that a class of modules defines is led
    through here; one that is a `tf.function` stays as it is.
    """
    if "__init_subclass__" in tf.Module.__dict__:
        return
    waiting = [tf.Module]
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        _draw_too(cls)

    def follow(cls, **kwargs):
        super(tf.Module, cls).__init_subclass__(**kwargs)
        _draw_too(cls)

    tf.Module.__init_subclass__ = classmethod(follow)


def _draw_too(cls: type) -> None:
    plainly = cls.__dict__.get("__call__")
    if not isinstance(plainly, types.FunctionType) or issubclass(cls, LayerTfModule):
        return

    @functools.wraps(plainly)
    def call_or_draw(self, *args, **kwargs):
        for x in args:
            if type(x) is SymbolicTensor:
                return wrap_module(self)(*args, **kwargs)
        return plainly(self, *args, **kwargs)

    cls.__call__ = call_or_draw


def _zeros(shape: Any, dtype: Any) -> Any:
    if isinstance(shape, dict):
        return {name: _zeros(each, dtype) for name, each in shape.items()}
    if shape and isinstance(shape[0], (list, tuple)):
        return [_zeros(each, dtype) for each in shape]
    return tf.zeros([n or 2 for n in shape], dtype)


def _training_argument(module: Any) -> str | None:
    """What the module calls `training`, if it asks for it."""
    names = inspect.signature(module).parameters
    return next((name for name in ("training", "is_training") if name in names), None)
