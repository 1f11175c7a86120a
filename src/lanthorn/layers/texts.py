"""Layers that may be given texts. Texts never reach a device: they become numbers on the host, by NumPy and Python,
or in a graph of an engine that has strings of its own (in the `map` of a `tf.data` pipeline).
"""

import itertools
import os
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from .. import engines
from ..core import tree
from ..core.errors import WITH_TEXTS
from ..core.layer import Layer
from ..core.symbolic import Node, SymbolicTensor, is_symbolic

OUTPUT_MODES = {"binary": "multi_hot", "tf-idf": "tf_idf"}  # old names


class TextLayer(Layer):
    """What layers for texts and categories share. A subclass writes `call` for numbers, in ops, and where it takes
    texts `on_host` (NumPy's strings → NumPy), `in_graph` (an engine's strings, and the module that works on them), and
    `compute_output_shape`.
    """

    autograph_info__: ClassVar[dict] = {}  # TensorFlow: nothing in here to convert
    reads_texts = True  # False: numbers only
    looks_up = False  # True: numbers at hand go the same ways as texts, which are quicker to begin than ops
    output_mode, sparse, ragged = "int", False, False  # without annotations: no settings
    output_dtype = "int64"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.built = True  # there are no weights; it lives on no engine
        if self._needs_graph() and self.engine.texts is None and (self.ragged or self.output_mode != "int"):
            raise ValueError(
                f"{type(self).__name__}: sparse and ragged tensors are only on the engine 'tensorflow', not on "
                f"{self.engine.name!r}; leave `sparse` and `ragged` out."
            )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        inputs = args[0] if args else next(iter(kwargs.values()), None)
        texts = engines.texts_of(inputs, numbers=self.looks_up)
        if texts is None and (host := texts_on_host(inputs, numbers_too=self.looks_up)) is not None:
            self._check_texts(host)
            if not self._needs_graph():
                found = self.on_host(host)
                return self.engine.array(found, found.dtype.name if found.dtype.kind == "f" else None)
            inputs, texts = self.engine.array(host), self.engine.texts
        if texts:
            return self.in_graph(inputs, texts)
        if is_symbolic(inputs) and inputs.dtype == "string":
            self._check_texts(inputs)
            outputs = self.compute_output_spec(inputs)
            Node(self, args, kwargs, outputs)
            return outputs
        if args and not is_symbolic(args[0]):
            args = (numbers(args[0]), *args[1:])
        return super().__call__(*args, **kwargs)

    def keeps_batch(self) -> bool:
        return self.output_mode in ("int", "one_hot")  # of one sample without a batch, a set or a count is a row

    def _needs_graph(self) -> bool:
        """Whether the result is what only an engine with strings has: sparse or ragged tensors."""
        return self.sparse or self.ragged

    def _packed(self, x: Any) -> Any:
        """Rows as a sparse tensor, where that was asked for."""
        return self.engine.texts.sparse(x) if self.sparse else x

    def _check_texts(self, x: Any) -> None:
        if not self.reads_texts and (is_symbolic(x) or x.dtype.kind in "USOT"):
            raise TypeError(f"{self.describe()}: expected numbers, got texts ({x.dtype}); {WITH_TEXTS}")

    def on_host(self, texts: np.ndarray) -> Any:
        """What comes out for an array of texts, in NumPy."""
        raise NotImplementedError

    def in_graph(self, texts: Any, engine_texts: Any) -> Any:
        """The same on an engine's own strings; `engine_texts` is the module that works on them."""
        raise NotImplementedError

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        x = args[0] if args else next(iter(kwargs.values()))
        if is_symbolic(x) and x.dtype == "string":
            return self._symbol(self.compute_output_shape(x.shape), x.engine)
        return super().compute_output_spec(*args, **kwargs)

    def _symbol(self, shape: tuple, engine: Any) -> SymbolicTensor:
        whole = self.output_dtype.startswith("int")  # which has 32 bits on an engine that has no more
        dtype = engine.dtype_of(engine.array(np.zeros(1, self.output_dtype))) if whole else self.output_dtype
        return SymbolicTensor(shape, dtype, name=self.name, engine=engine)


