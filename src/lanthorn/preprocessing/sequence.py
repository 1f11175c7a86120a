"""Sequences of different lengths as one array, pairs of words that stand near one another, windows of time series."""

import json
import random
from collections.abc import Sequence
from typing import Any

import numpy as np


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Sequences of different lengths as one array (len(sequences), maxlen, ...), filled up with `value`.

    `maxlen` None takes the longest. `padding` and `truncating`: 'pre' fills or cuts at the start, 'post' at the end.
    Raises ValueError for anything that is not a list of sequences, or whose items have different shapes.

        >>> pad_sequences([[1], [2, 3]])
        array([[0, 1],
               [2, 3]], dtype=int32)
    """
    if not hasattr(sequences, "__len__"):
        raise ValueError(f"pad_sequences: expected a list of sequences, got a {type(sequences).__name__}.")
    for name, given in (("padding", padding), ("truncating", truncating)):
        if given not in ("pre", "post"):
            raise ValueError(f"pad_sequences: {name} must be 'pre' or 'post', got {given!r}.")
    for k, sequence in enumerate(sequences):
        if not hasattr(sequence, "__len__"):
            raise ValueError(
                f"pad_sequences: item {k} must be a sequence, got {sequence!r} ({type(sequence).__name__})."
            )
    lengths = [len(s) for s in sequences]
    maxlen = max(lengths, default=0) if maxlen is None else maxlen
    inner = next((np.asarray(s).shape[1:] for s in sequences if len(s)), ())
    kind = np.dtype(object) if dtype is object else np.dtype(dtype)
    if isinstance(value, str) and kind.kind not in "OUS":
        raise ValueError(f"pad_sequences: the value {value!r} is a string, dtype {kind} is not; pass dtype=object.")
    out = np.full((len(sequences), maxlen, *inner), value, dtype=kind)
    for k, sequence in enumerate(sequences):
        if not len(sequence) or not maxlen:
            continue
        kept = np.asarray(sequence[-maxlen:] if truncating == "pre" else sequence[:maxlen], dtype=kind)
        if kept.shape[1:] != inner:
            raise ValueError(
                f"pad_sequences: item {k} holds values of shape {kept.shape[1:]}, the others of shape {inner}."
            )
        if padding == "post":
            out[k, : len(kept)] = kept
        else:
            out[k, maxlen - len(kept) :] = kept
    return out


def make_sampling_table(size: int, sampling_factor: float = 1e-05) -> np.ndarray:
    """With which probability `skipgrams` keeps the word of each rank, so that frequent words do not fill the sample.

    `min(1, sqrt(f / t))` as word2vec (Mikolov et al. 2013) has it, where the frequency follows Zipf's law. The first
    rank is 1; word 0 stands for none and is given the same.

        >>> make_sampling_table(3)
        array([0.00315225, 0.00315225, 0.00547597])
    """
    rank = np.maximum(np.arange(size), 1)
    times_rarer = rank * (np.log(rank) + 0.577) + 0.5 - 1.0 / (12.0 * rank)
    return np.minimum(1.0, np.sqrt(sampling_factor * times_rarer))


def skipgrams(
    sequence: Sequence[int], vocabulary_size: int, window_size: int = 4, negative_samples: float = 1.0,
    shuffle: bool = True, categorical: bool = False, sampling_table: Any = None, seed: int | None = None,
) -> tuple[list, list]:  # fmt: skip
    """Pairs of words and whether they stand near one another: what word2vec is trained on.

    Args:
        sequence: numbers of words; 0 is none.
        vocabulary_size: numbers are below this.
        window_size: up to so many words before and behind a word are near it.
        negative_samples: so many pairs with a word at random for each pair that is near; 0 for none.
        categorical: labels [0, 1] and [1, 0] in place of 1 and 0.
        sampling_table: with which probability each word is used (see `make_sampling_table`).
        seed: for the order; the words at random are drawn by Python's `random`.

    Returns:
        (pairs, labels), two lists.

        >>> skipgrams([1, 2], 3, negative_samples=0, shuffle=False)
        ([[1, 2], [2, 1]], [1, 1])
    """
    near, far = ([0, 1], [1, 0]) if categorical else (1, 0)
    pairs: list = []
    for i, word in enumerate(sequence):
        if not word or sampling_table is not None and sampling_table[word] < random.random():
            continue
        for j in range(max(0, i - window_size), min(len(sequence), i + window_size + 1)):
            if j != i and sequence[j]:
                pairs.append([word, sequence[j]])
    labels = [near for _ in pairs]
    if negative_samples > 0:
        count = int(len(labels) * negative_samples)
        words = [pair[0] for pair in pairs]
        random.shuffle(words)
        pairs += [[words[i % len(words)], random.randint(1, vocabulary_size - 1)] for i in range(count)]
        labels += [far for _ in range(count)]
    if shuffle:
        seed = random.randint(0, 10_000_000) if seed is None else seed
        for both in (pairs, labels):
            random.seed(seed)
            random.shuffle(both)
    return pairs, labels


class TimeseriesGenerator:
    """Batches of windows of a series, with the target at the step that follows each.

    Args:
        data: the series, one step after the other.
        targets: as many targets; the window `data[i - length : i]` has targets[i].
        length: steps in a window.
        sampling_rate: every so many-th step of it is given.
        stride: steps between two windows.
        start_index, end_index: between which steps of the series the windows lie.
        shuffle: windows are drawn at random.
        reverse: the latest step comes first.
        batch_size: windows in a batch.

    Raises:
        ValueError: series and targets of different lengths, or no window at all.

        >>> x, y = TimeseriesGenerator(np.arange(10), np.arange(10), length=3, batch_size=2)[0]
        >>> x.tolist(), y.tolist()
        ([[0, 1, 2], [1, 2, 3]], [3, 4])
    """

    def __init__(
        self, data: Any, targets: Any, length: int, sampling_rate: int = 1, stride: int = 1, start_index: int = 0,
        end_index: int | None = None, shuffle: bool = False, reverse: bool = False, batch_size: int = 128,
    ):  # fmt: skip
        if len(data) != len(targets):
            raise ValueError(
                f"TimeseriesGenerator: data and targets must have the same length, got {len(data)} and {len(targets)}."
            )
        self.data, self.targets, self.length, self.sampling_rate = data, targets, length, sampling_rate
        self.stride, self.start_index, self.shuffle, self.reverse = stride, start_index + length, shuffle, reverse
        self.end_index = len(data) - 1 if end_index is None else end_index
        self.batch_size = batch_size
        if self.start_index > self.end_index:
            raise ValueError(
                f"TimeseriesGenerator: start_index + length is {self.start_index}, behind end_index={self.end_index}: "
                "there is no window. Take a shorter length or more data."
            )

    def __len__(self) -> int:
        step = self.batch_size * self.stride
        return (self.end_index - self.start_index + step) // step

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        if self.shuffle:
            rows = np.random.randint(self.start_index, self.end_index + 1, size=self.batch_size)
        else:
            first = self.start_index + self.batch_size * self.stride * index
            rows = np.arange(first, min(first + self.batch_size * self.stride, self.end_index + 1), self.stride)
        samples = np.array([self.data[row - self.length : row : self.sampling_rate] for row in rows])
        targets = np.array([self.targets[row] for row in rows])
        return (samples[:, ::-1] if self.reverse else samples), targets

    def get_config(self) -> dict[str, Any]:
        """The settings and the series as plain data."""
        names = ("length", "sampling_rate", "stride", "start_index", "end_index", "shuffle", "reverse", "batch_size")
        config = {"data": json.dumps(_plain(self.data)), "targets": json.dumps(_plain(self.targets))}
        return config | {name: getattr(self, name) for name in names}

    def to_json(self, **kwargs: Any) -> str:
        """The same as a text."""
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)


def _plain(x: Any) -> Any:
    return x.tolist() if isinstance(x, np.ndarray) else x
