"""Lookup: from tokens to numbers, on the host and in an engine's graph."""

from itertools import repeat
from typing import Any

import numpy as np

from .encoding import encode_rows, encoded_shape
from .fingerprints import farmhash64, siphash64
from .vocabulary import NOTHING, UNKNOWN, Vocabulary


class Lookup(Vocabulary):
    """A layer that gives the numbers of tokens in its vocabulary, as `output_mode` says."""

    def call(self, inputs: Any) -> Any:
        """What comes out for numbers; layers for texts take none."""
        raise TypeError(f"{self.describe()}: expected texts, got numbers ({inputs.dtype}); use IntegerLookup.")

    def _numbers_of(self, keys: list) -> np.ndarray:
        """The number of each token; a negative one for the mask token where it counts as nothing."""
        self._need_tokens()
        found = np.fromiter(map(self._table.get, keys, repeat(UNKNOWN)), np.int64, len(keys))
        unknown = np.flatnonzero(found == UNKNOWN)
        if len(unknown):
            found[unknown] = self._first() + self._buckets([keys[i] for i in unknown])
        return found

    def _need_tokens(self) -> None:
        if self._tokens is None:
            raise RuntimeError(
                f"{self.describe()}: has no vocabulary yet; call adapt(data) or set_vocabulary(...) before using it."
            )

    def _buckets(self, keys: list) -> Any:
        """Which of the places for unknown tokens each of these has."""
        if self.num_oov_indices == 0:
            raise ValueError(
                f"{self.describe()}: When `num_oov_indices=0` all inputs should be in vocabulary; "
                f"{[self._token(key) for key in keys[:5]]} is not. Set num_oov_indices=1 for a place for unknown ones."
            )
        return 0 if self.num_oov_indices == 1 else self._hashed(keys)

    def _hashed(self, keys: list) -> Any:
        found = farmhash64(keys) if self.salt is None else siphash64(keys, self.salt)
        return (found % np.uint64(self.num_oov_indices)).astype(np.int64)

    def _coded(self, found: Any, lengths: Any = None) -> Any:
        """Numbers as the output mode says, on the host."""
        if self.output_mode == "int":
            return found
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        coded = encode_rows(found, mode, self._depth(), lengths)
        return coded.astype(np.float32) * self._idf if self.output_mode == "tf_idf" else coded

    def graph_table(self, engine_texts: Any) -> Any:
        """The table that graphs look tokens up in: made once for a vocabulary."""
        self._need_tokens()
        if self._graph_table is None:
            keys = [self._key(token) for token in self._tokens or ()]
            places = list(range(self._start(), self.vocabulary_size()))
            self._graph_table = (
                engine_texts.table(places, keys, self._key(self.oov_token)) if self.invert
                else engine_texts.table(keys, places, self._first() if self.num_oov_indices == 1 else UNKNOWN)
            )  # fmt: skip
        return self._graph_table

    def in_graph(self, texts, engine_texts):
        found, first, mask, buckets = self.graph_table(engine_texts), self._first(), None, None
        if self.mask_token is not None:
            key = self._key(self.mask_token)
            mask = (0, key) if self.invert else (key, 0 if first else NOTHING)
        if not self.invert and self.num_oov_indices > 1:
            buckets = lambda x: first + self._graph_buckets(x, engine_texts)  # noqa: E731
        refuse = not self.invert and self.num_oov_indices == 0
        found = engine_texts.look_up(texts, found, mask, buckets, refuse)
        return self._coded_in_graph(found, engine_texts)

    def _coded_in_graph(self, found: Any, engine_texts: Any) -> Any:
        if self.output_mode == "int":
            return found
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        coded = engine_texts.encode(found, mode, self._depth(), "int64", self._idf)
        return self._packed(coded)

    def _graph_buckets(self, x: Any, engine_texts: Any) -> Any:
        return engine_texts.bins(x, self.num_oov_indices, self.salt)

    def compute_output_shape(self, input_shape: Any) -> tuple:
        return encoded_shape(input_shape, self.output_mode, self.max_tokens if self.pad_to_max_tokens else self._size)
