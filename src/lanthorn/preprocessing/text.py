"""Texts to words and numbers, as Keras 1 and 2 have it; `layers.TextVectorization` is today's way."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from hashlib import md5
from typing import Any

import numpy as np

FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


def base_filter() -> str:
    """The signs that are taken out of texts: ASCII's punctuation without the apostrophe, tabs and line ends."""
    return FILTERS


def text_to_word_sequence(text: str, filters: str = FILTERS, lower: bool = True, split: str = " ") -> list[str]:
    """The words of a text: in lower case, cut at `split` and at each of the signs in `filters`.

    >>> text_to_word_sequence("The cat, the hat.")
    ['the', 'cat', 'the', 'hat']
    """
    text = text.lower() if lower else text
    return [word for word in text.translate(str.maketrans(dict.fromkeys(filters, split))).split(split) if word]


def one_hot(
    text: str, n: int, filters: str = FILTERS, lower: bool = True, split: str = " ", analyzer: Callable | None = None
) -> list[int]:
    """`hashing_trick` by Python's own `hash`, whose numbers differ from process to process."""
    return hashing_trick(text, n, hash, filters, lower, split, analyzer)


def hashing_trick(
    text: str, n: int, hash_function: Any = None, filters: str = FILTERS, lower: bool = True, split: str = " ",
    analyzer: Callable | None = None,
) -> list[int]:  # fmt: skip
    """A number from 1 to n - 1 for each word of a text; some words share one.

    `hash_function`: "md5", which is the same everywhere, a function of a word, or None for Python's `hash`. `analyzer`
    cuts the text in place of `text_to_word_sequence`.

    >>> hashing_trick("a cat", 100, "md5")
    [92, 3]
    """
    if hash_function == "md5":
        hash_function = lambda word: int(md5(word.encode()).hexdigest(), 16)  # noqa: E731
    function = hash if hash_function is None else hash_function
    words = text_to_word_sequence(text, filters, lower, split) if analyzer is None else analyzer(text)
    return [function(word) % (n - 1) + 1 for word in words]


