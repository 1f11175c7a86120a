"""STFT: the kernels with which a convolution computes a short-time Fourier transform."""

import importlib.util
from typing import Any

import numpy as np

from .base import Initializer, numpy_dtype

# weights of the cosines of windows that need no SciPy
COSINES = {
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.5, 0.08),
    "boxcar": (1.0,),
}


class STFT(Initializer):
    """The real or the imaginary part of a Fourier transform of windowed frames, as a kernel (frame, 1, fft // 2 + 1).

    Args:
        side: "real" or "imag".
        window: "hann", "hamming", "blackman", "boxcar"; any other of `scipy.signal.get_window`, where SciPy is
            installed; the values; or None.
        scaling: the window is divided by its Euclidean norm ("density") or its sum ("spectrum"); None: by nothing.
        periodic: the window is a period of a wave; else it is symmetric.

    Raises:
        ValueError: for another `side`, `scaling` or window, or one that is not as long as the frame.

    Example:
        >>> lanthorn.initializers.STFT("real", window=None)((4, 1, 3))[:, 0, 1]  # cos of a quarter turn per step
    """

    side: str = "real"
    window: Any = "hann"
    scaling: str | None = "density"
    periodic: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.side not in ("real", "imag"):
            raise ValueError(f"STFT: side should be 'real' or 'imag', not {self.side!r}.")
        if isinstance(self.window, str):
            window_values(self.window, 8)
        if self.scaling not in (None, "density", "spectrum"):
            raise ValueError(
                f"STFT: Scaling is invalid, it must be `None`, 'density' or 'spectrum', got {self.scaling!r}."
            )

    def __call__(self, shape, dtype=None, rng=None):
        kind = numpy_dtype(dtype)
        frame, _, bins = shape
        time, frequency = np.arange(frame, dtype=kind)[:, None, None], np.arange(bins, dtype=kind)[None, None, :]
        turns = -2 * time * (frequency / kind.type((bins - 1) * 2)) * np.arccos(kind.type(-1))
        kernel = np.cos(turns) if self.side == "real" else np.sin(turns)
        if self.window is None:
            return kernel.astype(kind)
        given = window_values(self.window, frame, self.periodic) if isinstance(self.window, str) else self.window
        window = np.asarray(given).astype(kind)
        if window.shape != (frame,):
            raise ValueError(
                f"STFT: The shape of `window` must be equal to [frame_length], ({frame},), got {window.shape}."
            )
        norm = {"density": np.sqrt(np.sum(window**2)), "spectrum": np.sum(np.abs(window)), None: 1}[self.scaling]
        return (kernel * window[:, None, None] / norm).astype(kind)

    def get_config(self) -> dict[str, Any]:
        window = self.window.tolist() if isinstance(self.window, np.ndarray) else self.window
        return {"side": self.side, "window": window, "periodic": self.periodic, "scaling": self.scaling}


def window_values(name: str, size: int, periodic: bool = False) -> np.ndarray:
    """A window by name: symmetric, or one period of a wave."""
    if name in COSINES:
        steps = np.arange(size) * (2 * np.pi / max(size if periodic else size - 1, 1))
        return sum(
            ((-1) ** i * weight * np.cos(i * steps) for i, weight in enumerate(COSINES[name])), np.zeros(size)
        ) if size > 1 else np.ones(size)  # fmt: skip
    if importlib.util.find_spec("scipy") is None:
        raise ValueError(
            f"STFT: the window {name!r} needs SciPy: pip install scipy. Without it there are {', '.join(COSINES)}."
        )
    from scipy import signal

    return np.asarray(signal.get_window(name, size, periodic))
