"""Moving a model from one engine to another."""

from typing import Any


def move(layer: Any, engine: Any) -> None:
    """Put every weight of `layer` on `engine`; its settings, graph and `trainable` flags stay."""
    parts, variables = layer.flat_layers(), layer.variables
    check_unchanged(layer, f"move to {engine.name}")
    for part in parts:
        part.may_move(engine)
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


def check_unchanged(layer: Any, what: str) -> None:
    """Raise a ValueError where a module of the engine's own has become something that its layer does not describe.

    `what` cannot be done then: a mask, what a weight is computed from, a child that stands in another's place mean
    something to the engine only.
    """
    for part in layer.flat_layers():
        if part._view is None or part.is_foreign:
            continue
        declared = {id(v) for v in part._declared_variables()}
        held = {id(child) for child in part._held_layers()}
        more = [v.name for v in part._own_variables() if id(v) not in declared]
        more += [type(child._view or child).__name__ for child in part.children() if id(child) not in held]
        here = {id(child) for child in part.children()}
        less = [child.name for child in part._held_layers() if id(child) not in here]
        if more or less:
            change = f"holds {more[0]!r}" if more else f"holds no {less[0]!r} any more"
            raise ValueError(
                f"{part.describe()}: cannot {what}: its {part.engine.name} module {change}, which only "
                f"{part.engine.name} can describe. Weights alone can be kept: save_weights, or torch.save of its "
                "state_dict(); parametrizations and masks can be made weights again (remove_parametrizations, "
                "prune.remove)."
            )


def move_variable(variable: Any, engine: Any) -> None:
    if variable.engine is engine:
        return
    array, trainable = variable.numpy(), variable.trainable
    variable.put(None)  # whatever held its value does so no more
    variable.engine = engine
    with engine.outside():
        variable.value = engine.variable(array, variable.dtype, not variable.is_statistic)
    if not variable.is_statistic:
        engine.set_trainable(variable, trainable)
