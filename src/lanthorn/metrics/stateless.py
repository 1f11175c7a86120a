"""A metric as pure functions of its state, with Keras 3's names."""

from collections.abc import Iterable
from typing import Any

from ..core.functional_call import swapped
from ..core.stateless import taken


class StatelessMetric:
    """The part of `Metric` that works on arrays instead of its Variables, which stay as they are."""

    def stateless_update_state(self, metric_variables: Iterable, *args: Any, **kwargs: Any) -> list:
        """The state after one batch, from the state before it.

        Args:
            metric_variables: one array (or Variable) for each of `metric.variables`.
            args, kwargs: what `update_state` takes.

        Returns:
            One array for each of `metric.variables`.

        Raises:
            ValueError: the values do not match the metric's variables.

        Example:
            >>> metric = lanthorn.metrics.Mean()
            >>> state = metric.stateless_update_state(metric.variables, [1.0, 3.0])
            >>> float(metric.stateless_result(state)), float(metric.result())
            (2.0, 0.0)
        """
        metric_variables = list(metric_variables)
        if self._engine is None:  # the first batch says which engine it is on, as in `update_state`
            known = len(self.variables)
            self._settle([*args, *kwargs.values()])
            if len(metric_variables) == known:  # what was made just now, for these shapes, has its first values
                metric_variables += self.variables[known:]
        return self._on_values(metric_variables, lambda: self.update_state(*args, **kwargs))[1]

    def stateless_result(self, metric_variables: Iterable) -> Any:
        """What a metric with this state stands at; see `stateless_update_state`."""
        return self._on_values(metric_variables, self.result)[0]

    def stateless_reset_state(self) -> list:
        """The state of a metric that has seen nothing; see `stateless_update_state`."""
        return self._on_values(self.variables, self.reset_state)[1]

    def _on_values(self, values: Iterable, run: Any) -> tuple[Any, list]:
        variables = self.variables
        with swapped(variables, taken(variables, values, f"{type(self).__name__} '{self.name}'", "metric_variables")):
            result = run()
            return getattr(result, "value", result), [v.value for v in variables]
