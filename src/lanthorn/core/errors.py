"""Errors that say which layer they come from, and stay what they are.

An error that leaves a layer goes on as itself, with its type and its traceback; what is known of the layer is added as
a note (`add_note`), once, by the innermost layer. So what an engine or a user raises to steer by (a timeout, the end of
a recomputation) arrives where it is waited for. Only where the input plainly does not fit is there a better error to
raise: a ValueError that says what was expected, with the engine's words as its cause.
"""

from typing import Any

from . import tree

WITH_TEXTS = "turn them into numbers first, with TextVectorization, StringLookup or Hashing."


def explained(error: Exception) -> Exception:
    """Mark an error that says all there is to say: layers on its way out add nothing."""
    error._explained = True  # type: ignore[attr-defined]
    return error


def explain(layer: Any, error: Exception, args: tuple, doing: str = "called") -> None:
    """Add to `error`, which came out of `layer`, who it was and what came; the caller lets it go on (`raise`).

    Raises:
        ValueError: in its place, where the input is not of the shape that the layer takes.
    """
    if getattr(error, "_explained", False):
        return
    shapes = _shapes(args)
    problem = _problem(layer, shapes) if _from_the_engine(error) else None
    if problem:
        raise explained(ValueError(f"{layer.describe()}: {problem}")) from error
    shown = ", ".join(map(str, shapes)) or "no array"
    explained(error).add_note(f"{layer.describe()}: could not be {doing} with input of shape {shown}.")


def check(layer: Any, args: tuple) -> None:
    """Before a layer is built: an error if its input is not what it takes, so that it is not built for it."""
    problem = _problem(layer, _shapes(args))
    if problem:
        raise explained(ValueError(f"{layer.describe()}: {problem}"))


def _from_the_engine(error: Exception) -> bool:
    """Whether it is what an engine says of arrays that do not fit, not something of the user's own."""
    return type(error).__module__.partition(".")[0] in ("builtins", "tensorflow", "jax", "jaxlib", "numpy", "torch")


def _problem(layer: Any, shapes: list[tuple]) -> str | None:
    for spec, shape in zip(_specs(layer), shapes, strict=False):
        problem = spec.problem(shape) if spec is not None else None
        if problem:
            return problem
    return None


def _specs(layer: Any) -> list:
    spec = layer.input_spec
    return list(spec) if isinstance(spec, (list, tuple)) else [spec]


def _shapes(args: tuple) -> list[tuple]:
    return [tuple(x.shape) for x in tree.leaves(args) if getattr(x, "shape", None) is not None]
