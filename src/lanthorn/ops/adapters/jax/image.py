"""JAX: warps are compiled as one, for what they are made of would each fill memory with coordinates."""

import jax

from ...composite import warping as _warping

_STATIC = ("interpolation", "fill_mode", "data_format")
image_affine_transform = jax.jit(_warping.image_affine_transform, static_argnames=_STATIC)
image_perspective_transform = jax.jit(
    _warping.image_perspective_transform, static_argnames=("interpolation", "data_format")
)
