"""TextVectorization: texts to rows of numbers."""

from itertools import chain
from typing import Any

import numpy as np

from .. import engines
from .encoding import encoded_shape
from .lookup import Lookup
from .texts import flat_bytes, texts_on_host, to_host

PUNCTUATION = b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
STANDARDIZE = (None, "lower_and_strip_punctuation", "lower", "strip_punctuation")
SPLIT = (None, "whitespace", "character")


class TextVectorization(Lookup):
    """Each text as the numbers of its words: 0 fills up, 1 is a word out of the vocabulary, frequent ones come first.

    A text is made plain (`standardize`), split into tokens, neighbours are joined (`ngrams`), and the tokens are looked
    up in a vocabulary that is given or learned by `adapt`. It runs on the host, or in the `map` of a `tf.data`
    pipeline, whatever engine a model lives on. A model may begin with it, on `Input((1,), dtype="string")`.

    Args:
        max_tokens: the most numbers there may be.
        standardize: "lower_and_strip_punctuation", "lower", "strip_punctuation" (ASCII's letters and signs), None, or a
            function of an array of texts.
        split: "whitespace", "character", None, or a function of an array of texts that gives a list of tokens for each.
        ngrams: also the sequences of 2 … n tokens; a tuple for exactly these lengths.
        output_mode: "int"; or per text "multi_hot", "count", "tf_idf".
        output_sequence_length: rows are cut and filled up to this; to the longest of the batch if None.
        pad_to_max_tokens, vocabulary, idf_weights, encoding: as for StringLookup.
        ragged, sparse: TensorFlow's ragged or sparse tensors; on that engine only.

    Shapes: (batch,) or (batch, 1) texts → (batch, length), or (batch, numbers).

    Raises:
        RuntimeError: called without a vocabulary.
        ValueError: several texts to a sample, a vocabulary with a word twice.

    Example:
        >>> layer = lanthorn.layers.TextVectorization(output_sequence_length=4)
        >>> layer.adapt(["a cat sat", "a dog, a cat!"])
        >>> layer(["A cat ran"])  # [[2, 3, 1, 0]]
    """

    num_oov_indices, mask_token, oov_token, invert = 1, "", "[UNK]", False
    salt, oov_method = None, "floormod"

    max_tokens: int | None = None
    standardize: Any = "lower_and_strip_punctuation"
    split: Any = "whitespace"
    ngrams: Any = None
    output_mode: str = "int"
    output_sequence_length: Any = None
    pad_to_max_tokens: bool = False
    vocabulary: Any = None
    idf_weights: Any = None
    sparse: bool = False
    ragged: bool = False
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        for name, options in (("standardize", STANDARDIZE), ("split", SPLIT)):
            value = getattr(self, name)
            if not callable(value) and value not in options:
                raise ValueError(
                    f"TextVectorization: `{name}` must be {', '.join(map(repr, options))} or a function, got {value!r}."
                )
        widths = self.ngrams
        self.ngrams = tuple(widths) if isinstance(widths, list) else widths
        self._widths = tuple(range(1, widths + 1)) if isinstance(widths, int) else self.ngrams
        if widths is not None and not (isinstance(self._widths, tuple) and all(type(n) is int for n in self._widths)):
            raise ValueError(
                f"TextVectorization: `ngrams` must be None, an integer or a tuple of them, got {widths!r}."
            )
        length = self.output_sequence_length
        if length is not None and self.output_mode != "int":
            raise ValueError(
                "TextVectorization: `output_sequence_length` must not be set if `output_mode` is not 'int', "
                f"got {length}."
            )
        if length is not None and not isinstance(length, int):
            raise ValueError(f"TextVectorization: `output_sequence_length` must be None or an integer, got {length!r}.")
        if self.ragged and self.output_mode != "int":
            raise ValueError(f"TextVectorization: `ragged` goes with output_mode='int', got {self.output_mode!r}.")
        super().__post_init__()

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learn the vocabulary from texts, as StringLookup does; `batch_size` is kept for Keras's signature."""
        super().adapt(data, steps)

    # -- on the host -------------------------------------------------------------------------------------------------
    def on_host(self, texts):
        shape, rows = self._tokens_of(texts)
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        found = self._numbers_of(list(chain.from_iterable(rows)))
        if self.output_mode in ("multi_hot", "count", "tf_idf"):
            coded = self._coded(found, lengths)
            return coded.reshape(*shape, coded.shape[-1])
        longest = int(lengths.max(initial=0)) if self.output_sequence_length is None else self.output_sequence_length
        row = np.repeat(np.arange(len(rows)), lengths)
        place = np.arange(len(found)) - np.repeat(lengths.cumsum() - lengths, lengths)
        filled = np.full((len(rows), longest), 0 if self.output_mode == "int" else -1)
        filled[row[place < longest], place[place < longest]] = found[place < longest]
        return self._coded(filled.reshape(*shape, longest))

    def _tokens_of(self, texts: np.ndarray) -> tuple[tuple, list[list[bytes]]]:
        """The shape of a batch of texts, and the tokens of each."""
        if callable(self.standardize):
            texts = _texts(self.standardize(self._for_functions(texts)))
        if self.split is None:
            flat = self._plainly(flat_bytes(self, texts))
            width = texts.shape[-1] if texts.ndim else 1
            return texts.shape[:-1], self._joined([flat[i : i + width] for i in range(0, len(flat), width or 1)])
        if texts.ndim > 1:
            self._check_shape(texts.shape)
            texts = texts[..., 0]
        if not callable(self.split):
            return texts.shape, self._joined([self._parts(text) for text in self._plainly(flat_bytes(self, texts))])
        if not callable(self.standardize):
            flat = [text.decode() for text in self._plainly(flat_bytes(self, texts))]
            texts = np.array(flat, object).reshape(texts.shape)
        found = self.split(self._for_functions(texts))
        found = found.to_list() if hasattr(found, "to_list") else to_host(found)
        return texts.shape, self._joined([flat_bytes(self, np.asarray(row, object)) for row in found])

    def _plainly(self, texts: list[bytes]) -> list[bytes]:
        how = "" if callable(self.standardize) else self.standardize or ""
        texts = [text.lower() for text in texts] if "lower" in how else texts
        return [text.translate(None, PUNCTUATION) for text in texts] if "strip" in how else texts

    def _parts(self, text: bytes) -> list[bytes]:
        return text.split() if self.split == "whitespace" else [c.encode() for c in text.decode("utf-8", "replace")]

    def _joined(self, rows: list[list[bytes]]) -> list[list[bytes]]:
        if self._widths is None:
            return rows
        return [
            [b" ".join(row[i : i + n]) for n in self._widths for i in range(len(row) - n + 1)]
            for row in rows
        ]  # fmt: skip

    def _for_functions(self, texts: np.ndarray) -> Any:
        """What functions of the user's are given: strings of an engine that has them, else NumPy's."""
        if texts.dtype.kind in "SO":
            flat = [t.decode(self.encoding) if isinstance(t, bytes) else t for t in texts.ravel().tolist()]
            texts = np.array(flat, str).reshape(texts.shape)
        return texts if self.engine.texts is None else self.engine.array(texts)

    def _check_shape(self, shape: Any) -> None:
        if len(shape) > 1 and shape[-1] != 1:
            raise ValueError(
                f"{self.describe()}: expected one text per sample, of shape (batch,) or (batch, 1), got "
                f"{tuple(shape)}. Join the texts of a sample, or set split=None if they are tokens already."
            )

    def _rows(self, data):
        if engines.texts_of(data):
            data = to_host(data)
        texts = texts_on_host(data)
        if texts is None:
            raise TypeError(f"{self.describe()}: expected texts, got {getattr(data, 'dtype', type(data).__name__)}.")
        return self._tokens_of(np.atleast_1d(texts))[1] if self.split else super()._rows(self._tokens_of(texts)[1])

    # -- in a graph of TensorFlow's ------------------------------------------------------------------------------------
    def in_graph(self, texts, engine_texts):
        x = engine_texts.standardize(texts, self.standardize)
        if self.split is not None:
            self._check_shape(x.shape)
            x = engine_texts.split(engine_texts.squeeze(x) if len(x.shape) > 1 else x, self.split)
        if self._widths is not None:
            x = engine_texts.ngrams(x, self._widths)
        found = super().in_graph(x, engine_texts)
        if self.output_mode != "int":
            return found
        return engine_texts.of_length(found, self.output_sequence_length, self.ragged)

    def compute_output_shape(self, input_shape: Any) -> tuple:
        shape: tuple = tuple(input_shape)
        if self.split is None:
            shape = shape if len(shape) > 1 or self.output_mode == "int" else (*shape, 1)
        else:
            shape = (*(shape[:-1] if len(shape) > 1 else shape), None)
        if self.output_mode == "int":
            return (*shape[:-1], self.output_sequence_length or shape[-1])
        return encoded_shape(shape, self.output_mode, self.max_tokens if self.pad_to_max_tokens else self._size)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"vocabulary_size": self._size or self.vocabulary_size()}


def _texts(x: Any) -> np.ndarray:
    """What a function made of an array of texts."""
    return np.asarray(to_host(x))
