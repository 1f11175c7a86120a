"""MelSpectrogram: a sound as a picture, on the scale of the ear."""

from typing import Any

import numpy as np

from .. import ops
from .texts import TextLayer


class MelSpectrogram(TextLayer):
    """How strong each band of frequencies is over time; the bands lie as the ear hears them.

    The mel scale is 1127 log(1 + hertz / 700), as the HTK Book has it; each band is a triangle on it.

    Args:
        fft_length: of the Fourier transform.
        sequence_stride: samples between two frames.
        sequence_length: samples in a frame; `fft_length` if None.
        window: "hann", "hamming", None, or its values.
        sampling_rate: samples in a second.
        num_mel_bins: how many bands there are.
        min_freq, max_freq: from where to where, in hertz; to half the sampling rate if None.
        power_to_db: in decibels, above `ref_power`.
        top_db: at most so far below the strongest place of the batch.
        mag_exp: exponent of the magnitude: 2 for the power.
        min_power: what is less counts as this.

    Shapes: (samples,) or (batch, samples) → (num_mel_bins, frames) or (batch, num_mel_bins, frames).

    Raises:
        ValueError: a frame longer than the transform.

    Example:
        >>> lanthorn.layers.MelSpectrogram(num_mel_bins=64, sampling_rate=8000)(np.ones((2, 16000), "float32")).shape
        (2, 64, 32)
    """

    wide = True
    reads_texts = False

    fft_length: int = 2048
    sequence_stride: int = 512
    sequence_length: int | None = None
    window: Any = "hann"
    sampling_rate: int = 16000
    num_mel_bins: int = 128
    min_freq: float = 20.0
    max_freq: Any = None
    power_to_db: bool = True
    top_db: float = 80.0
    mag_exp: float = 2.0
    min_power: float = 1e-10
    ref_power: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.sequence_length = self.sequence_length or self.fft_length
        self.max_freq = self.max_freq or int(self.sampling_rate / 2)
        if self.fft_length < self.sequence_length:
            raise ValueError(
                "MelSpectrogram: `fft_length` must be greater than or equal to `sequence_length`, got "
                f"{self.fft_length} and {self.sequence_length}."
            )

    def call(self, inputs):
        x = ops.cast(inputs, "float32")
        real, imag = ops.stft(x, self.sequence_length, self.sequence_stride, self.fft_length, self.window)
        strength = ops.power(ops.sqrt(ops.add(ops.square(real), ops.square(imag))), self.mag_exp)
        bands = self.linear_to_mel_weight_matrix(
            self.num_mel_bins, self.fft_length // 2 + 1, self.sampling_rate, self.min_freq, self.max_freq
        )
        found = ops.matmul(strength, bands)
        if self.power_to_db:
            found = 10.0 * ops.log10(ops.maximum(found, self.min_power))
            found = found - 10.0 * float(np.log10(max(abs(self.ref_power), self.min_power)))
            found = ops.maximum(found, ops.max(found) - self.top_db)
        return ops.cast(ops.swapaxes(found, -1, -2), self.compute_dtype)

    def linear_to_mel_weight_matrix(
        self, num_mel_bins: int = 20, num_spectrogram_bins: int = 129, sampling_rate: float = 8000,
        lower_edge_hertz: float = 125.0, upper_edge_hertz: Any = 3800.0, dtype: str = "float32",
    ) -> np.ndarray:  # fmt: skip
        """What a spectrum is multiplied by: (num_spectrogram_bins, num_mel_bins); the bin of 0 hertz counts nothing."""
        low, high = (_mel(np.asarray(edge, dtype)) for edge in (lower_edge_hertz, upper_edge_hertz))
        lines = _mel(np.linspace(0, sampling_rate / 2.0, num_spectrogram_bins, dtype=dtype)[1:])[:, None]
        edges = np.linspace(low, high, num_mel_bins + 2, dtype=dtype)
        rising = (lines - edges[:-2]) / (edges[1:-1] - edges[:-2])
        falling = (edges[2:] - lines) / (edges[2:] - edges[1:-1])
        return np.pad(np.maximum(0, np.minimum(rising, falling)), ((1, 0), (0, 0))).astype(dtype)

    def compute_output_shape(self, input_shape: Any) -> tuple:
        frames = input_shape[-1] and (input_shape[-1] + self.sequence_stride + 1) // self.sequence_stride
        return (*input_shape[:-1], self.num_mel_bins, frames)


def _mel(hertz: Any) -> Any:
    return 1127.0 * np.log(1.0 + hertz / 700.0)
