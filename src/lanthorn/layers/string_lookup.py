"""StringLookup: texts to their places in a vocabulary, and back."""

from typing import Any

import numpy as np

from .. import engines
from ..core.symbolic import is_symbolic
from .lookup import Lookup
from .texts import flat_bytes, to_host


class StringLookup(Lookup):
    """The number of each text in a vocabulary, which is given or learned by `adapt`.

    The numbers count the mask token (0, if there is one and `output_mode` is "int"), then `num_oov_indices` places for
    texts out of the vocabulary, then the vocabulary. With several such places FarmHash64 chooses one, or SipHash-2-4
    under the key `salt`. Texts never reach a device: they are looked up on the host, or in TensorFlow's graphs.

    Args:
        max_tokens: the most numbers there may be.
        vocabulary: a list or array, or a text file with a token in each line.
        idf_weights: a weight for each token, for "tf_idf".
        invert: numbers to texts; lists of texts come out, on TensorFlow its strings.
        output_mode: "int"; "one_hot", "multi_hot", "count", "tf_idf": rows as long as the vocabulary, for each text or
            for each sample.
        pad_to_max_tokens: rows as long as `max_tokens`.
        sparse: sparse rows, on TensorFlow only.
        encoding: of the vocabulary's bytes.
        oov_method: kept for Keras's signature; texts are always hashed.

    Shapes: any → the same ("int"), (…, numbers) else.

    Raises:
        RuntimeError: called without a vocabulary.
        ValueError: a vocabulary with a token twice, a file that is not there, a text out of the vocabulary where there
            is no place for it.

    Example:
        >>> layer = lanthorn.layers.StringLookup(vocabulary=["a", "b"])
        >>> layer(["b", "c"])  # [2, 0]
    """

    max_tokens: int | None = None
    num_oov_indices: int = 1
    mask_token: Any = None
    oov_token: Any = "[UNK]"
    vocabulary: Any = None
    idf_weights: Any = None
    invert: bool = False
    output_mode: str = "int"
    pad_to_max_tokens: bool = False
    sparse: bool = False
    encoding: str = "utf-8"
    salt: Any = None
    oov_method: str = "floormod"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.invert:
            return super().__call__(*args, **kwargs)
        if is_symbolic(args[0]):
            raise ValueError(
                f"{self.describe()}: gives texts, which no device holds; call it on what the model gives instead."
            )
        found = self.call(args[0])
        return found if engines.texts_of(found) else found.tolist()

    def call(self, inputs):
        if not self.invert:
            return super().call(inputs)
        if self.engine.texts is not None and isinstance(inputs, (np.ndarray, list, tuple)):
            inputs = self.engine.array(inputs)
        if texts := engines.texts_of(inputs, numbers=True):
            return self.in_graph(inputs, texts)
        self._need_tokens()
        words = np.array(self.get_vocabulary(), object)
        places = np.asarray(to_host(inputs)).astype(np.int64)
        return np.where((places >= 0) & (places < len(words)), words[places.clip(0, len(words) - 1)], self.oov_token)

    def on_host(self, texts):
        found = self._numbers_of(flat_bytes(self, texts)).reshape(texts.shape)
        return self._coded(found)
