"""Fourier transforms: complex numbers are pairs (real, imaginary) of arrays."""

import numpy as np

from ... import ops

_ENGINE_FFT = ("fft", "fft2", "ifft2", "rfft", "irfft")


def _pair(y):
    return ops.real(y), ops.imag(y)


def _complex(x):
    return ops.view_as_complex(ops.stack(list(x), axis=-1))


def fft(x):
    return _pair(ops.complex_fft(_complex(x)))


def fft2(x):
    return _pair(ops.complex_fft2(_complex(x)))


def ifft2(x):
    return _pair(ops.complex_ifft2(_complex(x)))


def rfft(x, fft_length=None):
    length = x.shape[-1] if fft_length is None else fft_length
    return _pair(ops.complex_rfft(_fitted(x, length), length))


def irfft(x, fft_length=None):
    y = _complex(x)
    return ops.complex_irfft(y, 2 * (y.shape[-1] - 1) if fft_length is None else fft_length)


def _fitted(x, length):
    size = x.shape[-1]
    if size >= length:
        return x[..., :length]
    return ops.pad(x, [(0, 0)] * (len(x.shape) - 1) + [(0, length - size)])


def _window(window, sequence_length, fft_length):
    if window is None:
        values = np.ones(sequence_length)
    elif isinstance(window, str):
        if window not in ("hann", "hamming"):
            raise ValueError(f"ops.stft: `window` must be 'hann', 'hamming', None or an array, got {window!r}.")
        a = 0.5 if window == "hann" else 0.54  # periodic: one period of the cosine is sequence_length long
        values = a - (1 - a) * np.cos(2 * np.pi * np.arange(sequence_length) / sequence_length)
    else:
        values = np.asarray(ops.convert_to_numpy(window))
    before = (fft_length - sequence_length) // 2
    return np.pad(values, (before, fft_length - sequence_length - before)).astype("float32")


def stft(x, sequence_length, sequence_stride, fft_length, window="hann", center=True):
    if center:
        half = fft_length // 2
        x = ops.pad(x, [(0, 0)] * (len(x.shape) - 1) + [(half, half)], mode="reflect")
    pieces = ops.extract_sequences(x, fft_length, sequence_stride)
    return ops.rfft(ops.multiply(pieces, _window(window, sequence_length, fft_length)), fft_length)


def istft(x, sequence_length, sequence_stride, fft_length, length=None, window="hann", center=True):
    pieces = ops.irfft(x, fft_length)
    shape = _window(window, sequence_length, fft_length)
    pieces = ops.multiply(pieces, shape)
    count = pieces.shape[-2]
    total = fft_length + (count - 1) * sequence_stride
    places = (np.arange(count)[:, None] * sequence_stride + np.arange(fft_length)).reshape(-1, 1).astype("int32")
    batch = tuple(pieces.shape[:-2])
    flat = ops.transpose(ops.reshape(pieces, (-1, count * fft_length)))
    y = ops.scatter_update(ops.zeros((total, flat.shape[1]), like=pieces), places, flat, reduction="add")
    squares = np.zeros(total)
    np.add.at(squares, places[:, 0], np.tile(shape**2, count))
    squares = np.where(squares > 1e-10, squares, 1.0).astype("float32")
    y = ops.reshape(ops.transpose(y), (*batch, total)) / ops.convert_to_tensor(squares, like=pieces)
    start = fft_length // 2 if center else 0
    stop = start + length if length is not None else total - start
    return y[..., start:stop]
