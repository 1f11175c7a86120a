"""Lambda: a function as a layer."""

import inspect
from typing import Annotated, Any, ClassVar

from ..core.config import Setting
from ..core.custom_objects import find_custom, registered_name
from ..core.layer import Layer


def _write(function: Any) -> dict[str, Any]:
    name = registered_name(function)
    if name is None:
        raise ValueError(
            f"Lambda: its function {getattr(function, '__name__', function)!r} is not registered, so a file could not "
            "name it. Decorate it with lanthorn.saving.register_keras_serializable(), or write a Layer."
        )
    return {"module": None, "class_name": "function", "config": name.rpartition(">")[2], "registered_name": name}


def _read(value: Any) -> Any:
    if not isinstance(value, (str, dict)):
        return value
    name = value if isinstance(value, str) else value.get("registered_name") or value.get("config")
    found = find_custom(name, loose=True) if isinstance(name, str) else None
    if found is None:
        raise ValueError(
            f"Lambda: a file never names code to run, and no function is known as "
            f"{name if isinstance(name, str) else 'a lambda'!r}. Register it with "
            "lanthorn.saving.register_keras_serializable(), or pass custom_objects={name: function}."
        )
    return found


class Lambda(Layer):
    """Calls `function(inputs, **arguments)`, written in ops.

    The function may have arguments `mask` and `training`. It has no weights of its own: for those subclass `Layer`.

    A file never names code to run. To save a model with a Lambda, register its function by
    `lanthorn.saving.register_keras_serializable`; to load it, register the same one or pass `custom_objects`. The
    code that Keras writes into files for a `lambda` is not run. `output_shape` is accepted as Keras has it, and not
    needed.

    Raises:
        ValueError: from `get_config` where the function is not registered, from `from_config` where none of that
            name is known.

    Example:
        >>> lanthorn.layers.Lambda(lambda x: x * 2)(np.ones((1, 2), "float32"))
    """

    _legacy: ClassVar[dict[str, str | None]] = {"output_shape": "shape_hint"}

    function: Annotated[Any, Setting(_read, _write)]
    shape_hint: Any = None
    mask: Any = None
    arguments: Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not callable(self.function):
            raise TypeError(f"Lambda: `function` must be a function, got {self.function!r}.")
        self.arguments = dict(self.arguments or {})
        try:
            names = inspect.signature(self.function).parameters
        except (TypeError, ValueError):  # some built-in functions have none
            names = {}
        self._passes = [name for name in ("mask", "training") if name in names and name not in self.arguments]
        self.supports_masking = self.mask is not None

    def call(self, inputs, mask=None, training=None):
        known = {"mask": mask, "training": training}
        return self.function(inputs, **{name: known[name] for name in self._passes}, **self.arguments)

    def compute_mask(self, inputs, mask=None):
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["shape_hint"]
        if callable(self.mask):
            config["mask"] = _write(self.mask)
        return config
