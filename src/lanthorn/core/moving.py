"""Moving a model from one engine to another."""

from typing import Any


def move(layer: Any, engine: Any) -> None:
    """Put every weight of `layer` on `engine`; its settings, graph and `trainable` flags stay."""
    for part in layer.flat_layers():
        only = getattr(part, "only_on", None)  # a module of one engine's own
        if only is not None and only != engine.name:
            raise ValueError(f"{part.describe()}: is made of a module of {only}'s own, which {engine.name} cannot run.")
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
    with engine.outside():
        variable.value = engine.variable(array, variable.dtype, not variable.is_statistic)
    if not variable.is_statistic:
        engine.set_trainable(variable, trainable)
