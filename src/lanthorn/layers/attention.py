"""Attention without projections: a dot product (Luong et al. 2015) or a sum (Bahdanau et al. 2015) says what fits."""

from .. import ops, random
from ..core.layer import Layer


class Attention(Layer):
    """Each query takes the mean of the values, by softmax of its dot product with the keys (arXiv:1508.04025).

    Call it on `[query, value]` or `[query, value, key]`; the masks are `[query_mask, value_mask]`. With
    `score_mode="concat"` the fit is `weight · sum(tanh(scale · (query + key)))`.

    Shapes: query (batch, T, dim), value (batch, S, dim) → (batch, T, dim), and scores (batch, T, S) if
    `return_attention_scores`. Weights: scale () with `use_scale`, concat_score_weight () with "concat".

    Example:
        >>> lanthorn.layers.Attention()([np.ones((2, 3, 4), "float32"), np.ones((2, 5, 4), "float32")]).shape
        (2, 3, 4)
    """

    whole_numbers = False

    use_scale: bool = False
    score_mode: str = "dot"
    dropout: float = 0.0
    seed: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.score_mode not in ("dot", "concat"):
            raise ValueError(f"Attention: `score_mode` must be 'dot' or 'concat', got {self.score_mode!r}.")
        if self.dropout > 0:
            self.seed_generator = random.SeedGenerator(self.seed)
        self.supports_masking = True

    def build(self, input_shape) -> None:
        self._check(input_shape)
        self.scale = self.add_weight(name="scale", shape=(), initializer="ones") if self.use_scale else None
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight(name="concat_score_weight", shape=(), initializer="ones")

    def _check(self, inputs) -> None:
        if not isinstance(inputs, (list, tuple)) or len(inputs) not in (2, 3):
            raise ValueError("expected a list [query, value] or [query, value, key].")

    def fit(self, query, key):
        """How well each query and key fit: (batch, T, S)."""
        if self.score_mode == "dot":
            fits = ops.matmul(query, ops.swapaxes(key, -2, -1))
            return fits if self.scale is None else fits * self.scale
        both = ops.expand_dims(query, -2) + ops.expand_dims(key, -3)
        both = both if self.scale is None else both * self.scale
        return self.concat_score_weight * ops.sum(ops.tanh(both), axis=-1)

    def call(self, inputs, mask=None, training=False, return_attention_scores=False, use_causal_mask=False):
        self._check(inputs)
        query, value, key = inputs if len(inputs) == 3 else (*inputs, inputs[1])
        query_mask, value_mask = (mask[0], mask[1]) if mask is not None else (None, None)
        fits = self.fit(query, key)
        sees = None if value_mask is None else ops.expand_dims(ops.cast(value_mask, "bool"), -2)
        if use_causal_mask:
            row = ops.expand_dims(ops.arange(ops.shape(fits)[-2], like=fits), 1)
            causal = ops.expand_dims(row >= ops.arange(ops.shape(fits)[-1], like=fits), 0)
            sees = causal if sees is None else ops.logical_and(sees, causal)
        if sees is not None:
            fits = ops.where(sees, fits, fits - (65504.0 if ops.dtype(fits) == "float16" else 1e9))
        scores = ops.softmax(fits, axis=-1)
        if training and self.dropout > 0:
            scores = random.dropout(scores, self.dropout, seed=self.seed_generator)
        outputs = ops.matmul(scores, value)
        if query_mask is not None:
            outputs = ops.where(ops.expand_dims(ops.cast(query_mask, "bool"), -1), outputs, 0.0)
        return (outputs, scores) if return_attention_scores else outputs

    def compute_mask(self, inputs, mask=None):
        return None if mask is None else mask[0]


class AdditiveAttention(Attention):
    """As `Attention`, with `sum(scale · tanh(query + key))` for the fit (arXiv:1409.0473).

    Weights: scale (dim,) with `use_scale`.

    Example:
        >>> lanthorn.layers.AdditiveAttention()([np.ones((2, 3, 4), "float32"), np.ones((2, 5, 4), "float32")]).shape
        (2, 3, 4)
    """

    use_scale: bool = True

    def get_config(self):
        config = super().get_config()
        del config["score_mode"]
        return config

    def build(self, input_shape) -> None:
        self._check(input_shape)
        self.scale = None
        if self.use_scale:
            dim = input_shape[0][-1]
            self.scale = self.add_weight(name="scale", shape=(dim,), initializer="glorot_uniform")

    def fit(self, query, key):
        both = ops.tanh(ops.expand_dims(query, -2) + ops.expand_dims(key, -3))
        return ops.sum(both if self.scale is None else both * self.scale, axis=-1)
