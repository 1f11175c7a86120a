"""Modules of an engine's own as layers: what they have in common, and how one is recognised."""

import importlib
import importlib.util
import sys
from typing import Any, ClassVar

import numpy as np

from . import tree
from .layer import Layer
from .symbolic import is_symbolic


class ForeignLayer(Layer):
    """Base of the layers that hold a module, or a function, of one engine's own.

    They compute on that engine alone, and a file cannot rebuild them: what they hold is code.
    """

    only_engine: ClassVar[str] = ""  # the engine whose module it holds

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


def as_layer(obj: Any) -> Layer | None:
    """`obj` itself if it is a layer, a layer around it if it is a module of an engine's own, None for anything else.

    Only engines that are imported are asked, by `wrap_module(obj)` in `engines/<name>_layers.py`: without its engine
    there is no such module.
    """
    from .. import engines

    if isinstance(obj, Layer):
        return obj
    for name in engines.NAMES:
        home = f"{engines.__name__}.{name}_layers"
        if name in sys.modules and importlib.util.find_spec(home) is not None:
            layer = importlib.import_module(home).wrap_module(obj)
            if layer is not None:
                return layer
    return None
