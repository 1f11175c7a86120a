"""CTC: texts from sequences that say each letter at some step or other (Graves et al., ICML 2006)."""

from typing import Any

from .. import ops
from .base import Loss, class_numbers, tensor


def ctc(y_true: Any, y_pred: Any) -> Any:
    """-log of the probability of the labels, over all ways to say them with repetitions and blanks between.

    Args:
        y_true: class numbers (batch, longest label); 0 is the blank and fills up short labels.
        y_pred: scores before softmax (batch, steps, classes); all steps count.

    Raises:
        ValueError: labels or predictions of another rank.

    Example:
        >>> round(float(ctc([[1]], np.zeros((1, 1, 2), "float32"))[0]), 4)
        0.6931
    """
    y_pred = tensor(y_pred)
    y_true = class_numbers(y_true, y_pred)
    if len(y_true.shape) != 2 or len(y_pred.shape) != 3:
        raise ValueError(
            "ctc: expected labels (batch, longest label) and scores (batch, steps, classes), got the shapes "
            f"{tuple(y_true.shape)} and {tuple(y_pred.shape)}."
        )
    lengths = ops.sum(ops.cast(y_true != 0, "int32"), axis=-1)
    steps = ops.zeros_like(lengths) + ops.shape(y_pred)[1]
    return ops.ctc_loss(y_true, y_pred, lengths, steps)


ctc._integer_labels = True  # pyright: ignore[reportFunctionMemberAccess]


class CTC(Loss):
    """Connectionist temporal classification, see `ctc`.

    Example:
        >>> loss = lanthorn.losses.CTC()
        >>> round(float(loss([[1]], np.zeros((1, 1, 2), "float32"))), 4)
        0.6931
    """

    _integer_labels = True

    reduction: str | None = "sum_over_batch_size"
    name: str | None = None
    dtype: Any = None

    def call(self, y_true, y_pred):
        return ctc(y_true, y_pred)