class Tokenizer:
    """Numbers for words, the most frequent first, learned from texts; 0 is no word.

    Args:
        num_words: only words with numbers below this are used; all if None.
        filters, lower, split: how a text is cut, as in `text_to_word_sequence`.
        char_level: each character is a word.
        oov_token: what stands for words that are not known, with the number 1; they are left out if None.
        analyzer: a function that cuts a text, in place of these.

    A text may be a list of words, too.

    >>> tokenizer = Tokenizer()
    >>> tokenizer.fit_on_texts(["a cat", "a dog"])
    >>> tokenizer.texts_to_sequences(["a dog barks"])
    [[1, 3]]
    """

    def __init__(
        self, num_words: int | None = None, filters: str = FILTERS, lower: bool = True, split: str = " ",
        char_level: bool = False, oov_token: str | None = None, analyzer: Callable | None = None, **kwargs: Any,
    ):  # fmt: skip
        num_words = kwargs.pop("nb_words", num_words)  # Keras 1
        self.document_count = kwargs.pop("document_count", 0)
        if kwargs:
            raise TypeError(f"Tokenizer: unknown setting {next(iter(kwargs))!r}.")
        self.num_words, self.filters, self.lower, self.split = num_words, filters, lower, split
        self.char_level, self.oov_token, self.analyzer = char_level, oov_token, analyzer
        self.word_counts: dict[str, int] = {}
        self.word_docs: dict[str, int] = defaultdict(int)
        self.index_docs: dict[int, int] = defaultdict(int)
        self.word_index: dict[str, int] = {}
        self.index_word: dict[int, str] = {}

    def _words(self, text: Any) -> Any:
        if self.char_level or isinstance(text, list):
            if not self.lower:
                return text
            return [word.lower() for word in text] if isinstance(text, list) else text.lower()
        if self.analyzer is not None:
            return self.analyzer(text)
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    # -- learning -------------------------------------------------------------------------------------------------
    def fit_on_texts(self, texts: Iterable[Any]) -> None:
        """Count the words of these texts, and number all words met so far anew."""
        for text in texts:
            self.document_count += 1
            words = self._words(text)
            for word in words:
                self.word_counts[word] = self.word_counts.get(word, 0) + 1
            for word in set(words):
                self.word_docs[word] += 1
        order = sorted(self.word_counts, key=self.word_counts.__getitem__, reverse=True)
        order = order if self.oov_token is None else [self.oov_token, *order]
        self.word_index = {word: i for i, word in enumerate(order, 1)}
        self.index_word = {i: word for word, i in self.word_index.items()}
        for word, count in self.word_docs.items():
            self.index_docs[self.word_index[word]] = count

    def fit_on_sequences(self, sequences: Iterable[Any]) -> None:
        """Count in how many sequences each number is, for the mode "tfidf" of `sequences_to_matrix`."""
        for sequence in sequences:
            self.document_count += 1
            for i in set(sequence):
                self.index_docs[i] += 1

    # -- texts and numbers ------------------------------------------------------------------------------------------
    def _used(self, i: int | None) -> int | None:
        """The number itself, that of unknown words if it is not used, or None if there is none."""
        if i is not None and not (self.num_words and i >= self.num_words):
            return i
        return self.word_index.get(self.oov_token) if self.oov_token is not None else None

    def texts_to_sequences(self, texts: Iterable[Any]) -> list[list[int]]:
        """The numbers of each text's words."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Iterable[Any]) -> Iterator[list[int]]:
        """The same, one text after the other."""
        for text in texts:
            found = (self._used(self.word_index.get(word)) for word in self._words(text))
            yield [i for i in found if i is not None]

    def sequences_to_texts(self, sequences: Iterable[Any]) -> list[str]:
        """The words of numbers, with spaces between."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences: Iterable[Any]) -> Iterator[str]:
        """The same, one sequence after the other."""
        for sequence in sequences:
            found = (self._used(i if i in self.index_word else None) for i in sequence)
            yield " ".join(self.index_word[i] for i in found if i is not None)

    def texts_to_matrix(self, texts: Iterable[Any], mode: str = "binary") -> np.ndarray:
        """A row of `num_words` numbers per text; see `sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(self, sequences: Any, mode: str = "binary") -> np.ndarray:
        """A row per sequence, with a place for each number below `num_words`: whether it is there ("binary"), how often
        ("count"), how often of all ("freq"), or (1 + log(how often)) · log(1 + documents / (1 + documents with it))
        ("tfidf").

        Raises:
            ValueError: nothing was learned that says how many words there are, or another mode.
        """
        if mode not in ("binary", "count", "freq", "tfidf"):
            raise ValueError(f"Tokenizer: `mode` must be 'binary', 'count', 'freq' or 'tfidf', got {mode!r}.")
        size = self.num_words or (len(self.word_index) + 1 if self.word_index else 0)
        if not size:
            raise ValueError(
                "Tokenizer: the number of words is not known; set `num_words`, or call fit_on_texts first."
            )
        if mode == "tfidf" and not self.document_count:
            raise ValueError("Tokenizer: 'tfidf' needs documents that were counted; call fit_on_texts first.")
        matrix = np.zeros((len(sequences), size))
        for row, sequence in zip(matrix, sequences, strict=True):
            for i, count in Counter(sequence).items():
                if i < size:
                    row[i] = {"binary": 1, "count": count, "freq": count / len(sequence)}.get(mode) or (
                        1 + np.log(count)
                    ) * np.log(1 + self.document_count / (1 + self.index_docs.get(i, 0)))
        return matrix

    # -- files --------------------------------------------------------------------------------------------------------
    def get_config(self) -> dict[str, Any]:
        """Settings, and what was learned as JSON texts."""
        names = ("num_words", "filters", "lower", "split", "char_level", "oov_token", "document_count")
        learned = {name: json.dumps(getattr(self, name)) for name in LEARNED}
        return {name: getattr(self, name) for name in names} | learned

    def to_json(self, **kwargs: Any) -> str:
        """All of it as one text, for `tokenizer_from_json`."""
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)


LEARNED = ("word_counts", "word_docs", "index_docs", "index_word", "word_index")


def tokenizer_from_json(json_string: str) -> Tokenizer:
    """The Tokenizer that `to_json` wrote."""
    config = json.loads(json_string)["config"]
    learned = {name: json.loads(config.pop(name)) for name in LEARNED}
    tokenizer = Tokenizer(**config)
    for name, found in learned.items():
        found = {int(i): value for i, value in found.items()} if name.startswith("index") else found
        setattr(tokenizer, name, defaultdict(int, found) if name.endswith("docs") else found)
    return tokenizer
