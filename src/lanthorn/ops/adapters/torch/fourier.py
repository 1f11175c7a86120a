"""torch: Fourier transforms."""

import torch

complex_fft, complex_fft2, complex_ifft2 = torch.fft.fft, torch.fft.fft2, torch.fft.ifft2
complex_rfft, complex_irfft = torch.fft.rfft, torch.fft.irfft
