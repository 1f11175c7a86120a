"""`timeseries_dataset_from_array`: windows that slide over a series."""

from typing import Any

import numpy as np

from .labelled_files import check_format, finished
from .pipeline import Samples


def timeseries_dataset_from_array(
    data: Any, targets: Any, sequence_length: int, sequence_stride: int = 1, sampling_rate: int = 1,
    batch_size: int | None = 128, shuffle: bool = False, seed: int | None = None, start_index: int | None = None,
    end_index: int | None = None, format: str | None = None,
) -> Any:  # fmt: skip
    """Batches of windows of `data`, (n, sequence_length, …), and the target at each window's begin, if there are any.

    Args:
        data: the series, time first; `targets`: as long, or None: then batches are x alone.
        sequence_stride: steps from one window to the next; `sampling_rate`: from one entry of a window to the next.
        batch_size: None gives single windows.
        start_index, end_index: the part of the series that is used.
        format: None gives batches of NumPy, "tf" a tf.data.Dataset.

    Raises:
        ValueError: an index or a step outside the series.

    Example:
        >>> x, y = next(iter(timeseries_dataset_from_array(np.arange(10), np.arange(3, 10), 3)))
        >>> x[1].tolist(), int(y[1])
        ([1, 2, 3], 4)
    """
    who, size = "timeseries_dataset_from_array", len(data)
    check_format(who, format)
    start, end = start_index or 0, size if end_index is None else end_index
    if not 0 <= start < size:
        raise ValueError(f"{who}: `start_index` must be at least 0 and below {size}, got {start_index}.")
    if end_index is not None and not start < end_index < size:
        raise ValueError(f"{who}: `end_index` must be above {start} and below {size}, got {end_index}.")
    for name, value in (("sampling_rate", sampling_rate), ("sequence_stride", sequence_stride)):
        if not 0 < value < size:
            raise ValueError(f"{who}: `{name}` must be above 0 and below {size}, got {value}.")
    series = np.asarray(data)[start:end]
    count = end - start - (sequence_length - 1) * sampling_rate
    if targets is not None:
        count = min(count, len(targets))
    starts, steps = np.arange(0, count, sequence_stride), np.arange(sequence_length) * sampling_rate
    aims = None if targets is None else np.asarray(targets)[start:end]
    seed = int(np.random.randint(10**6)) if seed is None else seed

    def make(numbers):
        x = series[starts[numbers][:, None] + steps]
        return x if aims is None else (x, aims[starts[numbers]])

    return finished(Samples(len(starts), make, batch_size, shuffle, seed), format)
