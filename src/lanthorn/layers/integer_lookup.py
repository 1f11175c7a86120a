"""IntegerLookup: whole numbers to their places in a vocabulary, and back."""

from typing import Any

import numpy as np

from .. import ops
from ..ops.dtypes import standardize
from .encoding import encode
from .hashing import bins_of_numbers
from .lookup import Lookup
from .texts import texts_on_host, to_host
from .vocabulary import NOTHING, UNKNOWN


class IntegerLookup(Lookup):
    """The place of each whole number in a vocabulary, which is given or learned by `adapt`: StringLookup for numbers.

    It works on the device, inside a model. There, a number that is not in the vocabulary and has no place
    (`num_oov_indices=0`) becomes -1; a call on NumPy arrays or lists raises.

    Args:
        oov_token: what unknown places become with `invert`.
        oov_method: of several places for unknown numbers, "floormod" takes the remainder, "farmhash" the fingerprint of
            the decimal digits (under the key `salt`, if there is one).
        max_tokens, num_oov_indices, mask_token, vocabulary, idf_weights, invert, output_mode, sparse,
            pad_to_max_tokens: as for StringLookup.

    Shapes: any → the same ("int"), (…, numbers) else.

    Example:
        >>> layer = lanthorn.layers.IntegerLookup(vocabulary=[12, 36])
        >>> layer(np.array([36, 7]))  # [2, 0]
    """

    reads_texts, looks_up = False, True

    max_tokens: int | None = None
    num_oov_indices: int = 1
    mask_token: Any = None
    oov_token: Any = -1
    vocabulary: Any = None
    vocabulary_dtype: str = "int64"
    idf_weights: Any = None
    invert: bool = False
    output_mode: str = "int"
    sparse: bool = False
    pad_to_max_tokens: bool = False
    oov_method: str = "floormod"
    salt: Any = None

    def __post_init__(self) -> None:
        self._sorted: dict[str, tuple] = {}
        self._words = np.zeros(1, np.int64)
        if self.vocabulary_dtype != "int64":
            raise ValueError(
                f"IntegerLookup: Only `vocabulary_dtype='int64'` is supported, got {self.vocabulary_dtype!r}."
            )
        if self.salt is not None and self.oov_method != "farmhash":
            raise ValueError(f"IntegerLookup: `salt` needs oov_method='farmhash', got {self.oov_method!r}.")
        super().__post_init__()

    def call(self, inputs):
        kind = standardize(inputs.dtype)
        x = inputs if kind.startswith("int") else ops.cast(inputs, "int64" if kind != "bool" else "int32")
        if not self.engine.abstract:
            self._need_tokens()
        found = self._back(x) if self.invert else self._places(x)
        if self.output_mode == "int":
            return ops.cast(found, "int64")
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        coded = encode(found, mode, self._depth(), "int64" if self._idf is None else "float32")
        if self._idf is not None:
            coded = ops.multiply(coded, self._idf)
        return self._packed(coded)

    def _take(self, tokens, idf=None, padded=False):
        super()._take(tokens, idf, padded)
        known = np.array(tokens, np.int64)
        order = np.argsort(known)
        self._sorted = {}  # by the whole numbers that an engine may have: the known ones, and their places
        for kind in ("int8", "int16", "int32", "int64"):
            fits = order[np.abs(known[order]) <= np.iinfo(kind).max]
            if len(fits):
                self._sorted[kind] = known[fits].astype(kind), fits + self._start()
        self._words = np.array([*self.get_vocabulary(), self.oov_token], np.int64)

    def _places(self, x: Any) -> Any:
        first, count = self._first(), self.num_oov_indices
        if count > 1 and self.oov_method == "farmhash":
            found = ops.add(bins_of_numbers(x, count, self.salt), first)
        elif count > 1:
            found = ops.add(ops.mod(x, count), first)
        else:
            found = ops.full_like(x, first if count else UNKNOWN)
        known, places = self._sorted.get(standardize(x.dtype), (None, None))
        if known is not None:
            at = ops.clip(ops.searchsorted(known, x), 0, len(known) - 1)
            found = ops.where(ops.equal(ops.take(known, at), x), ops.cast(ops.take(places, at), found.dtype), found)
        if self.mask_token is not None:
            found = ops.where(ops.equal(x, self.mask_token), 0 if first else NOTHING, found)
        return found

    def _back(self, x: Any) -> Any:
        inside = ops.logical_and(ops.greater_equal(x, 0), ops.less(x, len(self._words) - 1))
        return ops.take(self._words, ops.where(inside, x, len(self._words) - 1))

    def on_host(self, texts):
        self._need_tokens()
        keys = texts.astype(np.int64)
        if self.invert:
            return self._words[np.where((keys >= 0) & (keys < len(self._words) - 1), keys, -1)]
        return self._coded(self._numbers_of(keys.ravel().tolist()).reshape(keys.shape))

    def _hashed(self, keys):
        if self.oov_method == "floormod":
            return np.array(keys, np.int64) % self.num_oov_indices
        return super()._hashed([str(key).encode() for key in keys])

    def _key(self, token):
        return int(token)

    def _of_text(self, line):
        return int(line)

    def _graph_buckets(self, x, engine_texts):
        if self.oov_method == "farmhash":
            return super()._graph_buckets(x, engine_texts)
        return x % self.num_oov_indices

    def _rows(self, data):
        if hasattr(data, "to_list"):
            return data.to_list()
        if (texts := texts_on_host(data)) is not None:
            self._check_texts(texts)
        data = np.asarray(to_host(data)).astype(np.int64)
        return data.reshape(-1, data.shape[-1]).tolist() if data.ndim > 1 else [data.ravel().tolist()]
