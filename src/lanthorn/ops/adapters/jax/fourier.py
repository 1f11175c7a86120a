"""JAX: Fourier transforms."""

import jax.numpy as jnp

complex_fft, complex_fft2, complex_ifft2 = jnp.fft.fft, jnp.fft.fft2, jnp.fft.ifft2
complex_rfft, complex_irfft = jnp.fft.rfft, jnp.fft.irfft
