"""What a layer tells of itself: settings, dtypes, its place in a functional graph."""

from typing import TYPE_CHECKING, Any

from . import autocast, dtypes, tree
from .config import Configurable


class Described(Configurable):
    """The read-only side of `Layer`."""

    if TYPE_CHECKING:  # what Layer brings
        name: str
        _trainable: bool
        _policy: str
        _nodes: list

    def describe(self) -> str:
        """How errors name it: `Dense 'dense_2'`."""
        return f"{type(self).__name__} '{self.name}'"

    def get_config(self) -> dict[str, Any]:
        """Name, trainable, dtype and the settings, as plain data."""
        config = {"name": self.name, "trainable": self._trainable, "dtype": dtypes.policy_config(self._policy)}
        if self.activity_regularizer is not None:
            from .. import regularizers

            config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        return config | super().get_config()

    @property
    def dtype(self) -> str:
        return dtypes.variable_dtype(self._policy)

    variable_dtype = dtype

    @property
    def compute_dtype(self) -> str:
        return autocast.compute_dtype(self)

    @property
    def dtype_policy(self) -> dtypes.DTypePolicy:
        return dtypes.DTypePolicy(self._policy)

    @property
    def input_dtype(self) -> str:
        """What its inputs are cast to."""
        return self.compute_dtype

    def get_build_config(self) -> dict[str, Any] | None:
        """The shape it was built for, as plain data."""
        shape = self.__dict__.get("_build_shape")
        return None if shape is None else {"input_shape": shape}

    def build_from_config(self, config: dict[str, Any] | None) -> None:
        """Build it as `get_build_config` (or Keras's) tells: for one shape, or for several by name."""
        if config:
            shapes = config.get("shapes_dict", {k: v for k, v in config.items() if k.endswith("_shape")})
            self.build(*shapes.values()) if list(shapes) == ["input_shape"] else self.build(**shapes)

    def _held_metrics(self) -> list:
        held = (value for layer in self.flat_layers() for value in tree.leaves(list(vars(layer).values())))
        return list({id(v): v for v in held if hasattr(v, "update_state") and hasattr(v, "result")}.values())

    @property
    def metrics(self) -> list:
        """The metrics that it and the layers in it hold as attributes."""
        return self._held_metrics()

    @property
    def metrics_variables(self) -> list:
        """The state of its metrics."""
        return [v for metric in self.metrics for v in metric.variables]

    @property
    def path(self) -> str:
        """Its name, with those of the scopes and layers that it was built in before it."""
        return self.__dict__.get("_path", self.name)

    @property
    def input(self) -> Any:
        """The symbolic input(s) of its first call in a functional graph."""
        return self._first_node("input").input_structure

    @property
    def output(self) -> Any:
        """The symbolic output(s) of its first call in a functional graph."""
        return self._first_node("output").outputs

    @property
    def input_shape(self) -> Any:
        return tree.map(lambda x: x.shape, self.input)

    @property
    def output_shape(self) -> Any:
        return tree.map(lambda x: x.shape, self.output)

    def get_input_at(self, node_index: int) -> Any:
        """The symbolic input(s) of its call of that number in a functional graph."""
        return self._nodes[node_index].input_structure

    def get_output_at(self, node_index: int) -> Any:
        """The symbolic output(s) of its call of that number in a functional graph."""
        return self._nodes[node_index].outputs

    def _first_node(self, what: str) -> Any:
        if not self._nodes:
            raise AttributeError(f"{self.describe()} has no `{what}`: it was not called on a symbolic input.")
        return self._nodes[0]
