"""AdamW for fine-tuning: early layers move the least."""

from typing import Any

from .adam import AdamW


class LayerwiseAdamW(AdamW):
    """AdamW whose rate grows from the first weight to the last, from `first` times the learning rate to all of it.

    What a pretrained network's early layers have learnt fits any photos; what its late ones have is of its own task.
    The factor grows geometrically along the list of weights (discriminative fine-tuning: Howard & Ruder, "Universal
    Language Model Fine-tuning for Text Classification", 2018). Weight decay is not scaled.

    Args:
        first: the factor for the first weight, above 0 and at most 1.

    Raises:
        ValueError: `first` is out of range.

    Example:
        >>> LayerwiseAdamW(1e-4, first=0.1)
        LayerwiseAdamW(learning_rate=0.0001, first=0.1)
    """

    weight_decay: float | None = 0.004
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    amsgrad: bool = False
    first: float = 0.1

    def __post_init__(self):
        super().__post_init__()
        if not 0.0 < self.first <= 1.0:
            raise ValueError(f"LayerwiseAdamW: `first` must be above 0 and at most 1, got {self.first}.")

    def factor(self, variable: Any) -> float:
        """How much of the learning rate a weight gets."""
        last = max(1, len(self._trainable_variables) - 1)
        return self.first ** (1.0 - self._get_variable_index(variable) / last)

    def update_step(self, gradient, variable, learning_rate):
        super().update_step(gradient, variable, learning_rate * self.factor(variable))
