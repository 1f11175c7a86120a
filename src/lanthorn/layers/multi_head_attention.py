"""MultiHeadAttention (Vaswani et al. 2017, arXiv:1706.03762)."""

import math
from typing import Any, ClassVar

from .. import ops, random
from ..constraints import ConstraintLike
from ..core.layer import Layer
from ..core.masking import get_mask
from ..initializers import InitializerLike
from ..regularizers import RegularizerLike
from .einsum_dense import EinsumDense

LETTERS = "abcdefghijklmnopqrstuvwxyz"


class ProjectedAttention(Layer):
    """What layers share that project query, key and value to heads, look, and bring the heads together again."""

    def _project(self, name, shape, heads, size, activation=None):
        """The projection of the last axis to (heads, size)."""
        free, last = LETTERS[: len(shape) - 1], LETTERS[len(shape) - 1]
        new = LETTERS[len(shape) : len(shape) + 2]
        equation = f"{free}{last},{last}{new}->{free}{new}"
        dense = self._dense(equation, (None,) * (len(shape) - 2) + (heads, size), new, name, activation)
        dense.build(shape)
        return dense

    def _dense(self, equation, output_shape, bias_axes, name, activation=None):
        dense = EinsumDense(
            equation,
            output_shape,
            activation=activation,
            bias_axes=bias_axes if self.use_bias else None,
            kernel_initializer=self.kernel_initializer,
            bias_initializer=self.bias_initializer,
            kernel_regularizer=self.kernel_regularizer,
            bias_regularizer=self.bias_regularizer,
            kernel_constraint=self.kernel_constraint,
            bias_constraint=self.bias_constraint,
            name=name,
            dtype=self._policy,
            trainable=self.trainable,
        )
        dense._engine = self._engine
        return dense

    def call(
        self, query, value, key=None, query_mask=None, value_mask=None, key_mask=None, attention_mask=None,
        return_attention_scores=False, training=None, use_causal_mask=False,
    ):  # fmt: skip
        query_mask = get_mask(query) if query_mask is None else query_mask
        value_mask = get_mask(value) if value_mask is None else value_mask
        if key is None:
            key = value
        elif key_mask is None:
            key_mask = get_mask(key)
        sees = self._mask(query, value, query_mask, (value_mask, key_mask), attention_mask, use_causal_mask)
        gate = self.gate_dense(query) if self.use_gate else None
        query, key, value = self.query_dense(query), self.key_dense(key), self.value_dense(value)
        outputs, scores = self._attend(query, key, value, sees, training)
        outputs = self.output_dense(outputs if gate is None else outputs * gate)
        return (outputs, scores) if return_attention_scores else outputs

    def _mask(self, query, value, query_mask, value_masks, given, causal):
        """True where a query may see a key: (batch, T, S) or what broadcasts to it; None for everywhere."""
        masks = [] if given is None else [ops.cast(given, "bool")]
        if query_mask is not None:
            masks.append(ops.expand_dims(ops.cast(query_mask, "bool"), -1))
        masks += [ops.expand_dims(ops.cast(mask, "bool"), -2) for mask in value_masks if mask is not None]
        if causal or self.sliding_window is not None:
            row = ops.expand_dims(ops.arange(ops.shape(query)[1], like=query), 1)
            column = ops.expand_dims(ops.arange(ops.shape(value)[1], like=query), 0)
            if causal:
                masks.append(ops.expand_dims(row >= column, 0))
            if self.sliding_window is not None:
                masks.append(ops.expand_dims(ops.abs(row - column) < self.sliding_window, 0))
        merged = None
        for mask in masks:
            merged = mask if merged is None else ops.logical_and(merged, mask)
        return merged

    def _attend(self, query, key, value, sees, training):
        query = query * (1.0 / math.sqrt(self.key_dim))
        fits = ops.einsum(self._look, key, query)  # (batch, …, heads, T, S)
        if sees is not None:
            while len(sees.shape) < len(fits.shape):
                sees = ops.expand_dims(sees, -2 * len(self._axes) - 1)
            fits = ops.where(sees, fits, -1e9 if ops.dtype(fits) != "float16" else -3e4)
        last = tuple(range(len(fits.shape) - len(self._axes), len(fits.shape)))
        if len(last) == 1:
            scores = ops.softmax(fits, axis=-1)
        else:
            scores = ops.exp(fits - ops.logsumexp(fits, axis=last, keepdims=True))
        if sees is not None:
            scores = ops.where(sees, scores, 0.0)
        kept = scores
        if training and self.dropout > 0:
            kept = random.dropout(scores, self.dropout, seed=self.seed_generator)
        return ops.einsum(self._gather, kept, value), scores


