"""Wrapper: a layer around another layer."""

from typing import Annotated, Any

from ..core.config import Setting
from ..core.layer import Layer


def _read(value: Any) -> Any:
    from . import deserialize

    return deserialize(value) if isinstance(value, dict) else value


def _write(value: Any) -> Any:
    from . import serialize

    return serialize(value)


LayerLike = Annotated[Any, Setting(_read, _write)]


class Wrapper(Layer):
    """Base of layers that hold another one, `layer`, and call it in their own way.

    Subclasses write `call`; `build` builds the held layer for the same input.
    """

    layer: LayerLike

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.layer, Layer):
            raise TypeError(
                f"{type(self).__name__}: `layer` must be a layer, got {self.layer!r} ({type(self.layer).__name__})."
            )

    def build(self, input_shape) -> None:
        if not self.layer.built:
            self.layer.build(input_shape)
