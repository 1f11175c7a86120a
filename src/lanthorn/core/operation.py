"""An op as a node of a functional graph."""

from typing import Any

from .layer import Layer


class Operation(Layer):
    """A layer without weights that is one op: what `x + 1` or `ops.mean(x)` leaves in a functional graph.

    Args:
        op: name of the op in `lanthorn.ops`.
    """

    op: str

    supports_masking = True
    autocast = False  # an op takes its arrays as they come

    def __post_init__(self) -> None:
        from .. import ops

        if not hasattr(ops, self.op):
            raise ValueError(f"Operation: lanthorn.ops has no op named {self.op!r}.")

    @classmethod
    def default_name_stem(cls, args: tuple, kwargs: dict[str, Any]) -> str:
        return args[0] if args else kwargs.get("op", "operation")

    def call(self, *args, **kwargs):
        from .. import ops

        return getattr(ops, self.op)(*args, **kwargs)
