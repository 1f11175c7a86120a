"""`audio_dataset_from_directory`: .wav files in one folder per class."""

import os
import wave
from collections.abc import Sequence
from typing import Any

import numpy as np

from .labelled_files import check_format, finished, labelled

_SCALES = {1: ("u1", 128, 128), 2: ("<i2", 0, 1 << 15), 4: ("<i4", 0, 1 << 31)}  # bytes: dtype, zero, full scale


def audio_dataset_from_directory(
    directory: str | os.PathLike, labels: Any = "inferred", label_mode: str | None = "int",
    class_names: Sequence[str] | None = None, batch_size: int | None = 32, sampling_rate: int | None = None,
    output_sequence_length: int | None = None, ragged: bool = False, shuffle: bool = True, seed: int | None = None,
    validation_split: float | None = None, subset: str | None = None, follow_links: bool = False, verbose: bool = True,
    format: str | None = None,
) -> Any:  # fmt: skip
    """Batches of the sounds in a folder's .wav files: x is float32 -1 … 1 of shape (n, samples, channels).

    Args:
        sampling_rate: in Hz; sounds of another rate are brought to it, by their spectrum.
        output_sequence_length: samples that each sound is cut or filled up to; None: the longest of the batch.
        ragged: TensorFlow's ragged tensors, which are not offered.
        labels, label_mode, batch_size, validation_split, subset, format: as for `text_dataset_from_directory`.

    Raises:
        FolderError: the folder is missing, or holds no such files.
        ValueError: a file that is no uncompressed .wav of 8, 16 or 32 bits; `ragged`.

    Example:
        >>> train = audio_dataset_from_directory("words", output_sequence_length=16000)  # doctest: +SKIP
    """
    who = "audio_dataset_from_directory"
    check_format(who, format)
    if ragged:
        raise ValueError(f"{who}: ragged=True is not offered: leave it out, and batches are filled up with silence.")
    if sampling_rate is not None and not (isinstance(sampling_rate, int) and sampling_rate > 0):
        raise ValueError(f"{who}: `sampling_rate` must be a positive integer (Hz), got {sampling_rate!r}.")

    def read(paths):
        sounds = [_sound(path, sampling_rate) for path in paths]
        length = output_sequence_length or max(map(len, sounds))
        x = np.zeros((len(sounds), length, sounds[0].shape[1]), np.float32)
        for row, sound in zip(x, sounds, strict=True):
            row[: len(sound)] = sound[:length]
        return x

    made = labelled(who, directory, read, ".wav", labels, label_mode, class_names, batch_size, shuffle, seed,
                    validation_split, subset, follow_links, verbose)  # fmt: skip
    for one in made if isinstance(made, tuple) else (made,):
        one.ragged = output_sequence_length is None
    return finished(made, format)


def _sound(path: str, rate: int | None) -> np.ndarray:
    """float32 (samples, channels) of a .wav file."""
    try:
        with wave.open(path, "rb") as file:
            dtype, zero, full = _SCALES[file.getsampwidth()]
            content, own, channels = file.readframes(file.getnframes()), file.getframerate(), file.getnchannels()
    except (wave.Error, EOFError, KeyError) as error:
        raise ValueError(f"{path}: expected an uncompressed .wav file of 8, 16 or 32 bits ({error}).") from error
    x = ((np.frombuffer(content, dtype).astype(np.float64) - zero) / full).reshape(-1, channels)
    if rate is not None and rate != own and len(x):
        n = max(1, round(len(x) * rate / own))
        x = np.fft.irfft(np.fft.rfft(x, axis=0)[: n // 2 + 1], n, axis=0) * (n / len(x))
    return x.astype(np.float32)
