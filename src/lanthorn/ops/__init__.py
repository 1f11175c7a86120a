"""`lanthorn.ops`: the names and calling convention of `keras.ops` on arrays of any engine.

The first engine array among the arguments decides which engine runs; NumPy arrays, Python numbers and Variables
follow it. Ops that make an array take `like=` (an array) and use the default engine without it. Called on the
symbolic tensors of a functional model, an op becomes a node of its graph.

Example:
    >>> import numpy as np
    >>> lanthorn.ops.softmax(np.array([[1.0, 1.0]], "float32"))
    array([[0.5, 0.5]], dtype=float32)
"""

from . import dispatch as _dispatch

globals().update(_dispatch.functions())

is_tensor = _dispatch.is_tensor

from . import image, linalg, nn, numpy  # noqa: E402 (their functions are made of those above)

__all__ = sorted(name for name, row in _dispatch.ROWS.items() if row.public and "." not in name) + [
    "image",
    "is_tensor",
    "linalg",
    "nn",
    "numpy",
]  # noqa: PLE0605

_dispatch.load_present()
