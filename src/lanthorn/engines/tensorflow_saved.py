"""A SavedModel as a layer."""

from typing import Any

import tensorflow as tf

from ..core.naming import unique_name
from .tensorflow_layers import TFModuleWrapper


class TFSMLayer(TFModuleWrapper):
    """A SavedModel as a layer: one of its functions, with the variables that it reads.

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
        saved = _Saved(str(filepath), call_endpoint, call_training_endpoint or call_endpoint)
        super().__init__(saved, name=name or unique_name("tfsm_layer"), **kwargs)
        self.filepath, self._asks = str(filepath), "training"
        if not trainable:
            self.trainable = False

    @classmethod
    def _check(cls, module: Any) -> None:
        """It is what it was made to be."""

    def _found(self) -> dict[str, Any]:
        named: dict[str, Any] = {}
        for variable in self.module.variables:
            name = variable.name.partition(":")[0].replace("/", ".")
            while name in named:
                name += "_"
            named[name] = variable
        return named


class _Saved:
    """What was loaded, called as a module is."""

    def __init__(self, folder: str, *endpoints: str):
        self.loaded = tf.saved_model.load(folder)
        self.functions = [getattr(self.loaded, name, None) or self.loaded.signatures.get(name) for name in endpoints]
        for name, function in zip(endpoints, self.functions, strict=True):
            if function is None:
                offered = [*self.loaded.signatures, *self._own_functions()]
                raise ValueError(
                    f"TFSMLayer: the SavedModel {folder} has no function {name!r}; "
                    f"it has {', '.join(sorted(offered)) or 'none'}."
                )
        concrete = [each for f in self.functions for each in (getattr(f, "concrete_functions", None) or [f])]
        self.variables = list({id(v): v for each in concrete for v in each.variables}.values())

    def _own_functions(self) -> list[str]:
        return [n for n in dir(self.loaded) if n[0] != "_" and hasattr(getattr(self.loaded, n), "concrete_functions")]

    def __call__(self, x: Any, training: bool = False) -> Any:
        outputs = self.functions[int(training)](x)
        return next(iter(outputs.values())) if isinstance(outputs, dict) and len(outputs) == 1 else outputs
