"""GroupedQueryAttention (Ainslie et al. 2023, arXiv:2305.13245)."""

from typing import Any

from .. import ops, random
from ..constraints import ConstraintLike
from ..initializers import InitializerLike
from ..regularizers import RegularizerLike
from .multi_head_attention import ProjectedAttention, equations


class GroupedQueryAttention(ProjectedAttention):
    """`MultiHeadAttention` with fewer heads of keys and values than of queries: neighbouring queries share one.

    With one head of keys and values it is multi-query attention (Shazeer 2019, arXiv:1911.02150). It is called as
    MultiHeadAttention is; `num_query_heads` is a multiple of `num_key_value_heads`.

    Shapes: query (batch, T, features), value and key (batch, S, features) → (batch, T, features); scores
    (batch, query heads, T, S).
    Weights: query kernel (features, query heads, head_dim), key and value kernel (features, key heads, head_dim),
    attention_output kernel (query heads, head_dim, features), and their biases.

    Raises:
        ValueError: the numbers of heads do not divide.

    Example:
        >>> x = np.ones((2, 5, 8), "float32")
        >>> lanthorn.layers.GroupQueryAttention(head_dim=4, num_query_heads=4, num_key_value_heads=2)(x, x).shape
        (2, 5, 8)
    """

    head_dim: int
    num_query_heads: int
    num_key_value_heads: int
    dropout: float = 0.0
    use_bias: bool = True
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
        if min(self.head_dim, self.num_query_heads, self.num_key_value_heads) < 1 or (
            self.num_query_heads % self.num_key_value_heads
        ):
            raise ValueError(
                "GroupedQueryAttention: `num_query_heads` must be a multiple of `num_key_value_heads`, and both and "
                f"`head_dim` at least 1, got {self.num_query_heads}, {self.num_key_value_heads} and {self.head_dim}."
            )
        if self.sliding_window is not None and self.sliding_window < 1:
            raise ValueError(
                f"GroupedQueryAttention: `sliding_window` must be None or at least 1, got {self.sliding_window}."
            )
        if self.dropout > 0:
            self.seed_generator = random.SeedGenerator(self.seed)
        self.supports_masking = True
        self.key_dim = self.head_dim
        self._axes = (1,)
        self._look, self._gather = equations(4, self._axes)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["flash_attention"]  # which kernel computes it is no matter of the model
        return config

    def build(self, query_shape, value_shape, key_shape=None) -> None:
        key_shape = value_shape if key_shape is None else key_shape
        queries, keys, size = self.num_query_heads, self.num_key_value_heads, self.head_dim
        self.query_dense = self._project("query", query_shape, queries, size)
        self.key_dense = self._project("key", key_shape, keys, size)
        if self.use_gate:
            self.gate_dense = self._project("gate", query_shape, queries, size, "sigmoid")
        self.value_dense = self._project("value", value_shape, keys, size)
        self.output_dense = self._dense("btnh,nhf->btf", (None, query_shape[-1]), "f", "attention_output")
        self.output_dense.build((*query_shape[:-1], queries, size))

    def _attend(self, query, key, value, sees, training):
        times = self.num_query_heads // self.num_key_value_heads
        key, value = (ops.repeat(x, times, axis=2) for x in (key, value))
        return super()._attend(query, key, value, sees, training)
