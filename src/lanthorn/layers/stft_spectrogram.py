"""STFTSpectrogram: which frequencies a sound has, frame by frame."""

import math
import warnings
from typing import Any

from .. import ops
from ..backend import epsilon
from ..core.layer import InputSpec, Layer
from ..initializers import STFT
from ..ops.dtypes import standardize
from .settings import layout

MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


class STFTSpectrogram(Layer):
    """The short-time Fourier transform of a sound, computed by a convolution whose kernels may be trained.

    Args:
        mode: "log": the logarithm of the magnitude; "magnitude"; "psd": power spectral density; "real", "imag",
            "angle": of the complex numbers; "stft": real and imaginary parts behind one another.
        frame_length: samples in a frame.
        frame_step: samples between two frames; half a frame if None.
        fft_length: of the transform, a power of two; the next one from `frame_length` if None.
        window, periodic, scaling: as `initializers.STFT` has them.
        padding: "valid" or "same".
        expand_dims: frequencies and channels are axes of their own.

    Shapes: (batch, time, channels) → (batch, frames, channels · bins), or (batch, frames, bins, channels) with
    `expand_dims`; channels_first: (batch, channels, time) → (batch, channels · bins, frames), or (batch, channels,
    frames, bins). Weights: real_kernel, imag_kernel (frame_length, 1, bins), as far as the mode needs them.

    Raises:
        ValueError: an unknown mode, window, scaling or padding, lengths that do not fit; TypeError: no floats.

    Example:
        >>> lanthorn.layers.STFTSpectrogram("magnitude", frame_length=8)(np.ones((1, 32, 1), "float32")).shape
        (1, 7, 5)
    """

    mode: str = "log"
    frame_length: int = 256
    frame_step: int | None = None
    fft_length: int | None = None
    window: Any = "hann"
    periodic: bool = False
    scaling: str | None = "density"
    padding: str = "valid"
    expand_dims: bool = False
    data_format: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        frame, step, size = self.frame_length, self.frame_step, self.fft_length
        who = "STFTSpectrogram"
        if step is not None and not 1 <= step <= frame:
            raise ValueError(
                f"{who}: `frame_step` should be a positive integer not greater than `frame_length`, got {step}."
            )
        if size is not None and size < frame:
            raise ValueError(f"{who}: `fft_length` should be not less than `frame_length`, got {size} and {frame}.")
        if size is not None and size & -size != size:
            warnings.warn(f"{who}: `fft_length` is recommended to be a power of two, got {size}.", stacklevel=5)
        if self.mode not in MODES:
            raise ValueError(f"{who}: Output mode is invalid, it must be one of {', '.join(MODES)}, got {self.mode!r}.")
        if self.padding not in ("valid", "same"):
            raise ValueError(f"{who}: Padding is invalid, it should be 'valid', 'same', got {self.padding!r}.")
        STFT("real", self.window, self.scaling, self.periodic)  # raises for what it does not know
        self.data_format = layout(self, self.data_format)
        self.input_spec = InputSpec(ndim=3)
        self._step = step or frame // 2
        self._bins = (size or 2 ** math.ceil(math.log2(frame))) // 2 + 1

    def build(self, input_shape) -> None:
        for side in ("real", "imag"):
            if self.mode != {"real": "imag", "imag": "real"}[side]:
                kernel = STFT(side, self.window, self.scaling, self.periodic)
                shape = (self.frame_length, 1, self._bins)
                setattr(self, f"{side}_kernel", self.add_weight(name=f"{side}_kernel", shape=shape, initializer=kernel))

    def call(self, inputs):
        if standardize(inputs.dtype) not in ("float16", "float32", "float64"):
            raise TypeError(f"{self.describe()}: expected floats, got {inputs.dtype}; cast the samples first.")
        x = inputs if self.data_format == "channels_first" else ops.transpose(inputs, (0, 2, 1))
        self._channels = x.shape[1]
        x = ops.reshape(x, (-1, ops.shape(x)[2], 1))
        if self.engine.abstract and (x.shape[1] or math.inf) < self.frame_length:
            x = ops.pad(x, ((0, 0), (0, self.frame_length), (0, 0)))  # an unknown length is tried with short ones
        if self.mode in ("real", "imag"):
            return self._arranged(self._part(x, self.mode))
        real, imag = self._part(x, "real"), self._part(x, "imag")
        if self.mode == "angle":
            return self._arranged(ops.arctan2(imag, real))
        if self.mode == "stft":
            return self._arranged(ops.concatenate([real, imag], axis=-1))
        power = ops.add(ops.square(real), ops.square(imag))
        if self.mode == "psd":  # what the other half of the spectrum has is added
            return self._arranged(ops.add(power, ops.pad(power[:, :, 1:-1], ((0, 0), (0, 0), (1, 1)))))
        magnitude = self._arranged(ops.sqrt(ops.maximum(power, epsilon())))
        return magnitude if self.mode == "magnitude" else ops.log(ops.maximum(magnitude, epsilon()))

    def _part(self, x: Any, side: str) -> Any:
        kernel = ops.cast(getattr(self, f"{side}_kernel"), standardize(x.dtype))
        return ops.conv(x, kernel, strides=self._step, padding=self.padding, data_format="channels_last")

    def _arranged(self, x: Any) -> Any:
        """(batch · channels, frames, bins) as the settings say."""
        frames, bins = ops.shape(x)[1], x.shape[2]
        x = ops.reshape(x, (-1, self._channels, frames, bins))
        if self.data_format == "channels_first":
            return x if self.expand_dims else ops.reshape(
                ops.transpose(x, (0, 1, 3, 2)), (-1, self._channels * bins, frames)
            )  # fmt: skip
        if self.expand_dims:
            return ops.transpose(x, (0, 2, 3, 1))
        return ops.reshape(ops.transpose(x, (0, 2, 1, 3)), (-1, frames, self._channels * bins))
