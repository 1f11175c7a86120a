"""What the layers around modules of an engine's own have in common."""

from typing import Any, ClassVar

import numpy as np

from . import tree
from .layer import Layer
from .symbolic import is_symbolic


class ForeignLayer(Layer):
    """Base of the layers that hold a module, or a function, of one engine's own.

    They compute on that engine alone, and a file cannot rebuild them: what they hold is code.
    """

    is_foreign = True
    only_engine: ClassVar[str] = ""  # the engine whose module it holds

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)  # what it is made of stays what it is

    def ensure_built(self, args: tuple, kwargs: dict[str, Any], engine: Any) -> None:
        """Refuses another engine; arrays of NumPy are at home on every one."""
        from .. import engines

        if engine is None:
            first = args[0] if args else next(iter(kwargs.values()), None)
            arrays = [x for x in tree.leaves(first) if not isinstance(x, (np.ndarray, np.generic, float, int))]
            engine = (arrays[0].engine if is_symbolic(arrays[0]) else engines.of(arrays[0])) if arrays else None
        self.check_engine(engine or self._engine or engines.get(self.only_engine))
        self._engine = engines.get(self.only_engine)
        super().ensure_built(args, kwargs, self._engine)

    def may_move(self, engine: Any) -> None:
        self.check_engine(engine)

    def check_engine(self, engine: Any) -> None:
        """Raises ValueError for another engine than that of its module."""
        if engine.name != self.only_engine:
            raise ValueError(
                f"{self.describe()}: it holds a module of {self.only_engine} and cannot run on {engine.name}. "
                f"Make the model with engine='{self.only_engine}', or put a layer of lanthorn.layers in its place."
            )

    def get_config(self) -> dict[str, Any]:
        """Refused: raises ValueError."""
        raise ValueError(
            f"{self.describe()}: a model file names no code, so it cannot hold a module of {self.only_engine}; "
            "keep the weights with model.save_weights(...) and make the model anew in Python before load_weights."
        )

    def __repr__(self) -> str:
        return f"<{self.describe()} on {self.only_engine}>"
