"""Errors that say which layer they come from."""

from typing import Any

from . import tree


def explain(layer: Any, error: Exception, args: tuple, doing: str = "called") -> Exception:
    """The error to raise in place of `error`, which came out of `layer`: who, expected, got.

    The innermost layer speaks; outer ones pass its words on.
    """
    if getattr(error, "_explained", False):
        return error
    shapes = _shapes(args)
    problem = _problem(layer, shapes)
    if problem:
        text = f"{layer.describe()}: {problem}"
        better: Exception = ValueError(text)
    else:
        shown = ", ".join(map(str, shapes)) or "no array"
        text = f"{layer.describe()}: could not be {doing} with input of shape {shown}: {_first_words(error)}"
        better = _same_type(error, text)
    better._explained = True  # type: ignore[attr-defined]
    return better


def check(layer: Any, args: tuple) -> None:
    """Before a layer is built: an error if its input is not what it takes, so that it is not built for it."""
    problem = _problem(layer, _shapes(args))
    if problem:
        error = ValueError(f"{layer.describe()}: {problem}")
        error._explained = True  # type: ignore[attr-defined]
        raise error


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


def _first_words(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text if len(text) < 600 else text[:600] + " …"


def _same_type(error: Exception, text: str) -> Exception:
    """`text` as an error that the same `except` clauses catch."""
    for kind in (ValueError, TypeError, NotImplementedError, ArithmeticError, LookupError, AttributeError):
        if isinstance(error, kind):
            return kind(text)
    return RuntimeError(text)
