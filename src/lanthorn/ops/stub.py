"""Writes `__init__.pyi` and `image.pyi` from the table, for editors and type checkers: python -m lanthorn.ops.stub."""

import importlib
import re
from pathlib import Path

from .table import ROWS, Row

HEAD = '''"""{doc} Written by `python -m lanthorn.ops.stub`: do not edit."""

from collections.abc import Callable, Sequence
from typing import Any

Array = Any
Axis = int | Sequence[int] | None
Shape = Sequence[Any] | Any
DType = Any
'''
TYPES = {
    "axis": "Axis", "axes": "Any", "keepdims": "bool", "dtype": "DType", "shape": "Shape", "newshape": "Shape",
    "like": "Array", "padding": "Any", "data_format": "str | None", "from_logits": "bool", "k": "Any",
}  # fmt: skip


def annotated(row: Row) -> str:
    """The arguments of an op with their types."""
    parts = []
    for name, parameter in row.signature.parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            parts.append(f"*{name}: Array")
        elif parameter.kind is parameter.VAR_KEYWORD:
            parts.append(f"**{name}: Any")
        else:
            if parameter.kind is parameter.KEYWORD_ONLY and not any(p.startswith("*") for p in parts):
                parts.append("*")
            default = "" if parameter.default is parameter.empty else " = " + repr(parameter.default).replace("'", '"')
            parts.append(f"{name}: {TYPES.get(name, 'Array' if name in row.array_names else 'Any')}{default}")
    return ", ".join(parts)


def text(space: str = "") -> str:
    """The stub of one name space."""
    lines = [HEAD.format(doc=f"The ops of lanthorn.ops{'.' + space if space else ''}.")]
    if not space:
        lines.append(
            'from . import image as image\nfrom . import linalg as linalg\nfrom . import nn as nn\nfrom . import numpy as numpy\n\ndef is_tensor(x: Any) -> bool:\n    """Whether x is an array of an engine."""\n'  # noqa: E501
        )
    for row in ROWS.values():
        where, _, name = row.name.rpartition(".")
        if where == space:
            doc = re.sub(r'"', "'", row.doc)
            lines.append(f'def {name}({annotated(row)}) -> Any:\n    """{doc}"""\n')
    return "# ruff: noqa\n" + "\n".join(lines)


def files() -> dict[Path, str]:
    """What the stubs should say."""
    here = Path(__file__).parent
    return {here / "__init__.pyi": text(), here / "image.pyi": text("image")} | {
        here / f"{space}.pyi": listed(space) for space in ("linalg", "nn", "numpy")
    }


def listed(space: str) -> str:
    """The stub of a name space that holds functions of `lanthorn.ops`."""
    names = importlib.import_module(f"lanthorn.ops.{space}").__all__
    lines = "".join(f"from . import {name} as {name}\n" for name in names)
    doc = "Functions of lanthorn.ops. Written by `python -m lanthorn.ops.stub`: do not edit."
    return f'# ruff: noqa\n"""{doc}"""\n\n{lines}'


if __name__ == "__main__":
    for path, content in files().items():
        path.write_text(content, encoding="utf-8")
