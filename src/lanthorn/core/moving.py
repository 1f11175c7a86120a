"""Moving a model from one engine to another."""

from typing import Any


def move(layer: Any, engine: Any) -> None:
    """Put every weight of `layer` on `engine`; its settings, graph and `trainable` flags stay."""
    parts, variables = layer.flat_layers(), layer.variables
    for part in parts:
        part.may_move(engine)
        _only_its_own(part, engine)
    for variable in variables:
        move_variable(variable, engine)
    for part in parts:
        part._engine, part._view, part._seats = engine, None, ()
        for node in part._nodes:
            for x in [*node.flat_outputs, *node.inputs]:
                x.engine = engine
        for value in vars(part).values():
            if type(value).__name__ == "SeedGenerator":
                value.build(engine)


def _only_its_own(layer: Any, engine: Any) -> None:
    """A module may hold more than its layer declared (a mask, what a weight is computed from): only it knows what for."""
    if layer._view is None:
        return
    own = {id(v) for v in layer._declared_variables()}
    for variable in layer._own_variables():
        if id(variable) not in own:
            raise ValueError(
                f"{layer.describe()}: its {layer.engine.name} module holds {variable.name!r}, which has no meaning on "
                f"{engine.name}. Undo what put it there (remove_parametrizations, prune.remove) before the model moves."
            )


def move_variable(variable: Any, engine: Any) -> None:
    if variable.engine is engine:
        return
    array, trainable = variable.numpy(), variable.trainable
    variable.put(None)  # whatever held its value does so no more
    variable.engine = engine
    variable.value = engine.variable(array, variable.dtype, not variable.is_statistic)
    if not variable.is_statistic:
        engine.set_trainable(variable, trainable)
