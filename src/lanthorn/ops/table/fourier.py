"""Fourier transforms: complex numbers are pairs (real, imaginary) of arrays."""

ALL = dict.fromkeys(("torch", "jax", "tensorflow", "numpy"), "composite")


def fill(op):
    op("fft(x)", "Fourier transform of (real, imaginary) along the last axis.", simple=False, **ALL)
    op("fft2(x)", "Fourier transform of (real, imaginary) along the last two axes.", simple=False, **ALL)
    op("ifft2(x)", "Inverse of fft2.", simple=False, **ALL)
    op("rfft(x, fft_length=None)", "Fourier transform of real numbers: (real, imaginary).", **ALL)
    op("irfft(x, fft_length=None)", "Inverse of rfft.", simple=False, **ALL)
    op(
        "stft(x, sequence_length, sequence_stride, fft_length, window='hann', center=True)",
        "Fourier transforms of overlapping pieces: (real, imaginary).",
        **ALL,
    )
    op(
        "istft(x, sequence_length, sequence_stride, fft_length, length=None, window='hann', center=True)",
        "Inverse of stft.",
        simple=False,
        **ALL,
    )
    # of complex arrays: what the above are made of
    op("complex_fft(x)", "Fourier transform along the last axis.", public=False)
    op("complex_fft2(x)", "Fourier transform along the last two axes.", public=False)
    op("complex_ifft2(x)", "Inverse of complex_fft2.", public=False)
    op("complex_rfft(x, n)", "Fourier transform of n real numbers.", public=False)
    op("complex_irfft(x, n)", "Inverse of complex_rfft.", public=False)
