"""Products of arrays of two dtypes: engines refuse them, Keras's ops promote (bytes with a float kernel)."""

import functools
from collections.abc import Callable
from typing import Any

from ..dtypes import result_type, standardize

PRODUCTS = frozenset("dot vdot inner tensordot conv depthwise_conv separable_conv conv_transpose einsum".split())


def alike(function: Callable, row: Any, cast: Callable[[Any, str], Any]) -> Callable:
    """`function` on its arrays in the dtype that they make together; nothing is done where they have one dtype."""
    first = 1 if row.name == "einsum" else 0  # after the subscripts
    last = None if row.name == "einsum" else row.arrays

    @functools.wraps(function)
    def call(*args, **kwargs):
        arrays = args[first:last]
        kinds = {getattr(x, "dtype", None) for x in arrays}
        if len(kinds) > 1 and None not in kinds:
            dtype = functools.reduce(result_type, map(standardize, kinds))
            args = (*args[:first], *(cast(x, dtype) for x in arrays), *args[first + len(arrays) :])
        return function(*args, **kwargs)

    return call