def texts_on_host(x: Any, numbers_too: bool = False) -> np.ndarray | None:
    """A text, or a list, array or column of texts (or of numbers), as an array of NumPy; None for anything else."""
    x = numbers(x)
    if numbers_too and isinstance(x, (int, float, np.generic)):
        x = np.asarray(x)
    if isinstance(x, (str, bytes)):
        x = np.array(x, object)
    return x if isinstance(x, np.ndarray) and (numbers_too or x.dtype.kind in "USOT") else None


def numbers(x: Any) -> Any:
    """Lists and columns of pandas as arrays of NumPy; everything else as it is."""
    if hasattr(x, "iloc"):
        return x.to_numpy()
    if isinstance(x, (list, tuple)) and not any(map(is_symbolic, tree.leaves(x))):
        return np.asarray(x)
    return x


def flat_bytes(layer: Any, texts: Any) -> list[bytes]:
    """All texts of an array (or list), one after the other, in UTF-8."""
    flat = texts.ravel().tolist() if isinstance(texts, np.ndarray) else texts
    try:
        return [t if type(t) is bytes else t.encode() for t in flat]
    except AttributeError:
        wrong = next(t for t in flat if not isinstance(t, (str, bytes)))
        raise TypeError(
            f"{layer.describe()}: expected texts, got {wrong!r} ({type(wrong).__name__}) among them. Make texts of "
            "them first: str(x), or .astype(str) of a column."
        ) from None


def is_whole(data: Any, lists: bool = True) -> bool:
    """Whether it is all that there is to learn from (a list is, if `lists`), not an iterable of batches."""
    return lists and isinstance(data, (list, tuple, str)) or hasattr(data, "iloc") or _is_array(data)


def _is_array(data: Any) -> bool:
    return hasattr(data, "shape") and not hasattr(data, "epoch_batches")


def batches(data: Any, steps: int | None = None, lists: bool = True) -> Iterator[Any]:
    """What `adapt` learns from, batch by batch: an array at once, else what an iterable gives.

    Of batches that bring labels the first part is taken.
    """
    if is_whole(data, lists):
        yield numbers(data)
        return
    labelled = (tuple, list) if hasattr(data, "batch_sampler") else tuple
    for batch in itertools.islice(data, steps):
        yield batch[0] if isinstance(batch, labelled) and not isinstance(batch[0], (str, bytes)) else batch


def output_mode(layer: Any, value: str, options: tuple[str, ...]) -> str:
    """One of the ways to say which categories there are, under today's name."""
    value = OUTPUT_MODES.get(value, value)
    if value not in options:
        raise ValueError(
            f"{type(layer).__name__}: `output_mode` must be {' or '.join(map(repr, options))}, got {value!r}."
        )
    return value


def salt_of(layer: Any, salt: Any) -> list[int] | None:
    """The key of SipHash: two whole numbers, or one that is taken twice."""
    if salt is None or isinstance(salt, (tuple, list)) and len(salt) == 2:
        return None if salt is None else list(salt)
    if isinstance(salt, int):
        return [salt, salt]
    raise ValueError(
        f"{type(layer).__name__}: `salt` can only be a tuple of size 2 integers, or a single integer, got {salt!r}."
    )


def to_host(x: Any) -> Any:
    """An array of any engine as NumPy's."""
    return engines.of(x).to_numpy(x) if hasattr(x, "dtype") and not isinstance(x, np.ndarray) else x


def plain(x: Any) -> Any:
    """An array, column or tuple as a list; a text, a path and None as they are."""
    if x is None or isinstance(x, (str, os.PathLike)):
        return x
    x = to_host(x)
    return x.tolist() if hasattr(x, "tolist") else list(x)
