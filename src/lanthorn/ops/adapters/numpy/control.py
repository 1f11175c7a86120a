"""NumPy: loops and choices are Python's own."""

import numpy as np

from ..python_loops import cond, fori_loop, over_slices, while_loop  # noqa: F401 (found here by name)

scan, map_ = over_slices(np.stack)
vectorized_map = map_


def custom_gradient(f):
    return lambda *args: f(*args)[0]
