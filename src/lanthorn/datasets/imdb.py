"""IMDB: 50,000 reviews of films, good (1) or bad (0), as numbers of words (Maas et al., 2011)."""

from typing import Any

import numpy as np

from . import texts
from .fetching import ADDRESS, arrays, fetch, word_index

_HASH = "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"


def load_data(
    path: str = "imdb.npz", num_words: int | None = None, skip_top: int = 0, maxlen: int | None = None,
    seed: int = 113, start_char: int | None = 1, oov_char: int | None = 2, index_from: int = 3, **kwargs: Any,
) -> tuple:  # fmt: skip
    """((x_train, y_train), (x_test, y_test)): x are arrays of lists of numbers, y int64 of shape (25000,).

    Args:
        num_words: only words so frequent are told apart; `skip_top`: the most frequent are not.
        maxlen: only shorter reviews.
        start_char, oov_char: what begins a review, and what stands for a word that is not told apart (None: nothing).
        index_from: what is added to the numbers of `get_word_index`.
        kwargs: `nb_words`, the older name of num_words.

    Raises:
        OSError: it is not on this machine and could not be fetched.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = lanthorn.datasets.imdb.load_data(num_words=20000)  # doctest: +SKIP
    """
    num_words = kwargs.pop("nb_words", num_words)
    if kwargs:
        raise TypeError(f"imdb.load_data: there is no argument {next(iter(kwargs))!r}.")
    found = arrays(fetch(path, f"{ADDRESS}imdb.npz", _HASH))
    rng = np.random.RandomState(seed)
    parts = []
    for part in ("train", "test"):
        xs, labels = texts.shuffled(found[f"x_{part}"], found[f"y_{part}"], rng)
        parts.append(texts.short(texts.begun(xs, start_char, index_from), labels, maxlen))
    (train, y_train), (test, y_test) = parts
    xs = texts.frequent(train + test, num_words, skip_top, oov_char)
    return (texts.objects(xs[: len(train)]), y_train), (texts.objects(xs[len(train) :]), y_test)


def get_word_index(path: str = "imdb_word_index.json") -> dict[str, int]:
    """The number of each word, 1 for the most frequent; `load_data` adds `index_from` to it."""
    return word_index(path, "imdb_word_index.json", "bfafd718b763782e994055a2d397834f")
