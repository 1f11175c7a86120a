"""Hashing and HashedCrossing: categories to bins, without a vocabulary."""

from typing import Any

import numpy as np

from .. import engines, ops
from ..core import dtypes
from ..core.symbolic import Node, is_symbolic
from ..ops.dtypes import standardize
from .encoding import encode, encode_rows, encoded_shape
from .fingerprints import CROSS_KEY, farmhash64, fingerprint_cat64, siphash64
from .number_bins import bins_of_crossings, bins_of_numbers
from .texts import TextLayer, flat_bytes, numbers, output_mode, salt_of, texts_on_host, to_host


class HashLayer(TextLayer):
    """What both share: whole numbers come out as int64 and rows as floats, if no dtype is given."""

    looks_up = True
    num_bins: Any
    output_mode: str
    sparse: bool

    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls, *args, **kwargs)
        self.__dict__["_asked"] = kwargs.get("dtype")
        return self

    def _settle(self, modes: tuple[str, ...]) -> None:
        who = type(self).__name__
        if self.num_bins is None or self.num_bins <= 0:
            raise ValueError(
                f"{who}: The `num_bins` for `{who}` cannot be `None` or non-positive values, got {self.num_bins}."
            )
        try:
            self.output_mode = output_mode(self, self.output_mode, modes)
        except ValueError:
            raise ValueError(
                f"{who}: Invalid value for argument `output_mode`. Expected one of {modes}, got {self.output_mode!r}."
            ) from None
        if self._asked is None:
            self._policy = "int64" if self.output_mode == "int" else dtypes.policy_name(None)
        if self.sparse and self.output_mode == "int":
            raise ValueError(f"{who}: `sparse` may only be true if `output_mode` is not 'int'.")
        self.output_dtype = dtypes.compute_dtype(self._policy)

    def _coded(self, found: Any, shape: Any = None) -> Any:
        """Bins as the output mode says, on the host."""
        found = found.astype(np.int64)
        return (found if self.output_mode == "int" else encode_rows(found, self.output_mode, self.num_bins)).astype(
            self.output_dtype
        )

    def call(self, inputs):
        found = encode(self._bins(inputs), self.output_mode, self.num_bins, self.output_dtype)
        return self._packed(found)

    def _bins(self, inputs: Any) -> Any:
        raise NotImplementedError


class Hashing(HashLayer):
    """The bin of each text or whole number, by a fingerprint: no vocabulary, and some share a bin.

    The fingerprint is FarmHash64, or SipHash-2-4 under the key `salt`; a number is hashed as its decimal digits, on the
    device.

    Args:
        num_bins: how many bins there are.
        mask_value: an input that has bin 0 for itself.
        salt: a whole number, or two.
        output_mode: "int"; "one_hot", "multi_hot" or "count": as CategoryEncoding has them.
        sparse: sparse rows, on TensorFlow only.

    Shapes: any → the same ("int"), or with a last axis of bins.

    Example:
        >>> lanthorn.layers.Hashing(num_bins=3)([["A"], ["B"]])  # [[1], [0]]
    """

    num_bins: Any
    mask_value: Any = None
    salt: Any = None
    output_mode: str = "int"
    sparse: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._settle(("int", "one_hot", "multi_hot", "count"))
        if self.output_mode == "int" and self._policy not in ("int32", "int64"):
            raise ValueError(
                f'Hashing: When `output_mode="int"`, `dtype` should be an integer type, got {self._policy!r}.'
            )
        self.salt = salt_of(self, self.salt)

    def _masks(self) -> bool:
        return self.mask_value is not None and self.num_bins > 1

    def _bins(self, inputs):
        kind = standardize(inputs.dtype)
        x = inputs if kind.startswith("int") else ops.cast(inputs, "int64" if "float" in kind else "int32")
        found = bins_of_numbers(x, self.num_bins - self._masks(), self.salt)
        if not self._masks():
            return found
        found = found + 1
        return ops.where(ops.equal(inputs, self.mask_value), 0, found)

    def on_host(self, texts):
        numbers = texts.dtype.kind not in "USOT"
        keys = [str(int(x)).encode() for x in texts.ravel().tolist()] if numbers else flat_bytes(self, texts)
        found = farmhash64(keys) if self.salt is None else siphash64(keys, self.salt)
        found = found % np.uint64(self.num_bins - self._masks())
        if self._masks():
            mask = (
                texts.ravel() == self.mask_value if numbers else [key == str(self.mask_value).encode() for key in keys]
            )
            found = np.where(mask, np.uint64(0), found + np.uint64(1))
        return self._coded(found.reshape(texts.shape))

    def in_graph(self, texts, engine_texts):
        def bins(x):
            found = engine_texts.bins(x, self.num_bins - self._masks(), self.salt)
            return ops.where(ops.equal(x, self.mask_value), 0, found + 1) if self._masks() else found

        found = engine_texts.each(bins, texts)
        if self.output_mode == "int":
            return engine_texts.each(lambda x: ops.cast(x, self.output_dtype), found)
        found = engine_texts.encode(found, self.output_mode, self.num_bins, self.output_dtype)
        return self._packed(found)

    def compute_output_shape(self, input_shape: Any) -> tuple:
        return encoded_shape(input_shape, self.output_mode, self.num_bins)


