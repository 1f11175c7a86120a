"""Vocabulary: what StringLookup, IntegerLookup and TextVectorization know, given or learned, and keep in files."""

import os
from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .. import engines
from .settings import choice
from .texts import TextLayer, batches, flat_bytes, is_whole, numbers, output_mode, plain, salt_of, to_host

UNKNOWN, NOTHING = -1, -2  # in place of a number: not in the vocabulary; the mask token, where it counts as nothing
MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")


class Vocabulary(TextLayer):
    """Tokens (texts or whole numbers) to their places in a vocabulary: first the mask token (only for the mode "int"),
    then `num_oov_indices` places for tokens out of the vocabulary, then the vocabulary.
    """

    _legacy: ClassVar[dict[str, str | None]] = {
        "has_input_vocabulary": None, "vocabulary_size": "vocabulary_size",
    }  # fmt: skip
    _own_first = True

    if TYPE_CHECKING:  # what all subclasses have, as settings or as fixed values, in Keras's order
        max_tokens: Any
        num_oov_indices: Any
        mask_token: Any
        oov_token: Any
        idf_weights: Any
        invert: Any
        output_mode: Any
        pad_to_max_tokens: Any
        sparse: Any
        salt: Any
        oov_method: Any
    vocabulary = None
    encoding = "utf-8"

    def _translate(self, kwargs: dict[str, Any]) -> None:
        super()._translate(kwargs)
        self._size = kwargs.pop("vocabulary_size", None)  # that later vocabularies must have, where shapes hang on it

    def __post_init__(self) -> None:
        super().__post_init__()
        who = type(self).__name__
        if self.max_tokens is not None and self.max_tokens <= 1:
            raise ValueError(f"{who}: If set, `max_tokens` must be greater than 1, got {self.max_tokens}.")
        if self.pad_to_max_tokens and self.max_tokens is None:
            raise ValueError(f"{who}: If pad_to_max_tokens is True, must set `max_tokens`; got None.")
        if self.num_oov_indices < 0:
            raise ValueError(
                f"{who}: `num_oov_indices` must be greater than or equal to 0, got {self.num_oov_indices}."
            )
        self.output_mode = output_mode(self, self.output_mode, MODES)
        self.output_dtype = "float32" if self.output_mode == "tf_idf" else "int64"
        if self.invert and self.output_mode != "int":
            raise ValueError(f"{who}: `output_mode` must be `'int'` when `invert` is true, got {self.output_mode!r}.")
        if self.sparse and self.output_mode == "int":
            raise ValueError(
                f"{who}: `sparse` may only be true if `output_mode` is `'one_hot'`, `'multi_hot'`, `'count'` or "
                "`'tf_idf'`, got 'int'."
            )
        choice(self, "oov_method", self.oov_method, ("floormod", "farmhash"))
        self.salt = salt_of(self, self.salt)
        if self.idf_weights is not None and self.output_mode != "tf_idf":
            raise ValueError(
                f"{who}: `idf_weights` should only be set if `output_mode` is `'tf_idf'`, got {self.output_mode!r}."
            )
        self.idf_weights, given = plain(self.idf_weights), plain(self.vocabulary)
        self.vocabulary = None if isinstance(given, str) else given  # a file's words go with the model, not its path
        self._given = given is not None
        self._tokens: list | None = None
        self._idf: Any = None
        self.reset_state()
        if self._given:
            self.set_vocabulary(given, self.idf_weights)

    # -- the vocabulary -------------------------------------------------------------------------------------------
    def _first(self) -> int:
        """How many places stand before those of unknown tokens."""
        return 1 if self.mask_token is not None and self.output_mode == "int" else 0

    def _start(self) -> int:
        """The place of the vocabulary's first token."""
        return self._first() + self.num_oov_indices

    def _special(self) -> list:
        return [self.mask_token] * self._first() + [self.oov_token] * self.num_oov_indices

    def get_vocabulary(self, include_special_tokens: bool = True) -> list:
        """The tokens in the order of their numbers; without mask and unknown tokens if not `include_special_tokens`."""
        return self._special() * include_special_tokens + list(self._tokens or ())

    def vocabulary_size(self) -> int:
        """How many numbers there are, those of the mask and of unknown tokens among them."""
        return len(self._tokens or ()) + self._start()

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Take this vocabulary: a list or array, with or without the special tokens at its start, or a text file with
        a token in each line. `idf_weights`: a weight for each token, for the mode "tf_idf".
        """
        who = self.describe()
        if (self.output_mode == "tf_idf") != (idf_weights is not None):
            raise ValueError(
                f"{who}: `idf_weights` must be set if output_mode is 'tf_idf', and should only be set then; the mode "
                f"is {self.output_mode!r}, they are {idf_weights}."
            )
        tokens = plain(vocabulary)
        if isinstance(tokens, (str, os.PathLike)):
            tokens = self._from_file(os.fspath(tokens))
        tokens = [self._token(token) for token in tokens]
        if not tokens:
            raise ValueError(f"{who}: Cannot set an empty vocabulary; pass at least one token.")
        special = tokens[: self._start()] == self._special()
        weights = None if idf_weights is None else np.asarray(plain(idf_weights), np.float32)
        if weights is not None and weights.shape != (len(tokens),):
            raise ValueError(
                f"{who}: `idf_weights` must be the same length as vocabulary, {len(tokens)}; got {weights.shape}."
            )
        tokens = tokens[self._start() :] if special else tokens
        self._check_tokens(tokens)
        self._take(tokens, weights, padded=special)

    def _from_file(self, path: str) -> list:
        if not os.path.exists(path):
            raise ValueError(f"{self.describe()}: Vocabulary file {path} does not exist; check the path.")
        if self.output_mode == "tf_idf":
            raise ValueError(
                f"{self.describe()}: output_mode 'tf_idf' does not support loading a vocabulary from file; "
                "pass a list and `idf_weights`."
            )
        with open(path, encoding=self.encoding, newline="\n") as file:
            return self._parsed(file.read())

    def _parsed(self, text: str) -> list:
        """A text with a token in each line."""
        return [self._of_text(line.removesuffix("\r")) for line in text.rstrip("\r\n").split("\n")]

    def _check_tokens(self, tokens: list) -> None:
        who, special = self.describe(), self._special()
        if len(set(tokens)) < len(tokens):
            twice = [token for token, n in Counter(tokens).items() if n > 1]
            raise ValueError(
                f"{who}: The passed vocabulary has at least one repeated term, {twice[:5]}; give each only once."
            )
        for what, token in (("mask", self.mask_token), ("OOV", self.oov_token if self.invert else None)):
            if token is not None and token in tokens:
                raise ValueError(
                    f"{who}: Found reserved {what} token at unexpected location in `vocabulary`: {token!r} at index "
                    f"{tokens.index(token)}. Leave it out, or begin the vocabulary with exactly {special}."
                )
        if self.max_tokens is not None and len(tokens) + self._start() > self.max_tokens:
            raise ValueError(
                f"{who}: Attempted to set a vocabulary larger than the maximum vocab size: {len(tokens)} tokens and "
                f"{self._start()} special ones, `max_tokens` is {self.max_tokens}."
            )

    def _take(self, tokens: list, idf: Any = None, padded: bool = False) -> None:
        """Use these tokens from now on. `padded`: the weights begin with those of the special tokens."""
        size = len(tokens) + self._start()
        fixed = self.output_mode != "int" and not self.pad_to_max_tokens
        if fixed and self._size not in (None, self._start(), size):
            raise RuntimeError(
                f"{self.describe()}: When using `output_mode={self.output_mode}` and `pad_to_max_tokens=False`, the "
                f"size of the vocabulary cannot change once it is known; it was {self._size}, now it is {size}. Make "
                "a new layer, or set `max_tokens` and `pad_to_max_tokens=True`."
            )
        for name in engines.loaded() if self._tokens is not None else ():
            engines.get(name).replaced += 1  # what was compiled with the old vocabulary is made anew
        self._tokens, self._size, self._graph_table = tokens, size, None
        self._table = {self._key(token): i for i, token in enumerate(tokens, self._start())}
        if self.mask_token is not None:
            self._table[self._key(self.mask_token)] = 0 if self._first() else NOTHING
        if idf is not None:
            idf = idf if padded else np.concatenate([np.full(self._start(), idf.mean(), np.float32), idf])
            self._idf = np.pad(idf, (0, self._depth() - len(idf)))

    def _depth(self) -> int:
        """How many categories there are."""
        if self.pad_to_max_tokens:
            return self.max_tokens
        if self._size is None:
            raise RuntimeError(
                f"{self.describe()}: When using `output_mode={self.output_mode}` and `pad_to_max_tokens=False`, the "
                "vocabulary must be known before the layer is called; pass `vocabulary`, or call adapt(data)."
            )
        return self._size

    # -- learning it ----------------------------------------------------------------------------------------------
    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learn the vocabulary: the tokens of `data`, the most frequent first, the later in the alphabet first among
        equals, cut at `max_tokens`.

        Args:
            data: an array, list or column; or batches: a tf.data.Dataset, a DataLoader, a generator.
            steps: how many batches are read; all if None.
        """
        self.reset_state()
        for batch in batches(data, steps):
            batch = numbers(batch)
            # a flat array given as such is a column of samples; a flat batch is one sample
            self.update_state(to_host(batch)[:, None] if is_whole(data) and len(batch.shape) == 1 else batch)
        self.finalize_state()

    def reset_state(self) -> None:
        """Forget what was counted; the vocabulary stays."""
        self._counts, self._documents_with, self._documents = Counter(), Counter(), 0

    def update_state(self, data: Any) -> None:
        """Count the tokens of a batch, for `finalize_state` to make the vocabulary of."""
        if self._given:
            raise ValueError(
                f"{self.describe()}: Cannot adapt a layer that was made with a `vocabulary`; make it without one, or "
                "call set_vocabulary(...)."
            )
        rows = self._rows(data)
        for row in rows:
            self._counts.update(row)
        if self.output_mode == "tf_idf":
            for row in rows:
                self._documents_with.update(set(row))
            self._documents += len(rows)

    def finalize_state(self) -> None:
        """Make the vocabulary of what was counted."""
        if self._given or not self._counts:
            self._size = self.vocabulary_size()
            return
        for token in (self.mask_token, self.oov_token):
            if token is not None:
                self._counts.pop(self._key(token), None)
        order = sorted(self._counts.items(), key=lambda item: (item[1], item[0]), reverse=True)
        keys = [key for key, _ in order[: self.max_tokens and self.max_tokens - self._start()]]
        idf = None
        if self.output_mode == "tf_idf":
            found_in = np.array([self._documents_with[key] for key in keys], np.float64)
            idf = np.log(1 + self._documents / (1 + found_in)).astype(np.float32)
        self._take([self._token(key) for key in keys], idf)
        self.reset_state()

    # -- what a kind of token is; texts, unless a subclass says otherwise -------------------------------------------
    def _key(self, token: Any) -> Any:
        """A token as the tables have it."""
        return token.encode() if isinstance(token, str) else token

    def _token(self, key: Any) -> Any:
        return key.decode(self.encoding) if isinstance(key, bytes) else key

    def _of_text(self, line: str) -> Any:
        return line

    def _rows(self, data: Any) -> list[list]:
        """The keys of each sample of a batch."""
        if hasattr(data, "to_list"):  # a ragged tensor
            return [flat_bytes(self, row) for row in data.to_list()]
        data = np.asarray(to_host(data))
        data = data.reshape(-1, data.shape[-1]) if data.ndim > 1 else data.reshape(1, -1)
        flat = flat_bytes(self, data)
        return [flat[i : i + data.shape[1]] for i in range(0, len(flat), data.shape[1] or 1)]

    @property
    def dtype(self) -> str:
        return "string" if self.reads_texts else "int64"

    # -- files ------------------------------------------------------------------------------------------------------
    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"vocabulary_size": self._size}

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_graph_table": None}  # it belongs to the process

    def save_own_variables(self, store: Any) -> None:
        """What Keras keeps among the weights: those of the tokens."""
        if self._idf is not None:
            store["idf_weights"] = self._idf

    def load_own_variables(self, store: Any) -> None:
        if "idf_weights" in store:
            self._idf = np.asarray(store["idf_weights"], np.float32)

    def save_assets(self, dir_path: str) -> None:
        """Write the vocabulary to `vocabulary.txt` in this folder, unless it is among the settings."""
        if self.vocabulary is None:
            lines = "\n".join(str(token) for token in self.get_vocabulary())
            with open(os.path.join(dir_path, "vocabulary.txt"), "w", encoding="utf-8", newline="\n") as file:
                file.write(lines)

    def load_assets(self, dir_path: str) -> None:
        """Read what `save_assets` wrote."""
        if self.vocabulary is None:
            with open(os.path.join(dir_path, "vocabulary.txt"), encoding="utf-8", newline="\n") as file:
                tokens = self._parsed(file.read())
            if tokens[: self._start()] == [self._of_text(str(t)) for t in self._special()]:
                tokens = tokens[self._start() :]
            self._take(tokens, self._idf, padded=True)
