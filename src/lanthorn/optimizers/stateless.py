"""An optimizer's update as a pure function, with Keras 3's name."""

from collections.abc import Iterable
from typing import Any

from ..core.functional_call import swapped
from ..core.stateless import taken


class StatelessApply:
    """The part of `Optimizer` that moves arrays instead of Variables."""

    def stateless_apply(
        self, optimizer_variables: Iterable, grads: Iterable, trainable_variables: Iterable
    ) -> tuple[list, list]:
        """One update of these values; the optimizer and the model's weights stay as they are.

        Args:
            optimizer_variables: one array (or Variable) for each of `optimizer.variables`.
            grads: one gradient per weight.
            trainable_variables: one array (or Variable) for each weight the optimizer was built for.

        Returns:
            (trainable_variables, optimizer_variables) after the update.

        Raises:
            ValueError: the optimizer is not built, or the values do not match its variables.

        Example:
            >>> weight = lanthorn.Variable([1.0, 2.0], engine="numpy")
            >>> optimizer = lanthorn.optimizers.SGD(0.1)
            >>> optimizer.build([weight])
            >>> weights, state = optimizer.stateless_apply(optimizer.variables, [np.ones(2, "float32")], [weight])
            >>> weights[0], weight.numpy()
            (array([0.9, 1.9], dtype=float32), array([1., 2.], dtype=float32))
        """
        who = type(self).__name__
        if not self.built:
            raise ValueError(
                f"{who}: stateless_apply needs its variables, and it has none yet: "
                "call optimizer.build(model.trainable_variables) first."
            )
        own, weights = self.variables, self._trainable_variables
        values = taken(weights, trainable_variables, who, "trainable_variables")
        values += taken(own, optimizer_variables, who, "optimizer_variables")
        before, self._by_formula = self._by_formula, True
        try:
            with swapped(weights + own, values):
                self.apply(grads, weights)
                return _read(weights), _read(own)
        finally:
            self._by_formula = before


def _read(variables: list) -> list[Any]:
    return [v.value for v in variables]