class HashedCrossing(HashLayer):
    """The bin of each combination of several categories (texts or whole numbers), by a fingerprint of them all.

    Args:
        num_bins: how many bins there are.
        output_mode: "int" or "one_hot".
        sparse: sparse rows, on TensorFlow only.

    Shapes: two or more of (), (batch,) or (batch, 1) → the same ("int"), or (batch, num_bins).

    Raises:
        ValueError: fewer than two inputs, of other shapes, or floats.

    Example:
        >>> layer = lanthorn.layers.HashedCrossing(num_bins=5)
        >>> layer((np.array(["A", "B", "A"]), np.array([101, 101, 101])))  # [1, 4, 1]
    """

    num_bins: Any
    output_mode: str = "int"
    sparse: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._settle(("int", "one_hot"))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        inputs = args[0] if args else kwargs["inputs"]
        self._check(inputs)
        texts = next(filter(None, (engines.texts_of(x, numbers=True) for x in inputs)), None)
        host = [texts_on_host(x, numbers_too=True) for x in inputs] if texts is None else []
        if any(x is not None for x in host):
            if any(map(is_symbolic, inputs)):
                raise ValueError(f"{self.describe()}: cannot cross symbolic inputs with arrays at hand.")
            columns = [
                np.asarray(to_host(x)) if found is None else found for found, x in zip(host, inputs, strict=True)
            ]
            found = self.engine.array(self.on_host(columns))
            return self._packed(found)
        if texts is not None:
            return self.in_graph(inputs, texts)
        if any(is_symbolic(x) and x.dtype == "string" for x in inputs):
            outputs = self.compute_output_spec(inputs)
            Node(self, args, kwargs, outputs)
            return outputs
        return super(TextLayer, self).__call__(list(inputs), **kwargs)

    def _check(self, inputs: Any) -> None:
        who = self.describe()
        if not isinstance(inputs, (list, tuple)):
            raise ValueError(f"{who}: should be called on a list or tuple of inputs, got {type(inputs).__name__}.")
        if len(inputs) < 2:
            raise ValueError(f"{who}: should be called on at least two inputs, got {len(inputs)}.")
        inputs = [numbers(x) for x in inputs]
        shapes = [tuple(x.shape) if hasattr(x, "shape") else () for x in inputs]
        if len(shapes[0]) > 2 or len(shapes[0]) == 2 and shapes[0][-1] != 1:
            raise ValueError(
                f"{who}: All inputs should have shape `()`, `(batch_size)` or `(batch_size, 1)`, got {shapes}."
            )
        if any(shape != shapes[0] for shape in shapes):
            raise ValueError(f"{who}: All inputs should have equal shape, got {shapes}.")
        if any(hasattr(x, "row_splits") or hasattr(x, "dense_shape") for x in inputs):
            raise ValueError(f"{who}: All inputs should be dense tensors, got a sparse or ragged one.")
        kinds = [str(getattr(x, "dtype", type(x).__name__)) for x in inputs]
        if any("float" in kind for kind in kinds):
            raise ValueError(f"{who}: All inputs should have an integer or string dtype, got {kinds}.")

    def _bins(self, inputs):
        return bins_of_crossings(inputs, self.num_bins)

    def on_host(self, columns):
        result = np.full(columns[0].size, CROSS_KEY, np.uint64)
        for x in columns:
            texts = x.dtype.kind in "USOT"
            value = farmhash64(flat_bytes(self, x)) if texts else x.ravel().astype(np.int64).view(np.uint64)
            result = fingerprint_cat64(result, value)
        return self._coded((result % np.uint64(self.num_bins)).reshape(columns[0].shape))

    def in_graph(self, inputs, engine_texts):
        found = engine_texts.crossed(inputs, self.num_bins)
        if self.output_mode == "int":
            return ops.cast(found, self.output_dtype)
        found = engine_texts.encode(found, "one_hot", self.num_bins, self.output_dtype)
        return self._packed(found)

    def compute_output_spec(self, *args, **kwargs):
        inputs = args[0] if args else kwargs["inputs"]
        if not any(x.dtype == "string" for x in inputs):
            return super().compute_output_spec(*args, **kwargs)
        return self._symbol(self.compute_output_shape([x.shape for x in inputs]), inputs[0].engine)

    def compute_output_shape(self, input_shape: Any) -> tuple:
        if len(input_shape) < 2 or not all(isinstance(shape, (tuple, list)) for shape in input_shape):
            raise ValueError(f"{self.describe()}: Expected as input a list/tuple of 2 tensors, got {input_shape}.")
        if any(tuple(shape) != tuple(input_shape[0]) for shape in input_shape):
            raise ValueError(f"{self.describe()}: Expected the two input tensors to have identical shapes.")
        return encoded_shape(input_shape[0], self.output_mode, self.num_bins)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config.pop("trainable")
        return config
