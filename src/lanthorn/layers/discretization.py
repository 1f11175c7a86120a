"""Discretization: numbers to the bins that they fall into."""

from typing import Any

import numpy as np

from .. import ops
from .encoding import encode, encoded_shape
from .settings import choice
from .texts import TextLayer, batches, to_host


class Discretization(TextLayer):
    """The bin of each number, between boundaries that are given or found by `adapt`.

    Bin i goes from boundary i - 1, which belongs to it, to boundary i.

    Args:
        bin_boundaries: rising numbers; there is one bin more than there are boundaries.
        num_bins: so many bins of equal weight are found by `adapt`.
        epsilon: how exactly; the data are summed up as 1 / epsilon quantiles.
        output_mode: "int"; "one_hot", "multi_hot" or "count": as CategoryEncoding has them.
        sparse: sparse rows, on TensorFlow only.

    Shapes: any → the same ("int"), or with a last axis of bins.

    Raises:
        ValueError: both or neither of `bin_boundaries` and `num_bins`; called before `adapt`; `adapt` where boundaries
            are given.

    Example:
        >>> lanthorn.layers.Discretization([0.0, 1.0])(np.array([-1.0, 0.0, 5.0]))  # [0, 1, 2]
    """

    reads_texts = False

    bin_boundaries: Any = None
    num_bins: int | None = None
    epsilon: float = 0.01
    output_mode: str = "int"
    sparse: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        choice(self, "output_mode", self.output_mode, ("int", "one_hot", "multi_hot", "count"))
        if self.sparse and self.output_mode == "int":
            raise ValueError("Discretization: `sparse=True` may only be used if `output_mode` is not 'int'.")
        if self.num_bins is not None and self.num_bins < 0:
            raise ValueError(
                f"Discretization: `num_bins` must be greater than or equal to 0, got `num_bins={self.num_bins}`."
            )
        if self.num_bins is not None and self.bin_boundaries is not None:
            raise ValueError("Discretization: Both `num_bins` and `bin_boundaries` should not be set; give one.")
        if self.num_bins is None and self.bin_boundaries is None:
            raise ValueError("Discretization: You need to set either `num_bins` or `bin_boundaries`.")
        if self.bin_boundaries is not None:
            self.bin_boundaries = np.asarray(self.bin_boundaries).tolist()
        self.output_dtype = "int32" if self.output_mode == "int" else self.compute_dtype
        self.reset_state()

    @classmethod
    def from_config(cls, config):
        found = config.get("bin_boundaries") if config.get("num_bins") is not None else None
        layer = super().from_config({**config, "bin_boundaries": None} if found is not None else config)
        layer.bin_boundaries = layer.bin_boundaries if found is None else found  # what `adapt` had found
        return layer

    # -- finding the boundaries: a summary of (value, weight) columns, merged batch by batch ---------------------------
    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Find the boundaries: quantiles of `data`, an array or an iterable of batches, of which `steps` are read."""
        if self.num_bins is None:
            raise ValueError(
                f"{self.describe()}: Cannot adapt a Discretization layer that has been initialized with "
                "`bin_boundaries`; use `num_bins` instead."
            )
        self.reset_state()
        for batch in batches(data, steps, lists=False):
            self.update_state(batch)
        self.finalize_state()

    def reset_state(self) -> None:
        """Forget the data seen; the boundaries stay."""
        self.summary = np.zeros((2, 0), "float32")

    def update_state(self, data: Any) -> None:
        """Take another batch into account."""
        values = np.sort(np.asarray(to_host(data)).astype("float32").ravel())
        step = max(values.size * self.epsilon, 1)
        kept = values[int(step - 1) :: int(step)]
        new = np.stack([kept, np.full_like(kept, step)])
        both = np.concatenate([new, self.summary], axis=1)
        self.summary = _compressed(both[:, np.argsort(both[0])], self.epsilon)

    def finalize_state(self) -> None:
        """Make the boundaries of what was seen."""
        if self.num_bins is not None:
            self.bin_boundaries = _compressed(self.summary, 1.0 / self.num_bins)[0, :-1].tolist()

    # -- using them ---------------------------------------------------------------------------------------------------
    def call(self, inputs):
        if self.bin_boundaries is None:
            raise ValueError(
                f"{self.describe()}: You need to either pass the `bin_boundaries` argument or call `adapt(data)` "
                "before the layer is used."
            )
        found = ops.digitize(inputs, np.asarray(self.bin_boundaries, "float32"))
        found = encode(found, self.output_mode, len(self.bin_boundaries) + 1, self.output_dtype)
        return self._packed(found)

    def compute_output_shape(self, input_shape: Any) -> tuple:
        depth = self.num_bins if self.bin_boundaries is None else len(self.bin_boundaries) + 1
        return encoded_shape(input_shape, self.output_mode, depth)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config.pop("trainable")
        return config


def _compressed(summary: np.ndarray, epsilon: float) -> np.ndarray:
    """As few columns as are exact to `epsilon`: quantiles at its multiples, by interpolation, with their weights."""
    if summary.shape[1] * epsilon < 1:
        return summary
    shares = epsilon + np.arange(0.0, 1.0, epsilon)
    weights = summary[1].cumsum()
    values = np.interp(shares, weights / weights[-1], summary[0])
    reached = np.interp(shares, weights / weights[-1], weights)
    return np.stack([values, np.diff(reached, prepend=0)]).astype("float32")
