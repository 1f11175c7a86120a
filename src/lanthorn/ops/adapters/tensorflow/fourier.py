"""TensorFlow: Fourier transforms."""

import tensorflow as tf

complex_fft, complex_fft2, complex_ifft2 = tf.signal.fft, tf.signal.fft2d, tf.signal.ifft2d


def complex_rfft(x, n):
    return tf.signal.rfft(x, [n])


def complex_irfft(x, n):
    return tf.signal.irfft(x, [n])
