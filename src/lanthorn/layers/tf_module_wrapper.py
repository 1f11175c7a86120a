"""TFModuleWrapper: a `tf.Module` of your own as a layer."""

from typing import Any

from .. import engines
from ..core import tree
from ..core.layer import Layer


def _tensorflow() -> Any:
    """What TensorFlow has to say about modules; the engine is loaded when somebody has one."""
    engines.get("tensorflow")
    from ..engines import tensorflow_layers

    return tensorflow_layers


class TFModuleWrapper(Layer):
    """A `tf.Module` in a model: trained by `fit`, counted by `summary`, its weights saved by `save_weights`.

    Its variables are the module's own, under their attributes' names. A module that makes variables at its first call is
    called once with zeros when the layer is built. `training` is handed to a module whose `__call__` asks for it (or
    for `is_training`). It computes in float32.

    Args:
        module: a `tf.Module` that can be called with the inputs.

    Raises:
        TypeError: it is no callable `tf.Module`.
        ValueError: called in a model of another engine, moved to one, or saved in a `.keras` file, which cannot hold it.

    Example:

        class Scale(tf.Module):
            def __init__(self):
                super().__init__()
                self.factor = tf.Variable(2.0)

            def __call__(self, x):
                return x * self.factor

        model = lanthorn.Sequential([lanthorn.Input((4,), engine="tensorflow"), TFModuleWrapper(Scale())])
    """

    only_on = "tensorflow"  # see `core/moving.py`
    wide = True  # the module reads its variables as they are

    def __init__(self, module: Any, name: str | None = None, **kwargs: Any):
        super().__init__(name=name, **kwargs)
        if not _tensorflow().is_module(module):
            raise TypeError(f"{self.describe()}: expected a tf.Module that can be called, got {type(module).__name__}.")
        self.module, self._engine = module, engines.get("tensorflow")
        self._handles: dict[int, Any] = {}
        self._asks = _tensorflow().training_argument(module)

    def _run(self, inputs: Any, training: Any = None, *others: Any, **kwargs: Any) -> Any:
        if self._asks is not None:
            kwargs[self._asks] = bool(training)
        return self.module(inputs, *others, **kwargs)

    def ensure_built(self, args: tuple, kwargs: dict[str, Any], engine: Any) -> None:
        asked = {getattr(x, "engine", None) for x in tree.leaves((args, kwargs))} | {engine}
        for other in asked - {None, self._engine}:
            raise ValueError(
                f"{self.describe()}: is a module of TensorFlow's own ({type(self.module).__name__}), and the model is on "
                f"{other.name}. Make the model on TensorFlow: Input(..., engine='tensorflow')."
            )
        super().ensure_built(args, kwargs, engine)

    def build(self, input_shape: Any) -> None:
        _tensorflow().make_variables(self.module, input_shape, self._run)

    def call(self, inputs, *others, training=None, **kwargs):
        for handle in self._handles.values():
            if not self._engine.is_storage(handle.value):
                raise ValueError(
                    f"{self.describe()}: a tf.Module computes with its own variables; it cannot be called with other "
                    f"values (functional_call) for '{handle.path}'."
                )
        return self._run(inputs, training, *others, **kwargs)

    def _own_variables(self):
        """The module's variables as they are now: one that was put in another's place is found too."""
        made = _tensorflow()
        found = made.named_variables(self.module)
        known = self._handles
        if known and known.keys() != {id(v) for v in found.values()}:
            self._engine.replaced += 1  # graphs that read the old ones are made anew
        self._handles = {
            id(v): known[id(v)] if id(v) in known else made.handle(v, self._engine, name, self.name)
            for name, v in found.items()
        }
        handles = list(self._handles.values())
        yield from (v for v in handles if not v.is_statistic)
        yield from (v for v in handles if v.is_statistic)

    def keeps_batch(self) -> bool:
        return False

    def get_config(self) -> dict[str, Any]:
        raise ValueError(
            f"{self.describe()}: a file cannot hold the code of a tf.Module of your own "
            f"({type(self.module).__name__}); keep the weights with save_weights, or the whole network with "
            "tf.saved_model.save(model.tensorflow(), folder)."
        )


class TFSMLayer(TFModuleWrapper):
    """A SavedModel as a layer, with one of its functions.

    Args:
        filepath: the folder.
        call_endpoint: name of the function, or of the signature, that is called.
        call_training_endpoint: the one that is called while the model trains; the same if None.
        trainable: whether `fit` changes its variables.

    Raises:
        ValueError: it has no function of that name.

    Example:

        layer = lanthorn.layers.TFSMLayer(folder, call_endpoint="serving_default")
    """

    def __init__(
        self, filepath: Any, call_endpoint: str = "serve", call_training_endpoint: str | None = None,
        trainable: bool = True, name: str | None = None, **kwargs: Any,
    ):  # fmt: skip
        made = _tensorflow()
        loaded, functions = made.load_saved(filepath, call_endpoint, call_training_endpoint or call_endpoint)
        self.module = _Saved(loaded, functions, made)
        Layer.__init__(self, name=name, trainable=trainable, **kwargs)
        self._engine, self._handles, self._asks = engines.get("tensorflow"), {}, "training"
        self.filepath = str(filepath)


class _Saved:
    """A loaded SavedModel, called and asked for variables as a module is."""

    def __init__(self, loaded: Any, functions: list, made: Any):
        self.loaded, (self.function, self.training_function) = loaded, functions
        self.variables = made.saved_variables(loaded, functions)

    def __call__(self, x: Any, training: bool = False) -> Any:
        function = self.training_function if training else self.function
        outputs = function(x)
        return next(iter(outputs.values())) if isinstance(outputs, dict) and len(outputs) == 1 else outputs
