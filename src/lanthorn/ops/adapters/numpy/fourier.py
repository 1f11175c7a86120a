"""NumPy: Fourier transforms."""

import numpy as np

complex_fft, complex_fft2, complex_ifft2 = np.fft.fft, np.fft.fft2, np.fft.ifft2
complex_rfft, complex_irfft = np.fft.rfft, np.fft.irfft