class MultiHeadAttention(ProjectedAttention):
    """Each query looks at all keys, in `num_heads` ways at once, and takes the mean of the values by how well they fit.

    Heads project query and key to `key_dim` and value to `value_dim` numbers; the shares are
    softmax(query · key / sqrt(key_dim)); a last projection brings the heads together in `output_shape` (default:
    the query's last axis).

    Call it as `layer(query, value, key=None, attention_mask=None, return_attention_scores=False,
    use_causal_mask=False)`; `key` is the value if not given. `attention_mask` (batch, T, S) is True where query t may
    see key s; it is combined with the inputs' own masks, with `use_causal_mask` (nobody sees what comes later) and with
    `sliding_window` (nobody sees further than that). A query that may see nothing gets zeros.

    Shapes: query (batch, T, …), value and key (batch, S, …) → (batch, T, output_shape); scores (batch, heads, T, S).
    `attention_axes` are the axes along which it looks, all between batch and last if None.
    Weights: query, key, value kernel (features, heads, key_dim) and bias (heads, key_dim), attention_output kernel
    (heads, value_dim, output) and bias (output,).

    Example:
        >>> x = np.ones((2, 5, 8), "float32")
        >>> lanthorn.layers.MultiHeadAttention(num_heads=2, key_dim=4)(x, x).shape
        (2, 5, 8)
    """

    _legacy: ClassVar[dict[str, str | None]] = {"output_shape": "partial_output_shape"}

    num_heads: int
    key_dim: int
    value_dim: int | None = None
    dropout: float = 0.0
    use_bias: bool = True
    partial_output_shape: Any = None
    attention_axes: Any = None
    sliding_window: int | None = None
    flash_attention: Any = None
    kernel_initializer: InitializerLike = "glorot_uniform"
    bias_initializer: InitializerLike = "zeros"
    kernel_regularizer: RegularizerLike = None
    bias_regularizer: RegularizerLike = None
    activity_regularizer: RegularizerLike = None
    kernel_constraint: ConstraintLike = None
    bias_constraint: ConstraintLike = None
    use_gate: bool = False
    seed: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.value_dim = self.value_dim or self.key_dim
        if min(self.num_heads, self.key_dim, self.value_dim) < 1:
            raise ValueError("MultiHeadAttention: `num_heads`, `key_dim` and `value_dim` must be at least 1.")
        shape, axes = self.partial_output_shape, self.attention_axes
        self.partial_output_shape = (shape,) if isinstance(shape, int) else shape if shape is None else tuple(shape)
        self.attention_axes = (axes,) if isinstance(axes, int) else axes if axes is None else tuple(axes)
        if self.dropout > 0:
            self.seed_generator = random.SeedGenerator(self.seed)
        self.supports_masking = True

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["flash_attention"]  # which kernel computes it is no matter of the model
        return config | {"output_shape": config.pop("partial_output_shape")}

    def build(self, query_shape, value_shape, key_shape=None) -> None:
        key_shape = value_shape if key_shape is None else key_shape
        if tuple(value_shape[1:-1]) != tuple(key_shape[1:-1]):
            raise ValueError(f"expected as many keys as values, got the shapes {key_shape} and {value_shape}.")
        rank = len(query_shape) + 1  # of the projections: the last axis becomes (heads, numbers)
        self.query_dense = self._project("query", query_shape, self.num_heads, self.key_dim)
        self.key_dense = self._project("key", key_shape, self.num_heads, self.key_dim)
        if self.use_gate:
            self.gate_dense = self._project("gate", query_shape, self.num_heads, self.value_dim, "sigmoid")
        self.value_dense = self._project("value", value_shape, self.num_heads, self.value_dim)
        output = self.partial_output_shape or (query_shape[-1],)
        free, heads = LETTERS[: rank - 2], LETTERS[rank - 2 : rank]
        out = LETTERS[rank : rank + len(output)]
        self.output_dense = self._dense(
            f"{free}{heads},{heads}{out}->{free}{out}", (None,) * (rank - 3) + output, out, "attention_output"
        )
        self.output_dense.build((*query_shape[:-1], self.num_heads, self.value_dim))
        axes = self.attention_axes or tuple(range(1, rank - 2))
        self._axes = tuple(axis % (rank - 1) for axis in axes)
        self._look, self._gather = equations(rank, self._axes)


def equations(rank: int, axes: tuple[int, ...]) -> tuple[str, str]:
    """(key, query → scores) and (scores, value → outputs) for projections of `rank` axes, looking along `axes`."""
    query = LETTERS[:rank]
    batch = [i for i in range(rank) if i not in axes and i != rank - 1]
    key = "".join(LETTERS[rank + axes.index(i)] if i in axes else query[i] for i in range(rank))
    scores = "".join([query[i] for i in batch] + [query[i] for i in axes] + [key[i] for i in axes])
    return f"{key},{query}->{scores}", f"{scores},{key}->{query}"
