"""Reuters: 11,228 news of 1987 in 46 topics, as numbers of words (Lewis, 1997)."""

import numpy as np

from . import texts
from .fetching import ADDRESS, arrays, fetch, word_index

_HASH = "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"
_TOPICS = """cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton
carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin strategic-metal livestock retail ipi
iron-steel rubber heat jobs lei bop zinc orange pet-chem dlr gas silver wpi hog lead"""


def load_data(
    path: str = "reuters.npz", num_words: int | None = None, skip_top: int = 0, maxlen: int | None = None,
    test_split: float = 0.2, seed: int = 113, start_char: int | None = 1, oov_char: int | None = 2, index_from: int = 3,
) -> tuple:  # fmt: skip
    """((x_train, y_train), (x_test, y_test)): x are arrays of lists of numbers, y int64.

    The arguments are those of `imdb.load_data`; `test_split` is the share of the test set.

    Raises:
        OSError: it is not on this machine and could not be fetched.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = lanthorn.datasets.reuters.load_data(num_words=999)  # doctest: +SKIP
    """
    found = arrays(fetch(path, f"{ADDRESS}reuters.npz", _HASH))
    xs, labels = texts.shuffled(found["x"], found["y"], np.random.RandomState(seed))
    xs, labels = texts.short(texts.begun(xs, start_char, index_from), labels, maxlen)
    xs, cut = texts.frequent(xs, num_words, skip_top, oov_char), int(len(xs) * (1 - test_split))
    return (texts.objects(xs[:cut]), labels[:cut]), (texts.objects(xs[cut:]), labels[cut:])


def get_word_index(path: str = "reuters_word_index.json") -> dict[str, int]:
    """The number of each word, 1 for the most frequent; `load_data` adds `index_from` to it."""
    return word_index(path, "reuters_word_index.json", "4d44cc38712099c9e383dc6e5f11a921")


def get_label_names() -> tuple[str, ...]:
    """The 46 topics, in the order of the labels."""
    return tuple(_TOPICS.split())
