"""Input: where a functional graph begins."""

from typing import Any

from .. import engines
from ..core.layer import Layer
from ..core.symbolic import Node, SymbolicTensor


class InputLayer(Layer):
    """The layer behind `Input`: it computes nothing and names an input of a model."""

    def __init__(
        self, shape: Any = None, batch_size: int | None = None, dtype: str | None = None, name: str | None = None,
        batch_shape: Any = None, engine: Any = None, sparse: bool = False, optional: bool = False, ragged: bool = False,
        input_tensor: Any = None, **kwargs: Any,
    ):  # fmt: skip
        super().__init__(name=name, dtype=dtype, **{k: v for k, v in kwargs.items() if k != "trainable"})
        if sparse or ragged:
            raise ValueError(
                f"{self.describe()}: sparse and ragged inputs are not offered; pass dense arrays and a mask."
            )
        if batch_shape is None:
            batch_shape = self._first_shape
        if batch_shape is None:
            if shape is None:
                raise ValueError(f"{self.describe()}: pass `shape`, the shape of one input without the batch axis.")
            shape = (shape,) if isinstance(shape, int) else tuple(shape)
            batch_shape = (batch_size, *shape)
        self.batch_shape = tuple(batch_shape)
        self.built, self._engine = True, engines.get(engine)
        self._engine.drawing_begins()
        tensor = SymbolicTensor(self.batch_shape, self.dtype, name=self.name, engine=self._engine)
        Node(self, (), {}, tensor)

    def get_config(self) -> dict[str, Any]:
        return {
            "batch_shape": self.batch_shape,
            "dtype": self.dtype,
            "sparse": False,
            "ragged": False,
            "name": self.name,
        }

    @property
    def input(self) -> Any:
        return self._nodes[0].outputs

    @property
    def input_shape(self) -> Any:
        return self.batch_shape


def Input(  # noqa: N802 (Keras's name)
    shape: Any = None, batch_size: int | None = None, dtype: str | None = None, sparse: bool = False,
    batch_shape: Any = None, name: str | None = None, tensor: Any = None, optional: bool = False, engine: Any = None,
) -> SymbolicTensor:  # fmt: skip
    """A symbolic input of a functional model.

    Args:
        shape: shape of one input, without the batch axis; None for sizes that vary.
        batch_size: the batch's size, if it never changes.
        dtype: float32 if None.
        batch_shape: the shape with the batch axis, in place of `shape` and `batch_size`.
        name: name of the input.
        engine: "torch", "jax", "tensorflow" or "numpy"; the default engine if None.

    Example:
        >>> x = lanthorn.Input((28, 28, 1))
        >>> x.shape
        (None, 28, 28, 1)
    """
    layer = InputLayer(shape, batch_size, dtype, name, batch_shape, engine, sparse, optional)
    return layer._nodes[0].outputs
