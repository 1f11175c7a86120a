"""Moving a model from one engine to another."""

from typing import Any


def move(layer: Any, engine: Any) -> None:
    """Put every weight of `layer` on `engine`; its settings, graph and `trainable` flags stay."""
    from .foreign import ForeignLayer

    for part in layer.flat_layers():
        if isinstance(part, ForeignLayer):
            part.check_engine(engine)
    for variable in layer.variables:
        move_variable(variable, engine)
    for part in layer.flat_layers():
        part._engine, part._view = engine, None
        for node in part._nodes:
            for x in [*node.flat_outputs, *node.inputs]:
                x.engine = engine
        for value in vars(part).values():
            if type(value).__name__ == "SeedGenerator":
                value.build(engine)


def move_variable(variable: Any, engine: Any) -> None:
    if variable.engine is engine:
        return
    array, trainable = variable.numpy(), variable.trainable
    variable.engine = engine
    variable.value = engine.variable(array, variable.dtype, not variable.is_statistic)
    if not variable.is_statistic:
        engine.set_trainable(variable, trainable)
