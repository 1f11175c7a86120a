"""Fourier transforms: complex numbers are pairs (real, imaginary) of arrays."""
