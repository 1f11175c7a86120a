"""Run a program that was written for Keras, unchanged: `python -m lanthorn.run program.py ARGS`.

In this process, and in no other, `keras`, `tensorflow.keras` and `tf.keras` mean Lanthorn. Everything else is as if
Python itself ran the program: `sys.argv`, `__main__`, `__file__`, tracebacks, exit codes.
"""

import ast
import importlib
import importlib.util
import os
import sys
import types
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from typing import Any

import lanthorn

NAMES = ("keras", "tensorflow.keras", "tf_keras")
OF_TENSORFLOW = ("keras", "losses", "metrics", "optimizers", "initializers")  # what TensorFlow has of Keras at its top
DEFAULTS = ("tensorflow", "torch", "jax")  # the engine of a program that asks for none but imports one


def target(name: str) -> str | None:
    """The module of ours that a module of Keras stands for; None for all others."""
    for start in NAMES:
        if name == start or name.startswith(f"{start}."):
            return "lanthorn" + name.removeprefix(start)
    return None


class Finder:
    """What the import system asks first, while a program runs."""

    def find_spec(self, name: str, path: Any = None, target_module: Any = None) -> ModuleSpec | None:
        if target(name):
            return ModuleSpec(name, Loader())  # pyright: ignore[reportArgumentType]
        if name != "tensorflow":
            return None
        others = (finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec"))
        spec = next((found for finder in others if (found := finder.find_spec(name, path, target_module))), None)
        if spec is None:
            return ModuleSpec(name, StandIn(), is_package=True)  # pyright: ignore[reportArgumentType]
        spec.loader = WithOurs(spec.loader)  # pyright: ignore[reportAttributeAccessIssue]
        return spec


class Loader:
    """Puts our module in the place of Keras's."""

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        ours = target(module.__name__) or ""
        try:
            sys.modules[module.__name__] = importlib.import_module(ours)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{ours}.".startswith(f"{error.name}."):
                raise
            text = f"No module named {module.__name__!r} (here it means {ours!r}, which there is not)"
            raise ModuleNotFoundError(text, name=module.__name__) from None


class WithOurs:
    """The loader of TensorFlow, which finds Keras in it afterwards to be ours."""

    def __init__(self, loader: Any):
        self.loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loader, name)

    def create_module(self, spec: ModuleSpec) -> Any:
        return self.loader.create_module(spec)

    def exec_module(self, module: types.ModuleType) -> None:
        self.loader.exec_module(module)
        put_into(module)


class StandIn:
    """Where TensorFlow is not installed: a `tensorflow` that holds `keras` and nothing else."""

    stands_in = True

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        put_into(module)

        def absent(name: str) -> Any:
            raise AttributeError(f"tensorflow.{name}: TensorFlow is not installed; only tensorflow.keras is there.")

        module.__getattr__ = absent  # pyright: ignore[reportAttributeAccessIssue]


def put_into(tensorflow: types.ModuleType) -> None:
    """Make `tf.keras` ours."""
    for name in OF_TENSORFLOW:
        setattr(tensorflow, name, lanthorn if name == "keras" else getattr(lanthorn, name))


def install() -> None:
    """From now on, in this process, Keras means Lanthorn."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        for name in [name for name in sys.modules if target(name)]:
            del sys.modules[name]
        sys.meta_path.insert(0, Finder())  # pyright: ignore[reportArgumentType]
        if "tensorflow" in sys.modules:
            put_into(sys.modules["tensorflow"])


class _OfInside(ast.NodeTransformer):
    """`tensorflow.python.keras`, which TensorFlow needs for itself, as `tensorflow.keras`."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom:
        node.module = _public(node.module) if node.module else None
        return node

    def visit_Import(self, node: ast.Import) -> ast.Import:
        for alias in node.names:
            alias.name = _public(alias.name) if alias.asname else alias.name
        return node


def _public(name: str) -> str:
    return f"tensorflow.keras{name.removeprefix('tensorflow.python.keras')}" if "python.keras" in name else name


def program(path: str, arguments: Sequence[str] = (), engine: str | None = None) -> None:
    """Run a program as `python path arguments` does, with Lanthorn for Keras. What it raises goes on.

    Args:
        path: the program, a file of Python.
        arguments: what it finds in `sys.argv[1:]`.
        engine: "torch", "jax" or "tensorflow". None: the default engine; where nobody chose one, that which the program
            itself imports.
    """
    with open(path, "rb") as file:
        source = file.read()
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=path, __builtins__=__builtins__)
    sys.modules["__main__"], sys.argv, sys.path[0] = main, [path, *arguments], os.path.dirname(os.path.abspath(path))
    tree = _OfInside().visit(ast.parse(source, path))
    if engine is not None:
        lanthorn.set_engine(engine)
    elif b"KERAS_BACKEND" not in source and (name := _imported_engine(tree)):
        os.environ.setdefault("KERAS_BACKEND", name)
    install()
    exec(compile(tree, path, "exec"), main.__dict__)


def _imported_engine(tree: ast.AST) -> str | None:
    found = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ([a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""])
    }
    return next((name for name in DEFAULTS if name in found and importlib.util.find_spec(name)), None)


def as_python_does(path: str, arguments: Sequence[str] = (), engine: str | None = None) -> int:
    """`program`, with a traceback that begins where the program does; returns the exit code."""
    try:
        program(path, arguments, engine)
    except (Exception, KeyboardInterrupt) as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename in (__file__, ast.__file__):
            trace = trace.tb_next
        sys.excepthook(type(error), error.with_traceback(trace), trace)
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: `python -m lanthorn.run [--engine ENGINE] program.py ARGS`."""
    return importlib.import_module("lanthorn.cli").main(["run", *(sys.argv[1:] if arguments is None else arguments)])


if __name__ == "__main__":
    sys.exit(importlib.import_module("lanthorn.run").main())  # not this copy, which is called __main__
