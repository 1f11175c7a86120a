"""ReversibleEmbedding: from words to vectors, and from vectors back to scores of words."""

from typing import Any, ClassVar

from .. import ops
from ..constraints import ConstraintLike
from ..initializers import InitializerLike
from ..regularizers import RegularizerLike
from .embedding import Embedding


class ReversibleEmbedding(Embedding):
    """An `Embedding` that also goes back: `layer(vectors, reverse=True)` scores every word.

    Scores are vectors · tableᵀ (Press & Wolf 2017, arXiv:1608.05859), or vectors · reverse_embeddings, weights of
    their own, without `tie_weights`. `logit_soft_cap` c holds them between -c and c: c tanh(scores / c).
    `reverse_dtype` is what they are computed in ("float32" where the model computes in halves).

    Shapes: (batch, …) whole numbers → (batch, …, output_dim); reverse (batch, …, output_dim) →
    (batch, …, input_dim).

    Example:
        >>> layer = lanthorn.layers.ReversibleEmbedding(10, 4)
        >>> vectors = layer(np.array([[1, 2, 3]]))
        >>> layer(vectors, reverse=True).shape
        (1, 3, 10)
    """

    _own_first: ClassVar[bool] = True

    input_dim: int
    output_dim: int
    tie_weights: bool = True
    embeddings_initializer: InitializerLike = "uniform"
    embeddings_regularizer: RegularizerLike = None
    embeddings_constraint: ConstraintLike = None
    mask_zero: bool = False
    reverse_dtype: Any = None
    logit_soft_cap: float | None = None

    def build(self, input_shape=None) -> None:
        super().build(input_shape)
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight(
                name="reverse_embeddings",
                shape=(self.output_dim, self.input_dim),
                initializer=self.embeddings_initializer,
            )

    def call(self, inputs, reverse=False):
        if not reverse:
            return super().call(inputs)
        table = ops.transpose(self.embeddings) if self.tie_weights else self.reverse_embeddings
        if self.reverse_dtype is not None:
            inputs, table = ops.cast(inputs, self.reverse_dtype), ops.cast(table, self.reverse_dtype)
        scores = ops.matmul(inputs, table)
        cap = self.logit_soft_cap
        return scores if cap is None else ops.tanh(scores / cap) * cap

    def compute_mask(self, inputs, mask=None):
        return super().compute_mask(inputs) if "int" in ops.dtype(inputs) else None  # vectors: it goes back
